/** What a test compares: of the index, of a printed type, of an enumeration's bigints, and of how much was read to get there. */
export function describe(btf) {
  const struct = [...btf.types('struct')].find(({ name, members }) => name && members.length > 1);
  const values = [...btf.types(['enum', 'enum64'])].flatMap((type) => type.values.map(({ value }) => value)).reduce((sum, value) => sum + value, 0n);
  const text = `${btf.typeCount} types, ${btf.summary.byteOrder}, values ${values}, ${struct.toC({ offsets: true })}`;
  btf.close();
  return text;
}
