// The objects behind the interfaces of types.ts. Making one costs nothing but itself: names, kinds, members and references come from
// the columns, the rest from core's JSON for that one type, fetched when it is first asked for.
import { BtfError } from './error.js';
import { kindName, kinds, type Kind } from './kinds.js';
import type { Layout, LayoutOptions } from './layout.js';
import { layoutOf } from './layout.js';
import type { Store } from './store.js';
import type {
  ArrayType, BtfType, COptions, Composite, DatasecType, DeclTagType, Enumeration, Enumerator, FloatType, ForwardType, FuncProtoType,
  FuncType, IntType, Linkage, Member, Param, Reference, SectionVariable, TypeBase, TypeOf, TypeTagType, UnknownType, Usage, VarType,
} from './types.js';
import { decodeValue, type DecodeOptions, type Value } from './value.js';
import { membersAt, memberOf, type MemberPlace, type Occupants } from './where.js';

type Json = Record<string, unknown>;

/** Where types keep their store. Not private fields: with so many classes below one, defining those takes microseconds each. */
const owner = Symbol('store');

class Base<K extends Kind> implements TypeBase<K> {
  declare readonly id: number;
  declare readonly kind: K;
  declare readonly [owner]: Store;

  constructor(store: Store, id: number, kind: K) {
    this.id = id;
    this.kind = kind;
    this[owner] = store;
  }
  get name(): string {
    return this[owner].name(this.id);
  }
  get tags(): readonly DeclTagType[] {
    return tagsOf(this[owner], this.id, -1);
  }
  get byteSize(): number {
    return sizeIn(this[owner], 'size', this.id);
  }
  get alignment(): number {
    return sizeIn(this[owner], 'alignment', this.id);
  }
  resolve(): BtfType {
    return this.type(this[owner].ask<[number]>('resolve', { id: this.id })[0]);
  }
  toC({ offsets = false, deps = false }: COptions = {}): string {
    if (deps) return this[owner].dump('c', [this.id], false, false, false);
    return this[owner].text('c', { id: this.id, index: offsets ? 1 : 0 });
  }
  declaration(name = ''): string {
    return this[owner].text('declaration', { id: this.id, text: name });
  }
  layout(options: LayoutOptions = {}): Layout {
    return layoutOf(this[owner], this.id, options);
  }
  member(path: string): MemberPlace {
    return memberOf(this[owner], this.id, path);
  }
  at(offset: number): Occupants {
    return membersAt(this[owner], this.id, offset);
  }
  decode(bytes: Uint8Array | ArrayBuffer, options: DecodeOptions = {}): Value {
    return decodeValue(this[owner], this as unknown as BtfType, bytes, options);
  }
  usedBy(): readonly Usage[] {
    return usesOf(this[owner], this.id);
  }
  toJSON(): Json {
    return JSON.parse(this[owner].text('type', { id: this.id })) as Json;
  }
  /** What console.log shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): Json {
    return this[owner].closed ? { id: this.id, kind: this.kind } : this.toJSON();
  }
  /** A property of core's JSON. */
  protected field<T>(key: string): T {
    const store = this[owner];
    store.assertOpen();
    return (store.details[this.id] ??= this.toJSON())[key] as T;
  }
  /** The word of the record that is a size or a type's id. */
  protected get third(): number {
    const { columns, firstId } = this[owner].level(this.id);
    return columns!.sizeOrType[this.id - firstId]!;
  }
  protected get vlen(): number {
    const { columns, firstId } = this[owner].level(this.id);
    return columns!.vlen[this.id - firstId]!;
  }
  protected type(id: number): BtfType {
    return this[owner].type(id);
  }
  /** Elements with a `type` beside their `typeId`, frozen; made once. */
  protected typed<T extends { typeId: number }>(key: string): readonly (T & { type: BtfType })[] {
    const elements = this.field<Json[]>(key);
    if (!Object.isFrozen(elements)) {
      const type = (id: number) => this.type(id);
      for (const element of elements) {
        Object.defineProperty(element, 'type', { get: () => type(element['typeId'] as number) });
        Object.freeze(element);
      }
      Object.freeze(elements);
    }
    return elements as unknown as readonly (T & { type: BtfType })[];
  }
}

function sizeIn(store: Store, what: 'size' | 'alignment', id: number): number {
  return Number(store.ask<Record<string, number | string>>(what, { id })[what]);
}

function tagsOf(store: Store, id: number, component: number): readonly DeclTagType[] {
  return Object.freeze(store.ask<number[]>('tags', { id, index: component }).map((tag) => store.type(tag) as DeclTagType));
}

function usesOf(store: Store, id: number): readonly Usage[] {
  const { from, role, index, roles } = store.ask<{ from: number[]; role: number[]; index: number[]; roles: Usage['role'][] }>('referrers', { id });
  return Object.freeze(
    from.map((user, i): Usage => {
      const usage = { typeId: user, role: roles[role[i]!]!, index: index[i]! };
      return Object.freeze(Object.defineProperty(usage, 'type', { get: () => store.type(user) })) as Usage;
    }),
  );
}

class Sized<K extends Kind> extends Base<K> {
  get size(): number {
    return this.third;
  }
}

class Referrer<K extends Kind> extends Base<K> implements Reference {
  get typeId(): number {
    return this.third;
  }
  get target(): BtfType {
    return this.type(this.third);
  }
}

class Int extends Sized<'int'> implements IntType {
  get encoding(): IntType['encoding'] {
    return Object.freeze(this.field<IntType['encoding']>('encoding'));
  }
  get bitOffset(): number {
    return this.field('bitOffset');
  }
  get bits(): number {
    return this.field('bits');
  }
}

class ArrayOf extends Base<'array'> implements ArrayType {
  get typeId(): number {
    return this.field('typeId');
  }
  get target(): BtfType {
    return this.type(this.typeId);
  }
  get indexTypeId(): number {
    return this.field('indexTypeId');
  }
  get indexType(): BtfType {
    return this.type(this.indexTypeId);
  }
  get count(): number {
    return this.field('count');
  }
}

/** A parameter, or what members have beside it. */
class Element {
  readonly name: string;
  readonly typeId: number;
  readonly #store: Store;

  constructor(store: Store, name: string, typeId: number) {
    this.name = name;
    this.typeId = typeId;
    this.#store = store;
  }
  get type(): BtfType {
    return this.#store.type(this.typeId);
  }
}

class ParamOf extends Element implements Param {}

class MemberOf extends Element implements Member {
  readonly bitOffset: number;
  readonly bitfieldSize: number;

  constructor(store: Store, name: string, typeId: number, bitOffset: number, bitfieldSize: number) {
    super(store, name, typeId);
    this.bitOffset = bitOffset;
    this.bitfieldSize = bitfieldSize;
  }
  get offset(): number {
    return this.bitOffset >>> 3;
  }
}

class StructOrUnion<K extends 'struct' | 'union'> extends Sized<K> implements Composite<K> {
  #members: readonly Member[] | undefined;

  get members(): readonly Member[] {
    const { [owner]: store, id } = this;
    const level = store.level(id);
    if (this.#members) return this.#members;
    const { memberStart, memberName, memberType, memberBitOffset, memberBitfieldSize } = level.columns!;
    const end = memberStart[id - level.firstId + 1]!;
    const members: Member[] = [];
    for (let at = memberStart[id - level.firstId]!; at < end; ++at) {
      const name = level.nameAt(memberName[at]!);
      members.push(Object.freeze(new MemberOf(store, name, memberType[at]!, memberBitOffset[at]!, memberBitfieldSize[at]!)));
    }
    return (this.#members = Object.freeze(members));
  }
  memberTags(index: number): readonly DeclTagType[] {
    return tagsOf(this[owner], this.id, index);
  }
}

class AnyEnum<K extends 'enum' | 'enum64'> extends Sized<K> implements Enumeration<K> {
  get signed(): boolean {
    return this.field('signed');
  }
  get values(): readonly Enumerator[] {
    const values = this.field<{ name: string; value: string | bigint }[]>('values');
    if (!Object.isFrozen(values)) {
      for (const value of values) {
        value.value = BigInt(value.value);
        Object.freeze(value);
      }
      Object.freeze(values);
    }
    return values as readonly Enumerator[];
  }
}

class Forward extends Base<'forward'> implements ForwardType {
  get union(): boolean {
    return this.field('union');
  }
}

class Linked<K extends 'func' | 'var'> extends Referrer<K> {
  get linkage(): Linkage {
    return this.field('linkage');
  }
}
class Func extends Linked<'func'> implements FuncType {
  paramTags(index: number): readonly DeclTagType[] {
    return tagsOf(this[owner], this.id, index);
  }
}
class Var extends Linked<'var'> implements VarType {}

class FuncProto extends Base<'func_proto'> implements FuncProtoType {
  #params: readonly Param[] | undefined;

  get returnTypeId(): number {
    return this.third;
  }
  get returnType(): BtfType {
    return this.type(this.third);
  }
  get params(): readonly Param[] {
    const { [owner]: store, id } = this;
    const level = store.level(id);
    if (this.#params) return this.#params;
    const { memberStart, memberName, memberType } = level.columns!;
    const end = memberStart[id - level.firstId + 1]!;
    const params: Param[] = [];
    for (let at = memberStart[id - level.firstId]!; at < end; ++at)
      params.push(Object.freeze(new ParamOf(store, level.nameAt(memberName[at]!), memberType[at]!)));
    return (this.#params = Object.freeze(params));
  }
  get variadic(): boolean {
    // The last entry stands for `...`, but alone it is how clang writes a function without parameters.
    return this.params.length > 0 && this.vlen > this.params.length;
  }
}

class Datasec extends Sized<'datasec'> implements DatasecType {
  override get size(): number {
    return this.field('size'); // the column has it as written
  }
  get variables(): readonly SectionVariable[] {
    return this.typed<Omit<SectionVariable, 'type'>>('variables');
  }
  get error(): DatasecType['error'] {
    return Object.freeze(this.field<DatasecType['error']>('error'));
  }
}

class Float extends Sized<'float'> implements FloatType {}

class Tag<K extends 'decl_tag' | 'type_tag'> extends Referrer<K> {
  get attribute(): boolean {
    return this.field<boolean | undefined>('attribute') ?? false;
  }
}
class TypeTag extends Tag<'type_tag'> implements TypeTagType {}
class DeclTag extends Tag<'decl_tag'> implements DeclTagType {
  get componentIndex(): number {
    return this.field('componentIndex');
  }
}

class Unknown extends Base<'unknown'> implements UnknownType {
  get rawKind(): number {
    return this.field('rawKind');
  }
}

const classes: { [K in Kind]: new (store: Store, id: number, kind: K) => TypeOf<K> } = {
  void: Base<'void'>,
  int: Int,
  pointer: Referrer<'pointer'>,
  array: ArrayOf,
  struct: StructOrUnion<'struct'>,
  union: StructOrUnion<'union'>,
  enum: AnyEnum<'enum'>,
  enum64: AnyEnum<'enum64'>,
  forward: Forward,
  typedef: Referrer<'typedef'>,
  volatile: Referrer<'volatile'>,
  const: Referrer<'const'>,
  restrict: Referrer<'restrict'>,
  func: Func,
  func_proto: FuncProto,
  var: Var,
  datasec: Datasec,
  float: Float,
  decl_tag: DeclTag,
  type_tag: TypeTag,
  unknown: Unknown,
};

/** Whether `kind` is the name of a kind; throws a BtfError otherwise. */
export function checkKind(kind: string): asserts kind is Kind {
  if (!Object.hasOwn(classes, kind)) throw new BtfError('invalid_argument', `'${kind}' is no kind of type; ${Object.keys(classes).join(', ')} are`);
}

/** A 1 for the number of each kind that is wanted; without any, for all. */
export function kindMask(wanted: readonly Kind[]): Uint8Array {
  const mask = new Uint8Array(256).fill(wanted.length === 0 ? 1 : 0);
  for (const kind of wanted) mask.fill(1, kindNumber(kind), kind === 'unknown' ? 256 : kindNumber(kind) + 1);
  return mask;
}

/** The number of a kind; of `unknown` one more than the last. */
export function kindNumber(kind: Kind): number {
  checkKind(kind);
  return kind === 'unknown' ? kinds.length : kinds.indexOf(kind);
}

type Make = new (store: Store, id: number, kind: Kind) => BtfType;
const byNumber = kinds.map((kind) => classes[kind] as unknown as Make);

/** `kind`: by its number in the BTF. */
export function makeType(store: Store, id: number, kind: number): BtfType {
  return new (byNumber[kind] ?? (Unknown as unknown as Make))(store, id, kindName(kind));
}
