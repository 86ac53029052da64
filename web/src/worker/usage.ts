// Who uses a type, for the worker: by which role, directly or through what has no name.
import type { Btf, BtfType } from 'btfkit';
import type { UseRole, Usage } from '../common/messages.ts';

/** What has no name of its own stands for what it refers to: who uses a pointer uses, through it, the type. */
const passesOn: ReadonlySet<string> = new Set(['pointer', 'array', 'const', 'volatile', 'restrict', 'type_tag']);
const order: readonly UseRole[] = [
  'member', 'pointer member', 'parameter', 'pointer parameter', 'return', 'pointer return', 'callback', 'typedef', 'variable', 'tag', 'other', 'index',
];
const mostVisited = 200_000;

type Users = (type: BtfType) => readonly { readonly type: BtfType; readonly role: string }[];

export function usage(btf: Btf, start: BtfType): Usage {
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
  const { functions, pointers } = prototypesOf(btf);
  const callbacks: BtfType[] = [];
  for (let at = 0; at < queue.length; at++) {
    const { type, pointer } = queue[at]!;
    for (const { type: user, role } of users(type)) {
      if (passesOn.has(user.kind) && (role === 'target' || role === 'array_element')) follow(user, pointer || user.kind === 'pointer');
      else if (role === 'member') for (const owner of named(user, users)) add(roleOf(role, owner.kind, pointer), owner.id);
      else if (user.kind === 'func_proto') {
        for (const func of functions.get(user.id) ?? []) add(roleOf(role, 'func', pointer), func.id);
        callbacks.push(...(pointers.get(user.id) ?? []));
      } else add(roleOf(role, user.kind, pointer), user.id);
    }
  }
  for (const holder of holders(callbacks, users)) add('callback', holder.id);
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

/** The structs, typedefs and variables that hold pointers to functions; functions that take or return them are left out. */
function holders(pointers: BtfType[], users: Users): BtfType[] {
  const found: BtfType[] = [];
  const seen = new Set(pointers.map(({ id }) => id));
  for (let at = 0; at < pointers.length; at++)
    for (const { type, role } of users(pointers[at]!)) {
      if (role === 'member') found.push(...named(type, users));
      else if (type.kind === 'typedef' || type.kind === 'var') found.push(type);
      else if (passesOn.has(type.kind) && !seen.has(type.id)) seen.add(type.id), pointers.push(type);
    }
  return found;
}

interface Prototypes {
  /** By the id of their prototype. */
  functions: Map<number, BtfType[]>;
  pointers: Map<number, BtfType[]>;
}

/** Made once: to ask for the users of each of 9,000 prototypes that take an int would take a second. */
const known = new WeakMap<Btf, Prototypes>();

function prototypesOf(btf: Btf): Prototypes {
  let all = known.get(btf);
  if (!all) known.set(btf, (all = { functions: byTarget(btf.types('func')), pointers: byTarget(btf.types('pointer')) }));
  return all;
}

function byTarget(types: Iterable<BtfType & { typeId: number }>): Map<number, BtfType[]> {
  const all = new Map<number, BtfType[]>();
  for (const type of types) {
    const some = all.get(type.typeId);
    if (some) some.push(type);
    else all.set(type.typeId, [type]);
  }
  return all;
}

function roleOf(role: string, kind: string, pointer: boolean): UseRole {
  if (role === 'member') return pointer ? 'pointer member' : 'member';
  if (role === 'param') return pointer ? 'pointer parameter' : 'parameter';
  if (role === 'return') return pointer ? 'pointer return' : 'return';
  if (role === 'variable' || kind === 'var') return 'variable';
  if (role === 'tagged') return 'tag';
  if (role === 'array_index') return 'index';
  return kind === 'typedef' ? 'typedef' : 'other';
}
