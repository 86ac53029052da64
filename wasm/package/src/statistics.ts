// Where the bytes go: what `btfkit stat --json` prints.
import type { Kind } from './kinds.js';

/** So many, and their bytes. */
export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

/** One BTF; a split one's base is not counted. */
export interface BtfStatistics {
  readonly bytes: number;
  readonly headerBytes: number;
  readonly typesBytes: number;
  readonly layoutBytes: number;
  readonly stringsBytes: number;
  readonly types: number;
  /** `elements`: members, values, parameters, variables. `duplicates`: records that say the same as an earlier one. */
  readonly kinds: Readonly<Partial<Record<Kind, Amount & { readonly elements: number; readonly duplicates: number }>>>;
  /** Types whose record says the same as an earlier one's. */
  readonly duplicates: Amount;
  readonly strings: Amount & {
    readonly longest: { readonly bytes: number; readonly text: string };
    /** Those that equal an earlier one. */
    readonly duplicates: Amount;
    /** Those to which nothing refers. */
    readonly unused: Amount;
  };
  /** Structs and unions, largest first. `size`: bytes. */
  readonly largest: readonly { readonly id: number; readonly kind: 'struct' | 'union'; readonly name: string; readonly members: number; readonly size: number }[];
}

/** What .BTF.ext takes. */
export interface ExtStatistics {
  readonly bytes: number;
  readonly headerBytes: number;
  readonly functions: Amount;
  readonly lines: Amount;
  readonly relocations: Amount;
  /** Records, and their bytes. */
  readonly sections: readonly { readonly name: string; readonly functions: number; readonly lines: number; readonly relocations: number; readonly bytes: number }[];
}

/** A whole file. */
export interface Statistics {
  readonly source: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly btfs: readonly BtfStatistics[];
  readonly ext?: ExtStatistics;
}
