// BPF objects through the API: what they define, their code, their ELF; and BTF made of them.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  Btf, BtfError, decodeInstructions, essentialName, helperName, mapFlagName, mapTypeName, parseKernelVersion, programKind, rewrites,
} from '../../wasm/package/dist/node.js';
import { corpus, filesBelow, needs, root, runningKernel } from './support/files.mjs';
import { everyKind, makeSplit } from './support/make.mjs';

for (const file of ['sample.bpf.o', 'sample.bpf.eb.o']) {
  const obj = Btf.open(join(root, 'tests/golden', file));

  test(`${file}: programs, maps, variables, licence`, () => {
    assert.equal(obj.license, 'GPL');
    const account = obj.programs.find(({ name }) => name === 'account');
    assert.deepEqual([account.section, account.subprogram, account.prototype], ['.text', true, 'int account(__u32 pid, int size)']);
    assert.equal(obj.get(account.typeId).kind, 'func');
    const map = obj.maps.find(({ name }) => name === 'traffic');
    assert.deepEqual([map.typeName, map.keySize, map.valueSize, map.maxEntries, map.extra], ['hash', 8, 48, 10240, 0n]);
    assert.equal(obj.get(map.valueTypeId).byteSize, map.valueSize);
    const errors = obj.variables.find(({ name }) => name === 'errors');
    assert.deepEqual([errors.section, errors.declaration, errors.size], ['.bss', '__u64 errors', 8]);
    assert.deepEqual(obj.variableSections.flatMap(({ variables }) => variables.map(({ name }) => name)), obj.variables.map(({ name }) => name));
    for (const list of [obj.programs, obj.maps, obj.variables, obj.externs, obj.relocations]) {
      assert.ok(Object.isFrozen(list));
      for (const element of list) assert.ok(Object.isFrozen(element));
    }
  });

  test(`${file}: lines and relocations, by section and by program`, () => {
    const sections = obj.ext();
    assert.deepEqual(obj.relocations.length, sections.reduce((sum, { relocations }) => sum + relocations.length, 0));
    for (const { section, offset, text } of obj.relocations) {
      const same = sections.find(({ name }) => name === section).relocations.find((each) => each.offset === offset);
      assert.equal(same.text, text);
      assert.ok(same.path !== undefined && obj.get(same.targetId), text);
    }
    for (const program of obj.programs) {
      const lines = obj.lines(program.name);
      assert.equal(lines.length, program.lines, program.name);
      for (const line of lines) assert.ok(line.line >= 0 && line.file !== '' && line.instruction * 8 === line.offset);
      assert.ok(lines.some(({ file }) => file.endsWith('sample.bpf.c')));
    }
    assert.equal(obj.lines('.text').length, sections.find(({ name }) => name === '.text').lines.length);
    assert.throws(() => obj.lines('nothing'), { name: 'BtfError', code: 'not_found' });
  });

  test(`${file}: code, with and without source`, () => {
    const [account] = obj.disassemble('account');
    const program = obj.programs.find(({ name }) => name === 'account');
    assert.equal(account.size, program.instructions * 8);
    assert.ok(account.instructions.some(({ source }) => source?.text.includes('account')));
    assert.ok(obj.disassemble('account', { source: false })[0].instructions.every(({ source }) => source === undefined));
    assert.equal(obj.disassemble().length, obj.programs.length);
    const wide = obj.disassemble().flatMap(({ instructions }) => instructions).filter(({ imm64 }) => imm64 !== undefined);
    assert.ok(wide.length > 0 && wide.every(({ imm64 }) => typeof imm64 === 'bigint'));
    assert.throws(() => obj.disassemble('nothing'), { name: 'BtfError', code: 'not_found' });
    const { index } = obj.sections.find(({ name }) => name === '.text');
    const bare = decodeInstructions(obj.contents(index), obj.byteOrder);
    const first = bare.filter(({ offset }) => offset >= account.offset && offset < account.offset + account.size);
    assert.deepEqual(first.map(({ opcode, imm, offset }) => [opcode, imm, offset]), account.instructions.map(({ opcode, imm, offset }) => [opcode, imm, offset]));
  });

  test(`${file}: ELF sections, symbols, relocations`, () => {
    const { sections, symbols } = obj;
    for (const program of obj.programs) {
      const section = sections.find(({ name }) => name === program.section);
      assert.ok(symbols.some(({ name, section: at, value }) => name === program.name && at === section.index && value === BigInt(program.offset)), program.name);
    }
    const entries = sections.flatMap(({ index, name }) => (name === '.text' ? obj.elfRelocations(index) : []));
    assert.ok(entries.length > 0 && entries.every(({ offset, name }) => offset % 8 === 0 && typeof name === 'string'));
    assert.throws(() => obj.contents(999), { name: 'BtfError', code: 'not_found' });
    assert.throws(() => obj.contents(-1), { name: 'BtfError', code: 'not_found' });
    assert.throws(() => obj.contents(sections.find(({ name }) => name === '.bss').index), { name: 'BtfError', code: 'malformed' });
  });

  test(`${file}: rewritten, extracted`, () => {
    const own = obj.marshal();
    assert.ok(Buffer.from(own).equals(Buffer.from(obj.extract().bytes)));
    const other = Btf.fromBytes(obj.marshal({ order: obj.byteOrder === 'big' ? 'little' : 'big' }));
    assert.notEqual(other.byteOrder, obj.byteOrder);
    assert.equal(other.typeCount, obj.typeCount);
    const { bytes, report } = obj.rewrite({ for: '5.4', rewrites: ['no_float'] });
    assert.equal(report.kernel, '5.4');
    assert.equal(report.bytes, bytes.length);
    assert.ok(report.rewrites.some(({ name, types }) => name === 'apply_fixup' && types > 0));
    assert.deepEqual(Btf.fromBytes(bytes).refusals('5.4'), report.refusals);
    assert.ok(obj.refusals().length > 0, 'an object that no loader has prepared');
    assert.equal(Btf.fromBytes(obj.marshal({ headerLength: 32, layout: 'write' })).summary.header.length, 32);
    assert.throws(() => obj.marshal({ for: 'x' }), { name: 'BtfError', code: 'invalid_argument', message: /--for/ });
    assert.throws(() => obj.marshal({ order: 'middle' }), { name: 'BtfError', code: 'invalid_argument' });
    assert.throws(() => obj.marshal({ headerLength: 24, layout: 'write' }), { name: 'BtfError', code: 'invalid_argument' });
    assert.throws(() => obj.extract({ distilledBase: true }), { name: 'BtfError', code: 'not_found' });
  });
}

test('values: as wide as their types, in both byte orders', () => {
  const view = new DataView(new ArrayBuffer(24));
  for (const order of ['little', 'big']) {
    const btf = Btf.fromBytes(everyKind(order === 'big'));
    view.setBigUint64(0, 0xffffffff00000001n, order === 'little');
    view.setBigUint64(8, 5n, order === 'little');
    view.setUint8(16, order === 'little' ? 0b10101 : 0b01010101);
    const node = btf.decode('node', view.buffer);
    assert.equal(node.next, 0xffffffff00000001n);
    assert.equal(node.whole, 5n);
    assert.equal(typeof node.low, 'number');
    assert.deepEqual(btf.require('node', 'struct').decode(view.buffer), node);
    assert.deepEqual(btf.decode('colour', Uint8Array.of(order === 'little' ? 7 : 0, 0, 0, order === 'little' ? 0 : 7)), 'BLUE');
    assert.deepEqual(btf.decode('colour', new Uint8Array(4)), 0);
    assert.equal(btf.decode('wide', new Uint8Array(8)), 0n);
    assert.deepEqual(btf.decodeAll('size_t', view.buffer, { count: 2 }), [0xffffffff00000001n, 5n]);
    assert.equal(btf.decodeAll('size_t', view.buffer).length, 3);
    assert.equal(btf.decode('size_t', view.buffer, { at: 8 }), 5n);
    assert.equal(btf.decode('size_t', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1), { order: 'big' }), 1n);
    assert.match(btf.decodeToC('struct node', view.buffer, { zeros: true }), /^\(struct node\)\{\n\t\.next = /);
    assert.throws(() => btf.decode('node', new Uint8Array(3)), { name: 'BtfError', code: 'invalid_argument' });
    assert.throws(() => btf.decode('print', new Uint8Array(3)), { name: 'BtfError', code: 'malformed' });
    assert.throws(() => btf.decode('nothing', new Uint8Array(3)), { name: 'BtfError', code: 'not_found' });
    assert.throws(() => btf.decode('size_t', new Uint8Array(8), { order: 'middle' }), BtfError);
  }
});

test('members by path and by offset, layouts', () => {
  const btf = Btf.fromBytes(everyKind());
  assert.equal(btf.offset('struct node.half'), 8);
  assert.equal(btf.offset('struct node.high'), 16);
  const high = btf.require('node', 'struct').member('high');
  assert.deepEqual([high.bitOffset, high.bitfieldSize, high.type, high.steps.length], [131, 5, 'int', 1]);
  assert.deepEqual(btf.get(3).member('[2]').offset, 8);
  assert.deepEqual(btf.get(3).member('').size, 32);
  assert.throws(() => btf.offset('struct node.nothing'), { name: 'BtfError', code: 'not_found' });
  assert.throws(() => btf.offset('nothing.x'), { code: 'not_found' });
  assert.throws(() => btf.offset('struct node.next.x'), { code: 'invalid_argument' });
  assert.deepEqual(btf.at('struct node', 8).members.map(({ path }) => path), ['whole', 'half']);
  assert.deepEqual(btf.at(6, 17).gaps.map(({ kind }) => kind), ['padding']);
  assert.throws(() => btf.at(6, 99), { code: 'invalid_argument' });
  assert.throws(() => btf.at(6, -1), { code: 'invalid_argument' });
  const layout = btf.get(6).layout({ cacheLine: 8 });
  assert.deepEqual([layout.cacheLines, layout.summary.padding, layout.members.length], [3, layout.summary.padding, 4]);
  assert.throws(() => btf.get(6).layout({ cacheLine: 0 }), { name: 'BtfError', code: 'invalid_argument' });
  assert.throws(() => btf.get(1).layout(), { code: 'invalid_argument' });
  assert.deepEqual(btf.layouts().map(({ name }) => name), ['node']);
});

test('sizes, declarations, users, tags', () => {
  const btf = Btf.fromBytes(everyKind());
  const node = btf.get(6);
  assert.deepEqual([node.byteSize, node.alignment, btf.get(21).resolve().id, btf.get(9).byteSize], [24, 8, 6, 8]);
  assert.throws(() => btf.get(0).byteSize, { name: 'BtfError', code: 'malformed' });
  assert.equal(btf.get(2).declaration('next'), 'struct node *next');
  assert.equal(btf.get(13).declaration(), 'int(struct node *format, ...)');
  assert.deepEqual(node.usedBy().map(({ typeId, role }) => [typeId, role]), [[2, 'target'], [18, 'tagged'], [19, 'target'], [21, 'target']]);
  assert.equal(node.usedBy()[0].type.kind, 'pointer');
  assert.deepEqual(node.memberTags(1).map(({ name }) => name), ['tagged']);
  assert.deepEqual([node.tags, node.memberTags(0)], [[], []]);
  assert.match(node.toC({ deps: true }), /#ifndef __VMLINUX_H__[^]*struct node \{/);
  assert.deepEqual(node.members.map(({ offset }) => offset), [0, 8, 16, 16]);
});

test('search: substring, prefix, regular expression, kinds, limit', () => {
  const btf = Btf.fromBytes(everyKind());
  const names = (options) => btf.search(options).types.map(({ name }) => name);
  assert.deepEqual(names({ includes: 'ode' }), ['node', 'node']);
  assert.deepEqual(names({ includes: 'ODE', ignoreCase: true, kinds: ['typedef'] }), ['node']);
  assert.deepEqual(names({ prefix: 'no' }), ['node', 'node']);
  assert.deepEqual(names({ regex: /^(no|wi)de$/g }), ['node', 'wide', 'node']);
  assert.deepEqual(names({ regex: /NODE/i, kinds: ['struct'] }), ['node']);
  assert.deepEqual([btf.search({ regex: /./, limit: 2 }).types.length, btf.search({ regex: /./, limit: 2 }).total], [2, btf.search({ includes: '' }).total]);
  assert.equal(btf.search({ includes: 'o', limit: 1 }).types.length, 1);
  assert.ok(btf.search({ includes: 'o', limit: 1 }).total > 1);
  assert.equal(btf.search({ includes: 'node', ranked: true }).types[0].name, 'node');
  for (const wrong of [{}, { includes: 'a', prefix: 'b' }, { includes: 'a', kinds: ['class'] }, { includes: 'a', limit: -1 }]) assert.throws(() => btf.search(wrong), { name: 'BtfError', code: 'invalid_argument' });
  assert.deepEqual(btf.query({ contains: 'int', kinds: ['struct'] }).types.map(({ name }) => name), ['node']);
  assert.deepEqual(btf.query({ pointersTo: btf.get(6) }).types.map(({ kind }) => kind).includes('func'), true);
  assert.throws(() => btf.query({ contains: 'nothing' }), { name: 'BtfError', code: 'not_found' });
  assert.deepEqual(btf.query({ name: 'nothing' }), { total: 0, types: [] });
  const split = Btf.fromBytes(makeSplit(everyKind()), { base: btf });
  assert.deepEqual([split.search({ includes: 'o' }).total, split.search({ includes: 'o', withBase: true }).total > 1], [1, true]);
});

test('whole dumps, strings, essential names, the command’s text', () => {
  const btf = Btf.fromBytes(everyKind());
  assert.equal(btf.toC(), btf.dump());
  assert.equal(btf.toC({ types: [btf.get(6)] }), btf.dump({ types: [6] }));
  assert.match(btf.toRaw(), /^\[1\] INT 'int' size=4/);
  const { types } = JSON.parse(JSON.stringify(btf));
  assert.deepEqual([types.length, types[19].values[1]], [21, { name: 'HUGE', val: '9223372036854775808' }]);
  assert.equal(btf.string(btf.columns().nameOffset[0]), 'int');
  assert.throws(() => btf.string(1 << 20), { name: 'BtfError', code: 'not_found' });
  assert.deepEqual(btf.withEssentialName('node').map(({ id }) => id), [6, 21]);
  assert.match(btf.run('layout', { args: ['node'], options: { hex: true } }).out, /^struct node \{/);
  const { exitCode, err } = btf.run('nothing');
  assert.deepEqual([exitCode, err], [2, "btfkit: no verb 'nothing'\n"]);
  assert.ok(btf.run('rewrite', { options: { order: 'big' } }).out.length > 0 || btf.run('rewrite', { options: { order: 'big' } }).output.length > 0);
});

test('facts without any input', () => {
  assert.deepEqual(programKind('?fexit.s/tcp_sendmsg'), { type: 'tracing', attachType: 'trace_fexit', target: 'tcp_sendmsg', sleepable: true, fragments: false, autoload: false });
  assert.deepEqual([helperName(1), helperName(100000), mapTypeName(1), mapFlagName(10), essentialName('a___b')], ['bpf_map_lookup_elem', '', 'hash', 'BPF_F_MMAPABLE', 'a']);
  assert.deepEqual(parseKernelVersion('6.12.107-cloud'), { major: 6, minor: 12, patch: 107 });
  assert.throws(() => parseKernelVersion('six'), { name: 'BtfError', code: 'invalid_argument' });
  assert.deepEqual(rewrites().find(({ name }) => name === 'no_enum64').until, '6.0');
  assert.equal(decodeInstructions(Uint8Array.of(0x95, 0, 0, 0, 0, 0, 0, 0))[0].text, 'exit');
  assert.equal(decodeInstructions(Uint8Array.of(0x18, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255))[0].imm64, 0xffffffff00000001n);
  assert.deepEqual(decodeInstructions(new Uint8Array()), []);
});

const distilled = filesBelow(join(corpus, 'modules')).filter((path) => /\.ko$/.test(path));
test('a distilled base is exchanged for a kernel’s types', { skip: needs({ 'modules in the corpus': distilled.length > 0, [runningKernel]: existsSync(runningKernel) }) }, (t) => {
  const kernel = Btf.open(runningKernel);
  let moved = 0;
  for (const path of distilled) {
    let module;
    try {
      module = Btf.open(path);
    } catch {
      continue; // split, without a base of its own
    }
    if (!module.summary.distilledBase) continue;
    assert.ok(Btf.fromBytes(module.extract({ distilledBase: true }).bytes).typeCount > 0);
    const { btf, mapped, problems, error } = module.rebase(kernel);
    assert.equal(btf === undefined, error !== undefined);
    if (!btf) assert.ok(problems.length > 0, path);
    else {
      ++moved;
      assert.deepEqual([btf.firstId, btf.typeCount, btf.base], [kernel.endId, module.typeCount, kernel]);
      for (const [, to] of mapped) assert.ok(to < kernel.endId);
    }
  }
  t.diagnostic(`${moved} moved`);
  assert.throws(() => kernel.rebase(kernel).btf.typeCount, TypeError);
  assert.equal(kernel.rebase(kernel).error.code, 'invalid_argument');
});
