// The golden suite: support/invocations.txt, line by line, with the native command and with the package's.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { cli, corpus, filesBelow, nativeCommand, needs, program, root, scratch, shared, unxz } from './support/files.mjs';
import { compressedSection, everyKind, makeElf, makeSplit } from './support/make.mjs';

const lines = readFileSync(join(root, 'tests/node/support/invocations.txt'), 'utf8')
  .split(/\n(?=#|corpus |\d |\n)/)
  .filter((line) => /^(corpus )?\d /.test(line))
  .map((line) => {
    const [, real, code, command] = /^(corpus )?(\d) ([^]*?)\n*$/.exec(line);
    return { real: real !== undefined, code: Number(code), command };
  });

const why = { 'the native command (./dev build)': nativeCommand, ...Object.fromEntries(['sh', 'script', 'zstd', 'lz4', 'xz'].map((name) => [name, program(name)])) };
const skip = needs(why);

/** Where the lines are run: a folder for each of the two commands, with the same names in it. */
const sides = ['native', 'package'].map((name) => join(scratch, name));

/** Writes a file for both. */
const put = (name, bytes) => sides.forEach((side) => writeFileSync(join(side, name), bytes));

before(() => {
  if (skip) return;
  for (const [i, side] of sides.entries()) {
    mkdirSync(join(side, 'sub'), { recursive: true });
    mkdirSync(join(side, '.bin'));
    if (nativeCommand) symlinkSync([nativeCommand, cli][i], join(side, '.bin/btfkit'));
    for (const file of filesBelow(join(root, 'tests/golden'))) if (/\.(o|btf)$/.test(file)) copyFileSync(file, join(side, file.slice(file.lastIndexOf('/') + 1)));
  }
  const golden = (name) => readFileSync(join(root, 'tests/golden', name));
  const pack = (tool, bytes) => execFileSync(tool, ['-c'], { input: bytes, stdio: ['pipe', 'pipe', 'ignore'] });
  const zstd = (bytes) => pack('zstd', bytes);
  const types = golden('types.o');
  const every = everyKind();
  put('every.btf', every);
  put('name with  spaces.btf', every);
  put('ünïcödé.btf', every);
  put('split.btf', makeSplit(every));
  put('split.o', makeElf([{ name: '.BTF', bytes: makeSplit(every) }]));
  put('nobtf.o', makeElf([{ name: '.text', bytes: new Uint8Array(8) }]).fill(62, 18, 19)); // for x86: of BPF objects there would be more to say
  const bare = golden('types.btf');
  put('zlib.o', makeElf([{ name: '.BTF', bytes: compressedSection(1, deflateSync(bare), bare.length), flags: 0x800 }]));
  put('zstd.o', makeElf([{ name: '.BTF', bytes: compressedSection(2, zstd(bare), bare.length), flags: 0x800 }]));
  put('packed.o.gz', gzipSync(types));
  put('packed.o.zst', zstd(types));
  for (const tool of ['lz4', 'xz']) {
    put(`packed.o.${tool}`, pack(tool, types));
    put(`cut.o.${tool}`, pack(tool, types).subarray(0, 500));
  }
  put('cut.o', types.subarray(0, 1000));
  put('cut.o.gz', gzipSync(types).subarray(0, 500));
  put('cut.o.zst', zstd(types).subarray(0, 500));
  put('cut.btf', every.subarray(0, 300));
  put('header.btf', every.subarray(0, 20));
  const dangling = Uint8Array.from(every);
  new DataView(dangling.buffer).setUint32(24 + 16 + 8, 4711, true);
  put('dangling.btf', dangling);
  put('empty', '');
  put('text', 'This is a text.');
  put('data', Uint8Array.from({ length: 5000 }, (_, i) => i * 7));
  put('zeros', new Uint8Array(512));
  put('few', Uint8Array.from({ length: 50 }, (_, i) => i));
  if (!existsSync(corpus)) return;
  const kernel = (name) => unxz(join(corpus, 'kernels', `${name}.btf.xz`));
  put('vmlinux', kernel('amd64-6.12.107'));
  put('s390x', kernel('s390x-6.12.107'));
  put('i386', kernel('i386-6.1.176-pae-dbg-pahole132'));
  const module = join(corpus, 'modules/amd64-6.12.107/veth.ko.xz');
  put('module.ko.xz', readFileSync(module));
  put('module.ko', unxz(module));
  put('distilled.ko', unxz(join(corpus, 'modules/amd64-6.12.107-cloud-oot/oot_demo.ko.xz')));
  put('vmlinuz', readFileSync(join(shared, 'kernel-images/amd64-6.12.107-cloud.vmlinuz')));
});

/** What a line gives in a folder. */
function run({ command }, side, out) {
  return new Promise((done) => {
    const { NO_COLOR, ...env } = process.env;
    const options = { cwd: side, maxBuffer: 2 ** 28, env: { ...env, LC_ALL: 'C.UTF-8', PATH: `${join(side, '.bin')}:${env.PATH}`, OUT: out } };
    const child = execFile('sh', ['-c', command], options, (error, stdout, stderr) => done({ code: error ? error.code : 0, stdout, stderr }));
    child.stdin.end();
  });
}

/** The native command's help without what only it can do, for it has the running kernel. */
const portable = (help) => help.replace(/^Verbs for the running kernel:\n[^]*?\n\n/m, '').replace(/^ +or kernel, [^]*? running kernel\n/m, '');
const timeless = (text) => text.replace(/loaded in [\d.]+ ms/, 'loaded in some ms');

/** Runs lines, as many at once as there are processors; the ones that differ, with how. */
async function compare(some) {
  const wrong = [];
  const rest = [...some.entries()];
  const worker = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      const [i, line] = next;
      const out = `${line.real ? 'real' : 'out'}-${i}`;
      const [native, ours] = await Promise.all(sides.map((side) => run(line, side, out)));
      native.stdout = portable(native.stdout);
      native.stderr = portable(native.stderr);
      for (const side of [native, ours]) side.stdout = timeless(side.stdout);
      try {
        assert.deepEqual(ours, native);
        assert.equal(native.code, line.code, `exit code; standard error: ${native.stderr}`);
      } catch (error) {
        wrong.push(`$ ${line.command}\n${error.message.slice(0, 1500)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return wrong;
}

test('the same output, messages and exit codes as the native command', { skip }, async () => {
  const made = lines.filter(({ real }) => !real);
  assert.ok(made.length > 300);
  assert.deepEqual(await compare(made), []);
  const left = sides.map((side) => readdirSync(side).sort());
  assert.deepEqual(left[1], left[0], 'files that were made');
});

test('the same of real kernels and modules', { skip: needs({ ...why, 'the corpus': existsSync(corpus) }) }, async () => {
  assert.deepEqual(await compare(lines.filter(({ real }) => real)), []);
});

test('the suite has every verb and every option of it', { skip }, () => {
  const help = (...args) => execFileSync(process.execPath, [cli, ...args, '--help'], { encoding: 'utf8' });
  const verbs = [...help().matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, verb]) => verb);
  assert.ok(verbs.length >= 10);
  const unused = [];
  for (const verb of verbs) {
    const used = lines.map(({ command }) => command).filter((command) => command.includes(`btfkit ${verb} `));
    assert.ok(used.length > 5, verb);
    for (const [, letter, name] of help(verb).matchAll(/^ {2}(?:-(\w), )?--([\w-]+)/gm))
      if (!used.some((command) => new RegExp(` (--${name}\\b|-\\w*${letter ?? '!'})`).test(command))) unused.push(`${verb} --${name}`);
  }
  assert.deepEqual(unused, []);
});
