import type { Columns } from './columns.js';
import { platform, type Input } from './engine.js';
import { BtfError } from './error.js';
import { checkKind } from './flyweights.js';
import type { Write } from './glue.js';
import type { Kind } from './kinds.js';
import { load, loadBlob, type BlobLike, type BlobOptions, type OpenOptions } from './load.js';
import { Store, type Output, type Request } from './store.js';
import { freeze, type Summary } from './summary.js';
import type { BtfType, TypeOf } from './types.js';

/** What `Btf.inspect` prints, and how. */
export interface InspectOptions {
  /** ANSI colours; default: none. */
  color?: boolean;
  /** Milliseconds that opening took, shown in the summary; default: not shown. */
  loadMs?: number;
  /** The name of a type to print instead of the summary. */
  type?: string;
  /** JSON instead of text. */
  json?: boolean;
}

/** What `Btf.dump` prints, and how. */
export interface DumpOptions {
  /** `c`: a header that compiles, the default; `raw`: one record a line; `json`: the records. All in bpftool's form. */
  format?: 'c' | 'raw' | 'json';
  /**
   * Only these types: names, `struct NAME` and the like, or ids; in C, what they need comes with them. None: all. Every type of a
   * name is meant.
   */
  types?: readonly (string | number)[];
  /** Of C: sorted by kind and name, the default, or by id. */
  order?: 'sorted' | 'id';
  /** Of JSON: a line for each property. */
  pretty?: boolean;
  /** Copies what that tool is known to do wrong, for comparisons byte by byte. */
  compat?: 'bpftool';
}

/** Runs a verb of the command over what is open: for the command itself. Its exit code; see Store.run. @internal */
export let runVerb: (btf: Btf, request: Request, out: Write, err: Write) => number;

/**
 * An opened input: the BTF of a kernel, a module, a BPF object or any other ELF, or raw BTF, of either byte order.
 *
 * It holds WebAssembly memory until `close()`, the end of a `using` block, or garbage collection. All methods throw BtfErrors only.
 */
export class Btf {
  /** The input's name. */
  readonly name: string;
  /** Its own types; void is not counted. */
  readonly typeCount: number;
  /** The id of its first own type. */
  readonly firstId: number;
  /** One more than its last id. */
  readonly endId: number;
  readonly #store: Store;
  #summary: Summary | undefined;

  static {
    runVerb = (btf, ...args) => btf.#store.run(...args);
  }

  private constructor(store: Store, name: string) {
    this.#store = store;
    this.name = name;
    this.firstId = store.firstId;
    this.endId = store.endId;
    this.typeCount = store.endId - store.firstId;
  }

  /**
   * Opens a file by path, file: URL or descriptor (which stays open). Node only; synchronous. Of an ELF, only the parts that matter
   * are read; gzip, zstd and compressed sections are unpacked.
   *
   * Errors: `not_found` (no such file, or an ELF without BTF), `permission`, `system`, `malformed` (neither ELF nor BTF, or
   * broken), `not_supported` (a compression without decoder).
   */
  static open(path: string | { readonly href: string } | number, options: OpenOptions = {}): Btf {
    const input = platform().open(path);
    try {
      return Btf.#from(options.name === undefined ? input : { ...input, name: options.name }, options);
    } finally {
      input.close?.();
    }
  }

  /** Opens bytes in memory. What is needed of them is copied, once. Errors: as `open`. */
  static fromBytes(bytes: Uint8Array | ArrayBuffer, options: OpenOptions = {}): Btf {
    const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
    return Btf.#from(
      {
        name: options.name ?? 'input',
        size: all.length,
        read: (offset, room) => room.set(all.subarray(offset, offset + room.length)),
      },
      options,
    );
  }

  /** Opens a Blob or File. Of an ELF, only the slices that matter are read. Errors: as `open`; `system` when the Blob can't be read. */
  static async fromBlob(blob: BlobLike, options: BlobOptions = {}): Promise<Btf> {
    const name = options.name ?? blob.name ?? 'input';
    return new Btf(new Store(await loadBlob(blob, name, options, options.base && options.base.#store.loaded())), name);
  }

  static #from(input: Input, options: OpenOptions): Btf {
    return new Btf(new Store(load(input, options, options.base && options.base.#store.loaded())), input.name);
  }

  /** What was opened, and what is in it. Frozen. */
  get summary(): Summary {
    this.#store.assertOpen();
    return (this.#summary ??= freeze(JSON.parse(this.#store.output({ verb: 'inspect', options: [['json', '']] }).out) as Summary));
  }

  /** What the command `btfkit inspect` prints for this input: a summary, or one type as C. */
  inspect(options: InspectOptions = {}): Output {
    const { color = false, json = false, loadMs, type } = options;
    return this.#store.output({ verb: 'inspect', args: type === undefined ? [] : [type], options: json ? [['json', '']] : [], color, loadMs });
  }

  /**
   * Everything, or some types, as C, raw text or JSON: what the command `btfkit dump` prints. Of JSON, 64-bit values of enumerations
   * are longer than what `JSON.parse` keeps.
   *
   * Errors: `not_found` for `types`; `too_large` when the text grows beyond what a BTF of this size can need, or beyond what a string
   * can hold.
   */
  dump(options: DumpOptions = {}): string {
    const { format = 'c', types = [], order = 'sorted', pretty = false, compat } = options;
    if (!['c', 'raw', 'json'].includes(format)) throw new BtfError('invalid_argument', `there is no format '${String(format)}': c, raw or json`);
    if (!['sorted', 'id'].includes(order)) throw new BtfError('invalid_argument', `there is no order '${String(order)}': sorted or id`);
    if (compat !== undefined && compat !== 'bpftool') throw new BtfError('invalid_argument', `nothing is known of '${String(compat)}': bpftool`);
    const wanted = [...types];
    const wrong = wanted.find((type) => typeof type !== 'string' && !(Number.isInteger(type) && type >= 0 && type < 2 ** 32));
    if (wrong !== undefined) throw new BtfError('invalid_argument', `types: ${String(wrong)} is neither a name nor an id`);
    return this.#store.dump(format, wanted, order === 'id', pretty, compat === 'bpftool');
  }

  /** The type with that id; 0 is void. Errors: `not_found`. */
  get(id: number): BtfType {
    this.#store.assertOpen();
    if (!Number.isInteger(id) || id < 0 || id >= this.endId)
      throw new BtfError('not_found', `there is no type ${String(id)}: ids go from 0 to ${this.endId - 1}`);
    return this.#store.type(id);
  }

  /** The one type with that name, of that kind if one is given; undefined when there is none. Errors: `ambiguous`, naming the ids. */
  find<K extends Kind = Kind>(name: string, kind?: K): TypeOf<K> | undefined {
    const found = this.#lookUp(name, kind);
    if (!(found instanceof BtfError)) return found;
    if (found.code === 'not_found') return undefined;
    throw found;
  }

  /** As `find`; none is an error too: `not_found`. */
  require<K extends Kind = Kind>(name: string, kind?: K): TypeOf<K> {
    const found = this.#lookUp(name, kind);
    if (found instanceof BtfError) throw found;
    return found;
  }

  #lookUp<K extends Kind>(name: string, kind?: K): TypeOf<K> | BtfError {
    if (kind !== undefined) checkKind(kind);
    const found = this.#store.find(name, kind ?? '');
    return found instanceof BtfError ? found : (this.#store.type(found) as TypeOf<K>);
  }

  /** Every type with that very name, by ascending id. */
  named(name: string): BtfType[] {
    return this.#store.named(name).map((id) => this.#store.type(id));
  }

  /** Own types by ascending id, all or those of some kinds. Lazy: may be iterated more than once, and left early. */
  types<K extends Kind = Kind>(kind?: K | readonly K[]): Iterable<TypeOf<K>> {
    const wanted = kind === undefined ? undefined : typeof kind === 'string' ? [kind] : [...kind];
    wanted?.forEach(checkKind);
    const store = this.#store;
    store.assertOpen();
    return {
      *[Symbol.iterator]() {
        for (let id = store.firstId; id < store.endId; ++id)
          if (!wanted || wanted.includes(store.kind(id) as K)) yield store.type(id) as TypeOf<K>;
      },
    };
  }

  /** The type index as typed arrays, for lists and searches over everything. Fresh copies at each call. */
  columns(): Columns {
    return this.#store.copyColumns();
  }

  /** Frees the memory. Closing twice is fine; anything else on a closed Btf, or on its types, throws `invalid_argument`. */
  close(): void {
    this.#store.close();
  }

  /** close(), for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

