// The kinds of type, in the order in which people look for them, each with the family that gives it its colour.

export type Family = 'composite' | 'enum' | 'alias' | 'function' | 'data' | 'basic' | 'reference' | 'tag';

export interface KindFacts {
  /** The package's word for it, also used in links. */
  noun: string;
  label: string;
  family: Family;
  /** What is counted of it: what its record holds, or its prototype's. */
  counts?: [one: string, many: string];
  /** Whether the record's third word is a size in bytes. */
  sized?: true;
}

const facts: Record<number, KindFacts> = {
  4: { noun: 'struct', label: 'struct', family: 'composite', counts: ['member', 'members'], sized: true },
  5: { noun: 'union', label: 'union', family: 'composite', counts: ['member', 'members'], sized: true },
  6: { noun: 'enum', label: 'enum', family: 'enum', counts: ['value', 'values'], sized: true },
  19: { noun: 'enum64', label: 'enum64', family: 'enum', counts: ['value', 'values'], sized: true },
  8: { noun: 'typedef', label: 'typedef', family: 'alias' },
  12: { noun: 'func', label: 'func', family: 'function', counts: ['parameter', 'parameters'] },
  14: { noun: 'var', label: 'var', family: 'data' },
  15: { noun: 'datasec', label: 'datasec', family: 'data', counts: ['variable', 'variables'], sized: true },
  1: { noun: 'int', label: 'int', family: 'basic', sized: true },
  16: { noun: 'float', label: 'float', family: 'basic', sized: true },
  7: { noun: 'forward', label: 'forward', family: 'composite' },
  13: { noun: 'func_proto', label: 'prototype', family: 'function', counts: ['parameter', 'parameters'] },
  2: { noun: 'pointer', label: 'pointer', family: 'reference' },
  3: { noun: 'array', label: 'array', family: 'reference' },
  10: { noun: 'const', label: 'const', family: 'reference' },
  9: { noun: 'volatile', label: 'volatile', family: 'reference' },
  11: { noun: 'restrict', label: 'restrict', family: 'reference' },
  17: { noun: 'decl_tag', label: 'decl tag', family: 'tag' },
  18: { noun: 'type_tag', label: 'type tag', family: 'tag' },
};

const unknown: KindFacts = { noun: 'unknown', label: 'unknown', family: 'tag' };

/** Kind numbers in the order of chips, bars and equally good search results. Kinds newer than this page come last. */
export const kindOrder: readonly number[] = [4, 5, 6, 19, 8, 12, 14, 15, 1, 16, 7, 13, 2, 3, 10, 9, 11, 17, 18];

/** How many of them are shown as chips from the start: those whose types people know by name. */
export const namedKinds = 11;

/** One more than the largest kind number a record can carry (seven bits). */
export const kindLimit = 128;

export function kindFacts(kind: number): KindFacts {
  return facts[kind] ?? unknown;
}

/** What people and tools call kinds besides their nouns and labels. */
const alsoCalled = new Map(
  Object.entries({
    function: 'func', variable: 'var', section: 'datasec', fwd: 'forward', prototype: 'func_proto', proto: 'func_proto', ptr: 'pointer',
  }),
);

/** The kinds that a word means in a search; undefined when it is no kind. An enum64 is an enum with a wider encoding. */
export function kindsCalled(word: string): number[] | undefined {
  const noun = alsoCalled.get(word) ?? word;
  const kinds = kindOrder.filter((kind) => facts[kind]!.noun === noun || (noun === 'enum' && facts[kind]!.noun === 'enum64'));
  return kinds.length > 0 ? kinds : undefined;
}

/** The place of each kind number in `kindOrder`; unknown kinds share the last. */
export const kindRank: Uint8Array = new Uint8Array(kindLimit).fill(kindOrder.length);
kindOrder.forEach((kind, place) => {
  kindRank[kind] = place;
});
