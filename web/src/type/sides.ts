// The sides that a type has: all have their C, users and record; a layout only what has members, values not what is no data.
import { kindFacts } from '../common/kinds.ts';
import type { TypeTable } from '../common/types.ts';
import { type Tab, tabs } from '../page/route.ts';

const withoutValues = new Set(['func', 'func_proto', 'forward', 'decl_tag', 'unknown']);

/** Whether a type of that kind has values. */
export function hasValues(kind: number): boolean {
  return !withoutValues.has(kindFacts(kind).noun);
}

export function sidesOf(types: TypeTable, row: number): Tab[] {
  return tabs.filter((side) => (side === 'layout' ? types.isComposite(row) : side !== 'decode' || hasValues(types.kind(row))));
}

/** The side to show when one is asked for that a type may not have: its C, then. */
export function sideOf(types: TypeTable, row: number, wanted: Tab): Tab {
  return sidesOf(types, row).includes(wanted) ? wanted : 'c';
}

/** Why a type lacks a side. */
export const lacking: Partial<Record<Tab, string>> = {
  layout: 'has no layout: only structs and unions have one, and typedefs of them',
  decode: 'has no values: it is not data',
};
