// What a user's TypeScript may say, and what it may not: compiled by consumers.test.mjs, never run.
import { Btf, BtfError, decodeNames, init, kindName, version, type BtfType, type Columns, type DumpOptions, type Kind, type StructType, type Summary } from 'btfkit';

function describe(type: BtfType): string {
  switch (type.kind) {
    case 'void': case 'float': case 'int': return type.name;
    case 'struct': case 'union': return type.members.map((member) => member.type.name + member.bitOffset.toFixed()).join();
    case 'enum': case 'enum64': return type.values.map(({ value }) => (value + 1n).toString()).join();
    case 'array': return describe(type.target) + type.count.toFixed() + describe(type.indexType);
    case 'pointer': case 'typedef': case 'volatile': case 'const': case 'restrict': return describe(type.target);
    case 'func': case 'var': return type.linkage === 'static' ? describe(type.target) : '';
    case 'func_proto': return type.params.map((param) => param.name).join() + String(type.variadic) + describe(type.returnType);
    case 'datasec': return type.error?.message ?? type.variables.map(({ offset, size, type: of }) => of.name + (offset + size).toFixed()).join();
    case 'forward': return type.union ? 'union' : 'struct';
    case 'decl_tag': return type.componentIndex.toFixed() + String(type.attribute);
    case 'type_tag': return String(type.attribute) + describe(type.target);
    case 'unknown': return type.rawKind.toFixed();
    default: { const never: never = type; return never; }
  }
}
export async function main(bytes: Uint8Array, fd: number): Promise<Columns> {
  await init();
  const btf: Btf = Btf.open('path', { name: 'x', pointerSize: 4 });
  Btf.open(fd); Btf.open({ href: 'file:///x' }); Btf.fromBytes(bytes); Btf.fromBytes(new ArrayBuffer(1));
  const struct: StructType | undefined = btf.find('task_struct', 'struct');
  const size: number = btf.require('task_struct', 'struct').size;
  const any: BtfType | undefined = btf.find('task_struct');
  for (const type of btf.types(['struct', 'union'])) type.members.length;
  const kind: Kind = kindName(4);
  const summary: Summary = btf.summary;
  const count: number = summary.kinds.struct ?? 0;
  const { out, exitCode }: { out: string; exitCode: number } = btf.inspect({ json: true });
  const header: string = btf.dump();
  const dumping: DumpOptions = { format: 'json', pretty: true, types: ['task_struct', 1] };
  btf.dump(dumping);
  try { btf.get(1).toC({ offsets: true }); } catch (error) { if (error instanceof BtfError && error.code === 'not_found') error.offset?.toFixed(); }
  const buffer: ArrayBuffer = btf.columns().kind.buffer;
  btf[Symbol.dispose]();
  void [header, struct, size, any, kind, count, out, exitCode, buffer, version, decodeNames(btf.columns()), describe];
  return btf.columns();
}
// @ts-expect-error: no such kind
Btf.open('x').find('a', 'class');
// @ts-expect-error: a struct has no values
Btf.open('x').require('a', 'struct').values;
// @ts-expect-error: no such format
Btf.open('x').dump({ format: 'yaml' });
// @ts-expect-error: data is read-only
Btf.open('x').summary.typeCount = 1;
// @ts-expect-error: made by open, fromBytes and fromBlob only
new Btf();
