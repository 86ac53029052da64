import type { BtfErrorInfo } from './error.js';
import type { Kind } from './kinds.js';
import type { Contents } from './object.js';

/** What was opened, and what is in it: what `btfkit inspect --json` prints. */
export interface Summary extends Contents {
  /** The input's name. */
  readonly source: string;
  readonly container: 'elf' | 'raw';
  /** Bytes of the input as given, still packed. */
  readonly size: number;
  /** 32 or 64; ELF only. */
  readonly elfClass?: number;
  /** ET_*: 1 relocatable, 2 executable, 3 shared; ELF only. */
  readonly elfType?: number;
  /** EM_*: 247 is BPF, 62 x86-64; ELF only. */
  readonly elfMachine?: number;
  /** The kind of kernel image that the input is, if it is one: "x86 bzImage". */
  readonly kernelImage?: string;
  /** Compressions around the input that were unpacked, outermost first: "gzip", "zstd". */
  readonly wrappers: readonly string[];
  readonly byteOrder: 'little' | 'big';
  /** Bytes. */
  readonly pointerSize: number;
  /** Own types; void is not counted. */
  readonly typeCount: number;
  readonly firstId: number;
  /** One more than the last id. */
  readonly endId: number;
  /** How many types there are of each kind; kinds that do not occur are left out. */
  readonly kinds: Readonly<Partial<Record<Kind, number>>>;
  readonly strings: { readonly bytes: number; readonly count: number };
  readonly header: {
    /** Bytes. */
    readonly length: number;
    readonly version: number;
    readonly flags: number;
    /** Bytes of all type records. */
    readonly typesBytes: number;
    /** Bytes of the layout section; 0 when there is none. */
    readonly layoutBytes: number;
  };
  /** What the input's further BTFs hold, when there is more than one. */
  readonly others?: readonly Pick<Summary, 'byteOrder' | 'pointerSize' | 'typeCount' | 'firstId' | 'endId' | 'kinds' | 'strings' | 'header' | 'damage'>[];
  /** BTFs in the input; all else here but `others` speaks of the first. Almost always 1; 0 with `OpenOptions.withoutBtf` only. */
  readonly specs: number;
  /** Whether it brings its own distilled base (.BTF.base). */
  readonly distilledBase: boolean;
  /** Set when only part of a damaged BTF is shown; see `OpenOptions.partial`. */
  readonly damage?: BtfErrorInfo;
  /** What is odd but legal. */
  readonly warnings: readonly BtfErrorInfo[];
}
