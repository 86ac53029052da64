// The API over small inputs made by hand, where every answer is known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Btf, BtfError, decodeNames, kindName } from '../../wasm/package/dist/node.js';
import { everyKind, makeBtf, makeElf } from './support/make.mjs';

const kindsInOrder =
  'int pointer array int union struct enum forward typedef volatile const restrict func_proto func var datasec float decl_tag type_tag enum64 typedef'.split(' ');

for (const big of [false, true]) {
  const order = big ? 'big' : 'little';

  test(`every kind, ${order}-endian: properties`, () => {
    const btf = Btf.fromBytes(everyKind(big), { name: 'hand' });
    assert.deepEqual([...btf.types()].map((type) => type.kind), kindsInOrder);
    assert.deepEqual([...btf.types()].map((type) => type.id), kindsInOrder.map((_, i) => i + 1));

    const int = btf.get(1);
    assert.deepEqual([int.name, int.size, int.encoding, int.bitOffset, int.bits], ['int', 4, ['signed'], 0, 32]);
    assert.deepEqual(btf.get(4).encoding, []);
    assert.deepEqual([btf.get(2).typeId, btf.get(2).target.name], [6, 'node']);
    const array = btf.get(3);
    assert.deepEqual([array.target.id, array.indexType.id, array.count], [1, 1, 8]);
    assert.deepEqual(btf.get(5).members.map(({ name, bitOffset }) => [name, bitOffset]), [['whole', 0], ['half', 0]]);
    const node = btf.get(6);
    assert.equal(node.size, 24);
    assert.deepEqual(
      node.members.map(({ name, type, bitOffset, bitfieldSize }) => [name, type.kind, bitOffset, bitfieldSize]),
      [['next', 'pointer', 0, 0], ['', 'union', 64, 0], ['low', 'int', 128, 3], ['high', 'int', 131, 5]],
    );
    const colour = btf.get(7);
    assert.deepEqual([colour.size, colour.signed, colour.values], [4, true, [{ name: 'RED', value: -1n }, { name: 'BLUE', value: 7n }]]);
    assert.equal(btf.get(8).union, true);
    for (const id of [9, 10, 11]) assert.equal(btf.get(id).target.name, id === 9 ? 'unsigned long' : 'int');
    const proto = btf.get(13);
    assert.deepEqual([proto.returnType.name, proto.variadic, proto.params.map(({ name, type }) => [name, type.id])], ['int', true, [['format', 2]]]);
    const func = btf.get(14);
    assert.deepEqual([func.name, func.linkage, func.target.kind], ['print', 'global', 'func_proto']);
    assert.deepEqual([btf.get(15).linkage, btf.get(15).target.name], ['global', 'unsigned long']);
    const bss = btf.get(16);
    assert.deepEqual([bss.size, bss.error, bss.variables.map(({ type, offset, size }) => [type.name, offset, size])], [8, undefined, [['counter', 0, 8]]]);
    assert.equal(btf.get(17).size, 8);
    const tag = btf.get(18);
    assert.deepEqual([tag.name, tag.componentIndex, tag.attribute, tag.target.name], ['tagged', 1, false, 'node']);
    assert.deepEqual([btf.get(19).attribute, btf.get(19).name], [true, 'user']);
    const wide = btf.get(20);
    assert.deepEqual([wide.signed, wide.values], [false, [{ name: 'SMALL', value: 1n }, { name: 'HUGE', value: 1n << 63n }]]);
    btf.close();
  });

  test(`every kind, ${order}-endian: summary`, () => {
    const bytes = everyKind(big);
    const { summary } = Btf.fromBytes(bytes, { name: 'hand' });
    assert.equal(summary.source, 'hand');
    assert.equal(summary.container, 'raw');
    assert.equal(summary.byteOrder, order);
    assert.equal(summary.pointerSize, 8);
    assert.equal(summary.size, bytes.length);
    assert.deepEqual([summary.typeCount, summary.firstId, summary.endId, summary.specs], [21, 1, 22, 1]);
    const counted = {};
    for (const kind of kindsInOrder) counted[kind] = (counted[kind] ?? 0) + 1;
    assert.deepEqual({ ...summary.kinds }, counted);
    assert.equal(summary.header.length, 24);
    assert.ok(Object.isFrozen(summary) && Object.isFrozen(summary.kinds) && Object.isFrozen(summary.warnings));
  });
}

test('both byte orders give the same types', () => {
  const [little, big] = [false, true].map((order) => [...Btf.fromBytes(everyKind(order)).types()]);
  assert.deepEqual(big.map((type) => type.toJSON()), little.map((type) => type.toJSON()));
  assert.deepEqual(big.map((type) => type.toC()), little.map((type) => type.toC()));
});

test('kinds and names from the columns agree with core’s JSON', () => {
  for (const type of Btf.fromBytes(everyKind()).types()) {
    const { id, kind, name } = type.toJSON();
    assert.deepEqual([type.id, type.kind, type.name], [id, kind, name]);
  }
});

test('void', () => {
  const type = Btf.fromBytes(everyKind()).get(0);
  assert.deepEqual([type.id, type.kind, type.name], [0, 'void', '']);
});

test('toC with and without offsets', () => {
  const node = Btf.fromBytes(everyKind()).require('node', 'struct');
  assert.match(node.toC(), /^struct node \{\n\tstruct node \*next;\n[^]*int low: ?3;[^]*\};\n$/);
  assert.doesNotMatch(node.toC(), /size: 24/);
  assert.match(node.toC({ offsets: true }), /struct node \*next;\s+\/\*\s+0\s+8 \*\/[^]*size: 24/);
});

test('toJSON is plain, fresh and can be stringified', () => {
  const colour = Btf.fromBytes(everyKind()).require('colour');
  assert.deepEqual(JSON.parse(JSON.stringify(colour)), {
    id: 7, kind: 'enum', name: 'colour', size: 4, signed: true, values: [{ name: 'RED', value: '-1' }, { name: 'BLUE', value: '7' }],
  });
  colour.toJSON().values.length = 0;
  assert.equal(colour.values.length, 2);
});

test('what types hand out is frozen', () => {
  const btf = Btf.fromBytes(everyKind());
  const node = btf.get(6);
  assert.ok(Object.isFrozen(node.members) && Object.isFrozen(node.members[0]));
  assert.ok(Object.isFrozen(btf.get(7).values) && Object.isFrozen(btf.get(7).values[0]));
  assert.ok(Object.isFrozen(btf.get(1).encoding));
  assert.equal(node.members, node.members);
});

test('types() by kind, lazily and more than once', () => {
  const btf = Btf.fromBytes(everyKind());
  const ids = (kind) => [...btf.types(kind)].map((type) => type.id);
  assert.deepEqual(ids('typedef'), [9, 21]);
  assert.deepEqual(ids(['struct', 'union']), [5, 6]);
  assert.deepEqual(ids([]), []);
  const ints = btf.types('int');
  assert.deepEqual([...ints].length, [...ints].length);
  for (const type of btf.types()) if (type.id === 3) break;
  assert.throws(() => btf.types('class'), { name: 'BtfError', code: 'invalid_argument' });
});

test('find, require, named, get', () => {
  const btf = Btf.fromBytes(everyKind());
  assert.equal(btf.find('node', 'struct').id, 6);
  assert.equal(btf.find('node', 'typedef').id, 21);
  assert.equal(btf.find('node', 'union'), undefined);
  assert.equal(btf.find('nothing'), undefined);
  assert.equal(btf.find(''), undefined);
  assert.equal(btf.find('opaque').id, 8);
  assert.throws(() => btf.find('node'), (error) => error instanceof BtfError && error.code === 'ambiguous' && /\b6\b.*\b21\b/.test(error.message));
  assert.throws(() => btf.require('node'), { code: 'ambiguous' });
  assert.throws(() => btf.require('nothing'), (error) => error.code === 'not_found' && error.message.includes('nothing'));
  assert.throws(() => btf.find('node', 'class'), { code: 'invalid_argument' });
  assert.deepEqual(btf.named('node').map((type) => type.kind), ['struct', 'typedef']);
  assert.deepEqual(btf.named('nothing'), []);
  for (const id of [22, -1, 1.5, NaN, 2 ** 40]) assert.throws(() => btf.get(id), { code: 'not_found' });
});

test('columns are transferable copies', () => {
  const btf = Btf.fromBytes(everyKind());
  const columns = btf.columns();
  assert.equal(columns.firstId, 1);
  assert.deepEqual([...columns.kind].map(kindName), kindsInOrder);
  assert.deepEqual([columns.vlen[5], columns.sizeOrType[5], columns.sizeOrType[1]], [4, 24, 6]);
  assert.deepEqual(decodeNames(columns), [...btf.types()].map((type) => type.name));
  structuredClone(columns, { transfer: [columns.kind.buffer, columns.vlen.buffer, columns.sizeOrType.buffer, columns.nameOffset.buffer, columns.strings.buffer] });
  assert.equal(columns.kind.length, 0);
  assert.equal(btf.get(6).kind, 'struct');
  assert.equal(btf.columns().kind.length, 21);
});

test('names are UTF-8', () => {
  const names = ['größe', 'наука', 'plain'];
  const btf = Btf.fromBytes(makeBtf((add) => names.forEach((name) => add(1, name, { third: 4 }, 32))));
  assert.deepEqual(decodeNames(btf.columns()), names);
  assert.deepEqual(decodeNames(btf.columns(), { longest: 1000 }), names);
  assert.deepEqual([...btf.types()].map((type) => type.name), names);
  assert.equal(btf.find('наука').id, 2);
});

test('names as long as is asked for', () => {
  for (const letter of ['x', 'é']) {
    const builder = new Btf.Builder();
    for (const length of [1, 8, 9, 500]) builder.add({ kind: 'int', name: letter.repeat(length), size: 4 });
    const longest = 8 * Buffer.byteLength(letter);
    assert.deepEqual(decodeNames(builder.build().columns(), { longest }), [letter, letter.repeat(8), `${letter.repeat(8)}…`, `${letter.repeat(8)}…`]);
  }
});

test('a BTF without types', () => {
  const btf = Btf.fromBytes(makeBtf(() => {}));
  assert.equal(btf.typeCount, 0);
  assert.deepEqual([...btf.types()], []);
  assert.deepEqual(decodeNames(btf.columns()), []);
});

test('an ELF in memory: ArrayBuffer, Buffer, a view into a larger one', () => {
  const elf = makeElf([{ name: '.BTF', bytes: everyKind() }]);
  const padded = new Uint8Array(elf.length + 20);
  padded.set(elf, 10);
  for (const bytes of [elf, elf.buffer, Buffer.from(elf), padded.subarray(10, 10 + elf.length)]) {
    const { container, elfClass, elfMachine, typeCount, size } = Btf.fromBytes(bytes).summary;
    assert.deepEqual([container, elfClass, elfMachine, typeCount, size], ['elf', 64, 247, 21, elf.length]);
  }
});

test('options: name and pointerSize', () => {
  const bytes = makeBtf((add) => add(2, ''));
  const btf = Btf.fromBytes(bytes, { name: 'given', pointerSize: 4 });
  assert.equal(btf.name, 'given');
  assert.equal(btf.summary.pointerSize, 4);
  assert.equal(Btf.fromBytes(bytes).name, 'input');
  assert.throws(() => Btf.fromBytes(bytes, { pointerSize: 5 }), { code: 'invalid_argument' });
});

test('inspect gives the text of the command', () => {
  const btf = Btf.fromBytes(everyKind(), { name: 'hand' });
  const plain = btf.inspect();
  assert.equal(plain.exitCode, 0);
  assert.match(plain.out, /^hand: raw BTF, little-endian, 8-byte pointers\n/);
  assert.doesNotMatch(plain.out, /loaded in/);
  assert.match(btf.inspect({ loadMs: 1.5 }).out, /loaded in 1\.50 ms/);
  assert.match(btf.inspect({ color: true }).out, /\x1b\[/);
  assert.doesNotMatch(plain.out, /\x1b\[/);
  assert.deepEqual(JSON.parse(btf.inspect({ json: true }).out), JSON.parse(JSON.stringify(btf.summary)));
  assert.equal(btf.inspect({ type: 'struct node' }).out, btf.get(6).toC({ offsets: true }));
  assert.deepEqual(btf.inspect({ type: 'nothing' }), { out: '', err: "btfkit: hand: no type is called 'nothing'\n", exitCode: 1 });
});
