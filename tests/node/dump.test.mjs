// `btfkit dump` and Btf.dump: the native command's bytes, in pieces, to any reader.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, openSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { runVerb } from '../../wasm/package/dist/btf.js';
import { Btf, BtfError } from '../../wasm/package/dist/node.js';
import { cli, filesBelow, nativeCommand, needs, program, root, run, runningKernel, scratch } from './support/files.mjs';
import { everyKind, makeBtf, makeSplit } from './support/make.mjs';

const write = (name, bytes) => {
  const path = join(scratch, name);
  writeFileSync(path, bytes);
  return path;
};
const sample = write('sample.btf', everyKind());
const text = ({ status, stdout, stderr }) => ({ status, out: stdout.toString(), err: stderr.toString() });
const btfkit = (args, options) => text(run(process.execPath, [cli, ...args], options));
const native = (args) => run(nativeCommand, args);

/** Runs `dump` in this process; what it printed as Buffers, and in how many pieces. `options`: { name: value or values }. */
function dump(btf, options = {}, color = false) {
  const pieces = [];
  let err = '';
  const given = Object.entries(options).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  const status = runVerb(btf, { verb: 'dump', options: given, color }, (bytes) => pieces.push(Buffer.from(bytes)) > 0, (bytes) => ((err += Buffer.from(bytes)), true));
  return { status, out: Buffer.concat(pieces), err, pieces };
}

/** The same on a command line. */
const args = (options) => Object.entries(options).flatMap(([name, values]) => [values].flat().flatMap((value) => (value === '' ? [`--${name}`] : [`--${name}`, value])));

function sameAsNative(path, options) {
  const btf = Btf.open(path);
  const ours = dump(btf, options);
  const theirs = native(['dump', path, ...args(options)]);
  const what = `${basename(path)} ${args(options).join(' ')}`;
  assert.deepEqual([ours.status, ours.err], [theirs.status, theirs.stderr.toString()], what);
  assert.ok(ours.out.equals(theirs.stdout), `${what}: ${ours.out.length} bytes, natively ${theirs.stdout.length}, or others`);
  btf.close();
  return ours;
}

const ways = [
  {}, { order: 'id' }, { compat: 'bpftool' }, { format: 'raw' }, { json: '' }, { format: 'json', pretty: '' }, { json: '', compat: 'bpftool' },
];
const compare = needs({ 'the native command (./dev build)': nativeCommand });

test('golden files: the same bytes as the native command', { skip: compare }, () => {
  const files = filesBelow(join(root, 'tests/golden')).filter((path) => /\.(o|btf)$/.test(path));
  assert.ok(files.length >= 8);
  for (const path of files) {
    for (const way of ways) assert.ok(sameAsNative(path, way).out.length > 100);
    const [name] = [...Btf.open(path).types('struct')].map((type) => type.name).filter(Boolean);
    for (const format of ['c', 'raw', 'json']) {
      sameAsNative(path, { format, type: [name, `struct ${name}`, '1'] });
      assert.equal(sameAsNative(path, { format, type: 'nothing' }).status, 1);
    }
  }
});

test('the running kernel: the same bytes as the native command', { skip: needs({ [runningKernel]: existsSync(runningKernel), 'the native command (./dev build)': nativeCommand }) }, () => {
  for (const way of [...ways, { type: ['task_struct', 'sk_buff'] }, { format: 'raw', type: 'task_struct' }]) {
    const { status, out, pieces } = sameAsNative(runningKernel, way);
    assert.ok(status === 0 && out.length > 1000);
    for (const piece of pieces) assert.ok(piece.length < 80_000, `${piece.length} bytes at once`); // no dump becomes one string
  }
});

test('the running kernel: colours are all that colour adds, natively too', { skip: needs({ [runningKernel]: existsSync(runningKernel), 'the native command (./dev build)': nativeCommand }) }, () => {
  const btf = Btf.open(runningKernel);
  for (const way of [{}, { format: 'raw' }, { json: '', pretty: '' }]) {
    const plain = dump(btf, way).out;
    const color = dump(btf, way, true).out;
    const stripped = Buffer.from(color.toString('latin1').replace(/\x1b\[[\d;]+m/g, ''), 'latin1');
    assert.ok(color.length > plain.length * 1.2 && stripped.equals(plain), args(way).join(' '));
    assert.ok(color.equals(native(['dump', runningKernel, '--color', 'always', ...args(way)]).stdout), args(way).join(' '));
  }
});

test('the command: the same bytes as the native one, through a pipe', { skip: compare }, () => {
  const split = write('split.btf', makeSplit(everyKind()));
  const cut = write('cut.btf', everyKind().subarray(0, 300));
  const lines = [
    ['dump', sample], ['dump', sample, '-f', 'raw'], ['dump', '-f', 'json', '-p', sample], ['dump', sample, '-t', 'node', '-t', 'colour'], ['dump', sample, '--order=id'],
    ['dump', sample, '--color', 'always'], ['dump', split, '--base', sample, '--format=raw'], ['dump', split, '-B', sample],
    ['dump', sample, '--type', 'nothing'], ['dump', sample, '--type', 'nothing', '--json'], ['dump', sample, '--type', 'struct nod', '--format', 'json'],
    ['dump', join(scratch, 'absent'), '--format', 'json'], ['dump', cut], ['dump', cut, '--partial', '-f', 'raw'],
    ['dump', sample, '--pretty'], ['dump', sample, '--order', 'id', '-f', 'raw'], ['dump', sample, '--json', '--format', 'c'], ['dump', sample, '--order', 'id', '-t', 'node'], ['dump', join(scratch, 'absent')], ['dump', split],
  ];
  for (const line of lines) assert.deepEqual(btfkit(line), text(native(line)), line.join(' '));
  for (const line of [['dump'], ['dump', sample, 'node'], ['dump', sample, '--format', 'yaml'], ['dump', sample, '--order', 'sorted', '--order', 'id'], ['dump', sample, '--type']]) {
    const { status, out, err } = btfkit(line);
    assert.deepEqual([status, out, status], [2, '', native(line).status], line.join(' '));
    assert.match(err, /^btfkit: .*\nTry 'btfkit dump --help'\.\n$/, line.join(' '));
  }
});

test('standard input', () => {
  const piped = btfkit(['dump', '-', '--format', 'raw'], { input: everyKind(true) });
  assert.equal(piped.status, 0);
  assert.match(piped.out, /^\[1\] INT 'int' size=4 [^]*\n\[6\] STRUCT 'node' size=24 vlen=4\n/);
});

/** A BTF whose dumps are long, and full of characters of several bytes. */
const wide = makeBtf((add, name) => add(6, 'wide', { vlen: 9000, third: 4 }, ...Array.from({ length: 9000 }, (_, i) => [name(`ключ${'€'.repeat(i % 7)}😀_${i}`), i]).flat()));

test('names of several bytes a character, over many pieces', () => {
  const btf = Btf.fromBytes(wide);
  for (const format of ['raw', 'json']) {
    const { out, pieces } = dump(btf, { format });
    assert.ok(pieces.length > 3);
    assert.doesNotMatch(out.toString(), /\ufffd/);
    assert.equal(btf.dump({ format }), out.toString());
  }
  assert.equal(btfkit(['dump', write('wide.btf', wide), '--json']).out, btf.dump({ format: 'json' }));
});

test('a reader that goes away is no error, a full disk is one', async () => {
  const child = spawn(process.execPath, [cli, 'dump', write('wide.btf', wide), '--json']);
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  const first = await new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdout.destroy();
  assert.match(first.toString(), /^\{"types":\[/);
  assert.deepEqual([await new Promise((resolve) => child.on('close', resolve)), err], [0, '']);
  if (!existsSync('/dev/full')) return;
  for (const line of [['dump', sample], ['dump', '--help']]) {
    const full = run(process.execPath, [cli, ...line], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
    assert.deepEqual([full.status, full.stderr.toString()], [1, 'btfkit: standard output: No space left on device\n'], line.join(' '));
  }
});

test('a slow reader of a pipe that somebody made non-blocking gets everything', { skip: needs({ perl: program('perl') }) }, () => {
  const path = write('wide.btf', wide);
  const nonblocking = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die; exec @ARGV'`;
  const { stdout } = run('/bin/sh', ['-c', `${nonblocking} '${process.execPath}' '${cli}' dump '${path}' --json | (sleep 0.3; cat)`]);
  assert.equal(stdout.toString(), Btf.open(path).dump({ format: 'json' }));
});

test('what a taker throws comes through, and the module goes on', () => {
  const btf = Btf.fromBytes(wide);
  const thrown = new Error('enough');
  let taken = 0;
  const take = () => {
    ++taken;
    throw thrown;
  };
  assert.throws(() => runVerb(btf, { verb: 'dump', options: [['json', '']] }, take, take), thrown);
  assert.equal(taken, 1);
  assert.match(btf.dump(), /enum wide/);
});

test('Btf.dump', () => {
  const btf = Btf.open(sample);
  assert.equal(btf.dump(), dump(btf).out.toString());
  assert.match(btf.dump({ types: ['node'] }), /\nstruct node \{/);
  assert.doesNotMatch(btf.dump({ types: ['node'] }), /enum colour/);
  assert.equal(btf.dump({ format: 'raw', types: ['struct node', 1] }), dump(btf, { format: 'raw', type: ['struct node', '1'] }).out.toString());
  assert.equal(btf.dump({ order: 'id' }), dump(btf, { order: 'id' }).out.toString());
  assert.equal(btf.dump({ compat: 'bpftool' }), dump(btf, { compat: 'bpftool' }).out.toString());
  const { types } = JSON.parse(btf.dump({ format: 'json', pretty: true }));
  assert.deepEqual([types.length, types[5].name, types[5].members[2].bitfield_size], [21, 'node', 3]);
  assert.equal(btf.dump({ format: 'json', pretty: true }), dump(btf, { json: '', pretty: '' }).out.toString());
  for (const [options, code] of [
    [{ types: ['nothing'] }, 'not_found'], [{ types: [4711] }, 'not_found'], [{ format: 'raw', types: [4711] }, 'not_found'],
    [{ format: 'yaml' }, 'invalid_argument'], [{ order: 'random' }, 'invalid_argument'], [{ compat: 'pahole' }, 'invalid_argument'], [{ types: [{}] }, 'invalid_argument'],
  ])
    assert.throws(() => btf.dump(options), (error) => error instanceof BtfError && error.code === code, JSON.stringify(options));
  assert.equal(btf.dump({ types: [] }), btf.dump());
  btf.close();
  assert.throws(() => btf.dump(), { name: 'BtfError', code: 'invalid_argument', message: /closed/ });
});
