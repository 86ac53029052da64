// A layout as a tree of what lies where: members, holes and padding, and within the members that are shown in place theirs. The table
// lists it, the drawing draws it. All places are in bits from the start of the outermost type.
import type { Layout, LayoutMember } from 'btfkit';
import { counted } from '../common/format.ts';
import type { LaidOut, Opens } from '../common/messages.ts';

export interface Part {
  kind: 'member' | 'hole' | 'bit hole' | 'padding' | 'rest';
  start: number;
  end: number;
  /** Empty for anonymous members. */
  name: string;
  /** "se.vruntime"; of a hole the path of what it is in. */
  path: string;
  /** As C; of something shown in place its keyword. */
  type: string;
  typeId: number;
  bitfield: boolean;
  /** How many structs and unions it is in. */
  depth: number;
  /** It can be opened, or is. */
  opens?: Opens;
  /** What is in it, when that is shown. */
  inner?: { union: boolean; parts: Part[] };
  /** It is one of many steps to it: the indices from the outermost type. */
  key: string;
}

/** What to show beyond the type's own members. */
export interface Opened {
  /** Keys of the parts that are open. */
  keys: ReadonlySet<string>;
  /** What is known of the types that parts open, by id. */
  types: ReadonlyMap<number, LaidOut>;
}

export interface Parts {
  union: boolean;
  parts: Part[];
  /** Bits. */
  end: number;
  /** Not all members are known. */
  cut: boolean;
}

/** Where a layout is put into another. */
interface Place {
  /** Bits. */
  start: number;
  depth: number;
  path: string;
  key: string;
}

export function partsOf(laidOut: LaidOut, opened: Opened): Parts {
  const { layout } = laidOut;
  const found = { cut: false };
  const parts = whole(laidOut, opened, { start: 0, depth: 0, path: '', key: '' }, found);
  return { union: layout.kind === 'union', parts, end: layout.size * 8, cut: found.cut };
}

/** All parts of one type. */
function whole({ layout, opens }: LaidOut, opened: Opened, place: Place, found: { cut: boolean }): Part[] {
  const { padding, bitPadding } = layout.summary;
  const union = layout.kind === 'union';
  found.cut ||= layout.membersCut === true;
  const parts = listed(layout.members, opens, opened, place, place.start, found);
  const { preHole, preBitHole } = layout;
  parts.unshift(...spaces(place.start, preBitHole, preHole, 'hole', place));
  const space = union ? 0 : padding * 8 + bitPadding;
  if (space > 0) parts.push(gap('padding', place.start + layout.size * 8 - space, space, place, 'p'));
  return parts;
}

/** `origin` (bits): what the members' offsets count from. */
function listed(members: readonly LayoutMember[], opens: LaidOut['opens'], opened: Opened, place: Place, origin: number, found: { cut: boolean }): Part[] {
  const parts: Part[] = [];
  for (const [index, member] of members.entries()) {
    const bitfield = (member.bitfieldSize ?? 0) > 0;
    const start = origin + member.offset * 8 + (bitfield ? (member.bitPosition ?? 0) : 0);
    const end = start + (member.bitfieldSize || member.size * 8);
    const name = member.name ?? '';
    const shown = member.pointee ? undefined : member.shown;
    const part: Part = {
      kind: 'member',
      start,
      end,
      name,
      path: joined(place.path, name),
      type: shown ? `${shown.kind}${shown.name && ` ${shown.name}`}` : (member.type ?? ''),
      typeId: member.typeId,
      bitfield,
      depth: place.depth,
      key: `${place.key}${index}`,
    };
    found.cut ||= member.cut === true || member.membersCut === true;
    const within = { depth: place.depth + 1, path: part.path, key: `${part.key}.` };
    if (shown) {
      const inner = listed(member.members ?? [], opens, opened, { ...within, start }, origin, found);
      inner.unshift(...spaces(start, shown.preBitHole ?? 0, shown.preHole ?? 0, 'hole', { ...within, start }));
      const space = shown.kind === 'union' ? 0 : shown.padding * 8 + shown.bitPadding;
      if (space > 0) inner.push(gap('padding', end - space, space, { ...within, start }, 'p'));
      part.inner = { union: shown.kind === 'union', parts: inner };
    } else if (!bitfield && opens.has(member.typeId)) {
      part.opens = opens.get(member.typeId)!;
      const inner = opened.keys.has(part.key) ? openedPart(part, opened, within, found) : undefined;
      if (inner) part.inner = inner;
    }
    parts.push(part, ...spaces(end, member.bitHole ?? 0, member.hole ?? 0, part.key, place));
  }
  return parts;
}

/** What is in a part that is open: of an array its first element, and the rest as one. */
function openedPart(part: Part, opened: Opened, within: Omit<Place, 'start'>, found: { cut: boolean }): Part['inner'] {
  const { id, elements } = part.opens!;
  const type = opened.types.get(id);
  if (!type) return undefined;
  const union = type.layout.kind === 'union';
  const place = { ...within, start: part.start };
  if (elements === undefined) return { union, parts: whole(type, opened, place, found) };
  const { typeId, bitfield, start } = part;
  const end = start + type.layout.size * 8;
  const { depth, key } = within;
  const path = `${part.path}[0]`;
  const inner = { union, parts: whole(type, opened, { ...place, depth: depth + 1, path }, found) };
  const first: Part = { kind: 'member', start, end, name: '[0]', path, type: type.layout.kind, typeId, bitfield, depth, key: `${key}0e`, inner };
  if (elements < 2) return { union: false, parts: [first] };
  const name = elements === 2 ? '[1]' : `[1…${elements - 1}]`;
  const rest: Part = { kind: 'rest', start: end, end: part.end, name, path: part.path, type: '', typeId, bitfield, depth, key: `${key}r` };
  return { union: false, parts: [first, rest] };
}

function joined(path: string, name: string): string {
  return path && name ? `${path}.${name}` : path || name;
}

/** A bit hole (bits) and a hole (bytes) behind it, as pahole counts them. */
function spaces(start: number, bits: number, bytes: number, after: string, place: Place): Part[] {
  const found: Part[] = [];
  if (bits > 0) found.push(gap('bit hole', start, bits, place, `${after}b`));
  if (bytes > 0) found.push(gap('hole', start + bits, bytes * 8, place, `${after}h`));
  return found;
}

function gap(kind: 'hole' | 'bit hole' | 'padding', start: number, bits: number, place: Place, key: string): Part {
  return { kind, start, end: start + bits, name: '', path: place.path, type: '', typeId: 0, bitfield: false, depth: place.depth, key: place.key + key };
}

/** Every part with what is in it, as the table lists them. */
export function* flat(parts: readonly Part[]): Generator<Part> {
  for (const part of parts) {
    yield part;
    if (part.inner) yield* flat(part.inner.parts);
  }
}

/** The innermost part that is shown of the member with this path, or that it is in. */
export function holderOf({ parts }: Parts, path: string): Part | undefined {
  let holder: Part | undefined;
  for (const part of flat(parts)) {
    const within = part.path === path || (path.startsWith(part.path) && '.['.includes(path[part.path.length]!));
    // The elements of an array behind the first are one part.
    const named = part.kind === 'member' ? part.name !== '' : part.kind === 'rest' && part.path !== path;
    if (named && within && part.path.length >= (holder?.path.length ?? 0)) holder = part;
  }
  return holder;
}

/** "4 bytes", "3 bits", "1 byte 2 bits" */
export function extent(bits: number): string {
  const bytes = Math.floor(bits / 8);
  const rest = bits % 8;
  return [bytes > 0 || rest === 0 ? counted(bytes, 'byte') : '', rest > 0 ? counted(rest, 'bit') : ''].filter(Boolean).join(' ');
}

/** What a type wastes, counted as pahole does: by itself, and within the types of its members. */
export function waste({ summary, memberTypes: types, forcedAlignments, forcedHoles, forcedHoleBytes, unexplainedBits }: Layout): { own: string[]; inside: string[] } {
  const some = (...facts: [number: number, say: string][]) => facts.filter(([number]) => number !== 0).map(([, say]) => say);
  return {
    own: some(
      [summary.holes, `${counted(summary.holes, 'hole')}, ${counted(summary.holeBytes, 'byte')}`],
      [summary.bitHoles, `${counted(summary.bitHoles, 'bit hole')}, ${counted(summary.holeBits, 'bit')}`],
      [summary.padding, `${counted(summary.padding, 'byte')} of padding`],
      [summary.bitPadding, `${counted(summary.bitPadding, 'bit')} of padding`],
      [unexplainedBits, `${counted(unexplainedBits, 'bit')} that nothing explains`],
    ),
    inside: some(
      [types.withHoles, `${counted(types.withHoles, 'member')} with ${counted(types.holes, 'hole')} inside`],
      [types.withBitHoles, `${counted(types.withBitHoles, 'member')} with ${counted(types.bitHoles, 'bit hole')} inside`],
      [types.withPadding, `${counted(types.withPadding, 'member')} with ${counted(types.padding, 'byte')} of padding inside`],
      [types.withBitPadding, `${counted(types.withBitPadding, 'member')} with ${counted(types.bitPadding, 'bit')} of padding inside`],
      [forcedAlignments, `${counted(forcedAlignments, 'forced alignment')}${forcedHoles > 0 ? `, ${counted(forcedHoleBytes, 'byte')} of holes by it` : ''}`],
    ),
  };
}
