// What the worker says about the parts of a file: its functions, strings, data sections, and what it needs of the kernel.
import type { BtfErrorInfo, CoreKind, DataReference, VariableInfo } from 'btfkit';

/** The functions of a file in columns: function i is the i-th of `ids`, which ascend. */
export interface FunctionTable {
  ids: Uint32Array;
  /** 0: static, 1: global, 2: extern. */
  linkage: Uint8Array;
  /** Texts of declaration tags on functions and their parameters, each once. */
  tags: string[];
  /** From `tagStart[i]` to `tagStart[i + 1]`, `tagOf` has what function i is tagged with: places in `tags`. */
  tagStart: Uint32Array;
  tagOf: Uint32Array;
  /** Types that parameters and results have or lead to, through pointers, arrays, qualifiers and typedefs, each once. */
  types: TypeName[];
  /** The same for places in `types`: of parameters and of the result. */
  takesStart: Uint32Array;
  takes: Uint32Array;
  returnsStart: Uint32Array;
  returns: Uint32Array;
}

/** "struct", "sk_buff", and through how many pointers; the noun is empty for what C names by one word: "size_t". */
export interface TypeName {
  noun: string;
  name: string;
  stars: number;
}

/** What strings are for, by bit of `StringTable.roles`. */
export const stringRoles = ['type', 'member', 'parameter', 'enumerator', 'tag', 'source line', 'file', 'section', 'access'] as const;

/** The string table in columns, by offset. The strings of a base are not in it. */
export interface StringTable {
  /** What the strings are: UTF-8, each ended by a NUL. */
  bytes: Uint8Array;
  /** Where in all strings each starts: split BTF counts on from its base. */
  offsets: Uint32Array;
  /** Bits of `stringRoles`; 0: nothing uses it. */
  roles: Uint16Array;
  /** In how many places it is used. */
  uses: Uint32Array;
  /** The first type that uses it, by id; 0: none does. */
  user: Uint32Array;
}

/** A data section with its variables. `typeId`: 0 when the BTF does not list it. */
export interface DataSection {
  name: string;
  typeId: number;
  /** Bytes; 0: not known. */
  size: number;
  variables: DataVariable[];
  /** Variables or literals that are left out: there are more than anybody reads. */
  left: number;
  /** Of a section of string literals, which the compiler makes: the BTF has no such section, and mostly no names for what is in it. */
  literals?: StringLiteral[];
  error?: BtfErrorInfo;
}

export interface StringLiteral {
  /** Bytes; the size is with its NUL. */
  offset: number;
  size: number;
  text: string;
  /** The variable that the compiler put there. */
  variable?: DataVariable;
}

export interface DataVariable extends Pick<VariableInfo, 'name' | 'typeId' | 'declaration' | 'linkage' | 'offset' | 'size' | 'liesIn'> {
  /** What it holds before the program runs, as C on one line; undefined where only the kernel would know. */
  value?: string;
  /** The same with a line for each member, where it is long. */
  lines?: string;
  /** `member`: what is filled in: "ssthresh", "[2]"; left out of what is a pointer itself, and where there are very many. */
  references: readonly (DataReference & { member?: string })[];
}

/** What an object needs of the kernel, or of objects that it is to be linked with. */
export interface Needs {
  types: NeededType[];
  externs: NeededExtern[];
}

/** Who supplies it: the kernel's configuration, the kernel, libbpf, or another object. */
export type Supplier = 'configuration' | 'kernel' | 'libbpf' | 'object';

export interface NeededExtern {
  name: string;
  /** Of the func or var. */
  typeId: number;
  supplier: Supplier;
  function: boolean;
  /** As C. */
  declaration: string;
  /** The type of a variable as C: "int"; "void" where only an address is asked for. */
  type: string;
  /** The object can do without. */
  weak: boolean;
  places: NeedPlace[];
}

/** All that an object asks of one type of the kernel. */
export interface NeededType {
  /** The object's own type. */
  typeId: number;
  /** "struct task_struct". */
  title: string;
  needs: Need[];
}

/** One thing asked, by whichever instructions. */
export interface Need {
  kind: CoreKind;
  /** "comm[3]", the name of an enumerator; empty for the type itself. */
  path: string;
  /** What it is in the object: "offset 2,432", "= 3"; may be empty. */
  here: string;
  /** libbpf's text of it. */
  text: string;
  error?: string;
  places: NeedPlace[];
}

export interface NeedPlace {
  section: string;
  /** The program; undefined where none is known. */
  program?: string;
  /** The numbers of the instructions in it. */
  instructions: number[];
}
