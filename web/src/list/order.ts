// Orders: all rows of a file sorted by one of their columns, made when first wanted and kept. A search that wants its results
// sorted walks through an order and takes what it found, so that no key press sorts anything.
import type { Field } from './expression.ts';
import type { TypeTable } from '../common/types.ts';

export interface Sort {
  by: Field | 'name';
  /** Largest or last first. What has no name, or no such number, comes last either way. */
  down: boolean;
}

const made = new WeakMap<TypeTable, Map<string, Uint32Array>>();

/** Undefined while the column is not known; see TypeTable.column. */
export function rowsInOrder(types: TypeTable, { by, down }: Sort): Uint32Array | undefined {
  let orders = made.get(types);
  if (!orders) made.set(types, (orders = new Map()));
  const key = `${by} ${down}`;
  let rows = orders.get(key);
  if (!rows && (rows = by === 'name' ? byName(types, down) : byNumber(types, by, down))) orders.set(key, rows);
  return rows;
}

function byName(types: TypeTable, down: boolean): Uint32Array {
  const ascending = down ? rowsInOrder(types, { by: 'name', down: false }) : undefined;
  const named = ascending ? ascending.filter((row) => types.names[row] !== '').reverse() : sortedNames(types);
  const rows = new Uint32Array(types.length);
  rows.set(named);
  let at = named.length;
  for (let row = 0; row < types.length; row++) if (types.names[row] === '') rows[at++] = row;
  return rows;
}

/** Sorts the different names, which the browser does fast, and the rows by their place among them. */
function sortedNames({ keys, length }: TypeTable): Uint32Array {
  const places = new Map<string, number>();
  for (const key of keys) if (key !== '') places.set(key, 0);
  const different = [...places.keys()].sort();
  different.forEach((key, place) => places.set(key, place));
  const place = new Uint32Array(length);
  let named = 0;
  const rows = new Uint32Array(length);
  for (let row = 0; row < length; row++) {
    if (keys[row] === '') continue;
    place[row] = places.get(keys[row])!;
    rows[named++] = row;
  }
  return radixSorted(rows.subarray(0, named), place, 0);
}

function byNumber(types: TypeTable, by: Field, down: boolean): Uint32Array | undefined {
  const values = types.column(by);
  if (!values) return undefined;
  const { length } = values;
  const rows = new Uint32Array(length);
  let known = 0;
  for (let row = 0; row < length; row++) if (values[row] >= 0) rows[known++] = row;
  let rest = known;
  for (let row = 0; row < length; row++) if (values[row] < 0) rows[rest++] = row;
  radixSorted(rows.subarray(0, known), values, down ? 0xffff : 0);
  return rows;
}

/** In place, by 16 bits at a time: stable, so that what is equal stays in the order of ids. `flip`: 0xffff turns the order round. */
function radixSorted(rows: Uint32Array<ArrayBuffer>, values: Float64Array | Uint32Array, flip: number): Uint32Array {
  let [from, to] = [rows, new Uint32Array(rows.length)];
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(0x10001);
    for (let i = 0; i < from.length; i++) starts[(((values[from[i]] >>> shift) & 0xffff) ^ flip) + 1]++;
    for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
    for (let i = 0; i < from.length; i++) to[starts[((values[from[i]] >>> shift) & 0xffff) ^ flip]++] = from[i];
    [from, to] = [to, from];
  }
  return rows; // two passes: they ended where they began
}
