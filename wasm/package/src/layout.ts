// Layouts of structs and unions: what `btfkit layout --json` prints.
import type { BtfErrorInfo } from './error.js';
import { fromCore } from './error.js';
import type { Store } from './store.js';

/** How a struct is laid out. */
export interface LayoutOptions {
  /** Bytes of a cache line, from 1 to 65536; default: 64. */
  cacheLine?: number;
  /** Show the members of named structs and unions in place too, as is always done with anonymous ones. */
  expand?: boolean;
  /** The smallest known order of the members instead of the present one; `saved` says what it saves. */
  reorganize?: boolean;
}

/** What a struct holds and wastes, in pahole's terms. Unions have neither holes nor bit padding. */
export interface LayoutSummary {
  /** Bytes. */
  readonly size: number;
  /** Direct members. */
  readonly memberCount: number;
  /** Bytes of the members that are no bitfields. */
  readonly memberBytes: number;
  /** Bits of those that are. */
  readonly bitfieldBits: number;
  /** Unused spaces of whole bytes between members. */
  readonly holes: number;
  /** Bytes of the holes. */
  readonly holeBytes: number;
  /** Unused spaces within the storage units of bitfields. */
  readonly bitHoles: number;
  /** Bits of the bit holes. */
  readonly holeBits: number;
  /** Bytes behind the last member. */
  readonly padding: number;
  /** Bits behind a last bitfield within its storage unit. */
  readonly bitPadding: number;
  /** Bytes; 1 when it is packed. */
  readonly alignment: number;
  /** Its layout can't be had without `__attribute__((__packed__))`. */
  readonly packed: boolean;
  /** Its last member is a flexible array. */
  readonly flexibleArray: boolean;
  /** A member, or a member of a member, ends with a flexible array. */
  readonly embedsFlexibleArray: boolean;
}

/** A member as it lies in memory. Numbers that are left out are 0. */
export interface LayoutMember {
  /** Left out for anonymous members. */
  readonly name?: string;
  readonly typeId: number;
  /** Its type as C; left out when its members are shown in place. */
  readonly type?: string;
  /** Bytes from the start of the outermost type; of a bitfield, where its storage unit is. */
  readonly offset: number;
  /** Bytes of its type; of a bitfield, of its storage unit. */
  readonly size: number;
  /** Bits; bitfields only. */
  readonly bitfieldSize?: number;
  /** Bits from the start of the storage unit; bitfields only. */
  readonly bitPosition?: number;
  /** Bytes. */
  readonly alignment: number;
  /** Bytes of the hole behind it. */
  readonly hole?: number;
  /** Bits of the bit hole behind it, in front of `hole`. */
  readonly bitHole?: number;
  /** Bytes: what it must have been declared with, where its own alignment does not explain its place. */
  readonly forcedAlignment?: number;
  /** It is the first that begins on or behind the boundary of a cache line. */
  readonly newCacheLine?: true;
  /** What its type wastes, when that is a struct that does. */
  readonly wastes?: LayoutSummary;
  /** The type whose members are shown in place. */
  readonly shown?: LayoutSummary & { readonly id: number; readonly kind: 'struct' | 'union'; readonly name: string; readonly preHole?: number; readonly preBitHole?: number; readonly forcedAlignment?: number };
  /** It is a pointer: offsets of its `members` start at what it points to. */
  readonly pointee?: true;
  /** Its members are left out: there are too many, or they are too deep. */
  readonly cut?: true;
  readonly members?: readonly LayoutMember[];
  readonly membersCut?: true;
}

/** One struct or union laid out. */
export interface Layout {
  readonly id: number;
  readonly kind: 'struct' | 'union';
  readonly name: string;
  /** The typedef by which an anonymous type is known. */
  readonly alias?: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes. */
  readonly cacheLine: number;
  /** How many it touches when it starts on one. */
  readonly cacheLines: number;
  /** Bytes in the last one; 0 when that is full. */
  readonly lastCacheLine: number;
  readonly summary: LayoutSummary;
  /** Bytes of a hole in front of the first member. */
  readonly preHole: number;
  /** Bits of one. */
  readonly preBitHole: number;
  /** Bytes; 0 when its members explain its alignment. */
  readonly forcedAlignment: number;
  /** Direct members with a forced alignment. */
  readonly forcedAlignments: number;
  /** Those of them with a hole in front. */
  readonly forcedHoles: number;
  readonly forcedHoleBytes: number;
  /** What the types of direct members waste, as far as these are structs. Padding: bytes; bit padding: bits. */
  readonly memberTypes: {
    readonly withHoles: number;
    readonly holes: number;
    readonly withBitHoles: number;
    readonly bitHoles: number;
    readonly withPadding: number;
    readonly padding: number;
    readonly withBitPadding: number;
    readonly bitPadding: number;
    readonly withFlexibleArray: number;
    readonly embeddingFlexibleArray: number;
  };
  /** Bits that neither members nor holes nor padding explain; 0 for every sane type. */
  readonly unexplainedBits: number;
  /** With `reorganize`: bytes that the new order saves. */
  readonly saved?: number;
  /** With `reorganize`: cache lines that it saves. */
  readonly savedLines?: number;
  /** With `reorganize`: the members' present indices in the new order. */
  readonly order?: readonly number[];
  readonly members: readonly LayoutMember[];
  /** There are more members than fit. */
  readonly membersCut?: true;
}

/** @internal */
export function layoutsOf(store: Store, types: readonly string[], options: LayoutOptions): readonly Layout[] {
  const { cacheLine, expand, reorganize } = options;
  const given: [string, string][] = [];
  if (cacheLine !== undefined) given.push(['cache-line', String(cacheLine)]);
  if (expand) given.push(['expand', '']);
  if (reorganize) given.push(['reorganize', '']);
  const all = store.data<readonly (Layout & { error?: BtfErrorInfo })[]>('layout', types, given);
  const failed = types.length > 0 && all.find((layout) => layout.error);
  if (failed) throw fromCore(failed.error!);
  return all;
}

/** @internal */
export function layoutOf(store: Store, id: number, options: LayoutOptions): Layout {
  return layoutsOf(store, [`id ${id}`], options)[0]!;
}
