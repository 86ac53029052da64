// The command: exit codes, streams, files. That it is the native one's twin is command.test.mjs's to show.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openOnBase } from '../../wasm/package/dist/base.js';
import { parts } from '../../wasm/package/dist/error.js';
import { version } from '../../wasm/package/dist/node.js';
import { cli, run, scratch } from './support/files.mjs';
import { everyKind, makeBtf, makeElf, makeSplit } from './support/make.mjs';

const write = (name, bytes) => {
  const path = join(scratch, name);
  writeFileSync(path, bytes);
  return path;
};
const sample = write('sample.btf', everyKind());
const btfkit = (args, options) => {
  const { status, stdout, stderr } = run(process.execPath, [cli, ...args], options);
  return { status, out: stdout.toString(), err: stderr.toString() };
};

test('a summary, a type, JSON', () => {
  const summary = btfkit(['inspect', sample]);
  assert.equal(summary.status, 0);
  assert.match(summary.out, /sample\.btf: raw BTF, little-endian[^]*STRUCT +1 [^]*loaded in [\d.]+ ms\n$/);
  const type = btfkit(['inspect', sample, 'struct node']);
  assert.match(type.out, /^struct node \{[^]*size: 24/);
  const { typeCount, kinds, source } = JSON.parse(btfkit(['inspect', '--json', sample]).out);
  assert.deepEqual([typeCount, kinds.struct, source], [21, 1, sample]);
});

test('failures: one line on stderr, exit code 1', () => {
  mkdirSync(join(scratch, 'folder'));
  const inputs = {
    absent: /: No such file or directory\n$/,
    folder: /: is a directory/,
    [write('empty', '').slice(scratch.length + 1)]: /empty/,
    [write('text', 'This is a text.').slice(scratch.length + 1)]: /neither ELF nor BTF/,
    [write('nobtf.o', makeElf([{ name: '.text', bytes: new Uint8Array(8) }]).fill(62, 18, 19)).slice(scratch.length + 1)]: /no \.BTF section/,
    [write('cut.btf', everyKind().subarray(0, 100)).slice(scratch.length + 1)]: /\.BTF/,
  };
  for (const [name, message] of Object.entries(inputs)) {
    const { status, out, err } = btfkit(['inspect', join(scratch, name)]);
    assert.deepEqual([status, out, err.match(/\n/g).length], [1, '', 1], name);
    assert.match(err, message);
    assert.ok(err.startsWith(`btfkit: ${join(scratch, name)}: `), err);
  }
  const missing = btfkit(['inspect', sample, 'nothing']);
  assert.deepEqual([missing.status, missing.out], [1, '']);
  assert.match(missing.err, /^btfkit: .*'nothing'\n$/);
});

test('failures with --json: an object on stdout too', () => {
  const bytes = everyKind();
  new DataView(bytes.buffer).setUint32(24 + 16 + 8, 4711, true);
  const { status, out, err } = btfkit(['inspect', write('dangling.btf', bytes), '--json']);
  const { error } = JSON.parse(out);
  assert.deepEqual([status, error.code, error.section, error.typeId], [1, 'malformed', '.BTF', 2]);
  assert.equal(typeof error.offset, 'number');
  assert.ok(err.endsWith(`: ${error.message}: --base VMLINUX\n`)); // the option is the command's business
});

test('usage and version, also where there is no native command to compare with', () => {
  assert.deepEqual(btfkit(['--version']), { status: 0, out: `btfkit ${version}\n`, err: '' });
  assert.deepEqual(btfkit(['inspect']), { status: 2, out: '', err: "btfkit: FILE is missing\nTry 'btfkit inspect --help'.\n" });
  assert.match(btfkit(['help', 'inspect']).out, /\nUsage: btfkit inspect FILE \[TYPE\] \[OPTIONS\]\n/);
});

test('a module on its base', () => {
  const base = write('base.btf', everyKind());
  const split = write('split.btf', makeSplit(everyKind()));
  const alone = btfkit(['inspect', split]);
  assert.equal(alone.status, 1);
  assert.match(alone.err, /is it split BTF\? give its base: --base VMLINUX\n$/);
  const { status, out } = btfkit(['inspect', split, '--base', base, '--json']);
  const summary = JSON.parse(out);
  assert.deepEqual([status, summary.typeCount, summary.firstId > 1], [0, 1, true]);
  assert.match(btfkit(['inspect', split, '-B', base, 'module_t']).out, /^typedef .*module_t;/);
  const wrong = btfkit(['inspect', split, '-B', join(scratch, 'absent')]);
  assert.deepEqual([wrong.status, wrong.err], [1, `btfkit: ${join(scratch, 'absent')}: No such file or directory\n`]);
});

test('standard input: a pipe and a file', () => {
  const piped = btfkit(['inspect', '-', '--json'], { input: everyKind(true) });
  assert.deepEqual([piped.status, JSON.parse(piped.out).byteOrder, JSON.parse(piped.out).source], [0, 'big', '-']);
  const fed = btfkit(['inspect', '-', 'opaque'], { stdio: [openSync(sample), 'pipe', 'pipe'] });
  assert.deepEqual([fed.status, fed.out], [0, btfkit(['inspect', sample, 'opaque']).out]);
  const broken = btfkit(['inspect', '-'], { input: 'text' });
  assert.equal(broken.status, 1);
  assert.match(broken.err, /^btfkit: -: neither/);
});

test('colour: always, never, and not in a pipe', () => {
  assert.match(btfkit(['inspect', sample, '--color', 'always']).out, /\x1b\[/);
  assert.match(btfkit(['inspect', sample, '--color=always'], { env: { ...process.env, NO_COLOR: '1' } }).out, /\x1b\[/);
  for (const args of [[], ['--color=never'], ['--color', 'auto']]) assert.doesNotMatch(btfkit(['inspect', sample, ...args]).out, /\x1b/);
});

test('a reader that goes away is no error', async () => {
  const path = write('many.btf', makeBtf((add, name) => {
    const int = add(1, 'int', { third: 4 }, 32);
    const values = Array.from({ length: 20_000 }, (_, i) => [name(`VALUE_${i}`), i]).flat();
    add(6, 'many', { vlen: 20_000, third: 4 }, ...values);
    return int;
  }));
  const child = spawn(process.execPath, [cli, 'inspect', path, 'many']);
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  const first = await new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.match(first.toString(), /^enum many \{/);
  assert.deepEqual([code, err], [0, '']);
});

test('an output file takes the place of the old one only when it is whole', () => {
  const folder = join(scratch, 'outputs');
  mkdirSync(folder);
  const target = join(folder, 'real.btf');
  writeFileSync(target, 'old');
  chmodSync(target, 0o640);
  symlinkSync(target, join(folder, 'link.btf'));
  assert.equal(btfkit(['extract', sample, '-o', join(folder, 'link.btf'), '--distilled-base']).status, 1);
  assert.equal(readFileSync(target, 'utf8'), 'old');
  assert.equal(btfkit(['extract', sample, '-o', join(folder, 'link.btf')]).status, 0);
  assert.ok(readFileSync(target).equals(Buffer.from(everyKind())));
  assert.equal(statSync(target).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(folder).sort(), ['link.btf', 'real.btf']);
});

test('the base of a module is found by where the module lies', async () => {
  const system = join(realpathSync(scratch), 'root');
  const put = (path, bytes) => {
    mkdirSync(dirname(join(system, path)), { recursive: true });
    writeFileSync(join(system, path), bytes);
    return join(system, path);
  };
  const places = { root: system, release: '6.1.0-x' };
  const split = makeSplit(everyKind());
  const module = put('/usr/lib/modules/5.10.0/kernel/a.ko', split);
  const missing = async (file) => {
    try {
      await openOnBase(file, {}, places);
    } catch (error) {
      return parts(error).text;
    }
  };
  assert.match(await missing(module), new RegExp(`, and there is no BTF of its kernel in ${system}/lib/modules/5\\.10\\.0/build/vmlinux, [^]* or ${system}/boot/vmlinuz-5\\.10\\.0: is it split BTF\\? give its base$`));
  const last = put('/boot/vmlinux-5.10.0', everyKind());
  put('/lib/modules/5.10.0/build/vmlinux', makeElf([{ name: '.text', bytes: new Uint8Array(8) }])); // without BTF
  const opened = await openOnBase(module, {}, places);
  assert.deepEqual([opened.base, opened.btf.require('module_t').target.name], [last, 'int']);
  const partial = await openOnBase(module, { partial: true }, places);
  assert.deepEqual([partial.base, partial.btf.summary.damage], [last, undefined]);
  assert.equal((await openOnBase(last, {}, places)).base, undefined);

  const running = put('/sys/kernel/btf/vmlinux', everyKind());
  assert.equal((await openOnBase(put('/sys/kernel/btf/a', split), {}, places)).base, running);
  assert.equal((await openOnBase(put('/lib/modules/6.1.0-x/a.ko', split), {}, places)).base, running);
  assert.equal((await openOnBase(module, {}, places)).base, last);
  for (const path of ['/a.ko', '/usr/lib/modules/a.ko', '/home/usr/lib/modules/6.1.0-x/a.ko']) assert.match(await missing(put(path, split)), /NUL: is it split BTF\? give its base$/);
  put('/boot/vmlinux-5.10.0', makeBtf((add) => add(1, 'int', { third: 4 }, 32)));
  assert.ok((await missing(module)).endsWith(`is the base the right one? (it was found as ${last})`));
});
