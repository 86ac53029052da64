// The data sections of a file: of objects with what their variables hold before the program runs, and their string literals; of kernels
// from the BTF alone.
import { type Btf, BtfError, type ElfSection, type VarType, type VariableInfo, type VariableSection } from 'btfkit';
import type { DataSection, DataVariable, StringLiteral } from '../common/part-messages.ts';

/** Variables of one section that are listed. */
const most = 3_000;
/** Characters of a value on one line. */
const longestLine = 96;
/** Bytes of a variable whose value is written out. */
const largest = 4096;

export function dataSections(btf: Btf): DataSection[] {
  const known = btf.variableSections;
  const names = { left: mostNamed };
  return known.length > 0 ? withLiterals(btf, known.map((section) => ofObject(btf, section, names))) : [...btf.types('datasec')].map((section) => {
    const { id, name, size, variables, error } = section;
    const shown = variables.slice(0, most).map(({ type, offset, size: bytes }): DataVariable => {
      const { linkage } = type as VarType;
      const declaration = type.kind === 'var' ? type.target.declaration(type.name) : type.name;
      return { name: type.name, typeId: type.id, declaration, linkage, offset, size: bytes, references: [] };
    });
    return { name, typeId: id, size, variables: shown, left: variables.length - shown.length, ...(error && { error }) };
  });
}

function ofObject(btf: Btf, { name, typeId, size, section, variables, error }: VariableSection, names: Budget): DataSection {
  const contents = bytesOf(btf, section);
  return {
    name, typeId, size, ...(error && { error }),
    variables: variables.slice(0, most).map((variable) => withValue(btf, variable, contents, names)),
    left: Math.max(0, variables.length - most),
  };
}

/** SHF_ALLOC, SHF_MERGE and SHF_STRINGS: ".rodata.str1.1" and its like. */
const literalFlags = 0x32n;

/**
 * Constant arrays of characters may share their section with the literals, though the BTF lists them under .rodata: they are shown where
 * they are.
 */
function withLiterals(btf: Btf, sections: DataSection[]): DataSection[] {
  const made = btf.sections.flatMap((section) => {
    const inside = sections.flatMap(({ variables }) => variables.filter(({ liesIn }) => liesIn === section.name));
    return literalsOf(btf, section, inside) ?? [];
  });
  const moved = new Set(made.map(({ name }) => name));
  const others = sections.flatMap((one) => {
    const variables = one.variables.filter(({ liesIn }) => liesIn === undefined || !moved.has(liesIn));
    return variables.length === 0 && one.variables.length > 0 ? [] : [{ ...one, variables }];
  });
  return [...others, ...made];
}

function literalsOf(btf: Btf, { name, index, flags, size, entrySize }: ElfSection, variables: readonly DataVariable[]): DataSection | undefined {
  const contents = (flags & literalFlags) === literalFlags && entrySize === 1 ? bytesOf(btf, index) : undefined;
  if (!contents || contents.length === 0) return undefined;
  const literals: StringLiteral[] = [];
  let left = 0;
  for (let offset = 0; offset < contents.length; ) {
    const nul = contents.indexOf(0, offset);
    const end = nul < 0 ? contents.length : nul + 1;
    const variable = variables.find((one) => one.offset >= offset && one.offset < end);
    if (literals.length < most) literals.push({ offset, size: end - offset, text: utf8.decode(contents.subarray(offset, nul < 0 ? end : nul)), ...(variable && { variable }) });
    else left++;
    offset = end;
  }
  return { name, typeId: 0, size, variables: [], literals, left };
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** undefined: there are none, as of .bss. */
function bytesOf(btf: Btf, section: number | undefined): Uint8Array | undefined {
  try {
    return section === undefined ? undefined : btf.contents(section);
  } catch (error) {
    if (error instanceof BtfError) return undefined;
    throw error;
  }
}

function withValue(btf: Btf, variable: VariableInfo, contents: Uint8Array | undefined, names: Budget): DataVariable {
  const { name, typeId, declaration, linkage, offset, size, liesIn, value } = variable;
  const shown: DataVariable = { name, typeId, declaration, linkage, offset, size, references: referencesOf(btf, variable, names), ...(liesIn !== undefined && { liesIn }) };
  if (value === undefined) return shown;
  if (typeof value === 'boolean') return { ...shown, value: String(value) };
  const bytes = contents && liesIn === undefined ? contents.subarray(offset, offset + size) : undefined;
  if (bytes ? bytes.every((byte) => byte === 0) : allZero(value)) return { ...shown, value: zero(value) };
  if (!bytes || size > largest) return { ...shown, value: JSON.stringify(value) };
  const { id } = (btf.get(typeId) as VarType).target;
  const line = onOneLine(btf.decodeToC(id, bytes, { compact: true }));
  return { ...shown, value: line, ...(line.length > longestLine && { lines: withoutCasts(btf.decodeToC(id, bytes, { zeros: true })) }) };
}

/** References of a file that are told by their member. */
const mostNamed = 1024;

interface Budget {
  left: number;
}

function referencesOf(btf: Btf, { typeId, references }: VariableInfo, names: Budget): DataVariable['references'] {
  const type = btf.get(typeId);
  if (type.kind !== 'var') return references;
  return references.map((one) => {
    const member = names.left-- > 0 ? pathAt(btf, type.typeId, one.offset) : '';
    return member === '' ? one : { ...one, member };
  });
}

function pathAt(btf: Btf, id: number, offset: number): string {
  try {
    return btf.at(id, offset).members[0]?.path ?? '';
  } catch (error) {
    if (error instanceof BtfError) return '';
    throw error;
  }
}

function allZero(value: unknown): boolean {
  if (value === null || value === 0 || value === false || value === '' || value === '0' || value === '0x0') return true;
  return typeof value === 'object' && Object.values(value as object).every(allZero);
}

function zero(value: unknown): string {
  if (typeof value === 'object') return '{}';
  return value === '' ? '""' : typeof value === 'string' ? '0' : String(value);
}

/** The package writes initialisers that compile; to read, the numbers are enough. What is in quotes stays. */
function withoutCasts(text: string): string {
  return text.trim().replace(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\([A-Za-z_][\w ]*\**\)(?=\S)/g, '$1');
}

function onOneLine(text: string): string {
  return withoutCasts(text).replace(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|,(\})|,(?=[^\s}])/g, (whole, quoted: string | undefined, end: string | undefined) => quoted ?? end ?? `${whole} `);
}
