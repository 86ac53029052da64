/** The kinds of a type, by their number in the BTF; later numbers are `unknown`. */
export const kinds = [
  'void', 'int', 'pointer', 'array', 'struct', 'union', 'enum', 'forward', 'typedef', 'volatile', 'const', 'restrict', 'func',
  'func_proto', 'var', 'datasec', 'float', 'decl_tag', 'type_tag', 'enum64',
] as const;

/** The kind of a type. `unknown`: newer than this package, kept and counted, but not understood. */
export type Kind = (typeof kinds)[number] | 'unknown';

/** The kind that a number, as in `Columns.kind`, stands for. */
export function kindName(number: number): Kind {
  return kinds[number] ?? 'unknown';
}
