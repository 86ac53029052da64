// The command: exit codes, streams, options; and byte for byte what the native one prints.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openOnBase } from '../../wasm/package/dist/base.js';
import { parts } from '../../wasm/package/dist/error.js';
import { version } from '../../wasm/package/dist/node.js';
import { cli, nativeCommand, needs, root, run, scratch } from './support/files.mjs';
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
    [write('nobtf.o', makeElf([{ name: '.text', bytes: new Uint8Array(8) }])).slice(scratch.length + 1)]: /no \.BTF section/,
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

test('wrong usage: stderr, exit code 2', () => {
  const alone = btfkit([]);
  assert.deepEqual([alone.status, alone.out], [2, '']);
  assert.match(alone.err, /^Reads, checks and explains BTF/);
  for (const args of [['frobnicate'], ['--frobnicate'], ['inspect'], ['inspect', '--frobnicate', sample], ['inspect', sample, 'a', 'b'], ['inspect', sample, '--color'], ['inspect', sample, '--color=blue'], ['inspect', sample, '--json=yes']]) {
    const { status, out, err } = btfkit(args);
    assert.deepEqual([status, out], [2, ''], args.join(' '));
    assert.match(err, /^btfkit: .*\nTry 'btfkit (inspect )?--help'\.\n$/, args.join(' '));
  }
});

test('--help and --version', () => {
  assert.deepEqual(btfkit(['--version']), { status: 0, out: `btfkit ${version}\n`, err: '' });
  const help = btfkit(['--help']);
  assert.deepEqual([help.status, help.err], [0, '']);
  assert.match(help.out, /inspect {2,}what is in a file/);
  assert.equal(btfkit(['help']).out, help.out);
  assert.equal(btfkit(['help', 'inspect']).out, btfkit(['inspect', '--help']).out);
  assert.deepEqual(btfkit(['help', 'nothing']), { status: 2, out: '', err: "btfkit: no verb 'nothing'\nTry 'btfkit --help'.\n" });
  const verb = btfkit(['inspect', '--help']);
  assert.deepEqual([verb.status, verb.err], [0, '']);
  for (const word of ['FILE', '[TYPE]', '--json', '--color WHEN', 'auto, always, never', 'btfkit inspect /sys/kernel/btf/vmlinux']) assert.ok(verb.out.includes(word), word);
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

/** The native command's help without what only it can do, for it has the running kernel. */
const portable = (help) => help.toString().replace(/^Verbs for the running kernel:\n[^]*?\n\n/m, '').replace(/^ +or kernel, [^]*? running kernel\n/m, '');

test('the same bytes as the native command', { skip: needs({ 'the native command (./dev build)': nativeCommand }) }, () => {
  const timeless = (text) => text.replace(/loaded in [\d.]+ ms/, 'loaded in some ms');
  const elf = write('sample.o', makeElf([{ name: '.BTF', bytes: everyKind(true) }], { big: true }));
  const broken = write('broken.btf', everyKind().subarray(0, 300));
  for (const args of [
    [sample], [elf], [elf, '--json'], [elf, '--color', 'always'], [sample, 'node'], [sample, 'node', '--json'], [sample, 'enum colour', '--color=always'], [sample, '6'],
    [sample, 'nothing'], [sample, 'nothing', '--json'], [broken], [broken, '--json'], [join(scratch, 'absent')], [join(scratch, 'absent'), '--json'], [scratch],
  ]) {
    const ours = btfkit(['inspect', ...args]);
    const native = run(nativeCommand, ['inspect', ...args]);
    assert.deepEqual([ours.status, timeless(ours.out), ours.err], [native.status, timeless(native.stdout.toString()), native.stderr.toString()], args.join(' '));
  }
  for (const args of [['frobnicate'], ['inspect'], ['inspect', sample, '--frobnicate'], ['inspect', sample, '--color=blue'], ['inspect', sample, 'a', 'b']])
    assert.equal(btfkit(args).status, run(nativeCommand, args).status, args.join(' '));
  for (const args of [[], ['help'], ['help', 'stat'], ['help', 'nothing'], ['--help'], ['inspect', '--help'], ['--version'], ['frobnicate']]) {
    const native = run(nativeCommand, args);
    assert.deepEqual(btfkit(args), { status: native.status, out: portable(native.stdout), err: portable(native.stderr) }, args.join(' '));
  }
  assert.notEqual(portable(run(nativeCommand, ['--help']).stdout), run(nativeCommand, ['--help']).stdout.toString());
});

test('the other verbs: the same bytes as the native command', { skip: needs({ 'the native command (./dev build)': nativeCommand }) }, () => {
  const object = join(root, 'tests/golden/types.o');
  const data = write('data', Uint8Array.from({ length: 5000 }, (_, i) => i * 7));
  const lines = [
    ...['sample.bpf.o', 'sample.bpf.eb.o', 'types.o', 'values.s390x.o'].flatMap((name) => ['stat', 'inspect'].flatMap((verb) => [[verb, join(root, 'tests/golden', name), '--json'], [verb, join(root, 'tests/golden', name), '--color', 'always']])),
    ['layout', object, 'everything', 'struct list_head', '--hex'], ['layout', object], ['layout', object, '--json', 'bits'], ['layout', object, 'list_head', 'nothing'],
    ['find', object, '*list*'], ['find', object, '--kind', 'struct', '--kind', 'union', '--json'], ['find', object, 'nothing'], ['find', object, '--with-member', 'next'],
    ['offset', object, 'list_head.prev'], ['offset', object, 'list_head.nothing'], ['at', object, 'list_head', '8'], ['at', object, 'list_head', 'x'],
    ['decode', object, 'list_head', '--data', data], ['decode', object, 'bits', '-d', data, '--count', 'all', '--json'], ['decode', object, 'list_head', '-d', data, '--at', '4999'],
    ['decode', object, 'list_head', '--data', join(scratch, 'absent')], ['decode', object, 'list_head', '--data', scratch, '--json'], ['decode', '-', 'list_head'],
  ];
  const timeless = (text) => text.replace(/loaded in [\d.]+ ms/, 'loaded in some ms');
  for (const line of lines) {
    const native = run(nativeCommand, line);
    const { status, out, err } = btfkit(line);
    assert.deepEqual([status, timeless(out), err], [native.status, timeless(native.stdout.toString()), native.stderr.toString()], line.join(' '));
  }
  const piped = { input: Uint8Array.from({ length: 16 }, (_, i) => i) };
  assert.match(btfkit(['decode', object, 'list_head'], piped).out, /0x706050403020100/);
  assert.equal(btfkit(['decode', object, 'list_head'], piped).out, run(nativeCommand, ['decode', object, 'list_head'], piped).stdout.toString());
  const names = [...btfkit(['--help']).out.matchAll(/^  ([a-z]+) {2,}/gm)].map(([, name]) => name);
  assert.ok(names.includes('layout') && names.includes('decode'));
  for (const name of names) assert.equal(btfkit([name, '--help']).out, portable(run(nativeCommand, [name, '--help']).stdout), name);
});

test('rewrite and extract: the same bytes as the native command, in a file or on standard output', { skip: needs({ 'the native command (./dev build)': nativeCommand }) }, () => {
  const object = join(root, 'tests/golden/sample.bpf.o');
  const split = write('split.ko', makeElf([{ name: '.BTF', bytes: makeSplit(everyKind()) }]));
  const lines = [
    ['rewrite', object, '--for', '5.4'], ['rewrite', object, '--prepare'], ['rewrite', object, '--for', '6.12.107-cloud', '--json'], ['rewrite', sample, '--order', 'big'],
    ['rewrite', sample, '-r', 'no_enum64', '--rewrite', 'no_float', '--layout', 'write', '--json'], ['rewrite', object], ['rewrite', object, '--for', 'x'], ['rewrite', object, '--for', '4.4'],
    ['extract', object], ['extract', object, '--json'], ['extract', sample], ['extract', split], ['extract', object, '--distilled-base'], ['extract', join(scratch, 'absent')],
  ];
  for (const line of lines) {
    const [native, ours] = [run(nativeCommand, line), run(process.execPath, [cli, ...line])];
    assert.deepEqual([ours.status, ours.stderr.toString()], [native.status, native.stderr.toString()], line.join(' '));
    assert.ok(ours.stdout.equals(native.stdout), line.join(' '));
    const files = ['ours.btf', 'native.btf'].map((name) => join(scratch, `into-${lines.indexOf(line)}-${name}`));
    const [into, nativeInto] = [run(process.execPath, [cli, ...line, '-o', files[0]]), run(nativeCommand, [...line, '-o', files[1]])];
    assert.deepEqual([into.status, into.stdout.toString(), into.stderr.toString()], [nativeInto.status, nativeInto.stdout.toString(), nativeInto.stderr.toString()], line.join(' '));
    assert.equal(existsSync(files[0]), nativeInto.status === 0, line.join(' '));
    if (nativeInto.status === 0) assert.ok(readFileSync(files[0]).equals(readFileSync(files[1])), line.join(' '));
  }
  for (const path of [scratch, join(scratch, 'absent/x'), '/dev/full']) {
    const native = run(nativeCommand, ['extract', object, '-o', path]);
    assert.deepEqual(btfkit(['extract', object, '-o', path]), { status: 1, out: '', err: native.stderr.toString() }, path);
  }
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
