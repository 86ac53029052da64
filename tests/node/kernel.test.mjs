// Real BTF: the running kernel and the corpus, compared with bpftool and with the native command.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { Btf, BtfError, decodeNames, kindName } from '../../wasm/package/dist/node.js';
import { corpus, filesBelow, nativeCommand, needs, program, root, run, runningKernel, scratch, unxz } from './support/files.mjs';

const bpftool = program('bpftool');
const running = existsSync(runningKernel);
const nouns = { PTR: 'pointer', FWD: 'forward' };

/** What `bpftool btf dump` says: kinds and names by index, and the lines of each type's members. */
function dumped(path) {
  const types = [];
  for (const line of execFileSync(bpftool, ['btf', 'dump', 'file', path, 'format', 'raw'], { encoding: 'utf8', maxBuffer: 2 ** 30 }).split('\n')) {
    const type = /^\[(\d+)\] (\w+) '(.*?)'(?= |$)(?: size=(\d+))?/.exec(line);
    if (type) types.push({ id: Number(type[1]), kind: nouns[type[2]] ?? type[2].toLowerCase(), name: type[3].replace('(anon)', ''), size: Number(type[4]), members: [] });
    const member = /^\t'(.*)' type_id=(\d+) bits_offset=(\d+)(?: bitfield_size=(\d+))?/.exec(line);
    if (member) types.at(-1).members.push({ name: member[1].replace('(anon)', ''), typeId: Number(member[2]), bitOffset: Number(member[3]), bitfieldSize: Number(member[4] ?? 0) });
  }
  return types;
}

function compareWithBpftool(btf, path) {
  const types = dumped(path);
  const columns = btf.columns();
  assert.equal(columns.kind.length, types.length);
  assert.deepEqual(Array.from(columns.kind, kindName), types.map((type) => type.kind));
  assert.deepEqual(decodeNames(columns), types.map((type) => type.name));
  const counts = {};
  for (const { kind } of types) counts[kind] = (counts[kind] ?? 0) + 1;
  assert.deepEqual({ ...btf.summary.kinds }, counts);
  const task = types.find((type) => type.kind === 'struct' && type.name === 'task_struct');
  const found = btf.require('task_struct', 'struct');
  assert.deepEqual([found.id, found.size], [task.id, task.size]);
  assert.deepEqual(found.members.map((member) => ({ ...member })), task.members);
  assert.ok(found.members.length > 50);
}

test('the running kernel: every id, kind and name as bpftool has them', { skip: needs({ [runningKernel]: running, bpftool }) }, () => {
  const btf = Btf.open(runningKernel);
  compareWithBpftool(btf, runningKernel);
  btf.close();
});

test('the running kernel: walking everything', { skip: needs({ [runningKernel]: running }) }, () => {
  const btf = Btf.open(runningKernel);
  let id = btf.firstId;
  for (const type of btf.types()) assert.equal(type.id, id++);
  assert.equal(id, btf.endId);
  let members = 0;
  for (const type of btf.types(['struct', 'union'])) members += type.members.length;
  const columns = btf.columns();
  const expected = columns.vlen.reduce((sum, vlen, i) => sum + ([4, 5].includes(columns.kind[i]) ? vlen : 0), 0);
  assert.equal(members, expected);
  assert.match(btf.require('list_head', 'struct').toC(), /^struct list_head \{\n\tstruct list_head \*next;\n\tstruct list_head \*prev;\n\};\n$/);
  btf.close();
});

const kernels = ['s390x-6.12.107', 'i386-6.1.176-pae-dbg-pahole132', 'amd64-7.3.4-cloud'];
for (const [name, facts] of [[kernels[0], ['big', 8]], [kernels[1], ['little', 4]], [kernels[2], ['little', 8]]]) {
  const packed = join(corpus, 'kernels', `${name}.btf.xz`);
  test(`${name}: as bpftool has it`, { skip: needs({ 'the corpus': existsSync(packed), xz: program('xz'), bpftool }) }, () => {
    const path = join(scratch, `${name}.btf`);
    writeFileSync(path, unxz(packed));
    const btf = Btf.open(path);
    assert.deepEqual([btf.summary.byteOrder, btf.summary.pointerSize], facts);
    compareWithBpftool(btf, path);
    btf.close();
  });
}

/** What both commands say of one file, without how long it took. */
const timeless = (text) => text.replace(/\n\s*loaded in [\d.]+ ms\n/, '\n');

function compareWithNative(path) {
  const native = run(nativeCommand, ['inspect', path, '--json']);
  let btf;
  try {
    btf = Btf.open(path, { withoutBtf: true }); // as the command opens for this verb
  } catch (error) {
    assert.ok(error instanceof BtfError, `${path}: ${error.stack}`);
    assert.equal(native.status, 1, `${path}: only JavaScript refuses it: ${error.message}`);
    assert.equal(`btfkit: ${path}: ${error.message}\n`, native.stderr.toString().replace(': --base VMLINUX\n', '\n'), path); // the option is the command's business
    return 'refused';
  }
  assert.equal(native.status, 0, `${path}: only the native command refuses it: ${native.stderr}`);
  assert.equal(btf.inspect({ json: true }).out, native.stdout.toString(), path);
  const text = run(nativeCommand, ['inspect', path, '--color', 'always']);
  assert.equal(btf.inspect({ color: true }).out, timeless(text.stdout.toString()).replace(/\n\x1b\[90m  loaded in [^\n]*\n/, ''), path);
  const struct = [...btf.types(['struct', 'union', 'enum', 'datasec'])].findLast((type) => type.name);
  if (struct) assert.equal(btf.inspect({ type: struct.name }).out, run(nativeCommand, ['inspect', path, struct.name]).stdout.toString(), `${path} ${struct.name}`);
  btf.close();
  return 'opened';
}

const golden = filesBelow(join(root, 'tests/golden')).filter((path) => /\.(o|btf)$/.test(path));
test('golden files: the same bytes as the native command', { skip: needs({ 'golden files': golden.length > 0, 'the native command (./dev build)': nativeCommand }) }, () => {
  const verdicts = golden.map(compareWithNative);
  assert.deepEqual(new Set(verdicts), new Set(['opened']));
});

test('golden files: both byte orders show the same types', { skip: needs({ 'golden files': golden.length > 0 }) }, () => {
  const pairs = golden.filter((path) => path.includes('.eb.')).map((path) => [path, path.replace('.eb.', '.')]);
  assert.ok(pairs.length > 0);
  for (const [big, little] of pairs)
    assert.deepEqual([...Btf.open(big).types()].map((type) => type.toJSON()), [...Btf.open(little).types()].map((type) => type.toJSON()), basename(big));
});

// xz is unpacked natively only.
const shared = filesBelow(corpus).filter((path) => !/\.(xz|c|cpp|rs|h|md)$/.test(path));
test('the corpus: the same bytes, or the same refusal, as the native command', { skip: needs({ 'the corpus': shared.length > 0, 'the native command (./dev build)': nativeCommand }) }, () => {
  const verdicts = shared.map(compareWithNative);
  const count = (verdict) => verdicts.filter((each) => each === verdict).length;
  assert.ok(count('opened') > shared.length / 2, `${count('opened')} of ${shared.length} opened`);
});

test('the corpus: opening from memory is opening from a file', { skip: needs({ 'the corpus': shared.length > 0 }) }, () => {
  const outcome = (open) => {
    try {
      return open().inspect().out;
    } catch (error) {
      assert.ok(error instanceof BtfError, error.stack);
      return `${error.code} ${error.message}`;
    }
  };
  for (const path of shared) assert.equal(outcome(() => Btf.open(path)), outcome(() => Btf.fromBytes(readFileSync(path), { name: path })), path);
});
