// What can be opened in place: which members have members of their own, in a layout and in the lines of a C text. For the worker.
import type { BtfType, Layout, LayoutMember } from 'btfkit';
import type { Declaration, LaidOut, Opens } from '../common/messages.ts';

/** Typedefs and qualifiers in a row that are followed. */
const longestChain = 64;
const deepest = 64;

/** A struct or union with members that a member of this type holds by value; in arrays, the type of their elements. */
function opensOf(type: BtfType): Opens | undefined {
  let at = type;
  let elements = 1;
  let array = false;
  for (let links = 0; links < longestChain; links++) {
    switch (at.kind) {
      case 'struct':
      case 'union':
        return at.members.length > 0 && elements > 0 ? { id: at.id, ...(array && { elements }) } : undefined;
      case 'array':
        array = true;
        elements *= at.count;
        at = at.target;
        break;
      case 'typedef':
      case 'const':
      case 'volatile':
      case 'restrict':
      case 'type_tag':
        at = at.target;
        break;
      default:
        return undefined;
    }
  }
  return undefined;
}

/** A layout, and which of its members can be opened. `get`: a type by its id. */
export function laidOut(layout: Layout, get: (id: number) => BtfType): LaidOut {
  const opens = new Map<number, Opens>();
  const seen = new Set<number>();
  const walk = (members: readonly LayoutMember[]) => {
    for (const { typeId, bitfieldSize, shown, members: inner } of members) {
      if (shown) {
        walk(inner ?? []);
        continue;
      }
      if (bitfieldSize || seen.has(typeId)) continue;
      seen.add(typeId);
      const found = opensOf(get(typeId));
      if (found) opens.set(typeId, found);
    }
  };
  walk(layout.members);
  return { layout, opens };
}

// ---- C text

/** A line that ends with a member's place: "/*   128   256 *\/". */
const place = /\/\* +\d+(?::[ \d]\d)? +(?:\d+|\?)(?: bits?)? \*\/$/;

const mostPlaced = 100_000;
type Composite = BtfType & { kind: 'struct' | 'union' };

interface Placed {
  type: BtfType;
  bitfield: boolean;
  /** Its offset counts from the start of the type that the text is about, not from something behind a pointer. */
  own: boolean;
}

/**
 * The text of a type, and which of its lines are members that can be opened. The text has a place behind every member, and those inside
 * of an anonymous struct stand in front of its own; where what the records say does not come out at as many, nothing can be opened.
 */
export function declaration(type: BtfType): Declaration {
  const text = type.toC({ offsets: true });
  const root = type.kind === 'typedef' ? writtenOut(type.target) : type;
  const placed = root?.kind === 'struct' || root?.kind === 'union' ? collect(root, root === type) : undefined;
  if (!placed) return { text, opens: [], foreign: [] };
  const opens: Declaration['opens'] = [];
  const foreign: number[] = [];
  let next = 0;
  for (const [line, words] of text.split('\n').entries()) {
    if (!place.test(words)) continue;
    const member = placed[next++];
    if (!member) break;
    if (!member.own) foreign.push(line);
    // What is written out already ends with "} name;".
    const found = member.bitfield || /^\s*\}/.test(words) ? undefined : opensOf(member.type);
    if (found) opens.push([line, found.id]);
  }
  return next === placed.length ? { text, opens, foreign } : { text, opens: [], foreign: [] };
}

/** All members in the order in which the text has their places; undefined when there are too many, as hostile files have them. */
function collect(root: Composite, ownRoot: boolean): Placed[] | undefined {
  const placed: Placed[] = [];
  const path = [root.id]; // what the present one is written out in
  const add = (composite: Composite, own: boolean): boolean =>
    composite.members.every(({ name, type, bitfieldSize }) => {
      const inner = (name === '' && bitfieldSize === 0 ? embedded(type) : undefined) ?? writtenOut(type);
      if (inner && !path.includes(inner.id) && path.length < deepest) {
        path.push(inner.id);
        const whole = add(inner, own && (type.kind === 'struct' || type.kind === 'union'));
        path.pop();
        if (!whole) return false;
      }
      return placed.push({ type, bitfield: bitfieldSize > 0, own }) < mostPlaced;
    });
  return add(root, ownRoot) ? placed : undefined;
}

/** A member without a name whose type has one: its members are written out, too. */
function embedded(type: BtfType) {
  const target = resolved(type);
  return target.kind === 'struct' || target.kind === 'union' ? target : undefined;
}

function resolved(type: BtfType): BtfType {
  try {
    return type.resolve();
  } catch {
    return type; // an endless chain
  }
}

/** The struct or union without a name that a declaration with this type writes out. */
function writtenOut(type: BtfType) {
  let at = type;
  for (let links = 0; links < longestChain; links++) {
    switch (at.kind) {
      case 'struct':
      case 'union':
        return at.name === '' ? at : undefined;
      case 'func_proto':
        at = at.returnType;
        break;
      case 'pointer':
      case 'array':
      case 'const':
      case 'volatile':
      case 'restrict':
      case 'type_tag':
        at = at.target;
        break;
      default:
        return undefined;
    }
  }
  return undefined;
}

// ---- at a glance

/** The first lines of a type's C, without places and footer; the last is "…" when there are more. */
export function glance(type: BtfType, lines: number): string {
  const text = type.toC({ offsets: true }).trimEnd();
  const all = text
    .split('\n')
    .filter((line) => !/^\s*\/\* .* \*\/$/.test(line) && line.trim() !== '')
    .map((line) => line.replace(/ +\/\* .* \*\/$/, ''));
  if (all.length <= lines) return all.join('\n');
  return [...all.slice(0, lines - 1), '\t…'].join('\n');
}
