// Route: what the address behind # says. Types are named by kind and name, so that a link also works with another kernel's file.
//   #v=1                          the file
//   #v=1/t/struct/task_struct     a type
//   #v=1/t/struct/foo?n=2         the second of several with that kind and name
//   #v=1/t/pointer/?id=42         a type without a name: only good for the very same file
//   #v=1/t/struct/foo?tab=layout  another side of a type
//   …?tab=layout&at=se.vruntime   a member of it, there
//   #v=1/maps                     what a BPF object defines, and what it needs
//   #v=1/programs/xdp_main        one of its functions
//   #v=1/functions?takes=sk_buff  what is left of a long list
import { kindFacts } from '../common/kinds.ts';
import type { TypeTable } from '../common/types.ts';

export const version = '1';

/** The sides of a type, the first by default. */
export const tabs = ['c', 'layout', 'uses', 'decode', 'record'] as const;
export type Tab = (typeof tabs)[number];

/** What a file has besides types. */
export const lists = ['programs', 'maps', 'variables', 'needs', 'functions', 'strings'] as const;
export type ListName = (typeof lists)[number];
/** Lists that are part of another now; links to them are about. */
const former: Readonly<Record<string, ListName>> = { externs: 'needs', relocations: 'needs' };

export interface TypeRoute {
  view: 'type';
  noun: string;
  name: string;
  /** Which of several with that kind and name, from 1 on. */
  nth: number;
  /** For types without a name. */
  id?: number;
  tab: Tab;
  /** The path of a member. */
  at?: string;
}

export interface ListRoute {
  view: ListName;
  /** One of them, where that has a view of its own; several of one name are shown one after the other. */
  name?: string;
  /** What a long list is filtered by, by the names that its view gives them. */
  filter?: Readonly<Record<string, string>>;
}

export type Route = TypeRoute | ListRoute;

/** The address of the file. */
export const fileHash = `#v=${version}`;

/** What a hash names; undefined for the file, and for anything that this version does not understand: see address.ts. */
export function parseRoute(hash: string): Route | undefined {
  const [path = '', query = ''] = split(hash, '?');
  const [start, view = '', ...rest] = path.split('/');
  if (start !== fileHash) return undefined;
  const names = rest.map(decode);
  if (names.includes(undefined)) return undefined;
  const list = lists.find((name) => name === view) ?? (Object.hasOwn(former, view) ? former[view] : undefined);
  if (list) {
    const filter = Object.fromEntries(new URLSearchParams(query));
    return { view: list, ...(names[0] ? { name: names[0] } : {}), ...(query ? { filter } : {}) };
  }
  if (view !== 't' || names.length !== 2 || !/^[a-z0-9_]+$/.test(names[0]!)) return undefined;
  const options = new URLSearchParams(query);
  const id = Number(options.get('id') || NaN);
  if (names[1] === '' && !Number.isInteger(id)) return undefined; // cut short
  const nth = Number(options.get('n') ?? 1);
  const at = options.get('at');
  return {
    view: 'type',
    noun: names[0]!,
    name: names[1]!,
    nth: Number.isInteger(nth) && nth > 0 ? nth : 1,
    ...(Number.isInteger(id) ? { id } : {}),
    tab: tabs.find((tab) => tab === options.get('tab')) ?? 'c',
    ...(at ? { at } : {}),
  };
}

function split(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

export function listHash(view: ListName, name = '', filter: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, text]) => text !== '')).toString();
  return `${fileHash}/${view}${name && `/${encodeURIComponent(name)}`}${query && `?${query}`}`;
}

/** `at`: the path of a member. */
export function typeHash(types: TypeTable, row: number, tab: Tab = 'c', at = ''): string {
  const { noun } = kindFacts(types.kind(row));
  const name = types.names[row];
  const options = new URLSearchParams();
  if (name === '') options.set('id', String(types.id(row)));
  const nth = name === '' ? 1 : types.find(noun, name).indexOf(row) + 1;
  if (nth > 1) options.set('n', String(nth));
  if (tab !== 'c') options.set('tab', tab);
  if (at) options.set('at', at);
  const query = options.toString();
  return `${fileHash}/t/${noun}/${encodeURIComponent(name)}${query && `?${query}`}`;
}

/** The row that a route means in this file; -1 when the file has no such type. */
export function resolve(types: TypeTable, route: TypeRoute): number {
  if (route.name === '') {
    const row = types.rowOf(route.id ?? NaN);
    return row >= 0 && kindFacts(types.kind(row)).noun === route.noun && types.names[row] === '' ? row : -1;
  }
  return types.find(route.noun, route.name)[route.nth - 1] ?? -1;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
