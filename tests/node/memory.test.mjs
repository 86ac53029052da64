// Lifetimes: closing, forgetting, running out of memory.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { Btf, BtfError } from '../../wasm/package/dist/node.js';
import { everyKind, makeBtf } from './support/make.mjs';

const url = JSON.stringify(new URL('../../wasm/package/dist/node.js', import.meta.url).href);
const makeUrl = JSON.stringify(new URL('support/make.mjs', import.meta.url).href);

/** A BTF of some size (bytes), most of it names. */
const large = (size) => makeBtf((add) => { for (let i = 0; i < size / 1020; ++i) add(1, String(i).padEnd(1000, 'x'), { third: 4 }, 32); });

test('close: twice is fine, use afterwards is an error', () => {
  const btf = Btf.fromBytes(everyKind());
  const node = btf.require('node', 'struct');
  const { members } = node;
  const types = btf.types();
  btf.close();
  btf.close();
  btf[Symbol.dispose]();
  const closed = { name: 'BtfError', code: 'invalid_argument', message: /closed/ };
  for (const use of [
    () => btf.summary, () => btf.get(1), () => btf.get(0), () => btf.find('node'), () => btf.require('node'), () => btf.named('node'),
    () => btf.types(), () => [...types], () => btf.columns(), () => btf.inspect(), () => btf.dump(), () => node.name, () => node.size, () => node.members,
    () => node.toC(), () => node.toJSON(), () => members[0].type, () => btf.search({ includes: 'n' }), () => btf.search({ regex: /n/ }), () => btf.query(), () => btf.offset('node.next'),
    () => btf.at('node', 0), () => btf.layouts(), () => btf.toC(), () => btf.toRaw(), () => btf.toJSON(), () => btf.stat(), () => btf.decode('node', new Uint8Array(24)), () => btf.marshal(),
    () => btf.extract(), () => btf.refusals(), () => btf.rebase(btf), () => btf.programs, () => btf.maps, () => btf.ext(), () => btf.lines('x'), () => btf.disassemble(), () => btf.sections,
    () => btf.symbols, () => btf.contents(1), () => btf.elfRelocations(1), () => btf.string(1), () => btf.withEssentialName('node'), () => btf.run('stat'), () => new Btf.Builder({ base: btf }),
    () => new Btf.Builder().copy(btf, 1), () => node.layout(), () => node.usedBy(), () => node.tags, () => node.byteSize, () => node.resolve(), () => node.member('next'), () => node.at(0), () => node.declaration(),
  ])
    assert.throws(use, closed, use.toString());
  assert.deepEqual([node.id, node.kind, members[0].name], [6, 'struct', 'next']); // what was handed out stays
});

test('Symbol.dispose closes', () => {
  const btf = Btf.fromBytes(everyKind());
  btf[Symbol.dispose]();
  assert.throws(() => btf.summary, { code: 'invalid_argument' });
});

test('closing one does not touch another', () => {
  const [one, other] = [Btf.fromBytes(everyKind()), Btf.fromBytes(everyKind(true))];
  one.close();
  assert.equal(other.require('node', 'struct').members.length, 4);
});

/** Runs a module in a fresh Node with `Btf`, `everyKind`, `makeBtf` and gives what it prints. */
function inFreshNode(body, ...flags) {
  const script = `import { Btf, BtfError } from ${url}; import { everyKind, makeBtf } from ${makeUrl};
    const memory = () => process.memoryUsage().external / 2 ** 20; ${body}`;
  return JSON.parse(execFileSync(process.execPath, [...flags, '--input-type=module', '-e', script], { encoding: 'utf8' }));
}

const makeLarge = `const bytes = makeBtf((add) => { for (let i = 0; i < 8000; ++i) add(1, String(i).padEnd(1000, 'x'), { third: 4 }, 32); });`;

test('building, closing and forgetting keep memory flat', () => {
  const grown = inFreshNode(
    `const from = Btf.fromBytes(everyKind()); const cycle = () => { const builder = new Btf.Builder(); builder.copy(from, 6); builder.add({ kind: 'float', name: 'f', size: 4 });
       const btf = builder.build(); btf.get(1).usedBy(); btf.search({ includes: 'n' }); btf.decode('node', new Uint8Array(24)); btf.marshal({ order: 'big' }); btf.close(); builder.close(); };
     for (let i = 0; i < 500; ++i) cycle(); gc(); const before = process.memoryUsage();
     for (let i = 0; i < 3000; ++i) cycle(); gc(); const after = process.memoryUsage();
     console.log(JSON.stringify({ heap: (after.heapUsed - before.heapUsed) / 2 ** 20, external: (after.external - before.external) / 2 ** 20 }));`,
    '--expose-gc',
  );
  assert.ok(grown.heap < 4 && grown.external < 1, JSON.stringify(grown));
});

test('10,000 opens and closes keep memory flat', () => {
  const grown = inFreshNode(
    `const bytes = everyKind(); const cycle = () => { const btf = Btf.fromBytes(bytes); btf.find('int'); btf.columns(); btf.get(6).members; btf.close(); };
     for (let i = 0; i < 2000; ++i) cycle(); gc(); const before = process.memoryUsage();
     for (let i = 0; i < 10000; ++i) cycle(); gc(); const after = process.memoryUsage();
     console.log(JSON.stringify({ heap: (after.heapUsed - before.heapUsed) / 2 ** 20, external: (after.external - before.external) / 2 ** 20 }));`,
    '--expose-gc',
  );
  assert.ok(grown.heap < 4, `the heap grew by ${grown.heap} MiB`);
  assert.ok(grown.external < 1, `WebAssembly memory grew by ${grown.external} MiB`);
});

test('large inputs that were closed, failed or forgotten leave their room to others', () => {
  const grown = inFreshNode(
    `${makeLarge} const broken = bytes.slice(); broken[24 + 3] = 0xff;
     const use = async (how) => { for (let i = 0; i < 30; ++i) { how(); await new Promise((done) => setTimeout(done)); gc(); await new Promise((done) => setTimeout(done)); } return memory(); };
     const grown = {}; let before = await use(() => Btf.fromBytes(bytes).close());
     for (const [name, how] of Object.entries({
       closed: () => Btf.fromBytes(bytes).close(),
       failed: () => { try { Btf.fromBytes(broken); throw 'opened' } catch (error) { if (!(error instanceof BtfError)) throw error } },
       forgotten: () => void Btf.fromBytes(bytes).find('int') })) grown[name] = (await use(how)) - before;
     console.log(JSON.stringify(grown));`,
    '--expose-gc',
  );
  // 30 times 8 MiB would be 240; a few forgotten ones may be waiting.
  for (const [how, growth] of Object.entries(grown)) assert.ok(growth < 64, `${how}: memory grew by ${growth} MiB`);
});

test('when memory is out, BtfErrors say so, and the next open works', () => {
  const bytes = large(4 * 2 ** 20);
  const grow = WebAssembly.Memory.prototype.grow;
  const opened = [Btf.fromBytes(everyKind())];
  let refused;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError('no more memory');
  };
  try {
    for (let i = 0; i < 1000; ++i) opened.push(Btf.fromBytes(bytes));
  } catch (error) {
    refused = error;
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
  assert.ok(refused instanceof BtfError, String(refused));
  assert.equal(refused.code, 'too_large');
  assert.equal(Btf.fromBytes(everyKind()).require('node', 'struct').size, 24);
  for (const btf of opened) {
    try {
      assert.ok(btf.inspect().out.length > 0); // its instance still lives
    } catch (error) {
      assert.ok(error instanceof BtfError && error.code === 'system' && /open the input again/.test(error.message), String(error));
    }
    btf.close();
  }
});

test('a trap ends what was open, not the package', () => {
  const btf = Btf.fromBytes(large(2 ** 20));
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = () => {
    throw new RangeError('no more memory');
  };
  try {
    const held = [];
    assert.throws(() => { for (;;) held.push(Btf.fromBytes(everyKind())); }, { name: 'BtfError', code: 'too_large' });
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
  assert.throws(() => btf.find('nothing'), { name: 'BtfError', code: 'system', message: /open the input again/ });
  btf.close();
  const fresh = Btf.fromBytes(everyKind());
  assert.equal(fresh.find('nothing'), undefined);
});

test('more than WebAssembly can address is refused at once', async () => {
  const header = new Uint8Array(64);
  new DataView(header.buffer).setUint16(0, 0xeb9f, true);
  header.set([1, 0], 2);
  const view = new DataView(header.buffer);
  view.setUint32(4, 24, true);
  view.setUint32(20, 0xf0000000, true); // strings of 3.75 GiB
  const size = 24 + 0xf0000000;
  const blob = { size, slice: (from, to) => ({ arrayBuffer: async () => { assert.ok(to - from <= 64 * 2 ** 20); const piece = new Uint8Array(to - from); if (from < 64) piece.set(header.subarray(from, Math.min(to, 64))); return piece.buffer; } }) };
  await assert.rejects(Btf.fromBlob(blob), { name: 'BtfError', code: 'too_large' });
});
