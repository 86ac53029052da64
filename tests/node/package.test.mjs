// The package as its users get it: packed, installed into an empty project, imported in every way. Compilers and bundlers are
// consumers.test.mjs's and ../browser/bundlers.test.mjs's.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { packageFolder, root, scratch } from './support/files.mjs';
import { installed, pageFiles, project } from './support/installed.mjs';
import { everyKind } from './support/make.mjs';

const app = join(scratch, 'app');
const package_ = join(app, 'node_modules/btfkit');
const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
const inputPath = join(app, 'input.btf');

before(() => {
  project(app);
  writeFileSync(inputPath, everyKind());
});

/** Runs a script of the project; its standard output. */
function node(name, text, ...args) {
  writeFileSync(join(app, name), text);
  return execFileSync(process.execPath, [...args, name], { cwd: app, encoding: 'utf8' });
}

test('contents: what is needed and nothing else', () => {
  const { files } = installed();
  for (const path of ['package.json', 'README.md', 'LICENSE', 'bin/cli.js', 'bin/package.json', 'dist/cli.cjs', 'dist/node.js', 'dist/browser.js', 'dist/index.d.ts', 'dist/btf.wasm', 'dist/btf.wasm.d.ts', 'dist/more.wasm', 'dist/more.wasm.d.ts', 'dist/reading.wasm', 'dist/reading.wasm.d.ts', 'dist/LICENSES.txt'])
    assert.ok(files.includes(path), `${path} is missing`);
  for (const path of files) assert.match(path, /^(package\.json|README\.md|LICENSE|bin\/(cli\.js|package\.json)|dist\/[\w.-]+\.(js|cjs|d\.ts|wasm|txt))$/);
  for (const entry of [manifest.types, manifest.bin.btfkit, manifest.exports['.'].node, manifest.exports['.'].default]) assert.ok(files.includes(entry.slice(2)), entry);
  assert.match(readFileSync(join(package_, 'dist/LICENSES.txt'), 'utf8'), /xz-decompress[^]*Emscripten[^]*fflate[^]*fzstd/);
  assert.ok(statSync(join(package_, 'bin/cli.js')).mode & 0o100, 'the command is not executable');
});

test('no dependencies, no install scripts, no registry in the lock file, one version', async () => {
  assert.equal(manifest.dependencies, undefined);
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) assert.equal(manifest.scripts[script], undefined);
  for (const folder of [packageFolder, join(root, 'tests'), join(root, 'web')])
    assert.doesNotMatch(readFileSync(join(folder, 'package-lock.json'), 'utf8'), /"resolved": "(?!\.\.\/)|https?:\/\/[^"]*\.tgz/, folder);
  const { version } = await import('../../wasm/package/dist/node.js');
  assert.equal(version, manifest.version);
  assert.equal(/project\(btfkit VERSION ([\d.]+)/.exec(readFileSync(join(root, 'CMakeLists.txt'), 'utf8'))[1], version);
});

test('size: what a page loads before it can open a file, brotli, under 130 kB; what it loads then, under 170 kB; reading.wasm, under 190 kB', (t) => {
  const brotli = (path) => brotliCompressSync(readFileSync(join(package_, path))).length;
  const [first, more, reading] = [pageFiles().reduce((sum, path) => sum + brotli(path), 0), brotli('dist/more.wasm'), brotli('dist/reading.wasm')];
  t.diagnostic(`${first}, ${more} and ${reading} bytes`);
  assert.ok(first > 20_000 && first < 130_000, `${first} bytes`);
  assert.ok(more > 20_000 && more < 170_000, `${more} bytes`);
  assert.ok(reading > 20_000 && reading < 190_000, `${reading} bytes`);
});

const use = `const btf = Btf.open('input.btf'); console.log(btf.typeCount, btf.require('node', 'struct').members.length);`;

test('import, require, a worker, the command', () => {
  assert.equal(node('import.mjs', `import { Btf } from 'btfkit'; ${use}`), '21 4\n');
  assert.equal(node('require.cjs', `const { Btf } = require('btfkit'); ${use}`, '--no-warnings'), '21 4\n');
  assert.equal(node('require.js', `const { Btf } = require('btfkit'); ${use}`), '21 4\n', 'a package without a type');
  assert.equal(node('worker.mjs', `import { Worker, isMainThread } from 'node:worker_threads'; import { Btf } from 'btfkit';
    if (isMainThread) new Worker(new URL(import.meta.url)); ${use}`), '21 4\n21 4\n');
  assert.equal(node('wasm.mjs', `import { readFileSync } from 'node:fs'; const path = new URL(import.meta.resolve('btfkit/btf.wasm')); console.log(WebAssembly.validate(readFileSync(path)));`), 'true\n');
  assert.equal(node('columns.mjs', `import { readFileSync } from 'node:fs'; import { decodeNames } from 'btfkit/columns'; console.log(decodeNames({ strings: Buffer.from('\\0int\\0'), nameOffset: Uint32Array.of(0, 1) }).join());
    const imported = readFileSync(new URL(import.meta.resolve('btfkit/columns')), 'utf8'); console.log(/\\bimport\\b/.test(imported));`), ',int\nfalse\n');
  assert.match(execFileSync('npx', ['--no-install', 'btfkit', 'inspect', 'input.btf'], { cwd: app, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }), /^input\.btf: raw BTF/);
});

test('importing it compiles nothing and keeps nothing running; the second part is for what needs it', () => {
  const text = `const compiled = []; for (const name of ['Module', 'Instance']) { const Real = WebAssembly[name]; WebAssembly[name] = function (...args) { compiled.push(name); return new Real(...args); }; }
    const { Btf, init, version } = await import('btfkit'); await init(); console.log(version, compiled.length); ${use} console.log(compiled.join()); btf.summary; console.log(compiled.join()); btf.layouts(); console.log(compiled.length);`;
  assert.equal(node('lazy.mjs', text), `${manifest.version} 0\n21 4\nModule,Instance\nModule,Instance,Module,Instance\n4\n`);
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
  const wasm = readFileSync(join(package_, 'dist/btf.wasm'));
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
