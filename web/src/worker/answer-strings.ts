// The string table, with what each string is for. Strings may be shared: "id" is one string, whoever uses it.
import type { Btf, Columns } from 'btfkit';
import { type StringTable, stringRoles } from '../common/part-messages.ts';

type Role = (typeof stringRoles)[number];

export function stringTable(btf: Btf): StringTable {
  const columns = btf.columns();
  const { firstId, kind, vlen, nameOffset, memberStart, memberName, strings } = columns;
  const start = strings.length - btf.summary.strings.bytes; // those of the base come first
  const bytes = strings.slice(start);
  const offsets = startsOf(bytes, start);
  const table: StringTable = {
    bytes, offsets,
    roles: new Uint16Array(offsets.length),
    uses: new Uint32Array(offsets.length),
    user: new Uint32Array(offsets.length),
  };

  const add = (at: number, role: Role, user = 0) => {
    if (at < 0) return;
    table.roles[at] |= 1 << stringRoles.indexOf(role);
    table.uses[at]++;
    table.user[at] ||= user;
  };
  // A string may be used from its middle on.
  const place = (offset: number) => (offset < start || offset === 0 ? -1 : lastUpTo(offsets, offset));
  for (let row = 0; row < kind.length; row++) {
    const tag = kind[row] === declTag || kind[row] === typeTag;
    add(place(nameOffset[row]), tag ? 'tag' : kind[row] === datasec ? 'section' : 'type', firstId + row);
    const role = kind[row] === funcProto ? 'parameter' : 'member';
    if (vlen[row] === 0) continue;
    for (let at = memberStart[row]; at < memberStart[row + 1]; at++) add(place(memberName[at]), role, firstId + row);
  }

  // What the columns do not have is known by its text.
  const texts = new Map(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\0').slice(0, offsets.length).map((text, i) => [text, i]));
  const named = (text: string) => (text === '' ? -1 : (texts.get(text) ?? -1));
  for (const type of btf.types(['enum', 'enum64'])) for (const { name } of type.values) add(named(name), 'enumerator', type.id);
  for (const section of btf.ext()) {
    add(named(section.name), 'section');
    for (const line of section.lines)
      if (line.error === undefined) {
        add(named(line.file), 'file');
        add(named(line.text), 'source line');
      }
    for (const one of section.relocations) if (one.error === undefined) add(named(one.access), 'access');
  }
  throughPrototypes(columns, table);
  return table;
}

const func = 12;
const funcProto = 13;
const datasec = 15;
const declTag = 17;
const typeTag = 18;

/** A parameter's user is better named by the function than by its prototype, which has no name. */
function throughPrototypes({ kind, sizeOrType, firstId }: Columns, { user }: StringTable): void {
  const functions = new Map<number, number>();
  kind.forEach((one, row) => {
    if (one === func && !functions.has(sizeOrType[row])) functions.set(sizeOrType[row], firstId + row);
  });
  user.forEach((id, at) => {
    if (kind[id - firstId] === funcProto) user[at] = functions.get(id) ?? id;
  });
}

function startsOf(bytes: Uint8Array, base: number): Uint32Array {
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    starts.push(base + at);
    const end = bytes.indexOf(0, at);
    at = end < 0 ? bytes.length : end + 1;
  }
  return Uint32Array.from(starts);
}

/** The place of the last of `sorted` that is not above `value`; -1 when all are. */
function lastUpTo(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
