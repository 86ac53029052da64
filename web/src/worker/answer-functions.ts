// All functions of a file with what a filter asks for: linkage, tags, and the types that they take and return. Prototypes are not
// among it: a kernel has 60,000, of which a screen shows thirty.
import type { Btf, BtfType, Columns, FuncType } from 'btfkit';
import type { FunctionTable, TypeName } from '../common/part-messages.ts';

/** Pointers, typedefs and the like in a row that are followed. */
const deepest = 64;

export function functionTable(btf: Btf): FunctionTable {
  const { kind, vlen, sizeOrType, firstId } = btf.columns();
  const rows = [...kind.keys()].filter((row) => kind[row] === func);
  const types = new Distinct<TypeName>();
  const leads = leadsTo(btf, types);
  const prototype = prototypeReader(btf);
  const tags = new Distinct<string>();
  const tagged = tagsByFunction(btf, tags);
  const tagColumn = new Lists();
  const takes = new Lists();
  const returns = new Lists();
  for (const row of rows) {
    const { result, parameters } = prototype(sizeOrType[row]);
    tagColumn.add(tagged.get(firstId + row) ?? []);
    takes.add([...new Set([...parameters].flatMap(leads))]);
    returns.add(leads(result));
  }
  const [tagStart, tagOf] = tagColumn.columns();
  const [takesStart, takesOf] = takes.columns();
  const [returnsStart, returnsOf] = returns.columns();
  return {
    ids: Uint32Array.from(rows, (row) => firstId + row),
    linkage: Uint8Array.from(rows, (row) => vlen[row]),
    tags: tags.all, tagStart, tagOf,
    types: types.all, takesStart, takes: takesOf, returnsStart, returns: returnsOf,
  };
}

const func = 12;
const funcProto = 13;

interface Prototype {
  /** Type ids. */
  result: number;
  parameters: Uint32Array;
}

/** Reads prototypes out of the columns, which is ten times as fast as objects: of the file itself, or of its base. */
function prototypeReader(btf: Btf): (id: number) => Prototype {
  const levels: Columns[] = [];
  for (let level: Btf | undefined = btf; level; level = level.base) levels.push(level.columns());
  return (id) => {
    const columns = levels.find(({ firstId }) => id >= firstId);
    const row = id - (columns?.firstId ?? 0);
    if (!columns || columns.kind[row] !== funcProto) return { result: 0, parameters: new Uint32Array(0) };
    return { result: columns.sizeOrType[row], parameters: columns.memberType.subarray(columns.memberStart[row], columns.memberStart[row + 1]) };
  };
}

/** The prototypes of functions as C, without linkage: the name's own place is known by its text. */
export function prototypes(btf: Btf, ids: readonly number[]): string[] {
  return ids.map((id) => {
    const { name, target } = btf.get(id) as FuncType;
    return target.declaration(name);
  });
}

/** Which of the types found so far a type leads to: kernels ask the same of few types again and again. */
function leadsTo(btf: Btf, found: Distinct<TypeName>): (id: number) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return (id) => {
    let places = known.get(id);
    if (!places) known.set(id, (places = [...namesOnTheWay(btf.get(id))].map((name) => found.place(`${name.noun} ${name.name} ${name.stars}`, name))));
    return places;
  };
}

function* namesOnTheWay(start: BtfType): Iterable<TypeName> {
  let type = start;
  let stars = 0;
  for (let left = deepest; left > 0; left--) {
    const { kind, name } = type;
    if (kind === 'void') return yield { noun: '', name: 'void', stars };
    if (name !== '' && kind !== 'type_tag') yield { noun: type.kind === 'forward' ? (type.union ? 'union' : 'struct') : (nouns[kind] ?? ''), name, stars };
    if (kind === 'pointer') stars++;
    switch (type.kind) {
      case 'pointer':
      case 'const':
      case 'volatile':
      case 'restrict':
      case 'type_tag':
      case 'typedef':
      case 'array':
        type = type.target;
        break;
      default:
        return;
    }
  }
}

const nouns: Partial<Record<BtfType['kind'], string>> = { struct: 'struct', union: 'union', enum: 'enum', enum64: 'enum' };

/** A tag of a parameter says which: "arg:nonnull on ctx" would differ from function to function, so only the tag is kept. */
function tagsByFunction(btf: Btf, tags: Distinct<string>): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const { typeId, target, name } of btf.types('decl_tag')) {
    if (target.kind !== 'func') continue;
    const list = found.get(typeId) ?? [];
    const place = tags.place(name, name);
    if (!list.includes(place)) list.push(place);
    found.set(typeId, list);
  }
  return found;
}

/** Things, each once, by key. */
class Distinct<T> {
  readonly all: T[] = [];
  private readonly places = new Map<string, number>();

  place(key: string, value: T): number {
    let place = this.places.get(key);
    if (place === undefined) this.places.set(key, (place = this.all.push(value) - 1));
    return place;
  }
}

/** Lists one behind the other, and where each starts. */
class Lists {
  private readonly starts = [0];
  private readonly values: number[] = [];

  add(list: readonly number[]): void {
    for (const value of list) this.values.push(value);
    this.starts.push(this.values.length);
  }

  columns(): [starts: Uint32Array, values: Uint32Array] {
    return [Uint32Array.from(this.starts), Uint32Array.from(this.values)];
  }
}
