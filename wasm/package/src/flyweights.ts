// The objects behind the interfaces of types.ts. Making one costs nothing but itself: name and kind come from the columns, the
// rest from core's JSON for that one type, fetched when it is first asked for.
import { BtfError } from './error.js';
import type { Kind } from './kinds.js';
import type { Store } from './store.js';
import type {
  ArrayType, BtfType, COptions, Composite, DatasecType, DeclTagType, Enumeration, Enumerator, FloatType, ForwardType, FuncProtoType,
  FuncType, IntType, Linkage, Member, Param, Reference, SectionVariable, TypeBase, TypeOf, TypeTagType, UnknownType, VarType,
} from './types.js';

type Json = Record<string, unknown>;

class Base<K extends Kind> implements TypeBase<K> {
  readonly id: number;
  readonly kind: K;
  readonly #store: Store;
  #json: Json | undefined;

  constructor(store: Store, id: number, kind: K) {
    this.#store = store;
    this.id = id;
    this.kind = kind;
  }
  get name(): string {
    return this.#store.name(this.id);
  }
  toC(options: COptions = {}): string {
    return this.#store.c(this.id, options.offsets ?? false);
  }
  toJSON(): Json {
    return JSON.parse(this.#store.json(this.id)) as Json;
  }
  /** A property of core's JSON. */
  protected field<T>(key: string): T {
    this.#store.assertOpen();
    return (this.#json ??= this.toJSON())[key] as T;
  }
  protected type(id: number): BtfType {
    return this.#store.type(id);
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

class Sized<K extends Kind> extends Base<K> {
  get size(): number {
    return this.field('size');
  }
}

class Referrer<K extends Kind> extends Base<K> implements Reference {
  get typeId(): number {
    return this.field('typeId');
  }
  get target(): BtfType {
    return this.type(this.typeId);
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

class ArrayOf extends Referrer<'array'> implements ArrayType {
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

class StructOrUnion<K extends 'struct' | 'union'> extends Sized<K> implements Composite<K> {
  get members(): readonly Member[] {
    const members = this.field<{ bitfieldSize?: number }[]>('members');
    if (!Object.isFrozen(members)) for (const member of members) member.bitfieldSize ??= 0;
    return this.typed<Omit<Member, 'type'>>('members');
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
class Func extends Linked<'func'> implements FuncType {}
class Var extends Linked<'var'> implements VarType {}

class FuncProto extends Base<'func_proto'> implements FuncProtoType {
  get returnTypeId(): number {
    return this.field('returnTypeId');
  }
  get returnType(): BtfType {
    return this.type(this.returnTypeId);
  }
  get params(): readonly Param[] {
    return this.typed<Omit<Param, 'type'>>('params');
  }
  get variadic(): boolean {
    return this.field('variadic');
  }
}

class Datasec extends Sized<'datasec'> implements DatasecType {
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

export function makeType(store: Store, id: number, kind: Kind): BtfType {
  return new (classes[kind] as new (store: Store, id: number, kind: Kind) => BtfType)(store, id, kind);
}
