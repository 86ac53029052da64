// The package as its users get it: packed, unpacked into an empty project, imported in every way.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { needs, packageFolder, root, runningKernel, scratch } from './support/files.mjs';
import { everyKind } from './support/make.mjs';

const app = join(scratch, 'app');
const installed = join(app, 'node_modules/btfkit');
const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');
const tsc = join(packageFolder, 'node_modules/typescript/bin/tsc');
const inputPath = join(app, 'input.btf');
let packed;

before(() => {
  mkdirSync(installed, { recursive: true });
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], { cwd: packageFolder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const described = JSON.parse(answer);
  packed = Array.isArray(described) ? described[0] : Object.values(described)[0]; // npm 11 and earlier, npm 12
  execFileSync('tar', ['xf', join(scratch, packed.filename), '--strip-components=1', '-C', installed]);
  writeFileSync(join(app, 'package.json'), '{"private":true}');
  writeFileSync(inputPath, everyKind());
});

/** Runs a script of the project; its standard output. */
function node(name, text, ...args) {
  writeFileSync(join(app, name), text);
  return execFileSync(process.execPath, [...args, name], { cwd: app, encoding: 'utf8' });
}

test('contents: what is needed and nothing else', () => {
  const files = packed.files.map((file) => file.path);
  for (const path of ['package.json', 'README.md', 'LICENSE', 'bin/cli.js', 'dist/node.js', 'dist/browser.js', 'dist/index.d.ts', 'dist/btf.wasm', 'dist/btf.wasm.d.ts', 'dist/LICENSES.txt'])
    assert.ok(files.includes(path), `${path} is missing`);
  for (const path of files) assert.match(path, /^(package\.json|README\.md|LICENSE|bin\/cli\.js|dist\/[\w.]+\.(js|d\.ts|wasm|txt))$/);
  for (const entry of [manifest.types, manifest.bin.btfkit, manifest.exports['.'].node, manifest.exports['.'].default]) assert.ok(files.includes(entry.slice(2)), entry);
  assert.match(readFileSync(join(installed, 'dist/LICENSES.txt'), 'utf8'), /xz-decompress[^]*Emscripten[^]*fflate[^]*fzstd/);
  assert.ok(statSync(join(installed, 'bin/cli.js')).mode & 0o100, 'the command is not executable');
});

test('no dependencies, no install scripts, no registry in the lock file, one version', async () => {
  assert.equal(manifest.dependencies, undefined);
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) assert.equal(manifest.scripts[script], undefined);
  assert.doesNotMatch(readFileSync(join(packageFolder, 'package-lock.json'), 'utf8'), /"resolved"|https?:\/\/[^"]*\.tgz/);
  const { version } = await import('../../wasm/package/dist/node.js');
  assert.equal(version, manifest.version);
  assert.equal(/project\(btfkit VERSION ([\d.]+)/.exec(readFileSync(join(root, 'CMakeLists.txt'), 'utf8'))[1], version);
});

// 130 kB is what it should be again: since layouts, queries and values nobody looked at what code weighs.
test('size: everything a page loads, brotli, under 330 kB', (t) => {
  const loaded = readdirSync(join(installed, 'dist')).filter((name) => /\.(js|wasm)$/.test(name) && !['node.js', 'cli.js', 'base.js', 'output.js', 'xz.js'].includes(name));
  const sizes = loaded.map((name) => brotliCompressSync(readFileSync(join(installed, 'dist', name))).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  t.diagnostic(`${total} bytes`);
  assert.ok(total > 20_000 && total < 330_000, `${total} bytes`);
});

const use = `const btf = Btf.open('input.btf'); console.log(btf.typeCount, btf.require('node', 'struct').members.length);`;

test('import, require, a worker, the command', () => {
  assert.equal(node('import.mjs', `import { Btf } from 'btfkit'; ${use}`), '21 4\n');
  assert.equal(node('require.cjs', `const { Btf } = require('btfkit'); ${use}`, '--no-warnings'), '21 4\n');
  assert.equal(node('worker.mjs', `import { Worker, isMainThread } from 'node:worker_threads'; import { Btf } from 'btfkit';
    if (isMainThread) new Worker(new URL(import.meta.url)); ${use}`), '21 4\n21 4\n');
  assert.equal(node('wasm.mjs', `import { readFileSync } from 'node:fs'; const path = new URL(import.meta.resolve('btfkit/btf.wasm')); console.log(WebAssembly.validate(readFileSync(path)));`), 'true\n');
  mkdirSync(join(app, 'node_modules/.bin'), { recursive: true });
  symlinkSync('../btfkit/bin/cli.js', join(app, 'node_modules/.bin/btfkit'));
  assert.match(execFileSync('npx', ['--no-install', 'btfkit', 'inspect', 'input.btf'], { cwd: app, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }), /^input\.btf: raw BTF/);
});

test('importing it compiles nothing and keeps nothing running', () => {
  const text = `const compiled = []; for (const name of ['Module', 'Instance']) { const Real = WebAssembly[name]; WebAssembly[name] = function (...args) { compiled.push(name); return new Real(...args); }; }
    const { Btf, init, version } = await import('btfkit'); await init(); console.log(version, compiled.length); ${use} console.log(compiled.join());`;
  assert.equal(node('lazy.mjs', text), `${manifest.version} 0\n21 4\nModule,Instance\n`);
});

// ---- the browser entry, under Node: it uses fetch and WebAssembly only

const browserUse = `import { readFileSync } from 'node:fs'; import { Btf, BtfError, init } from './node_modules/btfkit/dist/browser.js';
  const bytes = readFileSync('input.btf'); const attempt = (run) => { try { return run(); } catch (error) { return error instanceof BtfError ? error.code : error; } };`;

test('the browser entry: init is needed, once; a module that was compiled elsewhere', () => {
  const text = `${browserUse}
    console.log(attempt(() => Btf.fromBytes(bytes)), attempt(() => Btf.open('input.btf')));
    const module = await WebAssembly.compile(readFileSync('node_modules/btfkit/dist/btf.wasm'));
    await Promise.all([init({ module }), init({ module })]); await init();
    console.log(Btf.fromBytes(bytes).typeCount, (await Btf.fromBlob(new Blob([bytes]))).typeCount, attempt(() => Btf.open('input.btf')));`;
  assert.equal(node('browser.mjs', text), 'invalid_argument not_supported\n21 21 not_supported\n');
});

test('the browser entry: fetching with a good, a wrong and no answer', async () => {
  const wasm = readFileSync(join(installed, 'dist/btf.wasm'));
  const server = createServer((request, response) => {
    if (request.url === '/absent') return response.writeHead(404).end();
    response.setHeader('Content-Type', request.url === '/good' ? 'application/wasm' : 'application/octet-stream');
    response.end(request.url === '/text' ? 'no module' : wasm);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const address = `http://127.0.0.1:${server.address().port}`;
  try {
    for (const [path, expected] of [['good', '21'], ['untyped', '21'], ['absent', 'system 21'], ['text', 'system 21']]) {
      const text = `${browserUse} try { await init({ url: '${address}/${path}' }); } catch (error) { process.stdout.write(error.code + ' '); await init({ url: new URL('${address}/good') }); }
        console.log(Btf.fromBytes(bytes).typeCount);`;
      writeFileSync(join(app, 'fetch.mjs'), text);
      const out = await new Promise((done, fail) => execFile(process.execPath, ['fetch.mjs'], { cwd: app }, (error, stdout) => (error ? fail(error) : done(stdout))));
      assert.equal(out.trim(), expected, path);
    }
  } finally {
    server.close();
  }
});

// ---- declarations

/** Checks TypeScript files in a project that has no other types installed; what tsc complains about. */
function check(files, ...options) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(app, name), text);
  const args = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2022', ...options, ...Object.keys(files)];
  try {
    return execFileSync(process.execPath, [tsc, ...args], { cwd: app, encoding: 'utf8' });
  } catch (error) {
    return error.stdout;
  }
}

const consumer = `
import { Btf, BtfError, decodeNames, init, kindName, version, type BtfType, type Columns, type DumpOptions, type Kind, type StructType, type Summary } from 'btfkit';

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
`;

test('tsc: a strict consumer without skipLibCheck, without DOM or Node types', () => {
  assert.equal(check({ 'consumer.mts': consumer }, '--lib', 'es2022'), '');
  assert.match(check({ 'wrong.mts': "import { Btf } from 'btfkit'; const n: string = Btf.open('x').typeCount; export { n };" }, '--lib', 'es2022'), /TS2322/);
});

test('tsc: a consumer in a browser, with a bundler, with using', () => {
  const [example] = /```ts\n([^]*?)```/.exec(readme).slice(1);
  const text = `${example}
    import type { Columns } from 'btfkit';
    import wasm from 'btfkit/btf.wasm';
    export async function more(file: File, columns: Columns, signal: AbortSignal) {
      await init({ url: new URL(wasm, 'http://localhost'), module: new WebAssembly.Module(new ArrayBuffer(0)) });
      using btf = await Btf.fromBlob(file, { signal });
      postMessage(columns, { transfer: [columns.kind.buffer, columns.strings.buffer] });
      return btf.name;
    }`;
  assert.equal(check({ 'page.mts': text }, '--lib', 'es2022,dom,esnext.disposable', '--module', 'esnext', '--moduleResolution', 'bundler'), '');
});

// ---- the README

const examples = [...readme.matchAll(/```js\n([^]*?)```\n\n```text\n([^]*?)```/g)];
examples.forEach(([, code, output], i) => {
  test(`README, example ${i + 1}: prints what it says`, { skip: needs({ [runningKernel]: existsSync(runningKernel) }) }, () => {
    assert.equal(node(`readme${i}.mjs`, code), output);
  });
});
test('README: every example has its output, every file it names exists', () => {
  assert.ok(examples.length >= 2);
  assert.equal(readme.match(/```js\n/g).length, examples.length);
  for (const [path] of readme.matchAll(/dist\/[\w.]+/g)) assert.ok(existsSync(join(installed, path)), path);
});
