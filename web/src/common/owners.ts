// Owners: what a type without a name is a part of, or is there for. One pass over all references of the file; only those without
// a name are noted.
import type { Columns } from 'btfkit';
import { kindFacts, kindLimit } from './kinds.ts';

/** For each row the first row that refers to it, and by which member (an index of the member columns); -1: none. */
export interface Owners {
  row: Int32Array;
  member: Int32Array;
}

export function ownersOf({ firstId, kind, sizeOrType, nameOffset, memberStart, memberType }: Columns): Owners {
  const { length } = kind;
  const row = new Int32Array(length).fill(-1);
  const member = new Int32Array(length).fill(-1);
  const own = (id: number, by: number, through: number) => {
    const to = id - firstId;
    if (to < 0 || to >= length || nameOffset[to] !== 0 || row[to] >= 0) return;
    row[to] = by;
    member[to] = through;
  };
  // A typedef is as good as a name, so it goes before all members.
  for (let by = 0; by < length; by++) if (names[kind[by]]) own(sizeOrType[by], by, -1);
  for (let by = 0; by < length; by++) {
    for (let at = memberStart[by]; at < memberStart[by + 1]; at++) own(memberType[at], by, at);
    if (refers[kind[by]]) own(sizeOrType[by], by, -1);
  }
  return { row, member };
}

const names = kindMask('typedef');
/** Kinds whose third word is a type id. */
const refers = kindMask('pointer', 'const', 'volatile', 'restrict', 'var', 'func', 'func_proto', 'type_tag');

/** By kind number, which may be any that fits into a record. */
function kindMask(...nouns: string[]): readonly boolean[] {
  return Array.from({ length: kindLimit }, (_, kind) => nouns.includes(kindFacts(kind).noun));
}
