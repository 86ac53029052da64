// What others make of the package: TypeScript 5.9 and 7, publint, Are The Types Wrong. Bundlers are ../browser/bundlers.test.mjs's.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { needs, packageFolder, root, run, scratch } from './support/files.mjs';
import { installed, project } from './support/installed.mjs';

const app = join(scratch, 'app');
const tools = join(root, 'tests/node_modules');
const skip = needs({ 'the tools of tests/package.json (npm ci)': existsSync(join(tools, '.bin/attw')) });
const compilers = [['typescript', /^Version 5\.9\./], ['typescript-7', /^Version 7\./]];
const tsc = (compiler) => [join(tools, compiler, 'bin', 'tsc')];

before(() => {
  project(app);
  copyFileSync(join(root, 'tests/node/consumer/strict.mts'), join(app, 'strict.mts'));
});

/** Checks a project that has no other types installed; what the compiler complains about. */
function check(compiler, files, ...options) {
  const args = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2022', ...options, ...files];
  const { status, stdout } = run(process.execPath, [...tsc(compiler), ...args], { cwd: app });
  assert.equal(status === 0, stdout.length === 0);
  return stdout.toString();
}

for (const [compiler, version] of compilers) {
  test(`${compiler}: a strict consumer without skipLibCheck, without DOM or Node types`, { skip }, () => {
    assert.match(execFileSync(process.execPath, [...tsc(compiler), '--version'], { encoding: 'utf8' }), version);
    assert.equal(check(compiler, ['strict.mts'], '--lib', 'es2022'), '');
    writeFileSync(join(app, 'wrong.mts'), "import { Btf } from 'btfkit'; const n: string = Btf.open('x').typeCount; export { n };");
    assert.match(check(compiler, ['wrong.mts'], '--lib', 'es2022'), /TS2322/);
    writeFileSync(join(app, 'common.cts'), "import { Btf } from 'btfkit'; const n: number = Btf.open('x').typeCount; export { n };");
    assert.equal(check(compiler, ['common.cts'], '--lib', 'es2022'), '', 'require() of it');
  });

  test(`${compiler}: a consumer in a browser, with a bundler, with using`, { skip }, () => {
    const [, example] = /```ts\n([^]*?)```/.exec(readFileSync(join(packageFolder, 'README.md'), 'utf8'));
    writeFileSync(join(app, 'page.mts'), `${example}
      import { decodeNames, type Columns } from 'btfkit/columns';
      import wasm from 'btfkit/btf.wasm';
      export async function more(file: File, columns: Columns, signal: AbortSignal) {
        await init({ url: new URL(wasm, 'http://localhost'), module: new WebAssembly.Module(new ArrayBuffer(0)) });
        using btf = await Btf.fromBlob(file, { signal });
        postMessage(columns, { transfer: [columns.kind.buffer, columns.strings.buffer] });
        return [btf.name, ...decodeNames(columns)];
      }`);
    assert.equal(check(compiler, ['page.mts'], '--lib', 'es2022,dom,esnext.disposable', '--module', 'esnext', '--moduleResolution', 'bundler'), '');
  });
}

test('publint has nothing to say', { skip }, async () => {
  const { publint } = await import('publint');
  const { messages } = await publint({ pack: { tarball: Uint8Array.from(readFileSync(installed().tarball)).buffer }, strict: true });
  assert.deepEqual(messages, []);
});

test('the types are right for every way of resolving that an ES module has', { skip }, () => {
  const { status, stdout } = run(process.execPath, [join(tools, '@arethetypeswrong/cli/dist/index.js'), '--profile', 'esm-only', '--format', 'json', installed().tarball]);
  const { analysis, problems } = JSON.parse(stdout);
  assert.deepEqual([status, analysis.packageName, Object.keys(analysis.entrypoints)], [0, 'btfkit', ['.', './columns', './btf.wasm', './more.wasm', './reading.wasm', './package.json']]);
  // What the profile does not ask for: Node's require() of ES modules before 20.19, and resolving from before there were exports.
  assert.deepEqual(analysis.problems.filter(({ resolutionKind }) => !['node10', 'node16-cjs'].includes(resolutionKind)), []);
  assert.deepEqual(Object.keys(problems).filter((kind) => !['CJSResolvesToESM', 'NoResolution'].includes(kind)), []);
});
