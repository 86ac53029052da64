// Bytes as values: what `btfkit decode --json` prints, with numbers as wide as their types.
import type { Input } from './engine.js';
import { BtfError } from './error.js';
import type { Store } from './store.js';
import type { BtfType } from './types.js';

/** How bytes are read. */
export interface DecodeOptions {
  /** Byte order of the bytes; default: that of the BTF. */
  order?: 'little' | 'big';
  /** Where the value starts (bytes). */
  at?: number;
  /** Fewer bytes than the type has are no error: what is missing is null. */
  partial?: boolean;
  /** false: arrays of char are arrays of numbers, not strings. */
  strings?: boolean;
}

/** Options of the C form of values, `Btf.decodeToC`. */
export interface DecodeTextOptions extends DecodeOptions {
  /** So many values one behind the other, or all there are. */
  count?: number | 'all';
  /** Each value on one line. */
  compact?: boolean;
  /** Show zero members too. */
  zeros?: boolean;
  /** false: no names of members, and no casts. */
  names?: boolean;
  /** Write as libbpf does, which is not quite C. */
  compat?: 'libbpf';
}

/**
 * A value of a type. Structs, unions and sections are objects by member, arrays are arrays, of char strings. Integers of 64 bits and
 * more, and pointers, are bigints, whatever they hold; others are numbers, booleans are booleans, enumerators their names (a number or
 * bigint where there is none). Floats are numbers. null: what can't be read.
 */
export type Value = number | bigint | boolean | string | null | readonly Value[] | { readonly [member: string]: Value };

type Raw = number | string | boolean | null | Raw[] | { [member: string]: Raw };

const longest = 256; // typedefs, qualifiers and tags in a row, as core has it

/** A type without typedefs, qualifiers, tags; a variable's type. */
function bare(type: BtfType): BtfType {
  for (let left = longest; left > 0; --left) {
    if (type.kind === 'typedef' || type.kind === 'volatile' || type.kind === 'const' || type.kind === 'restrict' || type.kind === 'type_tag' || type.kind === 'var')
      type = type.target;
    else break;
  }
  return type;
}

/** The types of the members that core's JSON has, in its order: those of anonymous structs and unions stand among the others. */
function* shownMembers(type: BtfType, level = 0): Generator<{ type: BtfType; bits: number }> {
  if (type.kind === 'datasec') {
    for (const variable of type.variables) yield { type: variable.type, bits: 0 };
  } else if (type.kind === 'struct' || type.kind === 'union') {
    for (const member of type.members) {
      const inner = bare(member.type);
      if (member.name === '' && (inner.kind === 'struct' || inner.kind === 'union') && level < 64) yield* shownMembers(inner, level + 1);
      else yield { type: member.type, bits: member.bitfieldSize };
    }
  }
}

/** Numbers as wide as the type says. */
function widened(raw: Raw, type: BtfType): Value {
  if (raw === null) return null;
  const inner = bare(type);
  switch (inner.kind) {
    case 'int':
      if (typeof raw === 'boolean') return raw;
      return inner.size >= 8 && (typeof raw === 'number' || typeof raw === 'string') ? BigInt(raw) : (raw as number);
    case 'pointer':
      return typeof raw === 'string' || typeof raw === 'number' ? BigInt(raw) : (raw as unknown as Value);
    case 'enum':
    case 'enum64':
      if (typeof raw === 'number') return inner.size >= 8 ? BigInt(raw) : raw;
      // A decimal string is a number that a JavaScript number can't hold, unless an enumerator is called so.
      return typeof raw === 'string' && /^-?\d+$/.test(raw) ? BigInt(raw) : (raw as string);
    case 'float':
      return raw === 'Infinity' || raw === '-Infinity' || raw === 'NaN' ? Number(raw) : (raw as Value);
    case 'array':
      return Array.isArray(raw) ? Object.freeze(raw.map((element) => widened(element, inner.target))) : (raw as string);
    default: {
      if (typeof raw !== 'object' || Array.isArray(raw)) return raw as Value;
      const keys = Object.keys(raw);
      const members = [...shownMembers(inner)];
      const made: Record<string, Value> = {};
      keys.forEach((key, i) => (made[key] = members.length === keys.length ? widened(raw[key]!, members[i]!.type) : (raw[key] as Value)));
      return Object.freeze(made);
    }
  }
}

function dataOf(bytes: Uint8Array | ArrayBuffer): Input {
  const all = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return { name: 'bytes', size: all.length, read: (offset, room) => room.set(all.subarray(offset, offset + room.length)) };
}

function optionsOf({ order, at, partial, strings }: DecodeOptions): [string, string][] {
  const options: [string, string][] = [];
  if (order !== undefined && order !== 'little' && order !== 'big') throw new BtfError('invalid_argument', `there is no byte order '${String(order)}': little or big`);
  if (order !== undefined) options.push(['order', order]);
  if (at !== undefined) options.push(['at', String(at)]);
  if (partial) options.push(['partial', '']);
  if (strings === false) options.push(['no-strings', '']);
  return options;
}

/** @internal */
export function decodeValue(store: Store, type: BtfType, bytes: Uint8Array | ArrayBuffer, options: DecodeOptions): Value {
  return widened(store.data<Raw>('decode', [`id ${type.id}`], optionsOf(options), { data: dataOf(bytes) }), type);
}

/** @internal */
export function decodeValues(store: Store, type: BtfType, bytes: Uint8Array | ArrayBuffer, options: DecodeOptions, count: number | 'all'): readonly Value[] {
  const raw = store.data<Raw[]>('decode', [`id ${type.id}`], [...optionsOf(options), ['count', String(count)]], { data: dataOf(bytes) });
  return Object.freeze(raw.map((value) => widened(value, type)));
}

/** @internal */
export function decodeText(store: Store, type: BtfType, bytes: Uint8Array | ArrayBuffer, options: DecodeTextOptions): string {
  const given = optionsOf(options);
  const { count, compact, zeros, names, compat } = options;
  if (count !== undefined) given.push(['count', String(count)]);
  if (compact) given.push(['compact', '']);
  if (zeros) given.push(['zeros', '']);
  if (names === false) given.push(['no-names', '']);
  if (compat !== undefined) given.push(['compat', compat]);
  return store.plain('decode', [`id ${type.id}`], given, { data: dataOf(bytes) });
}
