// What the worker answers to each question about the file that is open in it.
import { type Btf, type BtfType, BtfError, type CodeRange } from 'btfkit';
import { decode } from './answer-decode.ts';
import { functionTable, prototypes } from './answer-functions.ts';
import { needsOf } from './answer-needs.ts';
import { dataSections } from './answer-sections.ts';
import { stringTable } from './answer-strings.ts';
import type { Questions, Topic, UseRole, Usage } from './messages.ts';

export const answers: { [T in Topic]: (btf: Btf, about: Questions[T]['about']) => Questions[T]['answer'] } = {
  declaration: (btf, { id }) => btf.get(id).toC({ offsets: true }),
  layout: (btf, { id, cacheLine }) => btf.get(id).layout({ cacheLine }),
  usage: (btf, { id }) => usage(btf.get(id)),
  record: (btf, { id }) => JSON.stringify(btf.get(id).toJSON(), null, 2),
  decode,
  dump: (btf, { format, id }) => new Blob([btf.dump({ format, types: id === undefined ? [] : [id], pretty: format === 'json' })], { type: 'text/plain' }),
  holes: (btf) => holes(btf),
  code: (btf, { name, section, offset }) => code(btf, name, section, offset),
  functions: functionTable,
  prototypes: (btf, { ids }) => prototypes(btf, ids),
  strings: stringTable,
  sections: dataSections,
  needs: needsOf,
  elf: (btf) => btf.sections,
};

function holes(btf: Btf): Questions['holes']['answer'] {
  // In files with several BTFs the page shows the first.
  const structs = btf.query({ kinds: ['struct'], sort: 'holes', anonymous: true }).types.filter(({ btf: number = 1, holes }) => number === 1 && holes !== undefined);
  return { ids: Uint32Array.from(structs, ({ id }) => id), holes: Uint32Array.from(structs, ({ holes }) => holes!) };
}

/** Functions of several sections may share a name; of two in one section, the place decides. */
function code(btf: Btf, name: string, section: string, offset: number): CodeRange {
  const ranges = btf.disassemble(name);
  const found = ranges.find((range) => range.section === section && range.offset === offset) ?? ranges[0];
  if (!found) throw new BtfError('not_found', `there is no code of '${name}'`);
  return found;
}

/** What has no name of its own stands for what it refers to: who uses a pointer uses, through it, the type. */
const passesOn: ReadonlySet<string> = new Set(['pointer', 'array', 'const', 'volatile', 'restrict', 'type_tag']);
const order: readonly UseRole[] = [
  'member', 'pointer member', 'parameter', 'pointer parameter', 'return', 'pointer return', 'typedef', 'variable', 'tag', 'other',
];
const mostVisited = 200_000;

type Users = (type: BtfType) => readonly { readonly type: BtfType; readonly role: string }[];

function usage(start: BtfType): Usage {
  const found = new Map<UseRole, Set<number>>();
  const seen = new Set<string>();
  const queue: { type: BtfType; pointer: boolean }[] = [{ type: start, pointer: false }];
  const add = (role: UseRole, id: number) => (found.get(role) ?? found.set(role, new Set()).get(role)!).add(id);
  const follow = (type: BtfType, pointer: boolean) => {
    const key = `${type.id} ${pointer}`;
    if (!seen.has(key)) seen.add(key), queue.push({ type, pointer });
  };
  // Hostile files hold what is in itself in a thousand ways.
  let left = mostVisited;
  const users = (type: BtfType) => {
    const all = left > 0 ? type.usedBy() : [];
    left -= 1 + all.length;
    return all;
  };
  for (let at = 0; at < queue.length; at++) {
    const { type, pointer } = queue[at]!;
    for (const { type: user, role } of users(type)) {
      if (passesOn.has(user.kind) && (role === 'target' || role === 'array_element')) follow(user, pointer || user.kind === 'pointer');
      else if (role === 'member') for (const owner of named(user, users)) add(roleOf(role, owner.kind, pointer), owner.id);
      else if (user.kind === 'func_proto') for (const owner of functions(user, users)) add(roleOf(role, owner.kind, pointer), owner.id);
      else add(roleOf(role, user.kind, pointer), user.id);
    }
  }
  const groups = order.filter((role) => found.has(role)).map((role) => {
    const ids = Uint32Array.from(found.get(role)!).sort();
    return { role, count: ids.length, ids };
  });
  return { groups, cut: left <= 0 };
}

/** An anonymous struct or union is a part of those with names that it is in, or of the typedef that names it. */
function named(composite: BtfType, users: Users, depth = 0): BtfType[] {
  if (composite.name !== '' || depth === 8) return [composite];
  const owners = users(composite).flatMap(({ type, role }) => {
    if (role === 'member') return named(type, users, depth + 1);
    return role === 'target' && type.kind === 'typedef' ? [type] : [];
  });
  return owners.length > 0 ? owners : [composite];
}

/** The functions of a prototype; the prototype itself where only pointers are of it. */
function functions(prototype: BtfType, users: Users): BtfType[] {
  const owners = users(prototype).filter(({ type }) => type.kind === 'func').map(({ type }) => type);
  return owners.length > 0 ? owners : [prototype];
}

function roleOf(role: string, kind: string, pointer: boolean): UseRole {
  if (role === 'member') return pointer ? 'pointer member' : 'member';
  if (role === 'param') return pointer ? 'pointer parameter' : 'parameter';
  if (role === 'return') return pointer ? 'pointer return' : 'return';
  if (role === 'variable' || kind === 'var') return 'variable';
  if (role === 'tagged') return 'tag';
  return kind === 'typedef' ? 'typedef' : 'other';
}
