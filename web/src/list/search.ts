// Search: which rows to list, in which order. It runs over all rows at every key press, so it makes no objects for any of them.
import { type Comparison, type Expression, type MemberPath, type Pattern, parseExpression } from './expression.ts';
import type { RowSet } from './findings.ts';
import { kindLimit, kindOrder, kindRank, kindsCalled } from '../common/kinds.ts';
import { type Sort, rowsInOrder } from './order.ts';
import type { Haystack, TypeTable } from '../common/types.ts';

export interface Query {
  expression: Expression;
  /** Kind numbers to show; empty: all. */
  kinds: ReadonlySet<number>;
  /** What the package found for the expression's `having`. */
  among?: readonly RowSet[];
  /** Without it: the best first when words are looked for, else by id. */
  sort?: Sort | undefined;
}

export interface Matches {
  rows: Uint32Array;
  /** Rows that satisfy the expression by kind number, whether their kind is shown or not. */
  counts: Uint32Array;
  /** A regular expression took too long: only so many rows were looked at. */
  cut?: number;
  /** Some names have more characters than a regular expression may be given: it saw only so many. */
  clipped?: number;
}

/** How well a name matches, best first; each beats any later one, whatever else is true of the types. 0: it does not. */
const enum Rank {
  None,
  Exact,
  ExactIgnoringCase,
  Prefix,
  Word,
  Substring,
}
const ranks = 6;
const lengths = 64;
const places = kindOrder.length + 1;
/** Milliseconds for a pattern, thirty times what an ordinary one needs for a kernel. */
const patience = 300;

/**
 * The rows that satisfy all terms. Names contain each word, whatever the case: first those that are the text, then those that begin
 * with it, then those where it begins a word, then the rest; within that by kind, then shorter names first, then by id.
 */
export function search(types: TypeTable, { expression, kinds, among = [], sort }: Query): Matches {
  const fits = judged(types, expression, among);
  const cut = matchPatterns(fits, types.names, expression.patterns);
  const shown = mask([...kinds]);
  const counts = new Uint32Array(kindLimit);
  for (let row = 0; row < fits.length; row++) if (fits[row] !== Rank.None) counts[types.kinds[row]]++;

  const order = sort && rowsInOrder(types, sort);
  if (!order && expression.words.length > 0) return { rows: bestFirst(types, fits, shown), counts, ...cut };
  const rows = new Uint32Array(fits.length);
  let found = 0;
  for (let at = 0; at < fits.length; at++) {
    const row = order ? order[at] : at;
    if (fits[row] !== Rank.None && shown[types.kinds[row]]) rows[found++] = row;
  }
  return { rows: rows.subarray(0, found), counts, ...cut };
}

/** What makes the first search and the first orders as fast as the later ones: see TypeTable.preparations. */
export function searchPreparations(types: TypeTable): (() => void)[] {
  const kinds: ReadonlySet<number> = new Set();
  // The browser compiles the loops above once it has seen them run.
  const searched = () => search(types, { expression: parseExpression('a size>0'), kinds });
  const orders: Sort[] = [{ by: 'name', down: false }, { by: 'size', down: true }, { by: 'members', down: true }];
  return [searched, ...orders.map((order) => () => rowsInOrder(types, order))];
}

/** A Rank for each row by all but the patterns. The cheap terms come first: what they refuse, the others need not look at. */
function judged(types: TypeTable, { kinds, conditions, words, parts, path }: Expression, among: readonly RowSet[]): Uint8Array {
  const fits = new Uint8Array(types.length).fill(Rank.Exact);
  for (const set of among) for (let row = 0; row < fits.length; row++) if (set[row] === 0) fits[row] = Rank.None;
  if (kinds.length > 0) refuse(fits, types, kinds);
  for (const { field, comparison, value } of conditions) {
    const column = types.column(field);
    if (column) compare(fits, column, comparison, value);
    else refuse(fits, types, kindsCalled('struct')!); // holes that are still being counted; only structs have any
  }
  for (const part of parts) contain(fits, types.haystack, part);
  const owners = path ? rootsOf(types, path).filter((row) => fits[row] !== Rank.None) : [];
  if (words.length > 0) rank(fits, types, words);
  for (const row of owners) fits[row] = types.names[row] === path!.root ? Rank.Exact : Rank.ExactIgnoringCase;
  return fits;
}

/** The latest, as the root stays while the rest of a path is typed. */
let roots: { types: WeakRef<TypeTable>; root: string; rows: number[] } | undefined;

/** The rows whose members a path may lead to. */
function rootsOf(types: TypeTable, path: MemberPath): readonly number[] {
  const root = path.root.toLowerCase();
  if (roots?.root === root && roots.types.deref() === types) return roots.rows;
  const { keys } = types;
  const rows: number[] = [];
  for (let row = 0; row < keys.length; row++) if (keys[row] === root && types.isComposite(row)) rows.push(row);
  roots = { types: new WeakRef(types), root, rows };
  return rows;
}

/** Whether a row is one of those. */
export function isRoot(types: TypeTable, row: number, { root }: MemberPath): boolean {
  return types.keys[row] === root.toLowerCase() && types.isComposite(row);
}

/** Refuses what does not match, and what it had no time to look at. */
function matchPatterns(fits: Uint8Array, names: readonly string[], patterns: readonly Pattern[]): Pick<Matches, 'cut' | 'clipped'> {
  if (patterns.length === 0) return {};
  const end = performance.now() + patience;
  const reach = Math.min(...patterns.map((pattern) => pattern.reach));
  let tested = 0;
  let clipped = {};
  for (let row = 0; row < fits.length; row++) {
    if (fits[row] === Rank.None) continue;
    const name = names[row].length > reach ? names[row].slice(0, reach) : names[row];
    if (name !== names[row]) clipped = { clipped: reach };
    if (name === '' || !patterns.every((pattern) => pattern.test(name))) fits[row] = Rank.None;
    if (++tested % 64 === 0 && performance.now() > end) {
      fits.fill(Rank.None, row + 1);
      return { cut: row + 1, ...clipped };
    }
  }
  return clipped;
}

/** All but those of these kinds. */
function refuse(fits: Uint8Array, types: TypeTable, kinds: readonly number[]): void {
  const wanted = mask(kinds);
  for (let row = 0; row < fits.length; row++) if (!wanted[types.kinds[row]]) fits[row] = Rank.None;
}

function compare(fits: Uint8Array, column: Float64Array, comparison: Comparison, value: number): void {
  // Integers from `low` to `high` satisfy it. What has no number, which is below 0, never does.
  const low = comparison === '>' ? value + 1 : comparison === '>=' || comparison === '=' ? value : 0;
  const high = comparison === '<' ? value - 1 : comparison === '<=' || comparison === '=' ? value : Infinity;
  const except = comparison === '!=' ? value : -1;
  for (let row = 0; row < fits.length; row++) {
    const number = column[row];
    if (!(number >= low && number <= high) || number === except) fits[row] = Rank.None;
  }
}

function rank(fits: Uint8Array, { names, keys, haystack }: TypeTable, words: readonly string[]): void {
  const whole = words.join(' ');
  const wholeKey = whole.toLowerCase();
  const [first, ...rest] = words.map((word) => word.toLowerCase());
  const places = placesOf(haystack, first);
  const word = `_${first}`;
  for (let row = 0; row < fits.length; row++) {
    if (fits[row] === Rank.None) continue;
    const place = places[row];
    if (place === Place.None || (rest.length > 0 && !rest.every((other) => keys[row].includes(other)))) fits[row] = Rank.None;
    else if (place === Place.Word) fits[row] = Rank.Word;
    // Not only at its first place: in "curb_rb" the first "rb" ends a word, the second is one.
    else if (place === Place.Within) fits[row] = keys[row].includes(word) ? Rank.Word : Rank.Substring;
    else if (keys[row] !== wholeKey) fits[row] = Rank.Prefix;
    else fits[row] = names[row] === whole ? Rank.Exact : Rank.ExactIgnoringCase;
  }
}

/** Refuses names without the text, which is in small letters. */
function contain(fits: Uint8Array, haystack: Haystack, text: string): void {
  const places = placesOf(haystack, text);
  for (let row = 0; row < fits.length; row++) if (places[row] === Place.None) fits[row] = Rank.None;
}

const enum Place {
  None,
  Start,
  Word,
  Within,
}
const underscore = 0x5f;

/** Where each name has a text first. Goes from one occurrence to the next: names without it cost next to nothing. */
function placesOf({ text, starts }: Haystack, wanted: string): Uint8Array {
  const places = new Uint8Array(starts.length - 1);
  let row = 0;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, starts[row])) {
    while (starts[row + 1] <= at) row++;
    places[row] = at === starts[row] ? Place.Start : text.charCodeAt(at - 1) === underscore ? Place.Word : Place.Within;
    row++;
  }
  return places;
}

/** A counting sort: one pass finds the sizes of the buckets, one puts each row into its place. */
function bestFirst(types: TypeTable, fits: Uint8Array, shown: Uint8Array): Uint32Array {
  const { kinds } = types;
  const { starts: names } = types.haystack;
  const buckets = new Uint16Array(fits.length);
  const starts = new Uint32Array(ranks * places * lengths + 1);
  let found = 0;
  for (let row = 0; row < fits.length; row++) {
    const fit = fits[row];
    const kind = kinds[row];
    if (fit === Rank.None || !shown[kind]) {
      fits[row] = Rank.None;
      continue;
    }
    const length = Math.min(names[row + 1] - names[row], lengths) - 1;
    const bucket = (fit * places + kindRank[kind]) * lengths + length;
    buckets[row] = bucket;
    starts[bucket + 1]++;
    found++;
  }
  for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket] += starts[bucket - 1];
  const sorted = new Uint32Array(found);
  for (let row = 0; row < fits.length; row++) if (fits[row] !== Rank.None) sorted[starts[buckets[row]]++] = row;
  return sorted;
}

/** Which kind numbers are among these; all when there are none. */
function mask(wanted: readonly number[]): Uint8Array {
  const among = new Uint8Array(kindLimit).fill(wanted.length === 0 ? 1 : 0);
  for (const kind of wanted) among[kind] = 1;
  return among;
}
