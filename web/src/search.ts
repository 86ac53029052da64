// Search: which rows to list, best first. It runs over all names at every key press, so it makes no objects.
import { kindLimit, kindOrder, kindRank } from './kinds.ts';
import type { TypeTable } from './types.ts';

export interface Query {
  text: string;
  /** Kind numbers to show; empty: all. */
  kinds: ReadonlySet<number>;
}

export interface Matches {
  rows: Uint32Array;
  /** Matches of the text by kind number, whether their kind is shown or not. */
  counts: Uint32Array;
}

/** How well a name matches, best first; each beats any later one, whatever else is true of the types. */
const enum Rank {
  Exact,
  ExactIgnoringCase,
  Prefix,
  Word,
  Substring,
}
const ranks = 5;
const lengths = 64;
const places = kindOrder.length + 1;

/**
 * With no text, all types of the kinds wanted by ascending id. With text, those whose names contain it, whatever the case:
 * exact, then prefix, then the start of a word, then anywhere; within that by kind, then shorter names first, then by id.
 */
export function search(types: TypeTable, query: Query): Matches {
  const text = query.text.trim();
  return text === '' ? listed(types, query.kinds) : ranked(types, text, query.kinds);
}

function listed(types: TypeTable, wanted: ReadonlySet<number>): Matches {
  const shown = mask(wanted);
  const rows = new Uint32Array(types.length);
  let found = 0;
  for (let row = 0; row < types.length; row++) if (shown[types.kinds[row]]) rows[found++] = row;
  return { rows: rows.subarray(0, found), counts: types.counts };
}

function ranked(types: TypeTable, text: string, wanted: ReadonlySet<number>): Matches {
  const { names, kinds, keys } = types;
  const key = text.toLowerCase();
  const wordKey = `_${key}`;
  const shown = mask(wanted);
  const counts = new Uint32Array(kindLimit);

  // A counting sort: one pass finds the rows and the sizes of the buckets, one puts each row into its place.
  const rows = new Uint32Array(types.length);
  const buckets = new Uint16Array(types.length);
  const starts = new Uint32Array(ranks * places * lengths + 1);
  let found = 0;
  for (let row = 0; row < rows.length; row++) {
    const at = keys[row].indexOf(key);
    if (at < 0) continue;
    const kind = kinds[row];
    counts[kind]++;
    if (!shown[kind]) continue;
    const rank = rankOf(names[row], keys[row], at, text, wordKey);
    const length = Math.min(names[row].length, lengths - 1);
    const bucket = (rank * places + kindRank[kind]) * lengths + length;
    rows[found] = row;
    buckets[found++] = bucket;
    starts[bucket + 1]++;
  }
  for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket] += starts[bucket - 1];
  const sorted = new Uint32Array(found);
  for (let i = 0; i < found; i++) sorted[starts[buckets[i]]++] = rows[i];
  return { rows: sorted, counts };
}

function rankOf(name: string, lower: string, at: number, text: string, wordKey: string): Rank {
  if (at === 0) {
    if (name === text) return Rank.Exact;
    return lower.length === text.length ? Rank.ExactIgnoringCase : Rank.Prefix;
  }
  // Not only at `at`: in "curb_rb" the first "rb" ends a word, the second is one.
  return lower.includes(wordKey, at - 1) ? Rank.Word : Rank.Substring;
}

function mask(wanted: ReadonlySet<number>): Uint8Array {
  const shown = new Uint8Array(kindLimit).fill(wanted.size === 0 ? 1 : 0);
  for (const kind of wanted) shown[kind] = 1;
  return shown;
}
