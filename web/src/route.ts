// Route: what the address behind # says. Types are named by kind and name, so that a link also works with another kernel's file.
//   #v=1                          the file
//   #v=1/t/struct/task_struct     a type
//   #v=1/t/struct/foo?n=2         the second of several with that kind and name
//   #v=1/t/pointer/?id=42         a type without a name: only good for the very same file
import { kindFacts } from './kinds.ts';
import type { TypeTable } from './types.ts';

const version = 'v=1';

export interface TypeRoute {
  noun: string;
  name: string;
  /** Which of several with that kind and name, from 1 on. */
  nth: number;
  /** For types without a name. */
  id?: number;
}

/** The type that a hash names; undefined for the file, and for anything that this version does not understand. */
export function parseRoute(hash: string): TypeRoute | undefined {
  const match = /^#v=1\/t\/([a-z0-9_]+)\/([^?]*)(?:\?(.*))?$/.exec(hash);
  if (!match) return undefined;
  const options = new URLSearchParams(match[3] ?? '');
  const name = decode(match[2]);
  if (name === undefined) return undefined;
  const id = Number(options.get('id') ?? NaN);
  const nth = Number(options.get('n') ?? 1);
  return {
    noun: match[1],
    name,
    nth: Number.isInteger(nth) && nth > 0 ? nth : 1,
    ...(Number.isInteger(id) ? { id } : {}),
  };
}

export const fileHash = `#${version}`;

export function typeHash(types: TypeTable, row: number): string {
  const { noun } = kindFacts(types.kind(row));
  const name = types.names[row];
  const path = `#${version}/t/${noun}/${encodeURIComponent(name)}`;
  if (name === '') return `${path}?id=${types.id(row)}`;
  const nth = types.find(noun, name).indexOf(row) + 1;
  return nth > 1 ? `${path}?n=${nth}` : path;
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
