// What a user's TypeScript may say, and what it may not: compiled by consumers.test.mjs, never run.
import { Btf, BtfError, decodeNames, init, kindName, version, type BtfType, type Columns, type DumpOptions, type Kind, type MemberPlace, type StructType, type Summary, type Usage, type Value } from 'btfkit';

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
export function tour(kernel: Btf, module: Btf, bytes: Uint8Array): readonly unknown[] {
  const struct = kernel.require('task_struct', 'struct');
  const place: MemberPlace = kernel.member('task_struct.se.vruntime');
  const users: readonly Usage[] = struct.usedBy();
  const value: Value = kernel.decode(struct, bytes, { order: 'big' });
  const extra: bigint | undefined = module.maps[0]?.extra;
  const split: boolean = module.base === kernel;
  const built = new Btf.Builder();
  const id: number = built.add({ kind: 'int', name: 'int', size: 4, encoding: ['signed'] });
  built.add({ kind: 'struct', name: 's', size: 4, members: [{ name: 'a', typeId: id, bitOffset: 0 }] });
  return [
    place.offset + place.steps.length, users.map(({ role, type }) => role + type.name), value, extra, split,
    kernel.search({ prefix: 'tcp_', kinds: ['struct'], limit: 3 }).types.map((type) => type.toC({ deps: true })), kernel.search({ regex: /^sk_/ }).total,
    kernel.query({ packable: true, sort: 'saved' }).types[0]?.saved?.toFixed(), kernel.named('sk_buff').length, kernel.offset('sk_buff.len').toFixed(),
    struct.layout({ cacheLine: 128, expand: true }).members[0]?.hole, struct.declaration('x').length, struct.tags.map((tag) => tag.componentIndex),
    kernel.at('task_struct', 1448), kernel.decodeAll('pid_t', bytes).length, kernel.decodeToC(struct, bytes, { compact: true }).length,
    module.programs.map(({ section, instructions }) => section + instructions.toFixed()), module.variables.map((variable) => variable.section),
    module.externs, module.relocations.map(({ kind, access }) => kind + access), module.lines('xdp'), module.disassemble('xdp_main', { source: false }),
    kernel.toC({ order: 'id', types: [struct, 42, 'pid_t'] }).length, kernel.toRaw().length, kernel.toJSON(), kernel.stat(),
    kernel.marshal({ order: 'big' }).length, kernel.rewrite({ for: '5.4' }).report.rewrites.length, kernel.refusals('5.10').length, kernel.extract().bytes.length,
  ];
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
// @ts-expect-error: exactly these orders
Btf.open('x').marshal({ order: 'middle' });
// @ts-expect-error: a member of a union has no values
Btf.open('x').require('a', 'union').members[0].values;
// @ts-expect-error: a definition needs its size
new Btf.Builder().add({ kind: 'int', name: 'int' });
