// BTF made in JavaScript: definitions gather here as words and go to core many at a time (see wasm/building.hpp).
import type { Btf } from './btf.js';
import { engine } from './engine.js';
import { BtfError, fromCore, type BtfErrorInfo } from './error.js';
import { kindNumber } from './flyweights.js';
import type { Building } from './glue.js';
import { hold, release, type Held } from './held.js';
import type { Store } from './store.js';
import type { BtfType, Linkage } from './types.js';

/** A type as it is defined: the properties are those of `types.ts`. References are ids. What may be left out has its default behind it. */
export type Definition =
  | { kind: 'int'; name: string; /** Bytes. */ size: number; encoding?: readonly ('signed' | 'char' | 'bool')[]; /** Bits; 0. */ bitOffset?: number; /** All of `size`. */ bits?: number }
  | { kind: 'pointer' | 'volatile' | 'const' | 'restrict'; typeId: number }
  | { kind: 'array'; typeId: number; indexTypeId: number; /** Elements. */ count: number }
  | { kind: 'struct' | 'union'; /** Empty. */ name?: string; /** Bytes. */ size: number; members?: readonly MemberDefinition[] }
  | { kind: 'enum' | 'enum64'; /** Empty. */ name?: string; /** Bytes; 4, of enum64 8. */ size?: number; /** false. */ signed?: boolean; values?: readonly { name: string; value: bigint | number | string }[] }
  | { kind: 'forward'; name: string; /** false. */ union?: boolean }
  | { kind: 'typedef'; name: string; typeId: number }
  | { kind: 'func'; name: string; /** A func_proto. */ typeId: number; /** global. */ linkage?: Linkage }
  | { kind: 'func_proto'; returnTypeId: number; params?: readonly { name?: string; typeId: number }[]; /** false. */ variadic?: boolean }
  | { kind: 'var'; name: string; typeId: number; /** global. */ linkage?: Linkage }
  | { kind: 'datasec'; name: string; /** Bytes. */ size: number; variables?: readonly { typeId: number; /** Bytes. */ offset: number; /** Bytes. */ size: number }[] }
  | { kind: 'float'; name: string; /** Bytes. */ size: number }
  | { kind: 'decl_tag'; name: string; typeId: number; /** Which member or parameter; -1: the type itself. */ componentIndex?: number; /** false. */ attribute?: boolean }
  | { kind: 'type_tag'; name: string; typeId: number; /** false. */ attribute?: boolean };

/** A member that is defined. */
export interface MemberDefinition {
  /** Empty. */
  name?: string;
  typeId: number;
  /** Bits from the start of the struct. */
  bitOffset: number;
  /** Bits; 0: no bitfield. */
  bitfieldSize?: number;
}

/** How BTF is built. */
export interface BuilderOptions {
  /** Make split BTF that continues this one: its ids and names may be used. It may be closed afterwards. */
  base?: Btf;
  /** The most members, values, parameters or variables of one type; 0xffffff. Kernels before 7.x read 16 bits: 0xffff suits them. */
  maxElements?: number;
  /** Let a name that another one ends with be a part of it: smaller, and slower to build. */
  shareSuffixes?: boolean;
  /** Bytes of a pointer; default: deduced. */
  pointerSize?: 4 | 8;
}

/** How stores and BTFs are reached from here: set by btf.ts. @internal */
export const inner: { store(btf: Btf): Store; open(bytes: Uint8Array, base: Btf | undefined, pointerSize: 4 | 8 | undefined): Btf } = {
  store: () => { throw new Error(); },
  open: () => { throw new Error(); },
};

type HeldBuilding = Held & { readonly building: Building };

const encodings = { signed: 1, char: 2, bool: 4 };
const linkages = ['static', 'global', 'extern'];

/** Words of definitions that have not been handed on. */
class Recipe {
  words: number[] = [];
  #names: number[] = [];
  readonly #encoder = new TextEncoder();

  get empty(): boolean {
    return this.words.length === 0;
  }

  take(): { recipe: Uint8Array; names: Uint8Array } {
    const taken = { recipe: new Uint8Array(Uint32Array.from(this.words).buffer), names: Uint8Array.from(this.#names) };
    this.words = [];
    this.#names = [];
    return taken;
  }

  number(value: number | undefined, otherwise?: number, least = 0): void {
    const given = value ?? otherwise;
    if (given === undefined || !Number.isInteger(given) || given < least || given >= 2 ** 32) throw new BtfError('invalid_argument', `${String(given)} is no number of 32 bits`);
    this.words.push(given >>> 0);
  }

  name(name = ''): void {
    if (typeof name !== 'string') throw new BtfError('invalid_argument', `${String(name)} is no name`);
    if (name.includes('\0')) throw new BtfError('invalid_argument', `a name can't have a NUL in it: ${JSON.stringify(name)}`);
    const bytes = this.#encoder.encode(name);
    this.words.push(this.#names.length, bytes.length);
    for (const byte of bytes) this.#names.push(byte);
  }

  list<T>(elements: readonly T[] | undefined, write: (element: T) => void): void {
    this.words.push(elements?.length ?? 0);
    elements?.forEach(write);
  }

  flag(value = false): void {
    this.words.push(value ? 1 : 0);
  }

  /** What does not fit leaves nothing behind. */
  define(id: number, definition: Definition): void {
    const before = this.words.length;
    try {
      this.words.push(kindNumber(definition.kind), id);
      this.#body(definition);
    } catch (error) {
      this.words.length = before;
      throw error;
    }
  }

  #body(d: Definition): void {
    switch (d.kind) {
      case 'int':
        this.name(d.name);
        this.number(d.size);
        this.number((d.encoding ?? []).reduce((all, each) => all | encodings[each], 0));
        this.number(d.bitOffset, 0);
        return this.number(d.bits, 0);
      case 'pointer': case 'volatile': case 'const': case 'restrict':
        return this.number(d.typeId);
      case 'array':
        this.number(d.typeId);
        this.number(d.indexTypeId);
        return this.number(d.count);
      case 'struct': case 'union':
        this.name(d.name);
        this.number(d.size);
        return this.list(d.members, (member) => {
          this.name(member.name);
          this.number(member.typeId);
          this.number(member.bitOffset);
          this.number(member.bitfieldSize, 0);
        });
      case 'enum': case 'enum64':
        this.name(d.name);
        this.number(d.size, d.kind === 'enum' ? 4 : 8);
        this.flag(d.signed);
        return this.list(d.values, ({ name, value }) => {
          this.name(name);
          const bits = BigInt(value);
          if (BigInt.asIntN(64, bits) !== bits && BigInt.asUintN(64, bits) !== bits)
            throw new BtfError('too_large', `the value ${bits} of '${name}' has more than 64 bits`);
          this.words.push(Number(bits & 0xffffffffn), Number((bits >> 32n) & 0xffffffffn));
        });
      case 'forward':
        this.name(d.name);
        return this.flag(d.union);
      case 'typedef':
        this.name(d.name);
        return this.number(d.typeId);
      case 'func': case 'var':
        this.name(d.name);
        this.number(d.typeId);
        return this.#linkage(d.linkage ?? 'global');
      case 'func_proto':
        this.number(d.returnTypeId);
        this.flag(d.variadic);
        return this.list(d.params, (param) => {
          this.name(param.name);
          this.number(param.typeId);
        });
      case 'datasec':
        this.name(d.name);
        this.number(d.size);
        return this.list(d.variables, (variable) => {
          this.number(variable.typeId);
          this.number(variable.offset);
          this.number(variable.size);
        });
      case 'float':
        this.name(d.name);
        return this.number(d.size);
      case 'decl_tag':
        this.name(d.name);
        this.number(d.typeId);
        this.number(d.componentIndex, -1, -1);
        return this.flag(d.attribute);
      case 'type_tag':
        this.name(d.name);
        this.number(d.typeId);
        return this.flag(d.attribute);
      default:
        throw new BtfError('invalid_argument', `a type of kind '${String((d as { kind: unknown }).kind)}' can't be defined`);
    }
  }

  #linkage(linkage: Linkage): void {
    const number = linkages.indexOf(linkage);
    if (number < 0) throw new BtfError('invalid_argument', `there is no linkage '${String(linkage)}': ${linkages.join(', ')}`);
    this.words.push(number);
  }
}

/**
 * Collects definitions and makes BTF of them. Ids are given out in the order of calls; types that are referred to may be defined
 * later. That ids exist, and that numbers fit their fields, is checked by `build`, which reports the first error.
 *
 * Like a `Btf` it holds WebAssembly memory until `close()`, the end of a `using` block, or garbage collection.
 *
 * ```ts
 * const builder = new Btf.Builder();
 * const int = builder.add({ kind: 'int', name: 'int', size: 4, encoding: ['signed'] });
 * builder.add({ kind: 'struct', name: 'point', size: 8, members: [
 *   { name: 'x', typeId: int, bitOffset: 0 }, { name: 'y', typeId: int, bitOffset: 32 },
 * ] });
 * using btf = builder.build();
 * ```
 */
export class Builder {
  readonly #held: HeldBuilding;
  readonly #base: Btf | undefined;
  readonly #pointerSize: 4 | 8 | undefined;
  readonly #recipe = new Recipe();
  /** The id of the next type; undefined after a copy, of which only core knows how many types it took. */
  #next: number | undefined;

  constructor(options: BuilderOptions = {}) {
    const { base, maxElements = 0xffffff, shareSuffixes = false, pointerSize } = options;
    if (pointerSize !== undefined && pointerSize !== 4 && pointerSize !== 8)
      throw new BtfError('invalid_argument', `pointerSize is ${String(pointerSize)}, 4 or 8 expected`);
    if (!Number.isInteger(maxElements) || maxElements < 0 || maxElements >= 2 ** 32)
      throw new BtfError('invalid_argument', `maxElements ${String(maxElements)} is no number of elements`);
    const below = base && inner.store(base).loaded();
    const chosen = below?.engine ?? engine();
    const building = chosen.call(({ Building }) => {
      if (!Building) throw new BtfError('not_supported', 'reading.wasm has no Builder: give init() btf.wasm');
      return new Building(below?.opened ?? null, maxElements, shareSuffixes, pointerSize ?? 0);
    });
    this.#held = { engine: chosen, building, handle: building, freed: false };
    this.#base = base;
    this.#pointerSize = pointerSize;
    this.#next = base ? base.endId : 1;
    hold(this, this.#held);
  }

  /** Adds a type; its id. */
  add(definition: Definition): number {
    this.#assertOpen();
    this.#recipe.define(0, definition);
    return this.#given();
  }

  /** An id for a type that is defined later. */
  reserve(): number {
    this.#assertOpen();
    this.#recipe.words.push(0, 0);
    return this.#given();
  }

  /** Defines the type of a reserved id, once. */
  define(id: number, definition: Definition): void {
    this.#assertOpen();
    if (!Number.isInteger(id) || id <= 0 || id >= 2 ** 32) throw new BtfError('invalid_argument', `${String(id)} is no id of a type`);
    this.#recipe.define(id, definition);
  }

  /**
   * Copies a type of a `Btf`, with everything that it refers to at any depth and its declaration tags, and gives its id here. What was
   * copied before, and types of this builder's base, are not copied again.
   */
  copy(from: Btf, type: BtfType | number): number {
    const id = typeof type === 'number' ? from.get(type).id : type.id;
    const { engine: other, opened } = inner.store(from).loaded();
    if (other !== this.#held.engine) throw new BtfError('system', 'the WebAssembly instance that held one of them has stopped: open it again');
    this.#flush();
    this.#next = undefined;
    return this.#call((building) => building.copy(opened, id));
  }

  /**
   * Everything so far as an opened `Btf`; the builder stays usable. Errors: `invalid_argument` (a definition that makes no sense, a
   * reserved id without one, a reference beyond the last id), `too_large` (what does not fit its field).
   */
  build(): Btf {
    return inner.open(this.toBytes(), this.#base, this.#pointerSize);
  }

  /** The same as bytes, little-endian; `build().marshal()` writes other forms. */
  toBytes(): Uint8Array {
    this.#flush();
    let bytes = new Uint8Array();
    const answer = this.#call((building) => building.build((piece) => ((bytes = piece.slice()), true)));
    if (answer) throw fromCore((JSON.parse(answer) as { error: BtfErrorInfo }).error);
    return bytes;
  }

  /** Frees the memory. Closing twice is fine. */
  close(): void {
    release(this.#held);
  }

  /** close(), for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #assertOpen(): void {
    if (this.#held.freed) throw new BtfError('invalid_argument', 'this Builder is closed');
  }

  #call<T>(body: (building: Building) => T): T {
    this.#assertOpen();
    return this.#held.engine.call(() => body(this.#held.building));
  }

  /** The id of what was just added to the recipe. */
  #given(): number {
    const id = this.#next ?? this.#flush();
    this.#next = id + 1;
    if (this.#recipe.words.length > 1 << 16) this.#flush();
    return id;
  }

  /** The id of the last definition. */
  #flush(): number {
    if (this.#recipe.empty) return 0;
    const { recipe, names } = this.#recipe.take();
    return this.#call((building) => building.apply(recipe, names));
  }
}
