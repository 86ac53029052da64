// The package's README: what it shows is run, and prints what it says. Its page is opened in ../browser/bundlers.test.mjs.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { corpus, needs, packageFolder, program, root, run, runningKernel, scratch, unxz } from './support/files.mjs';
import { pageFiles, project } from './support/installed.mjs';

const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');
const app = join(scratch, 'app');

/** [code, output], of the running kernel. */
const examples = [...readme.matchAll(/```js\n([^]*?)```\n\n```text\n([^]*?)```/g)].map(([, ...parts]) => parts);
/** [name, code, what a terminal shows]. */
const recipes = [...readme.matchAll(/<!-- example: (\S+\.mjs) -->\n```js\n([^]*?)```\n```console\n([^]*?)```/g)].map(([, ...parts]) => parts);
const commands = /```sh\n([^]*?)```/.exec(readme)[1].trimEnd().split('\n');

/** What `bpftool map dump --json` prints of these keys and values. */
function mapDump(entries) {
  const key = (pid, direction) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(pid, 0);
    bytes.writeInt32LE(direction, 4);
    return bytes;
  };
  const value = ({ bytes: sent, calls, largest, comm, peer }) => {
    const bytes = Buffer.alloc(48);
    bytes.writeBigUInt64LE(sent, 0);
    bytes.writeUInt32LE(calls, 8);
    bytes.writeUInt32LE(largest, 12); // 20 bits
    bytes.write(comm, 15, 'latin1');
    bytes.set(peer, 32);
    return bytes;
  };
  const hex = (bytes) => Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, '0')}`);
  return JSON.stringify(entries.map(([pid, direction, given]) => ({ key: hex(key(pid, direction)), value: hex(value(given)) })));
}

before(() => {
  project(app);
  copyFileSync(join(root, 'tests/golden/sample.bpf.o'), join(app, 'prog.bpf.o'));
  writeFileSync(join(app, 'dump.json'), mapDump([
    [4711, 0, { bytes: 12_345_678_901n, calls: 89, largest: 1460, comm: 'curl', peer: [127, 0, 0, 1] }],
    [815, -1, { bytes: 0n, calls: 3, largest: 0, comm: 'sshd', peer: [] }],
  ]));
  if (!existsSync(corpus)) return;
  mkdirSync(join(app, 'kernels'));
  for (const [version, name] of [['5.10', 'amd64-5.10.223'], ['6.1', 'amd64-6.1.176'], ['6.12', 'amd64-6.12.107']])
    writeFileSync(join(app, 'kernels', `${version}.btf`), unxz(join(corpus, 'kernels', `${name}.btf.xz`)));
  copyFileSync(join(corpus, 'kernels/amd64-7.3.4-cloud.btf.xz'), join(app, 'kernels/7.3.btf.xz'));
  copyFileSync(join(app, 'kernels/6.12.btf'), join(app, 'vmlinux'));
});

const real = { 'the corpus': existsSync(corpus), xz: program('xz') };
const sh = (command) => run('sh', ['-c', command], { cwd: app, env: { ...process.env, npm_config_loglevel: 'silent', npm_config_offline: 'true', NO_COLOR: '1' } });

examples.forEach(([code, output], i) => {
  test(`example ${i + 1} prints what it says`, { skip: needs({ [runningKernel]: existsSync(runningKernel) }) }, () => {
    writeFileSync(join(app, `example${i}.mjs`), code);
    assert.equal(sh(`node example${i}.mjs 2>&1`).stdout.toString(), output);
  });
});

for (const [name, code, transcript] of recipes) {
  test(`${name} prints what it says`, { skip: needs({ ...(transcript.includes('kernels') && real) }) }, () => {
    writeFileSync(join(app, name), code);
    let shown = '';
    for (const [, command] of transcript.matchAll(/^\$ (.*)$/gm)) shown += `$ ${command}\n${sh(`{ ${command}\n} 2>&1`).stdout}`;
    assert.equal(shown, transcript);
  });
}

test('every command prints something', { skip: needs(real) }, () => {
  assert.ok(commands.length >= 4);
  for (const line of commands) {
    assert.match(line, /^npx btfkit /);
    const { status, stdout, stderr } = sh(line);
    const written = /(?:> |-o )(\S+)/.exec(line)?.[1];
    assert.equal(status, 0, `${line}\n${stderr}`);
    assert.ok((written ? readFileSync(join(app, written)) : stdout).length > 400, line);
  }
});

test('the sizes are those of the package', () => {
  const loaded = pageFiles().map((path) => readFileSync(join(app, 'node_modules/btfkit', path)));
  const total = (pack) => loaded.reduce((sum, bytes) => sum + pack(bytes).length, 0);
  const more = brotliCompressSync(readFileSync(join(app, 'node_modules/btfkit/dist/more.wasm'))).length;
  const rows = { 'what a page loads before it can open a file': [total((bytes) => bytes), 1e6], 'the same, gzip': [total(gzipSync), 1e6], 'the same, brotli': [total(brotliCompressSync), 1e3],
    'what it loads then, brotli': [more, 1e3] };
  for (const [name, [bytes, unit]] of Object.entries(rows)) {
    const said = Number(new RegExp(`\\| ${name} \\| ([\\d.]+) `).exec(readme)[1]) * unit;
    assert.ok(Math.abs(said - bytes) < bytes / 20, `${name}: ${said} is said, it is ${bytes}`);
  }
});

test('all code is run, and every file that it names exists', () => {
  assert.ok(examples.length >= 2 && recipes.length >= 4);
  assert.equal(readme.match(/```js\n/g).length, examples.length + recipes.length);
  assert.equal(readme.match(/```/g).length, 2 * (2 * examples.length + 2 * recipes.length + 3), 'a block of another sort: sh, ts and html are known');
  for (const [path] of readme.matchAll(/dist\/[\w.]+/g)) assert.ok(existsSync(join(app, 'node_modules/btfkit', path)), path);
});
