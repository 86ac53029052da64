// BTF back to bytes: what `btfkit rewrite` and `btfkit extract` write and report.
import { BtfError } from './error.js';
import type { Store } from './store.js';

/** The rewrites that kernels of some version need; `rewrites()` says what each does. */
export type RewriteName =
  | 'apply_fixup' | 'define_externs' | 'name_parameters' | 'sort_variables' | 'func_linkage_static' | 'no_func' | 'no_datasec' | 'no_float'
  | 'no_decl_tag' | 'no_type_tag' | 'no_enum64' | 'no_question_mark_names' | 'no_tag_kind_flag';

/** How a BTF is written. With nothing given the result is the input, byte for byte. */
export interface MarshalOptions {
  /** Byte order; default: the input's. */
  order?: 'little' | 'big';
  /** Do what kernels of that version need: "5.4", "6.1.0-31-amd64". */
  for?: string;
  /** Do what every kernel needs of a BPF object, and no more. */
  prepare?: boolean;
  /** Do these, besides. */
  rewrites?: readonly RewriteName[];
  /** The section that describes how long records are; default: keep. */
  layout?: 'keep' | 'write' | 'drop';
  /** Bytes of the header; default: the input's. 24 has no room for a layout section. */
  headerLength?: 24 | 32;
}

/** One reason for which a kernel refuses a BTF. */
export interface Refusal {
  /** Left out when it is not about one type. */
  readonly typeId?: number;
  /** Of that type, as the raw form spells it: "FUNC". */
  readonly kind?: string;
  readonly name?: string;
  /** What the kernel's own log says; may be empty. */
  readonly kernelLog: string;
  /** Why, for people. */
  readonly sentence: string;
}

/** What was written, and why. */
export interface RewriteReport {
  readonly source: string;
  /** Bytes of the result. */
  readonly bytes: number;
  readonly byteOrder: 'little-endian' | 'big-endian';
  /** Types of the result. */
  readonly types: number;
  /** Those of them that are new. */
  readonly addedTypes: number;
  /** The version given as `for`. */
  readonly kernel?: string;
  readonly layoutDropped: boolean;
  /** Those that changed something: `types` says how many types. */
  readonly rewrites: readonly { readonly name: RewriteName; readonly types: number; readonly effect: string; readonly why: string }[];
  /** What the kernel still refuses. */
  readonly refusals: readonly Refusal[];
}

/** A BTF as bytes, and how it came about. */
export interface Rewritten {
  readonly bytes: Uint8Array;
  readonly report: RewriteReport;
}

/** What was taken out of a file. */
export interface ExtractReport {
  readonly source: string;
  /** "gzip: ELF 64-bit, x86-64"... */
  readonly foundIn: string;
  readonly bytes: number;
  readonly byteOrder: 'little-endian' | 'big-endian';
  /** It continues another one. */
  readonly split: boolean;
  /** BTFs, one behind the other; almost always 1. */
  readonly btfs: number;
  /** Left out when they can't be told. */
  readonly types?: number;
}

/** The BTF of a file, byte for byte. */
export interface Extracted {
  readonly bytes: Uint8Array;
  readonly report: ExtractReport;
}

/** @internal */
export function rewrite(store: Store, options: MarshalOptions): Rewritten {
  const given: [string, string][] = [];
  const { order, prepare, rewrites = [], layout = 'keep', headerLength } = options;
  if (order !== undefined && order !== 'little' && order !== 'big') throw new BtfError('invalid_argument', `there is no byte order '${String(order)}': little or big`);
  if (order !== undefined) given.push(['order', order]);
  if (options.for !== undefined) given.push(['for', options.for]);
  if (prepare) given.push(['prepare', '']);
  for (const name of rewrites) given.push(['rewrite', name]);
  if (layout !== 'keep' || (options.for === undefined && !prepare)) given.push(['layout', layout]);
  if (headerLength !== undefined) given.push(['header-length', String(headerLength)]);
  return Object.freeze(store.bytes<RewriteReport>('rewrite', given));
}

/** @internal */
export function extract(store: Store, distilledBase: boolean): Extracted {
  return Object.freeze(store.bytes<ExtractReport>('extract', distilledBase ? [['distilled-base', '']] : []));
}
