// The types of a BTF as JavaScript sees them: a union that `switch (type.kind)` narrows.
import type { BtfErrorInfo } from './error.js';
import type { Kind } from './kinds.js';
import type { Layout, LayoutOptions } from './layout.js';
import type { DecodeOptions, Value } from './value.js';
import type { MemberPlace, Occupants } from './where.js';

/** How a type is printed as C. */
export interface COptions {
  /** A comment with the offset and size (bytes) behind each member, and one for each hole. */
  offsets?: boolean;
  /** Everything that it needs as well: a header that compiles. Without offsets. */
  deps?: boolean;
}

/** What one type is for another that refers to it. */
export type Role = 'target' | 'array_element' | 'array_index' | 'member' | 'param' | 'return' | 'variable' | 'section_entry' | 'tagged';

/** One place where a type is referred to. */
export interface Usage {
  /** Whose record refers. */
  readonly typeId: number;
  /** The type with that id. */
  readonly type: BtfType;
  readonly role: Role;
  /** Which member, parameter or section entry; 0 for other roles. */
  readonly index: number;
}

/**
 * What all types have. A type belongs to its `Btf`, and is of no use once that is closed. There may be several objects for one type:
 * compare types by their ids.
 */
export interface TypeBase<K extends Kind> {
  /** Its number in the BTF; 0 is void. */
  readonly id: number;
  readonly kind: K;
  /** Empty for anonymous types. */
  readonly name: string;
  /** The declaration tags on the type itself. */
  readonly tags: readonly DeclTagType[];
  /** Bytes that a value of it takes, through typedefs, qualifiers and arrays. Errors: `malformed` for what has no size. */
  readonly byteSize: number;
  /** Bytes. Errors: as `byteSize`. */
  readonly alignment: number;
  /** The type without typedefs, qualifiers and type tags. Errors: `malformed` for an endless chain of them. */
  resolve(): BtfType;
  /** Its definition as C, ended by ";\n"; kinds that C has no word for give one comment line. */
  toC(options?: COptions): string;
  /** `name` declared as this type, with no semicolon: "int (*handler)(struct pt_regs *)". Without a name, the type's own spelling. */
  declaration(name?: string): string;
  /** Where its members are, with holes, padding and cache lines; of a struct, a union, or a typedef of one. Errors: `invalid_argument`. */
  layout(options?: LayoutOptions): Layout;
  /** The member at a path below it: "se.vruntime", "lists[2].next". Errors: `not_found`, naming the nearest; `invalid_argument`. */
  member(path: string): MemberPlace;
  /** What is at an offset (bytes). Errors: `invalid_argument` for one behind the end; `malformed` for what has no size. */
  at(offset: number): Occupants;
  /** The first bytes as a value of it. Errors: `invalid_argument` when they are too few; `malformed` when it has no size. */
  decode(bytes: Uint8Array | ArrayBuffer, options?: DecodeOptions): Value;
  /** Where it is referred to, by ascending id. Typedefs and pointers are not looked through. */
  usedBy(): readonly Usage[];
  /** The plain object that `btfkit inspect --json` prints. Values of enumerators are decimal strings. */
  toJSON(): Record<string, unknown>;
}

/** A kind that refers to one other type. */
export interface Reference {
  /** 0: void. */
  readonly typeId: number;
  /** The type with the id `typeId`. */
  readonly target: BtfType;
}

/** A member of a struct or union. */
export interface Member {
  /** Empty for anonymous structs and unions. */
  readonly name: string;
  readonly typeId: number;
  readonly type: BtfType;
  /** Bytes from the start of the struct; of a bitfield, those before its first bit. */
  readonly offset: number;
  /** Bits from the start of the struct. */
  readonly bitOffset: number;
  /** Bits; 0 for a member that is no bitfield. */
  readonly bitfieldSize: number;
}

/** A parameter of a function. */
export interface Param {
  readonly name: string;
  readonly typeId: number;
  readonly type: BtfType;
}

/** One value of an enumeration. */
export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

/** A variable (or extern function) of a data section. */
export interface SectionVariable {
  readonly typeId: number;
  /** A var, or a func. */
  readonly type: BtfType;
  /** Bytes from the start of the section. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** How a function or variable is visible to the linker. */
export type Linkage = 'static' | 'global' | 'extern' | '(unknown)';

/** Type id 0. */
export interface VoidType extends TypeBase<'void'> {}

export interface IntType extends TypeBase<'int'> {
  /** Bytes. */
  readonly size: number;
  /** Any of "signed", "char", "bool". */
  readonly encoding: readonly ('signed' | 'char' | 'bool')[];
  /** Bits from the start of its `size` bytes; other than 0 only in old BTF. */
  readonly bitOffset: number;
  /** Bits that count. */
  readonly bits: number;
}

export interface PointerType extends TypeBase<'pointer'>, Reference {}

export interface ArrayType extends TypeBase<'array'> {
  readonly typeId: number;
  /** The type of its elements, with the id `typeId`. */
  readonly target: BtfType;
  readonly indexTypeId: number;
  readonly indexType: BtfType;
  /** Elements; 0 for a flexible array. */
  readonly count: number;
}

/** A struct or union. */
export interface Composite<K extends 'struct' | 'union'> extends TypeBase<K> {
  /** Bytes. */
  readonly size: number;
  /** In the order of the BTF. */
  readonly members: readonly Member[];
  /** The declaration tags on one member. */
  memberTags(index: number): readonly DeclTagType[];
}
export interface StructType extends Composite<'struct'> {}
export interface UnionType extends Composite<'union'> {}

/** An enumeration. */
export interface Enumeration<K extends 'enum' | 'enum64'> extends TypeBase<K> {
  /** Bytes; 0, 1, 2, 4 and 8 occur. */
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly Enumerator[];
}
export interface EnumType extends Enumeration<'enum'> {}
export interface Enum64Type extends Enumeration<'enum64'> {}

/** A declared, undefined struct or union. */
export interface ForwardType extends TypeBase<'forward'> {
  readonly union: boolean;
}

export interface TypedefType extends TypeBase<'typedef'>, Reference {}
export interface VolatileType extends TypeBase<'volatile'>, Reference {}
export interface ConstType extends TypeBase<'const'>, Reference {}
export interface RestrictType extends TypeBase<'restrict'>, Reference {}

/** A function; its target is a func_proto. */
export interface FuncType extends TypeBase<'func'>, Reference {
  readonly linkage: Linkage;
  /** The declaration tags on one parameter. */
  paramTags(index: number): readonly DeclTagType[];
}

/** A function's return type and parameters. */
export interface FuncProtoType extends TypeBase<'func_proto'> {
  readonly returnTypeId: number;
  readonly returnType: BtfType;
  /** Without the `...` of a variadic function. */
  readonly params: readonly Param[];
  readonly variadic: boolean;
}

export interface VarType extends TypeBase<'var'>, Reference {
  readonly linkage: Linkage;
}

/** A section of variables. Sizes and offsets that the compiler left empty are completed from the ELF. */
export interface DatasecType extends TypeBase<'datasec'> {
  /** Bytes; 0 when neither the BTF nor an ELF says it. */
  readonly size: number;
  readonly variables: readonly SectionVariable[];
  /** Why it could not be completed from the ELF; undefined when it is complete. */
  readonly error: BtfErrorInfo | undefined;
}

export interface FloatType extends TypeBase<'float'> {
  /** Bytes. */
  readonly size: number;
}

/** `__attribute__((btf_decl_tag("name")))` on its target. */
export interface DeclTagType extends TypeBase<'decl_tag'>, Reference {
  /** Which member or parameter of the target; -1 for the target itself. */
  readonly componentIndex: number;
  /** True when `name` is a whole attribute, not the text of a btf_decl_tag. */
  readonly attribute: boolean;
}

/** `__attribute__((btf_type_tag("name")))` on its target. */
export interface TypeTagType extends TypeBase<'type_tag'>, Reference {
  /** True when `name` is a whole attribute, not the text of a btf_type_tag. */
  readonly attribute: boolean;
}

/** A kind newer than this package. */
export interface UnknownType extends TypeBase<'unknown'> {
  /** Its number in the BTF. */
  readonly rawKind: number;
}

/** One type, of any kind. */
export type BtfType =
  | VoidType | IntType | PointerType | ArrayType | StructType | UnionType | EnumType | Enum64Type | ForwardType | TypedefType
  | VolatileType | ConstType | RestrictType | FuncType | FuncProtoType | VarType | DatasecType | FloatType | DeclTagType
  | TypeTagType | UnknownType;

/** The type of one kind, or of several: `TypeOf<'struct'>` is `StructType`. */
export type TypeOf<K extends Kind> = Extract<BtfType, { kind: K }>;
