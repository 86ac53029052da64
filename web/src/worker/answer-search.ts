// What a search asks that names alone do not tell: which types have a member or a value, and where a member is.
import { type Btf, BtfError, type BtfType, type Query } from 'btfkit';
import type { MemberAnswer, Questions } from '../common/messages.ts';

/** Ids, ascending. In files with several BTFs the page shows the first. */
export function typesHaving(btf: Btf, { what, name, withBase }: Questions['having']['about']): Uint32Array {
  const condition: Query = what === 'member' ? { withMember: name } : { enumerator: name };
  const { types } = btf.query({ ...condition, anonymous: true, withBase, sort: 'id' });
  return Uint32Array.from(types.filter(({ btf: number = 1 }) => number === 1), ({ id }) => id);
}

/** Where a member is; when there is none, as far as the path leads, and what to ask for instead. */
export function memberAnswer(btf: Btf, { id, path }: Questions['member']['about']): MemberAnswer {
  try {
    if (path === '') return fork(btf, btf.get(id), '') ?? { why: '', instead: [] };
    const { path: usual, offset, bitOffset, size, bitfieldSize, type } = btf.get(id).member(path);
    return { path: usual, offset, bitOffset, size, type, ...(bitfieldSize === undefined ? {} : { bitfieldSize }) };
  } catch (error) {
    if (!(error instanceof BtfError) || error.cause !== undefined) throw error;
    return fork(btf, btf.get(id), path) ?? { why: error.message.replace(/^type \d+ '[^']*': /, ''), instead: [] };
  }
}

/** Suggestions at once. */
const most = 6;
/** Steps of a path that is looked into. */
const longest = 32;
/** Members that are looked at: hostile files hold what is in itself in a thousand ways. */
const mostMembers = 100_000;

/** Where a path leaves what there is. */
function fork(btf: Btf, root: BtfType, path: string): MemberAnswer | undefined {
  const steps = path.split(/\.|->/);
  if (steps.length > longest) return undefined;
  for (let known = steps.length - 1; known >= 0; known--) {
    const way = steps.slice(0, known).join('.');
    const [next = '', ...rest] = steps.slice(known);
    const there = way === '' ? root : typeAt(btf, root, way);
    if (!there) continue;
    const at = resolved(there);
    const joined = (...more: string[]) => [root.name, way, ...more].filter(Boolean).join('.');
    if (at.kind === 'pointer') {
      const target = resolved(at.target);
      if (!hasMembers(target) || target.name === '') return undefined;
      return { why: `${joined()} is a pointer to ${target.kind} ${target.name}`, instead: [[target.name, next, ...rest].join('.')] };
    }
    if (at.kind === 'array') return { why: `${joined()} is an array of ${at.count}`, instead: [[`${joined()}[0]`, next, ...rest].filter(Boolean).join('.')] };
    if (!hasMembers(at)) return { why: `${joined()} has no members: it is of type ${there.declaration()}`, instead: [] };
    const wanted = next.replace(/\[.*/, '').toLowerCase();
    const names = memberNames(at);
    if (next.includes('[') && names.includes(next.replace(/\[.*/, ''))) return undefined; // it is the index
    const starts = names.filter((name) => name.toLowerCase().startsWith(wanted));
    const alike = starts.length > 0 ? starts : names.filter((name) => name.toLowerCase().includes(wanted));
    const what = at.name === '' ? joined() : `${at.kind} ${at.name}`;
    return { why: starts.length > 0 ? '' : `${what} has no member “${next}”`, instead: alike.slice(0, most).map((name) => joined(name)) };
  }
  return undefined;
}

/** Those of members without a name are the type's own. */
function memberNames(type: Composite): string[] {
  const names: string[] = [];
  const within = [type];
  const seen = new Set([type.id]);
  for (const { members } of within) {
    for (const { name, type: inner } of members) {
      if (names.length > mostMembers) return names;
      if (name !== '') names.push(name);
      else if (hasMembers(inner) && !seen.has(inner.id)) {
        seen.add(inner.id);
        within.push(inner);
      }
    }
  }
  return names;
}

type Composite = BtfType & { kind: 'struct' | 'union' };

function hasMembers(type: BtfType): type is Composite {
  return type.kind === 'struct' || type.kind === 'union';
}

function typeAt(btf: Btf, root: BtfType, path: string): BtfType | undefined {
  try {
    return btf.get(root.member(path).typeId);
  } catch {
    return undefined;
  }
}

/** What typedefs and qualifiers lead to. */
function resolved(type: BtfType): BtfType {
  try {
    return type.resolve();
  } catch {
    return type; // an endless chain
  }
}
