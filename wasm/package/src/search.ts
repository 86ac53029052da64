// Searches: names over the columns and core's index, conditions over everything (what `btfkit find --json` prints).
import { BtfError } from './error.js';
import { kindMask, kindNumber } from './flyweights.js';
import type { Kind } from './kinds.js';
import type { Store } from './store.js';
import type { BtfType } from './types.js';

/** What is looked for in names: exactly one of `text`, `includes`, `prefix` and `regex`. */
export interface SearchOptions {
  /** Names with this text in them. */
  includes?: string;
  /** Names that begin so. */
  prefix?: string;
  /** Names that it matches somewhere. */
  regex?: RegExp;
  /** Of the letters a to z; of a `regex` its flags say it. */
  ignoreCase?: boolean;
  /** Best first instead of by id: the very name, names that begin with the text, names with a word that does, the rest. Not of `regex`. */
  ranked?: boolean;
  /** Only these; default: all. */
  kinds?: readonly Kind[];
  /** At most so many types; default: all. */
  limit?: number;
  /** Also the types of the base. Not of `regex`. */
  withBase?: boolean;
}

/** What was found. */
export interface SearchResult {
  /** Ascending ids, or the best first. */
  readonly types: readonly BtfType[];
  /** How many there are without the limit. */
  readonly total: number;
}

/**
 * Conditions that all must hold. Types are named as the command takes them: "name", "struct name" or "id 42". "By value" is through
 * typedefs, qualifiers and arrays, not through pointers. Texts with `*` or `?` are globs over whole names, others are exact.
 */
export interface Query {
  /** A glob; else the very name or, where no type has it, a text contained in it. */
  name?: string;
  /** Any of these. */
  kinds?: readonly Kind[];
  /** Structs with at least so many holes. */
  holes?: number;
  /** Types of at least so many bytes. */
  minSize?: number;
  /** Structs that another order of their members makes smaller. */
  packable?: boolean;
  /** Structs and unions that have this one by value, at any depth. */
  contains?: string | BtfType;
  /** What has a member, parameter or result pointing to this one. */
  pointersTo?: string | BtfType;
  /** What the definition of this one refers to. */
  usedBy?: string | BtfType;
  /** Structs and unions with this member; may be a path. */
  withMember?: string;
  /** Enumerations with this value. */
  enumerator?: string;
  /** Types with this declaration tag. */
  tag?: string;
  /** Also structs, unions and enumerations without any name. */
  anonymous?: boolean;
  /** Also the types of the base. */
  withBase?: boolean;
  /** Ids and names ascending, numbers with the largest first; default: by what a packable struct saves, else by id. */
  sort?: 'id' | 'name' | 'size' | 'members' | 'saved' | 'holes';
  /** At most so many types. */
  limit?: number;
}

/** One type that satisfies a query. */
export interface FoundType {
  readonly id: number;
  readonly kind: Kind;
  /** Empty when it has none. */
  readonly name: string;
  /** The typedef of a type without a name. */
  readonly alias?: string;
  /** Where such a type stands, when it has no typedef either. */
  readonly inside?: string;
  /** Other types without a name, as C. */
  readonly type?: string;
  /** Bytes; left out for what has no size. */
  readonly size?: number;
  /** Members, values, parameters or variables. */
  readonly members?: number;
  /** When the query asks or sorts by it. */
  readonly holes?: number;
  /** Bytes: what another order of the members saves; when the query asks or sorts by it. */
  readonly saved?: number;
  /** The number of the BTF, from 1, in files with several. */
  readonly btf?: number;
}

/** What satisfies a query. */
export interface QueryResult {
  /** How many there are without the limit. */
  readonly total: number;
  readonly types: readonly FoundType[];
}

/** @internal */
export function search(store: Store, options: SearchOptions): SearchResult {
  const { includes, prefix, regex, ignoreCase, ranked, kinds = [], limit = 0, withBase } = options;
  if ([includes, prefix, regex].filter((given) => given !== undefined).length !== 1)
    throw new BtfError('invalid_argument', 'search: give one of includes, prefix and regex');
  if (!Number.isInteger(limit) || limit < 0 || limit >= 2 ** 32) throw new BtfError('invalid_argument', `limit ${String(limit)} is no number of types`);
  if (regex) return matching(store, regex, kinds, limit || Infinity);
  const flags = (prefix !== undefined ? 1 : 0) | (ignoreCase ? 2 : 0) | (ranked ? 4 : 0) | (withBase ? 0 : 8);
  const bits = kinds.reduce((all, kind) => all | (1 << kindNumber(kind)), 0) >>> 0;
  const { ids, total } = store.search(prefix ?? includes ?? '', flags, bits, limit);
  return Object.freeze({ types: Object.freeze(ids.map((id) => store.type(id))), total });
}

function matching(store: Store, regex: RegExp, kinds: readonly Kind[], limit: number): SearchResult {
  const level = store.level(store.firstId);
  const { kind } = level.columns!;
  const wanted = kindMask(kinds);
  const plain = new RegExp(regex.source, regex.flags.replace(/[gy]/g, '')); // no memory of where it was
  const types: BtfType[] = [];
  let total = 0;
  level.names().forEach((name, i) => {
    if (name === '' || !wanted[kind[i]!] || !plain.test(name)) return;
    if (++total <= limit) types.push(store.type(store.firstId + i));
  });
  return Object.freeze({ types: Object.freeze(types), total });
}

/** @internal */
export function query(store: Store, conditions: Query): QueryResult {
  const given: [string, string][] = [];
  const add = (option: string, value: string | number | boolean | BtfType | undefined): void => {
    if (value === undefined || value === false) return;
    given.push([option, value === true ? '' : typeof value === 'object' ? `id ${value.id}` : String(value)]);
  };
  for (const kind of conditions.kinds ?? []) add('kind', kind);
  add('holes', conditions.holes);
  add('size-ge', conditions.minSize);
  add('packable', conditions.packable);
  add('contains', conditions.contains);
  add('pointers-to', conditions.pointersTo);
  add('used-by', conditions.usedBy);
  add('with-member', conditions.withMember);
  add('enumerator', conditions.enumerator);
  add('tag', conditions.tag);
  add('anonymous', conditions.anonymous);
  add('with-base', conditions.withBase);
  add('sort', conditions.sort);
  add('limit', conditions.limit);
  return store.data<QueryResult>('find', conditions.name === undefined ? [] : [conditions.name], given);
}
