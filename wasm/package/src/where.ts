// Members by path, and what is at an offset: what `btfkit offset --json` and `btfkit at --json` print.
import { BtfError, fromCore, type BtfErrorInfo } from './error.js';
import type { Store } from './store.js';

/** A step of a path: a member of a struct or union, or an element of an array. */
export interface PathStep {
  /** The id of the struct, union or array. */
  readonly in: number;
  /** Of a member; empty for anonymous ones, which the path leaves out. */
  readonly name?: string;
  /** Of an element. */
  readonly index?: number;
  /** Bytes from the start of the root. */
  readonly offset: number;
  /** What is there. */
  readonly typeId: number;
}

/** Where a member, or an array's element, is. */
export interface Located {
  /** The id of the type that the path starts from. */
  readonly root: number;
  /** Below the root: "se.vruntime", "lists[2].next". */
  readonly path: string;
  /** The same as a CO-RE access string: "0:4:1". */
  readonly access: string;
  /** Bytes from the start of the root; of a bitfield, those before its first bit. */
  readonly offset: number;
  /** Bits from the start of the root. */
  readonly bitOffset: number;
  /** Bytes of its type; 0 for a flexible array. */
  readonly size: number;
  /** Bits; bitfields only. */
  readonly bitfieldSize?: number;
  readonly typeId: number;
  /** Its type as C. */
  readonly type: string;
}

/** As `Located`, with what lies on the way. */
export interface MemberPlace extends Located {
  /** The path as it was given. */
  readonly query: string;
  /** Anonymous members included. */
  readonly steps: readonly PathStep[];
}

/** Bits of a struct or union that no member covers. */
export interface Gap {
  /** `padding` is behind the last member, a `hole` between two. */
  readonly kind: 'hole' | 'padding';
  /** The id of the struct or union. */
  readonly in: number;
  /** Of the struct or union; empty for the root. */
  readonly path: string;
  /** Bits from the start of the root. */
  readonly bitOffset: number;
  /** Bits. */
  readonly bitSize: number;
}

/** What is at an offset. */
export interface Occupants {
  /** The id of the type. */
  readonly id: number;
  readonly name: string;
  /** Bytes of the type. */
  readonly size: number;
  /** Bytes from its start. */
  readonly offset: number;
  /** False when there is more than is listed. */
  readonly complete: boolean;
  /** The innermost ones, in the order of their declaration; several in a union. */
  readonly members: readonly Located[];
  /** Holes and padding that are touched, in full. */
  readonly gaps: readonly Gap[];
}

/** @internal */
export function memberAt(store: Store, path: string): MemberPlace {
  const [place] = store.data<(MemberPlace & { error?: BtfErrorInfo })[]>('offset', [path]);
  if (place!.error) throw fromCore(place!.error);
  return place!;
}

/** @internal */
export function memberOf(store: Store, id: number, path: string): MemberPlace {
  return memberAt(store, path === '' ? `id ${id}` : `id ${id}.${path}`);
}

/** @internal */
export function membersAt(store: Store, id: number, offset: number): Occupants {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new BtfError('invalid_argument', `offset ${String(offset)} is no number of bytes`);
  const [found] = store.data<(Occupants & { error?: BtfErrorInfo })[]>('at', [`id ${id}`, String(offset)]);
  if (found!.error) throw fromCore(found!.error);
  return found!;
}
