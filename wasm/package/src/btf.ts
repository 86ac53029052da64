import { Builder, inner } from './builder.js';
import { rangeFrom, type CodeRange, type DisassembleOptions } from './code.js';
import type { Columns } from './columns.js';
import { platform, type Input } from './engine.js';
import { BtfError, fromCore, type BtfErrorInfo } from './error.js';
import { kindMask, kindNumber } from './flyweights.js';
import type { Write } from './glue.js';
import { parseJson } from './json.js';
import type { Kind } from './kinds.js';
import { layoutsOf, type Layout, type LayoutOptions } from './layout.js';
import { load, loadAsync, loadBlob, type BlobLike, type BlobOptions, type OpenOptions } from './load.js';
import { extract, rewrite, type Extracted, type MarshalOptions, type Refusal, type Rewritten } from './marshal.js';
import {
  mapFrom, withBigInts, type CoreRelocation, type ElfRelocation, type ElfSection, type ElfSymbol, type ExtRecord, type ExtSection, type Extern,
  type FunctionInfo, type LineInfo, type MapInfo, type Program, type RelocationInfo, type SectionedVariable, type VariableSection,
} from './object.js';
import { query, search, type Query, type QueryResult, type SearchOptions, type SearchResult } from './search.js';
import type { Statistics } from './statistics.js';
import { Store, joined, type Output, type Request } from './store.js';
import type { Summary } from './summary.js';
import type { BtfType, TypeOf } from './types.js';
import { decodeText, decodeValue, decodeValues, type DecodeOptions, type DecodeTextOptions, type Value } from './value.js';
import { memberAt, membersAt, type MemberPlace, type Occupants } from './where.js';

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

/** A whole BTF as C. */
export interface HeaderOptions {
  /** Only these types and what they need: names, `struct NAME` and the like, or ids. Default: all. */
  types?: readonly (string | number | BtfType)[];
  /** Sorted by kind and name, the default, or by id. */
  order?: 'sorted' | 'id';
}

/** A verb of the command, run over what is open. */
export interface RunOptions {
  /** What stands behind FILE on the command line. */
  args?: readonly string[];
  /** Options by name, without dashes; true for a flag. */
  options?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** ANSI colours; default: none. */
  color?: boolean;
  /** The bytes that `decode` interprets. */
  data?: Uint8Array;
}

/** What a verb gives. */
export interface RunResult extends Output {
  /** What `rewrite` and `extract` write with --output. */
  readonly output: Uint8Array;
}

/** How a module's BTF was moved from its distilled base onto a kernel's. */
export interface Rebased {
  /** The module, split on the kernel; undefined when it could not be. */
  readonly btf: Btf | undefined;
  /** Ids of the distilled base, and those of the kernel that stand for them. */
  readonly mapped: readonly (readonly [number, number])[];
  /** Types that could not be mapped: `not_found` or `ambiguous`. */
  readonly problems: readonly BtfErrorInfo[];
  readonly error: BtfErrorInfo | undefined;
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
  /** What it was opened on; undefined when it is not split. */
  readonly base: Btf | undefined;
  readonly #store: Store;
  #summary: Summary | undefined;

  /** Makes BTF. */
  static readonly Builder = Builder;

  static {
    runVerb = (btf, ...args) => btf.#store.run(...args);
    inner.store = (btf) => btf.#store;
    inner.open = (bytes, base, pointerSize) => Btf.fromBytes(bytes, { name: 'built', ...(base && { base }), ...(pointerSize && { pointerSize }) });
  }

  private constructor(store: Store, name: string, base: Btf | undefined) {
    this.#store = store;
    this.base = store.firstId > 1 ? base : undefined;
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

  /**
   * As `open`, asynchronously, and for more compressions: besides gzip, zstd and lz4 also xz, whose decoder is loaded when it is
   * needed. Also takes bytes and Blobs.
   */
  static async load(input: string | { readonly href: string } | number | Uint8Array | ArrayBuffer | BlobLike, options: OpenOptions = {}): Promise<Btf> {
    if (typeof input === 'object' && 'slice' in input && 'size' in input) return Btf.fromBlob(input, options);
    const source = typeof input === 'object' && !('href' in input) ? bytesInput(input, options) : platform().open(input);
    try {
      const named = options.name === undefined ? source : { ...source, name: options.name };
      return new Btf(Btf.#made(await loadAsync(named, options, Btf.#below(options)), options), named.name, options.base);
    } finally {
      source.close?.();
    }
  }

  /** Opens bytes in memory. What is needed of them is copied, once. Errors: as `open`. */
  static fromBytes(bytes: Uint8Array | ArrayBuffer, options: OpenOptions = {}): Btf {
    return Btf.#from(bytesInput(bytes, options), options);
  }

  /** Opens a Blob or File. Of an ELF, only the slices that matter are read. Errors: as `load`; `system` when the Blob can't be read. */
  static async fromBlob(blob: BlobLike, options: BlobOptions = {}): Promise<Btf> {
    const name = options.name ?? blob.name ?? 'input';
    return new Btf(Btf.#made(await loadBlob(blob, name, options, Btf.#below(options)), options), name, options.base);
  }

  static #from(input: Input, options: OpenOptions): Btf {
    return new Btf(Btf.#made(load(input, options, Btf.#below(options)), options), input.name, options.base);
  }

  static #below(options: OpenOptions) {
    return options.base && options.base.#store.loaded();
  }

  static #made(loaded: ConstructorParameters<typeof Store>[0], options: OpenOptions): Store {
    return new Store(loaded, options.base && options.base.#store);
  }

  // ---- what it is

  /** What was opened, and what is in it. Frozen. */
  get summary(): Summary {
    this.#store.assertOpen();
    return (this.#summary ??= this.#store.data<Summary>('inspect'));
  }

  /** Byte order of the input. */
  get byteOrder(): 'little' | 'big' {
    return this.summary.byteOrder;
  }

  /** Bytes. */
  get pointerSize(): number {
    return this.summary.pointerSize;
  }

  /** Where the bytes go. */
  stat(): Statistics {
    return this.#store.data('stat');
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

  /** All of it as C: a header that compiles. Errors: as `dump`. */
  toC(options: HeaderOptions = {}): string {
    const { types = [], order = 'sorted' } = options;
    return this.dump({ order, types: types.map((type) => (typeof type === 'object' ? type.id : type)) });
  }

  /** All of it in bpftool's raw form: one record a line. */
  toRaw(): string {
    return this.dump({ format: 'raw' });
  }

  /**
   * All records as plain data, with the keys of `bpftool -j`: `{ types: [{ id: 1, kind: 'INT', ... }] }`. Integers that a number can't
   * hold are decimal strings. A kernel's takes a second; `dump({ format: 'json' })` gives the text.
   */
  toJSON(): unknown {
    return parseJson(this.dump({ format: 'json' }));
  }

  /** Runs a verb of the command, as text: `btf.run('layout', { args: ['task_struct'], options: { hex: true } }).out`. */
  run(verb: string, options: RunOptions = {}): RunResult {
    const { args = [], color = false, data } = options;
    const given: [string, string][] = [];
    for (const [name, value] of Object.entries(options.options ?? {}))
      for (const each of Array.isArray(value) ? (value as readonly string[]) : [value]) if (each !== false) given.push([name, each === true ? '' : String(each)]);
    const pieces: Uint8Array[] = [];
    const printed = this.#store.output({
      verb, args, color, options: given, data: data && bytesInput(data, { name: 'bytes' }), output: (piece) => (pieces.push(piece.slice()), true),
    });
    return { ...printed, output: joined(pieces) };
  }

  // ---- types

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
    checkText(name);
    const found = this.#store.find(name, kind === undefined ? -1 : kindNumber(kind));
    return found instanceof BtfError ? found : (this.#store.type(found) as TypeOf<K>);
  }

  /** Every type with that very name, by ascending id. */
  named(name: string): BtfType[] {
    checkText(name);
    return this.#store.ask<number[]>('named', { text: name }).map((id) => this.#store.type(id));
  }

  /** Every type that has this name without its flavor: "task_struct" finds task_struct and task_struct___v5. Ascending ids. */
  withEssentialName(name: string): BtfType[] {
    checkText(name);
    return this.#store.ask<number[]>('essential', { text: name }).map((id) => this.#store.type(id));
  }

  /** Named types whose names contain a text, begin with it, or match a regular expression. Milliseconds for a kernel. */
  search(options: SearchOptions): SearchResult {
    return search(this.#store, options);
  }

  /** Types that satisfy conditions: their size, holes, members, what they refer to. What `btfkit find` prints. */
  query(conditions: Query = {}): QueryResult {
    return query(this.#store, conditions);
  }

  /** Own types by ascending id, all or those of some kinds. Lazy: may be iterated more than once, and left early. */
  types<K extends Kind = Kind>(kind?: K | readonly K[]): Iterable<TypeOf<K>> {
    const kinds = kind === undefined ? undefined : typeof kind === 'string' ? [kind] : [...kind];
    const wanted = kinds?.length === 0 ? new Uint8Array(256) : kindMask(kinds ?? []);
    const store = this.#store;
    store.assertOpen();
    return {
      *[Symbol.iterator]() {
        for (let id = store.firstId; id < store.endId; ++id)
          if (wanted[store.level(id).columns!.kind[id - store.firstId]!]) yield store.type(id) as TypeOf<K>;
      },
    };
  }

  /** The type index as typed arrays, for lists and searches over everything. Fresh copies at each call. */
  columns(): Columns {
    return this.#store.copyColumns();
  }

  /** The string at an offset of the string table, or of the base's. Errors: `not_found`. */
  string(offset: number): string {
    const level = this.#store.level(this.firstId);
    const { strings } = level.columns!;
    if (!Number.isInteger(offset) || offset < 0 || offset >= strings.length)
      throw new BtfError('not_found', `there is no string at ${String(offset)}: the strings have ${strings.length} bytes`);
    return level.nameAt(offset);
  }

  // ---- members

  /**
   * Bytes from the start of a type to a member: `kernel.offset('task_struct.se.vruntime')`; of a bitfield, those before its first bit.
   * Errors: `not_found`, naming the nearest; `invalid_argument` for a path through a pointer, `ambiguous`.
   */
  offset(path: string): number {
    return memberAt(this.#store, path).offset;
  }

  /** Where a member is, what it is, and what lies on the way. Errors: as `offset`. */
  member(path: string): MemberPlace {
    return memberAt(this.#store, path);
  }

  /** What is at an offset (bytes) of a type: the innermost members, or the hole. Errors: `not_found`, `ambiguous`, `invalid_argument`. */
  at(type: string | number | BtfType, offset: number): Occupants {
    return membersAt(this.#store, this.#typed(type).id, offset);
  }

  /** Structs and unions laid out, each that has the name. Without a type: all that have one; those that can't be laid out have an `error`. */
  layouts(type?: string | number | BtfType, options: LayoutOptions = {}): readonly Layout[] {
    return layoutsOf(this.#store, type === undefined ? [] : [spelled(type)], options);
  }

  // ---- values

  /** Bytes as a value of a type. Errors: as `BtfType.decode`; `not_found`, `ambiguous`. */
  decode(type: string | number | BtfType, bytes: Uint8Array | ArrayBuffer, options: DecodeOptions = {}): Value {
    return decodeValue(this.#store, this.#typed(type), bytes, options);
  }

  /** Values one behind the other: so many, or as many as there are bytes for. Errors: as `decode`. */
  decodeAll(type: string | number | BtfType, bytes: Uint8Array | ArrayBuffer, options: DecodeOptions & { count?: number } = {}): readonly Value[] {
    return decodeValues(this.#store, this.#typed(type), bytes, options, options.count ?? 'all');
  }

  /** Bytes as a C initialiser, what `btfkit decode` prints. Errors: as `decode`. */
  decodeToC(type: string | number | BtfType, bytes: Uint8Array | ArrayBuffer, options: DecodeTextOptions = {}): string {
    return decodeText(this.#store, this.#typed(type), bytes, options);
  }

  /** A type by name, `struct NAME`, id; a struct or union goes before a typedef of that name. */
  #typed(type: string | number | BtfType): BtfType {
    if (typeof type === 'object') return type;
    if (typeof type === 'number') return this.get(type);
    const space = type.indexOf(' ');
    const [kind, name] = space < 0 ? [undefined, type] : [type.slice(0, space), type.slice(space + 1)];
    if (kind === 'id') return this.get(Number(name));
    if (kind !== undefined) return this.require(name, kind as Kind);
    const composites = this.named(name).filter((found) => found.kind === 'struct' || found.kind === 'union');
    return composites.length === 1 ? composites[0]! : this.require(name);
  }

  // ---- what a BPF object, module or program defines

  /** The functions of a BPF object, by section and offset. */
  get programs(): readonly Program[] {
    return this.summary.programs ?? [];
  }

  /** The maps of a BPF object, by offset. */
  get maps(): readonly MapInfo[] {
    return (this.#maps ??= Object.freeze((this.summary.maps ?? []).map(mapFrom)));
  }
  #maps: readonly MapInfo[] | undefined;

  /** Global variables, by section. */
  get variableSections(): readonly VariableSection[] {
    return this.summary.variableSections ?? [];
  }

  /** Global variables of all sections. */
  get variables(): readonly SectionedVariable[] {
    return Object.freeze(this.variableSections.flatMap((section) => section.variables.map((variable) => Object.freeze({ section: section.name, ...variable }))));
  }

  /** What a BPF object wants of the kernel, its configuration, or another object. */
  get externs(): readonly Extern[] {
    return this.summary.externs ?? [];
  }

  /** The CO-RE relocations of a BPF object. Broken ones are left out: see `ext`. */
  get relocations(): readonly CoreRelocation[] {
    return this.summary.relocations ?? [];
  }

  /** The functions of a module or program. */
  get functions(): readonly FunctionInfo[] {
    return this.summary.functions ?? [];
  }

  /** The kernel functions that a kernel or module offers to BPF programs, as far as its BTF has tags for them. */
  get kfuncs(): readonly FunctionInfo[] {
    return this.summary.kfuncs ?? [];
  }

  /** What section "license" of a BPF object says. */
  get license(): string | undefined {
    return this.summary.license;
  }

  /** All that .BTF.ext says, by section; of one section if one is named. */
  ext(section = ''): readonly ExtSection[] {
    const sections = this.#store.ask<ExtSection[]>('ext', { text: section });
    return Object.freeze(
      sections.map((each) =>
        Object.freeze({ ...each, relocations: Object.freeze(each.relocations.map((one) => withBigInts(one, ['value']))) as readonly ExtRecord<RelocationInfo>[] }),
      ),
    );
  }

  /** The source lines of a section with code, or of one program: which instruction begins which line. */
  lines(name: string): readonly LineInfo[] {
    const good = (section: ExtSection): LineInfo[] => section.lines.filter((line): line is LineInfo => line.error === undefined);
    const sections = this.ext(name);
    if (sections.length > 0) return Object.freeze(sections.flatMap(good));
    const program = this.programs.find((each) => each.name === name);
    if (!program) throw new BtfError('not_found', `there is no section or program '${name}' with source lines`);
    const end = program.offset + program.instructions * 8;
    return Object.freeze(this.ext(program.section).flatMap(good).filter((line) => line.offset >= program.offset && line.offset < end));
  }

  /** The code of functions, or of sections with code, by name; without a name all. Errors: `not_found`, `not_supported` (no BPF object). */
  disassemble(name?: string | readonly string[], options: DisassembleOptions = {}): readonly CodeRange[] {
    const names = name === undefined ? [] : typeof name === 'string' ? [name] : name;
    return Object.freeze(this.#store.data<CodeRange[]>('disasm', names, options.source === false ? [['no-source', '']] : []).map(rangeFrom));
  }

  // ---- the ELF

  /** The sections of the ELF; none of raw BTF. */
  get sections(): readonly ElfSection[] {
    return Object.freeze(this.#store.ask<ElfSection[]>('sections').map((section) => withBigInts(section, ['flags', 'address'])));
  }

  /** The symbols of the ELF, where they were read: always of BPF objects. */
  get symbols(): readonly ElfSymbol[] {
    return Object.freeze(this.#store.ask<ElfSymbol[]>('symbols').map((symbol) => withBigInts(symbol, ['value'])));
  }

  /** The bytes of a section (an index) of a BPF object. Errors: `not_found` where none were kept, `malformed`. */
  contents(section: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    const answer = this.#store.text('contents', { id: index(section) }, (piece) => (pieces.push(piece.slice()), true));
    if (answer) throw fromCore((JSON.parse(answer) as { error: BtfErrorInfo }).error);
    return joined(pieces);
  }

  /** What is to be relocated in a section (an index) of a BPF object. Errors: `malformed`, `too_large`. */
  elfRelocations(section: number): readonly ElfRelocation[] {
    return Object.freeze(this.#store.ask<ElfRelocation[]>('relocations', { id: index(section) }).map((entry) => withBigInts(entry, ['addend'])));
  }

  // ---- BTF out of it

  /** Its BTF as bytes, in the other byte order or as kernels of some version take it. With no options: its own, byte for byte. */
  marshal(options: MarshalOptions = {}): Uint8Array {
    return rewrite(this.#store, options).bytes;
  }

  /** As `marshal`; also which types had to change, and what a kernel would still refuse. */
  rewrite(options: MarshalOptions): Rewritten {
    return rewrite(this.#store, options);
  }

  /** What a kernel (default: the newest) will not take of it as it stands. Empty: it is taken. Errors: `invalid_argument`. */
  refusals(kernel = ''): readonly Refusal[] {
    return this.#store.ask('refusals', { text: kernel });
  }

  /** What the file holds, byte for byte: its BTFs one behind the other, or the distilled base that a module carries. Errors: `not_found`. */
  extract(options: { distilledBase?: boolean } = {}): Extracted {
    return extract(this.#store, options.distilledBase ?? false);
  }

  /**
   * A module's BTF, opened without a base, moved from the distilled base that it carries onto a kernel's: each type of the one is
   * replaced by the type of the other that has its name and fits. (Opening it with `base` does that too, and tells less.)
   */
  rebase(onto: Btf): Rebased {
    const { bytes, report } = this.#store.rebase(onto.#store);
    const { mapped, problems, error } = report;
    const btf = error ? undefined : Btf.fromBytes(bytes, { base: onto, name: this.name });
    return Object.freeze({ btf, mapped, problems, error });
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

function bytesInput(bytes: Uint8Array | ArrayBuffer, { name = 'input' }: { name?: string }): Input {
  const isBuffer = /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(bytes)); // of whichever realm
  if (!isBuffer && !ArrayBuffer.isView(bytes)) throw new BtfError('invalid_argument', 'what is to be read is no Uint8Array or ArrayBuffer');
  const all = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  return { name, size: all.length, read: (offset, room) => room.set(all.subarray(offset, offset + room.length)) };
}

function checkText(name: unknown): void {
  if (typeof name !== 'string') throw new BtfError('invalid_argument', `${String(name)} is no name`);
}

/** A type as the command takes it. */
function spelled(type: string | number | BtfType): string {
  return typeof type === 'string' ? type : `id ${typeof type === 'number' ? type : type.id}`;
}

function index(section: number): number {
  if (!Number.isInteger(section) || section < 0 || section >= 2 ** 32) throw new BtfError('not_found', `there is no section ${String(section)}`);
  return section;
}
