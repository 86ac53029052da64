// What a BPF object needs: of the kernel's types, which its CO-RE relocations say, by the type that they speak of; and what it declares
// extern.
import { type Btf, BtfError, type CoreKind, type Extern, type Program, type RelocationInfo } from 'btfkit';
import type { Need, NeededExtern, NeededType, NeedPlace, Needs, Supplier } from '../common/part-messages.ts';

export function needsOf(btf: Btf): Needs {
  return { types: neededTypes(btf), externs: neededExterns(btf) };
}

function neededTypes(btf: Btf): NeededType[] {
  const { programs } = btf;
  const types = new Map<number, NeededType>();
  const needs = new Map<string, Need>();
  for (const section of btf.ext())
    for (const one of section.relocations) {
      if (one.error !== undefined) continue;
      const { typeId, kind } = one;
      const type = types.get(typeId) ?? { typeId, title: btf.get(typeId).declaration(), needs: [] };
      types.set(typeId, type);
      const path = one.enumerator ?? one.path ?? '';
      const key = `${typeId} ${kind} ${one.access}`;
      let need = needs.get(key);
      if (!need) {
        need = { kind, path, here: here(btf, one), text: one.text, places: [], ...(one.accessError && { error: one.accessError.message }) };
        needs.set(key, need);
        type.needs.push(need);
      }
      addPlace(need, section.name, programAt(programs, section.name, one.offset), one.offset);
    }
  const all = [...types.values()];
  for (const type of all) type.needs.sort((a, b) => order(a.kind) - order(b.kind));
  return all.sort((a, b) => b.needs.length - a.needs.length || (a.title < b.title ? -1 : 1));
}

/** What must be there comes first; what may be missing, or is the object's own, last. */
const kinds: readonly CoreKind[] = [
  'byte_off', 'byte_sz', 'signed', 'lshift_u64', 'rshift_u64', 'type_size', 'target_type_id', 'type_matches', 'enumval_value',
  'field_exists', 'type_exists', 'enumval_exists', 'local_type_id',
];
const order = (kind: CoreKind) => kinds.indexOf(kind);

function here(btf: Btf, { kind, bitOffset, bitfieldSize, targetId, typeId, value, accessError }: RelocationInfo): string {
  if (accessError) return '';
  switch (kind) {
    case 'byte_off':
    case 'field_exists':
    case 'lshift_u64':
    case 'rshift_u64':
      if (bitOffset === undefined) return '';
      if (!bitfieldSize) return `offset ${bitOffset / 8}`;
      return bitfieldSize === 1 ? `bit ${bitOffset}` : `bits ${bitOffset} to ${bitOffset + bitfieldSize - 1}`;
    case 'byte_sz':
      return sized(btf, targetId);
    case 'type_size':
      return sized(btf, typeId);
    case 'enumval_value':
    case 'enumval_exists':
      return value === undefined ? '' : String(value);
    case 'local_type_id':
      return `id ${typeId}`;
    default:
      return '';
  }
}

function sized(btf: Btf, id: number | undefined): string {
  try {
    const { byteSize } = btf.get(id ?? 0);
    return byteSize === 1 ? '1 byte' : `${byteSize} bytes`;
  } catch {
    return ''; // what has no size
  }
}

function programAt(programs: readonly Program[], section: string, offset: number): Program | undefined {
  return programs.find((one) => one.section === section && offset >= one.offset && offset < one.offset + one.instructions * 8);
}

const executable = 4n; // SHF_EXECINSTR

function neededExterns(btf: Btf): NeededExtern[] {
  const needed = new Map(btf.externs.map((one) => [one.name, { ...one, supplier: supplierOf(one), type: typeOf(btf, one), weak: one.weak ?? false, places: [] as NeedPlace[] }]));
  if (needed.size === 0) return [];
  const { programs } = btf;
  for (const { index, name: section, flags } of btf.sections) {
    if ((flags & executable) === 0n) continue;
    for (const { name, offset } of relocationsOf(btf, index)) {
      const found = name === undefined ? undefined : needed.get(name);
      if (found) addPlace(found, section, programAt(programs, section, offset), offset);
    }
  }
  return [...needed.values()];
}

function supplierOf({ section, name }: Extern): Supplier {
  if (section === '.ksyms') return 'kernel';
  if (section !== '.kconfig') return 'object';
  return name.startsWith('LINUX_') ? 'libbpf' : 'configuration';
}

function typeOf(btf: Btf, { function: isFunction, typeId }: Extern): string {
  const type = btf.get(typeId);
  if (isFunction || type.kind !== 'var') return '';
  const { target } = type;
  return (target.kind === 'const' ? target.target : target).declaration() || 'void';
}

function relocationsOf(btf: Btf, section: number) {
  try {
    return btf.elfRelocations(section);
  } catch (error) {
    if (error instanceof BtfError) return []; // what is needed is known all the same
    throw error;
  }
}

function addPlace(need: { places: NeedPlace[] }, section: string, program: Program | undefined, offset: number): void {
  let place = need.places.find((one) => one.section === section && one.program === program?.name);
  if (!place) need.places.push((place = { section, instructions: [], ...(program && { program: program.name }) }));
  place.instructions.push((offset - (program?.offset ?? 0)) / 8);
}
