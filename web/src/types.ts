// TypeTable: the types of one file as columns. Row i is the type with id firstId + i; nothing is made per type until it is shown.
import { type Columns, decodeNames } from 'btfkit';
import { kindFacts, kindLimit } from './kinds.ts';

/** Characters of all names of a file. */
const namesLimit = 1 << 27;

export class TypeTable {
  readonly names: readonly string[];
  readonly length: number;
  /** Types by kind number. */
  readonly counts = new Uint32Array(kindLimit);

  private readonly columns: Columns;
  private lowerCase: string[] | undefined;
  private index: NameIndex | undefined;

  constructor(columns: Columns) {
    this.columns = columns;
    // All names together stay small enough to be searched, whatever a file lets overlap; no real name is that long.
    this.names = decodeNames(columns, { longest: Math.max(64, Math.min(4096, Math.floor(namesLimit / columns.kind.length))) });
    this.length = columns.kind.length;
    for (const kind of columns.kind) this.counts[kind]++;
  }

  get kinds(): Uint8Array {
    return this.columns.kind;
  }

  /** The names as a search that ignores case compares them. */
  get keys(): readonly string[] {
    this.lowerCase ??= this.names.map((name) => name.toLowerCase());
    return this.lowerCase;
  }

  id(row: number): number {
    return this.columns.firstId + row;
  }

  /** Makes what searches and links need, which is otherwise made when first used. */
  prepare(): void {
    void this.keys;
    this.index ??= new NameIndex(this.names);
  }

  /** The row of an id; -1 when this file has no such type. */
  rowOf(id: number): number {
    const row = id - this.columns.firstId;
    return Number.isInteger(row) && row >= 0 && row < this.length ? row : -1;
  }

  kind(row: number): number {
    return this.columns.kind[row];
  }

  /** Bytes, for the kinds whose record says so. A data section of 0 bytes is one whose size only the linker will know. */
  size(row: number): number | undefined {
    const { sized, noun } = kindFacts(this.kind(row));
    const size = this.columns.sizeOrType[row];
    return sized && !(noun === 'datasec' && size === 0) ? size : undefined;
  }

  /** Members, values or parameters, for the kinds that have them. */
  elements(row: number): number | undefined {
    return kindFacts(this.kind(row)).counts ? this.columns.vlen[row] : undefined;
  }

  /** What to call a row in a list: its name, or what is known of a type without one ("const struct file *"). */
  label(row: number): string {
    return this.names[row] || this.describe(row, 6);
  }

  private describe(row: number, depth: number): string {
    const { noun, label } = kindFacts(this.kind(row));
    const name = this.names[row];
    if (name) return tagged.has(noun) ? `${noun} ${name}` : name;
    const target = () => {
      const id = this.columns.sizeOrType[row];
      if (id === 0) return 'void';
      const to = this.rowOf(id);
      return to < 0 || depth === 0 ? `type ${id}` : this.describe(to, depth - 1);
    };
    switch (noun) {
      case 'pointer':
        return `${target()} *`;
      case 'const':
      case 'volatile':
      case 'restrict': {
        const text = target();
        return text.endsWith('*') ? `${text} ${noun}` : `${noun} ${text}`; // a qualifier of a pointer stands behind it
      }
      case 'func_proto':
        return `function returning ${target()}`;
      default:
        return `${label} ${this.id(row)}`;
    }
  }

  /** The rows with that kind and name, ascending. */
  find(noun: string, name: string): number[] {
    this.index ??= new NameIndex(this.names);
    return this.index.rows(name).filter((row) => kindFacts(this.kind(row)).noun === noun);
  }
}

/** Kinds whose name C writes behind their own word. */
const tagged: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);

/** Name to rows: a map to the first row of each name, and from each row to the next of the same name. */
class NameIndex {
  private readonly first = new Map<string, number>();
  private readonly next: Int32Array;

  constructor(names: readonly string[]) {
    this.next = new Int32Array(names.length).fill(-1);
    for (let row = names.length - 1; row >= 0; row--) {
      const later = this.first.get(names[row]);
      if (later !== undefined) this.next[row] = later;
      this.first.set(names[row], row);
    }
  }

  rows(name: string): number[] {
    const rows: number[] = [];
    for (let row = this.first.get(name) ?? -1; row >= 0; row = this.next[row]) rows.push(row);
    return rows;
  }
}
