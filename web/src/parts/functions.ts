// Functions: the columns of a file's functions, and which of them are to be listed. It runs at every key press.
import type { FunctionTable } from '../common/part-messages.ts';
import type { TypeTable } from '../common/types.ts';

export interface FunctionQuery {
  /** Part of the name. */
  text: string;
  /** "sk_buff", "struct sk_buff", or the beginning of such a name; with stars, pointers to it, through so many. */
  takes: string;
  returns: string;
  tag: string;
  /** -1: any. */
  linkage: number;
}

export interface FoundFunctions {
  /** The best first. */
  found: Uint32Array;
  /** The types that were meant: "struct sk_buff", "any of 12 types". */
  meant: { takes: string; returns: string };
}

export class Functions {
  readonly length: number;
  /** By linkage: static, global, extern. */
  readonly linkages = [0, 0, 0];
  /** The most used first. */
  readonly tags: { name: string; count: number }[];
  /** The names as a search that ignores case compares them. */
  private readonly keys: string[];

  constructor(
    private readonly table: FunctionTable,
    types: TypeTable,
  ) {
    this.length = table.ids.length;
    for (const linkage of table.linkage) if (linkage < 3) this.linkages[linkage]++;
    const counts = table.tags.map((name) => ({ name, count: 0 }));
    for (const tag of table.tagOf) counts[tag].count++;
    this.tags = counts.sort((a, b) => b.count - a.count);
    this.keys = Array.from(table.ids, (id) => types.names[types.rowOf(id)].toLowerCase());
  }

  id(index: number): number {
    return this.table.ids[index];
  }

  linkageOf(index: number): number {
    return this.table.linkage[index];
  }

  tagsOf(index: number): string[] {
    const { tagStart, tagOf, tags } = this.table;
    return Array.from(tagOf.subarray(tagStart[index], tagStart[index + 1]), (tag) => tags[tag]);
  }

  search({ text, takes, returns, tag, linkage }: FunctionQuery): FoundFunctions {
    const { table } = this;
    const taken = this.typesMeant(takes);
    const returned = this.typesMeant(returns);
    const tagAt = tag === '' ? -1 : table.tags.indexOf(tag);
    const key = text.trim().toLowerCase();
    // The very name, names that begin with it, names with a word that does, the rest; within that by id.
    const ranks: number[][] = [[], [], [], []];
    for (let i = 0; i < this.length; i++) {
      const at = this.keys[i].indexOf(key);
      if (at < 0 || (linkage >= 0 && table.linkage[i] !== linkage)) continue;
      if (tag !== '' && !table.tagOf.subarray(table.tagStart[i], table.tagStart[i + 1]).includes(tagAt)) continue;
      if (taken && !any(taken.mask, table.takes, table.takesStart[i], table.takesStart[i + 1])) continue;
      if (returned && !any(returned.mask, table.returns, table.returnsStart[i], table.returnsStart[i + 1])) continue;
      const rank = at > 0 ? (this.keys[i].includes(`_${key}`) ? 2 : 3) : this.keys[i].length === key.length ? 0 : 1;
      ranks[rank].push(i);
    }
    return { found: Uint32Array.from(ranks.flat()), meant: { takes: taken?.words ?? '', returns: returned?.words ?? '' } };
  }

  /** The very name if a type has it, else all that begin with it, else all with it anywhere, through the pointers; undefined: any. */
  private typesMeant(text: string): { mask: Uint8Array; words: string } | undefined {
    const [, noun = '', name = '', behind = ''] = /^(?:(struct|union|enum)\b\s*)?(.*?)([\s*]*)$/.exec(text.replace(/\b(?:const|volatile|restrict)\b/g, ' ').trim()) ?? [];
    if (noun === '' && name === '') return undefined;
    const key = name.toLowerCase();
    const { types } = this.table;
    const fits = (test: (name: string) => boolean) => types.flatMap((type, i) => ((noun === '' || type.noun === noun) && test(type.name) ? [i] : []));
    const exact = fits((one) => one === name);
    const begun = exact.length > 0 ? exact : fits((one) => one.toLowerCase().startsWith(key));
    const named = begun.length > 0 ? begun : fits((one) => one.toLowerCase().includes(key));
    const stars = behind.replace(/\s/g, '');
    const places = stars === '' ? named : named.filter((place) => types[place].stars === stars.length);
    const mask = new Uint8Array(types.length);
    for (const place of places) mask[place] = 1;
    const spelled = new Set(places.map((place) => `${types[place].noun} ${types[place].name} ${stars}`.trim()));
    return { mask, words: spelled.size > 3 ? `any of ${spelled.size} types` : [...spelled].join(' or ') };
  }
}

function any(mask: Uint8Array, places: Uint32Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (mask[places[at]] === 1) return true;
  return false;
}
