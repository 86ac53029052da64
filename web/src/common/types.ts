// TypeTable: the types of one file as columns. Row i is the type with id firstId + i; nothing is made per type until it is shown.
import { type Columns, decodeNames } from 'btfkit/columns';
import type { Field } from '../list/expression.ts';
import { kindFacts, kindLimit } from './kinds.ts';
import { inOnePiece } from './one-piece.ts';
import { type Owners, ownersOf } from './owners.ts';

/** The names in small letters, each followed by a line feed; that of row i starts at `starts[i]`. */
export interface Haystack {
  text: string;
  starts: Uint32Array;
}

/** Characters of all names of a file. */
const namesLimit = 1 << 27;

export class TypeTable {
  readonly names: readonly string[];
  readonly length: number;
  /** Types by kind number. */
  readonly counts = new Uint32Array(kindLimit);
  /** The types that these continue, when they are open, too: references lead there. */
  readonly below: TypeTable | undefined;
  private readonly columns: Columns;
  private readonly made: Partial<Record<Field, Float64Array>> = {};
  private holes: Float64Array | undefined;
  private owners: Owners | undefined;
  private joinedTable: TypeTable | undefined;
  private lowerCase: string[] | undefined;
  private joined: Haystack | undefined;
  private index: NameIndex | undefined;

  constructor(columns: Columns, below?: TypeTable) {
    this.columns = columns;
    if (below && below.id(below.length) === columns.firstId) this.below = below;
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

  /** All of them one behind the other: looking for a text in one long string is several times as fast as in many short ones. */
  get haystack(): Haystack {
    if (this.joined) return this.joined;
    const { keys, length } = this;
    const starts = new Uint32Array(length + 1);
    for (let row = 0; row < length; row++) starts[row + 1] = starts[row] + keys[row].length + 1;
    return (this.joined = { text: keys.join('\n'), starts });
  }

  /** With the types that these continue, when they are open, too; else these. */
  get withBase(): TypeTable {
    if (!this.below) return this;
    return (this.joinedTable ??= new TypeTable(inOnePiece(this.below.columns, this.columns)));
  }

  id(row: number): number {
    return this.columns.firstId + row;
  }

  /** The making of what searches and links need, in parts of a few milliseconds; what is used before its turn is made at once. */
  preparations(): (() => void)[] {
    return [() => this.keys, () => this.haystack, () => (this.index ??= new NameIndex(this.names)), () => this.column('size'), () => this.column('members')];
  }

  /** The row of an id; -1 when this file has no such type. */
  rowOf(id: number): number {
    const row = id - this.columns.firstId;
    return Number.isInteger(row) && row >= 0 && row < this.length ? row : -1;
  }

  kind(row: number): number {
    return this.columns.kind[row];
  }

  /** Bytes; see `column`. */
  size(row: number): number | undefined {
    return this.value('size', row);
  }

  /** Members, values, variables or parameters; see `column`. */
  elements(row: number): number | undefined {
    return this.value('members', row);
  }

  value(field: Field, row: number): number | undefined {
    const value = this.column(field)?.[row] ?? -1;
    return value < 0 ? undefined : value;
  }

  /**
   * A number of each row, below 0 where there is none. Undefined: not known yet, which only holes can be.
   * Sizes are in bytes, of the kinds whose record says them and of typedefs and qualified types of those; a data section of 0 bytes
   * is one whose size only the linker will know. Members are also values, variables and, of functions and prototypes, parameters.
   */
  column(field: Field): Float64Array | undefined {
    if (field === 'holes') return this.holes;
    const made = this.made[field];
    if (made) return made;
    const column = new Float64Array(this.length);
    for (let row = 0; row < column.length; row++) column[row] = this.number(field, row);
    return (this.made[field] = column);
  }

  /** What only the package can count: the holes of the structs with these ids. Everything else has none to speak of. */
  setHoles({ ids, holes }: { ids: Uint32Array; holes: Uint32Array }): void {
    const column = new Float64Array(this.length).fill(-1);
    ids.forEach((id, i) => (column[this.rowOf(id)] = holes[i]));
    this.holes = column;
  }

  private number(field: Field, row: number): number {
    const { sizeOrType, vlen, memberStart } = this.columns;
    const { noun, sized, counts } = kindFacts(this.kind(row));
    switch (field) {
      case 'id':
        return this.id(row);
      case 'size':
        if (sized) return noun === 'datasec' && sizeOrType[row] === 0 ? -1 : sizeOrType[row];
        return transparent.has(noun) ? this.sizeBehind(row) : -1;
      default:
        if (!counts) return -1;
        if (noun === 'func') return this.at(sizeOrType[row], (types, to) => types.number('members', to)) ?? -1;
        return noun === 'func_proto' ? memberStart[row + 1] - memberStart[row] : vlen[row];
    }
  }

  /** Asks about the type with an id: of this table, or of the one below. Undefined when neither has it. */
  private at<T>(id: number, ask: (types: TypeTable, row: number) => T): T | undefined {
    const row = this.rowOf(id);
    if (row >= 0) return ask(this, row);
    const under = this.below?.rowOf(id) ?? -1;
    return under < 0 ? undefined : ask(this.below!, under);
  }

  private sizeBehind(row: number): number {
    // Hostile files have typedefs of themselves.
    for (let depth = 0; depth < 32; depth++) {
      const id = this.columns.sizeOrType[row];
      row = this.rowOf(id);
      if (row < 0) return this.at(id, (types, to) => types.size(to)) ?? -1;
      const { noun, sized } = kindFacts(this.kind(row));
      if (!transparent.has(noun)) return sized && noun !== 'datasec' ? this.columns.sizeOrType[row] : -1;
    }
    return -1;
  }

  /** Whether a row is a struct or union, or a typedef of one. */
  isComposite(row: number): boolean {
    for (let at = row, links = 0; at >= 0 && links < 64; links++) {
      const { noun } = kindFacts(this.kind(at));
      if (noun === 'struct' || noun === 'union') return true;
      if (!transparent.has(noun)) return false;
      const id = this.columns.sizeOrType[at];
      at = this.rowOf(id);
      if (at < 0) return this.at(id, (types, to) => types.isComposite(to)) ?? false;
    }
    return false;
  }

  /** What to call a row in a list: its name, or what is known of a type without one ("const struct file *"). */
  label(row: number): string {
    return this.names[row] || this.place(row) || this.describe(row, 6);
  }

  /** Where a struct, union or enum without a name stands: "anon in sk_buff.cb"; empty when nothing with a name refers to it. */
  private place(row: number): string {
    const { noun: own } = kindFacts(this.kind(row));
    if (!tagged.has(own) && own !== 'enum64') return '';
    this.owners ??= ownersOf(this.columns);
    const path: string[] = [];
    for (let depth = 0, at = row; depth < 16; depth++) {
      const member = this.owners.member[at];
      at = this.owners.row[at];
      if (at < 0) return '';
      const { noun } = kindFacts(this.kind(at));
      if (member >= 0 && noun !== 'func_proto') path.unshift(this.text(this.columns.memberName[member]));
      const name = this.names[at];
      if (name && noun === 'typedef' && path.length === 0) return `anon, typedef ${name}`;
      if (name) return `anon in ${[name, ...path.filter(Boolean)].join('.')}`;
    }
    return '';
  }

  /** A name of the string table, for those few that are shown. */
  private text(offset: number): string {
    const { strings } = this.columns;
    return utf8.decode(strings.subarray(offset, strings.indexOf(0, offset)));
  }

  private describe(row: number, depth: number): string {
    const { noun, label } = kindFacts(this.kind(row));
    const name = this.names[row];
    if (name) return tagged.has(noun) ? `${noun} ${name}` : name;
    const target = () => {
      const id = this.columns.sizeOrType[row];
      if (id === 0) return 'void';
      const text = depth > 0 && this.at(id, (types, to) => types.describe(to, depth - 1));
      return text || `type ${id}`;
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

const utf8 = new TextDecoder();

/** Kinds whose name C writes behind their own word. */
const tagged: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);

/** Kinds that are as large as what they refer to. */
const transparent: ReadonlySet<string> = new Set(['typedef', 'const', 'volatile', 'restrict', 'type_tag']);
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
