// The C text of values as people want to read it: integers in hexadecimal, and what members of __be16 and the like hold in their own
// byte order, as a comment. Text and types are walked side by side, so that a number's type is known; array indices, comments,
// strings, floats, pointers and names stay what they are.
import type { Btf, BtfType } from 'btfkit';

export interface Reading {
  /** Integers in hexadecimal: negative ones as the bits that are in memory. */
  hex: boolean;
  /** How the bytes were read. */
  order: 'little' | 'big';
}

type Order = Reading['order'];

/** The kernel's types whose bytes lie in the same order on every machine. */
const ordered: Readonly<Record<string, Order>> = {
  __be16: 'big', __be32: 'big', __be64: 'big', __sum16: 'big', __le16: 'little', __le32: 'little', __le64: 'little',
};
const spelledOrder = { big: 'network order', little: 'little-endian order' };

/** Typedefs in a row, and structs without name in each other, that are followed. */
const deepest = 64;

const token = new RegExp(
  [
    String.raw`(?<aside>/\*[\s\S]*?\*/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[\d+\]|0[xX][\da-fA-F]+|-?\d+(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+))`,
    String.raw`(?<number>-?\d+)`,
    String.raw`\.(?<member>[\p{L}_$][\p{L}\p{N}_$]*)`,
    String.raw`(?<word>[\p{L}_$][\p{L}\p{N}_$]*)`,
    String.raw`(?<mark>[{},=()<\n])`,
  ].join('|'),
  'gu',
);

/** What a value is of. */
interface Place {
  type: BtfType;
  /** Bits; 0: no bitfield. */
  bitfield: number;
}

/** `text`: values of the type `id`, one or several, as Btf.decodeToC writes them on lines. */
export function readable(btf: Btf, id: number, text: string, { hex, order }: Reading): string {
  const types = new Types();
  const root = btf.get(id);
  const section = types.bare(root).type;
  const variables = section.kind === 'datasec' ? new Map(section.variables.map(({ type }) => [type.name, type])) : undefined;
  const elementOf = (place: Place | undefined): Place | undefined => {
    const type = place && types.bare(place.type).type;
    return type?.kind === 'array' ? { type: type.target, bitfield: 0 } : undefined;
  };

  const around: (Place | undefined)[] = []; // whose braces are open
  let next: Place | undefined = variables ? undefined : { type: root, bitfield: 0 };
  let before = '=';
  let out = '';
  let copied = 0;
  const replace = (from: number, to: number, by: string) => {
    out += text.slice(copied, from) + by;
    copied = to;
  };
  /** Numbers of this line that are in another order than they were read in: as they were, and in their own. */
  let foreign: { read: bigint; meant: bigint }[] = [];
  const spelled = (value: bigint) => (hex ? `0x${value.toString(16)}` : String(value));
  const endLine = (at: number) => {
    if (foreign.some(({ read, meant }) => read !== meant))
      replace(at, at, ` /* ${foreign.map(({ meant }) => spelled(meant)).join(', ')} in ${spelledOrder[order === 'little' ? 'big' : 'little']} */`);
    foreign = [];
  };

  for (const { index, 0: whole, groups = {} } of text.matchAll(token)) {
    const { number, member, word, mark } = groups;
    if (number !== undefined && next && '{,=)'.includes(before)) {
      const { bits, own } = types.bare(next.type);
      const width = next.bitfield || bits;
      const read = BigInt.asUintN(width, BigInt(number));
      if (hex && bits > 0) replace(index, index + whole.length, spelled(read));
      if (own && own !== order && bits > 0 && next.bitfield === 0) foreign.push({ read, meant: swapped(read, width) });
    }
    switch (mark ?? '') {
      case '{':
        around.push(next);
        next = elementOf(next);
        break;
      case '}':
        around.pop();
        break;
      case ',':
        next = elementOf(around.at(-1));
        break;
      case '\n':
        endLine(index);
        if (around.length === 0 && !variables) next = { type: root, bitfield: 0 };
        continue;
    }
    if (member !== undefined) next = types.member(around.at(-1)?.type, member);
    else if (word !== undefined && around.length === 0 && variables?.has(word)) next = { type: variables.get(word)!, bitfield: 0 };
    before = mark ?? 'x';
  }
  endLine(text.trimEnd().length);
  return out + text.slice(copied);
}

/** What a type is behind typedefs and qualifiers. */
interface Bare {
  type: BtfType;
  /** The order that a typedef on the way says. */
  own?: Order;
  /** Of integers and enumerations: how many count; 0: no such, or one that is true or false. */
  bits: number;
}

/** What was found out about types, each once. */
class Types {
  private readonly known = new Map<number, Bare>();
  private readonly members = new Map<number, Map<string, Place>>();

  bare(type: BtfType): Bare {
    let bare = this.known.get(type.id);
    if (!bare) this.known.set(type.id, (bare = bareOf(type)));
    return bare;
  }

  /** The member of a struct or union, or of those without a name in it. */
  member(type: BtfType | undefined, name: string): Place | undefined {
    return type && this.membersOf(this.bare(type).type, deepest).get(name);
  }

  private membersOf(type: BtfType, levels: number): Map<string, Place> {
    const known = this.members.get(type.id);
    if (known) return known;
    const found = new Map<string, Place>();
    if (type.kind !== 'struct' && type.kind !== 'union') return found;
    this.members.set(type.id, found); // a struct in itself ends here
    const inner = new Map<number, BtfType>(); // each once, though a hostile file has it a thousand times
    for (const one of type.members) {
      if (one.name !== '') found.set(one.name, { type: one.type, bitfield: one.bitfieldSize });
      else if (levels > 0) inner.set(one.typeId, this.bare(one.type).type);
    }
    for (const one of inner.values()) for (const [name, place] of this.membersOf(one, levels - 1)) if (!found.has(name)) found.set(name, place);
    return found;
  }
}

function bareOf(type: BtfType): Bare {
  let own: Order | undefined;
  for (let left = deepest; left > 0; left--) {
    switch (type.kind) {
      case 'typedef':
        own ??= ordered[type.name];
        type = type.target;
        continue;
      case 'const':
      case 'volatile':
      case 'restrict':
      case 'type_tag':
      case 'var':
        type = type.target;
        continue;
    }
    break;
  }
  const bits = type.kind === 'int' ? (type.encoding.includes('bool') ? 0 : type.bits) : type.kind === 'enum' || type.kind === 'enum64' ? type.size * 8 : 0;
  return { type, bits, ...(own && { own }) };
}

/** The number whose bytes lie the other way round. */
function swapped(value: bigint, bits: number): bigint {
  let turned = 0n;
  for (let at = 0; at < bits; at += 8) turned = (turned << 8n) | ((value >> BigInt(at)) & 0xffn);
  return turned;
}
