// Strings: the columns of a string table, and which of them are to be listed. It runs at every key press.
import { type StringTable, stringRoles } from '../common/part-messages.ts';

export const orders = ['offset', 'length', 'uses'] as const;

export interface StringQuery {
  /** Part of the text, whatever the case. */
  text: string;
  /** One of `stringRoles`, "unused", or '' for all. */
  role: string;
  /** By offset, the longest first, or the most used first. */
  order: (typeof orders)[number];
}

export class Strings {
  readonly length: number;
  readonly texts: readonly string[];
  /** Strings by role; the last are those that nothing uses. */
  readonly counts: { role: string; count: number }[];
  private lowerCase: string[] | undefined;

  constructor(private readonly table: StringTable) {
    this.length = table.offsets.length;
    this.texts = new TextDecoder('utf-8', { ignoreBOM: true }).decode(table.bytes).split('\0').slice(0, this.length);
    const counts = [...stringRoles, 'unused'].map((role) => ({ role, count: 0 }));
    table.roles.forEach((bits, at) => {
      if (this.isUnused(at)) counts[stringRoles.length].count++;
      for (let role = 0; bits >>> role !== 0; role++) counts[role].count += (bits >>> role) & 1;
    });
    this.counts = counts.filter(({ count }) => count > 0);
  }

  offset(at: number): number {
    return this.table.offsets[at];
  }

  /** Bytes without the NUL. */
  bytes(at: number): number {
    const { offsets, bytes } = this.table;
    const end = at + 1 < this.length ? offsets[at + 1] : offsets[0] + bytes.length;
    return end - offsets[at] - 1;
  }

  uses(at: number): number {
    return this.table.uses[at];
  }

  /** The first type that uses it, by id; 0: none does. */
  user(at: number): number {
    return this.table.user[at];
  }

  roles(at: number): string[] {
    return stringRoles.filter((_, role) => (this.table.roles[at] >>> role) & 1);
  }

  /** The string of no characters must be there: it is the name of what has none. */
  isUnused(at: number): boolean {
    return this.table.roles[at] === 0 && this.texts[at] !== '';
  }

  search({ text, role, order }: StringQuery): Uint32Array {
    const key = text.toLowerCase();
    const keys = (this.lowerCase ??= this.texts.map((one) => one.toLowerCase()));
    const bit = 1 << stringRoles.indexOf(role as (typeof stringRoles)[number]);
    const found = new Uint32Array(this.length);
    let length = 0;
    for (let at = 0; at < this.length; at++) {
      if (role !== '' && !(role === 'unused' ? this.isUnused(at) : this.table.roles[at] & bit)) continue;
      if (key === '' || keys[at].includes(key)) found[length++] = at;
    }
    const rows = found.subarray(0, length);
    if (order === 'length') return rows.sort((a, b) => this.bytes(b) - this.bytes(a) || a - b);
    if (order === 'uses') return rows.sort((a, b) => this.uses(b) - this.uses(a) || a - b);
    return rows;
  }
}
