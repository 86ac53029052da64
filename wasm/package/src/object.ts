// What a BPF object defines beside its types: what `btfkit inspect --json` prints of it, and its ELF and .BTF.ext.
import type { BtfErrorInfo } from './error.js';

/** A function of a BPF object. */
export interface Program {
  readonly name: string;
  readonly section: string;
  /** Only called by others: it is in .text. */
  readonly subprogram: boolean;
  /** As the kernel's BPF_PROG_TYPE_*: "xdp", "tracing"; empty: libbpf knows no such section. */
  readonly type: string;
  /** As BPF_*: "trace_fexit"; may be empty. */
  readonly attachType: string;
  /** What stands behind the slash of the section's name: "tcp_sendmsg"; may be empty. */
  readonly target: string;
  readonly sleepable: boolean;
  /** "xdp.frags". */
  readonly fragments: boolean;
  /** false: libbpf loads it only when told to. */
  readonly autoload: boolean;
  /** Bytes from the start of the section. */
  readonly offset: number;
  /** Of 8 bytes each. */
  readonly instructions: number;
  /** A func; left out when the BTF has none for it. */
  readonly typeId?: number;
  /** As C. */
  readonly prototype?: string;
  /** Line records. */
  readonly lines: number;
  /** CO-RE relocations. */
  readonly relocations: number;
  /** The file that it is from, as far as known. */
  readonly file?: string;
  /** The line of the first instruction that comes from that file: where it begins, unless something is inlined even before. */
  readonly line?: number;
  /** The highest line of that file that its instructions come from. */
  readonly lastLine?: number;
  /** Different lines that its instructions come from. */
  readonly sourceLines?: number;
}

/** What a map is made with; 0 where nothing is said. */
export interface MapDefinition {
  /** BPF_MAP_TYPE_*. */
  readonly type: number;
  /** "hash", "ringbuf"; empty for types newer than this package. */
  readonly typeName: string;
  /** Bytes. */
  readonly keySize: number;
  /** Bytes. */
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** "BPF_F_MMAPABLE"... */
  readonly flagNames: readonly string[];
  readonly numaNode: number;
  /** map_extra. */
  readonly extra: bigint;
  readonly keyTypeId?: number;
  /** As C. */
  readonly key?: string;
  readonly valueTypeId?: number;
  /** As C. */
  readonly value?: string;
}

/** A map that the object defines. */
export interface MapInfo extends MapDefinition {
  readonly name: string;
  /** ".maps"; "maps" or "maps/NAME" of a legacy one. */
  readonly section: string;
  /** Bytes from the start of the section. */
  readonly offset: number;
  /** The var that defines it; legacy maps may have none. */
  readonly typeId?: number;
  readonly legacy: boolean;
  /** Another object defines it, in the same way: the two are to be linked first. */
  readonly extern: boolean;
  /** Pinned below /sys/fs/bpf by its name. */
  readonly pinnedByName: boolean;
  /** Its values are declared as functions. */
  readonly holdsPrograms: boolean;
  /** What the maps in a map of maps are made with. */
  readonly inner?: MapDefinition;
  /** What it is filled with. */
  readonly slots: readonly { readonly index: number; readonly name: string }[];
  /** Members of the definition that mean nothing to this package. */
  readonly unknown: readonly string[];
  /** Why the definition is incomplete. */
  readonly error?: BtfErrorInfo;
}

/** A place in data into which the loader will put an address. */
export interface DataReference {
  /** Bytes from the start of the variable. */
  readonly offset: number;
  /** Of a symbol, else of a section; may be empty. */
  readonly name: string;
  /** Bytes behind what `name` says; may be negative. */
  readonly addend: number;
  /** Where it points to a constant string that has no name: the beginning of that. */
  readonly text?: string;
}

/** A global variable, static ones included. */
export interface VariableInfo {
  readonly name: string;
  /** A var. */
  readonly typeId: number;
  /** As C: "int counter". */
  readonly declaration: string;
  readonly linkage: 'static' | 'global' | 'extern' | '(unknown)';
  /** Bytes from the start of the section. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** The section that it really is in, when that is not the one that lists it. */
  readonly liesIn?: string;
  /** What it holds before the program runs, as JSON: integers beyond 2^53 are decimal strings, pointers "0x...". BPF objects only. */
  readonly value?: unknown;
  readonly references: readonly DataReference[];
}

/** A section of variables. */
export interface VariableSection {
  readonly name: string;
  /** A datasec. */
  readonly typeId: number;
  /** Bytes. */
  readonly size: number;
  /** The index of the ELF's section. */
  readonly section?: number;
  readonly variables: readonly VariableInfo[];
  /** Why offsets, sizes or values are not known. */
  readonly error?: BtfErrorInfo;
}

/** A variable and the section that lists it. */
export interface SectionedVariable extends VariableInfo {
  readonly section: string;
}

/** Something that the kernel, its configuration, or another object supplies. */
export interface Extern {
  readonly name: string;
  /** ".ksyms", ".kconfig"; may be empty. */
  readonly section: string;
  /** A func or a var. */
  readonly typeId: number;
  readonly function: boolean;
  /** As C. */
  readonly declaration: string;
  /** Whether it may be missing; left out when no symbol says it. */
  readonly weak?: boolean;
}

/** What a CO-RE relocation asks of the kernel's types, as libbpf spells it. */
export type CoreKind =
  | 'byte_off' | 'byte_sz' | 'field_exists' | 'signed' | 'lshift_u64' | 'rshift_u64' | 'local_type_id' | 'target_type_id'
  | 'type_exists' | 'type_size' | 'enumval_exists' | 'enumval_value' | 'type_matches';

/** An instruction that is to be adjusted to the running kernel's types. */
export interface CoreRelocation {
  /** Of the code. */
  readonly section: string;
  /** Bytes from the start of the section. */
  readonly offset: number;
  readonly kind: CoreKind;
  /** The type that `access` starts from. */
  readonly typeId: number;
  /** "0:1:2"; "0" for the type itself. */
  readonly access: string;
  /** What it speaks of: "<byte_off> struct task_struct.comm[3] (0:2:3 @ offset 14019)". */
  readonly text: string;
}

/** A function of a program or module that is no BPF object. */
export interface FunctionInfo {
  readonly name: string;
  /** A func. */
  readonly typeId: number;
  /** As C. */
  readonly prototype: string;
}

/** What `btfkit inspect --json` adds to a summary for objects, modules and programs. */
export interface Contents {
  /** What section "license" says. */
  readonly license?: string;
  /** The kernel version that section "version" of older objects asks for: 0x60c00 is 6.12.0. */
  readonly kernelVersion?: number;
  readonly programs?: readonly Program[];
  readonly maps?: readonly MapInfo[];
  readonly variableSections?: readonly VariableSection[];
  readonly externs?: readonly Extern[];
  readonly relocations?: readonly CoreRelocation[];
  /** Modules and programs: what they define. */
  readonly functions?: readonly FunctionInfo[];
  /** Modules: kernel functions that BPF programs may call. */
  readonly kfuncs?: readonly FunctionInfo[];
  /** Lists end early: there is more than anybody reads. */
  readonly cut?: true;
}

/** A record of .BTF.ext, or why it can't be read. */
export type ExtRecord<R> = (R & { readonly error?: never }) | { readonly error: BtfErrorInfo };

/** What all records have. */
export interface ExtPlace {
  /** Its number among those of its kind in its section. */
  readonly index: number;
  /** Bytes from the start of the section. */
  readonly offset: number;
  /** The same, counted in instructions of 8 bytes. */
  readonly instruction: number;
}

/** A function starts here. */
export interface FuncInfo extends ExtPlace {
  /** A func. */
  readonly typeId: number;
}

/** From here on the instructions come from this line of source. */
export interface LineInfo extends ExtPlace {
  readonly file: string;
  /** From 1; 0: in no line. */
  readonly line: number;
  /** From 1; 0: unknown. */
  readonly column: number;
  /** The line itself; may be empty. */
  readonly text: string;
}

/** A CO-RE relocation and where its access string leads; `accessError` when that is nowhere. */
export interface RelocationInfo extends ExtPlace, Omit<CoreRelocation, 'section' | 'offset'> {
  /** Which of the roots in a row; mostly 0. */
  readonly element?: number;
  /** "comm[3]". */
  readonly path?: string;
  /** The type that is reached. */
  readonly targetId?: number;
  /** Bits from the start of the element. */
  readonly bitOffset?: number;
  /** Bits; bitfields only. */
  readonly bitfieldSize?: number;
  /** Of an enumeration. */
  readonly enumerator?: string;
  /** Of the enumerator. */
  readonly value?: bigint;
  readonly accessError?: BtfErrorInfo;
}

/** What .BTF.ext has of one section with code. */
export interface ExtSection {
  readonly name: string;
  readonly functions: readonly ExtRecord<FuncInfo>[];
  readonly lines: readonly ExtRecord<LineInfo>[];
  readonly relocations: readonly ExtRecord<RelocationInfo>[];
}

/** One section of an ELF. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  /** SHT_*. */
  readonly type: number;
  /** SHF_*. */
  readonly flags: bigint;
  readonly address: bigint;
  /** Bytes into the file. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  readonly link: number;
  readonly info: number;
  /** Bytes. */
  readonly alignment: number;
  /** Bytes. */
  readonly entrySize: number;
}

/** One entry of an ELF's symbol table. */
export interface ElfSymbol {
  /** Its number in the file's table, of which the symbols here are a part. */
  readonly index: number;
  readonly name: string;
  readonly value: bigint;
  /** Bytes. */
  readonly size: number;
  /** The index of its section; 0: undefined; 0xfff1: absolute; 0xfff2: common. */
  readonly section: number;
  /** STT_*. */
  readonly type: number;
  /** STB_*. */
  readonly binding: number;
}

/** One entry of an ELF's relocation sections. */
export interface ElfRelocation {
  /** Bytes from the start of the section that is relocated. */
  readonly offset: number;
  /** R_BPF_*. */
  readonly type: number;
  /** The number of a symbol; left out when there is none. */
  readonly symbol?: number;
  /** Of the symbol. */
  readonly name?: string;
  /** Left out when it is in the bytes that are relocated. */
  readonly addend?: bigint;
}

/** @internal */
export function withBigInts<T extends object>(data: T, keys: readonly string[]): T {
  const copy = { ...data } as Record<string, unknown>;
  for (const key of keys) if (copy[key] !== undefined) copy[key] = BigInt(copy[key] as string | number);
  return Object.freeze(copy) as T;
}

/** @internal */
export function mapFrom(map: MapInfo): MapInfo {
  const inner = map.inner && withBigInts(map.inner, ['extra']);
  return Object.freeze({ ...withBigInts(map, ['extra']), ...(inner && { inner }) });
}
