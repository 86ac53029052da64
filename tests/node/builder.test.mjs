// Btf.Builder: BTF made in JavaScript reads as it was defined.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Btf } from '../../wasm/package/dist/node.js';
import { everyKind, makeSplit } from './support/make.mjs';

test('what was read can be defined again, type by type', () => {
  const from = Btf.fromBytes(everyKind());
  const builder = new Btf.Builder();
  for (const type of from.types()) assert.equal(builder.add(type.toJSON()), type.id);
  const built = builder.build();
  assert.deepEqual([...built.types()].map((type) => type.toJSON()), [...from.types()].map((type) => type.toJSON()));
  assert.equal(built.toC(), from.toC());
  assert.equal(built.name, 'built');
});

test('reserved ids, cycles, copies, in any order', () => {
  const from = Btf.fromBytes(everyKind(true));
  const builder = new Btf.Builder();
  const node = builder.reserve();
  const pointer = builder.add({ kind: 'pointer', typeId: node });
  const copied = builder.copy(from, from.require('wide'));
  assert.deepEqual([node, pointer, copied], [1, 2, 3]);
  const size = builder.copy(from, from.require('node', 'struct'));
  const last = builder.add({ kind: 'float', name: 'double', size: 8 });
  const after = builder.reserve();
  assert.equal(after, last + 1);
  builder.define(node, { kind: 'struct', name: 'list', size: 16, members: [{ name: 'next', typeId: pointer, bitOffset: 0 }, { name: 'low', typeId: size, bitOffset: 64 }] });
  assert.throws(() => builder.build(), { name: 'BtfError', code: 'invalid_argument' }); // `after` has no definition
  builder.define(after, { kind: 'typedef', name: 'again', typeId: node });
  const built = builder.build();
  assert.deepEqual(built.require('list').members.map(({ name, type }) => [name, type.kind]), [['next', 'pointer'], ['low', 'struct']]);
  assert.equal(built.get(size).name, 'node');
  assert.deepEqual(built.get(copied).values, [{ name: 'SMALL', value: 1n }, { name: 'HUGE', value: 1n << 63n }]);
  assert.equal(built.get(last).kind, 'float');
  assert.equal(built.require('again').target.id, node);
  assert.equal(builder.copy(from, from.require('wide')), copied);
});

test('numbers at their limits, names of all scripts', () => {
  const builder = new Btf.Builder({ pointerSize: 4 });
  builder.add({ kind: 'enum64', name: 'größe', signed: true, values: [{ name: 'LEAST', value: -(2n ** 63n) }, { name: 'MOST', value: 2n ** 63n - 1n }] });
  builder.add({ kind: 'enum64', name: 'наука', values: [{ name: 'ALL', value: 2n ** 64n - 1n }, { name: 'TEXT', value: '7' }] });
  builder.add({ kind: 'int', name: 'wide', size: 4294967295 });
  assert.throws(() => builder.build(), { code: 'too_large' });
  const good = new Btf.Builder({ pointerSize: 4 });
  good.add({ kind: 'enum64', name: 'größe', signed: true, values: [{ name: 'LEAST', value: -(2n ** 63n) }, { name: 'MOST', value: 2n ** 63n - 1n }] });
  good.add({ kind: 'enum64', name: 'наука', values: [{ name: 'ALL', value: 2n ** 64n - 1n }, { name: 'TEXT', value: '7' }] });
  const tagged = good.add({ kind: 'struct', name: 's', size: 0 });
  good.add({ kind: 'decl_tag', name: 'tag', typeId: tagged });
  const built = good.build();
  assert.equal(built.pointerSize, 4);
  assert.deepEqual(built.require('größe').values.map(({ value }) => value), [-(2n ** 63n), 2n ** 63n - 1n]);
  assert.deepEqual(built.require('наука').values.map(({ value }) => value), [2n ** 64n - 1n, 7n]);
  assert.deepEqual(built.get(tagged).tags.map(({ name, componentIndex }) => [name, componentIndex]), [['tag', -1]]);
});

test('what makes no sense is refused, and leaves nothing behind', () => {
  const builder = new Btf.Builder();
  const wrong = { name: 'BtfError' };
  assert.throws(() => builder.add({ kind: 'class', name: 'x' }), { ...wrong, code: 'invalid_argument' });
  assert.throws(() => builder.add({ kind: 'void' }), { ...wrong, code: 'invalid_argument' });
  assert.throws(() => builder.add({ kind: 'int', name: 5, size: 4 }), wrong);
  assert.throws(() => builder.add({ kind: 'int', name: 'a\0b', size: 4 }), wrong);
  assert.throws(() => builder.add({ kind: 'int', name: 'x', size: -1 }), wrong);
  assert.throws(() => builder.add({ kind: 'pointer' }), wrong);
  assert.throws(() => builder.add({ kind: 'struct', size: 4, members: [{ name: 'm', typeId: 1.5, bitOffset: 0 }] }), wrong);
  assert.throws(() => builder.add({ kind: 'enum', values: [{ name: 'x', value: 2n ** 64n }] }), { ...wrong, code: 'too_large' });
  assert.throws(() => builder.add({ kind: 'func', name: 'f', typeId: 1, linkage: 'weak' }), wrong);
  assert.throws(() => builder.define(0, { kind: 'float', name: 'f', size: 4 }), wrong);
  assert.throws(() => builder.copy(Btf.fromBytes(everyKind()), 99), { code: 'not_found' });
  assert.throws(() => new Btf.Builder({ pointerSize: 5 }), wrong);
  assert.equal(builder.add({ kind: 'float', name: 'f', size: 4 }), 1);
  assert.deepEqual([...builder.build().types()].map(({ name }) => name), ['f']);
  builder.add({ kind: 'pointer', typeId: 77 });
  assert.throws(() => builder.build(), { ...wrong, code: 'invalid_argument' });
  assert.throws(() => builder.toBytes(), { ...wrong, code: 'invalid_argument' });
});

test('split BTF on a base', () => {
  const base = Btf.fromBytes(everyKind());
  const builder = new Btf.Builder({ base });
  const id = builder.add({ kind: 'typedef', name: 'int', typeId: 1 });
  assert.equal(id, base.endId);
  const split = builder.build();
  assert.deepEqual([split.firstId, split.get(id).name, split.get(id).target.name, split.base], [base.endId, 'int', 'int', base]);
  assert.ok(split.toC().includes('struct node'));
  assert.equal(split.marshal({ order: 'big' }).length, split.marshal().length);
  const made = Btf.fromBytes(makeSplit(everyKind()), { base });
  assert.equal(made.require('module_t').target.toJSON().name, 'int');
  assert.deepEqual(made.require('module_t').target.usedBy().at(-1).typeId, made.firstId);
});

test('many types: definitions leave in pieces', () => {
  const builder = new Btf.Builder({ shareSuffixes: true });
  const count = 50_000;
  for (let i = 1; i <= count; ++i) assert.equal(builder.add({ kind: 'struct', name: `s${i}`, size: 8, members: [{ name: 'next', typeId: i === 1 ? count + 1 : i + count, bitOffset: 0 }] }), i);
  for (let i = 1; i <= count; ++i) builder.add({ kind: 'pointer', typeId: i });
  const built = builder.build();
  assert.equal(built.typeCount, 2 * count);
  assert.equal(built.require('s31337').members[0].type.target.name, 's31337');
});

test('closed: a clear error, twice is fine', () => {
  const builder = new Btf.Builder();
  builder.add({ kind: 'float', name: 'f', size: 4 });
  const built = builder.build();
  builder.close();
  builder[Symbol.dispose]();
  for (const use of [() => builder.add({ kind: 'float', name: 'f', size: 4 }), () => builder.reserve(), () => builder.build(), () => builder.copy(built, 1)])
    assert.throws(use, { name: 'BtfError', code: 'invalid_argument', message: /closed/ });
  assert.equal(built.typeCount, 1);
});
