// The types of a module and those of the kernel that it continues, as one.
import type { Columns } from 'btfkit';

/** `base` ends where `split` begins; the strings of `split` begin with those of its base. */
export function inOnePiece(base: Columns, split: Columns): Columns {
  const both = (of: (columns: Columns) => Uint32Array<ArrayBuffer>) => joined(Uint32Array, of(base), of(split));
  const members = base.memberName.length;
  return {
    firstId: base.firstId,
    kind: joined(Uint8Array, base.kind, split.kind),
    vlen: both(({ vlen }) => vlen),
    sizeOrType: both(({ sizeOrType }) => sizeOrType),
    nameOffset: both(({ nameOffset }) => nameOffset),
    strings: split.strings,
    memberStart: joined(Uint32Array, base.memberStart.subarray(0, -1), split.memberStart.map((start) => start + members)),
    memberName: both(({ memberName }) => memberName),
    memberType: both(({ memberType }) => memberType),
    memberBitOffset: both(({ memberBitOffset }) => memberBitOffset),
    memberBitfieldSize: joined(Uint8Array, base.memberBitfieldSize, split.memberBitfieldSize),
  };
}

function joined<T extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(kind: new (length: number) => T, first: T, second: T): T {
  const all = new kind(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
