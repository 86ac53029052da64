// The package in the browser, in main thread and module worker, through every bundler that README.md speaks of and through none,
// under the strictest policy that WebAssembly can run under.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';
import { after, before, test as nodeTest } from 'node:test';
import { pathToFileURL } from 'node:url';
import { needs, program, root, unxz } from '../node/support/files.mjs';
import { installed, project } from '../node/support/installed.mjs';
import { everyKind, writeSparseKernel } from '../node/support/make.mjs';
import { chromium, corpusPath, golden, launch, scratch } from './support.mjs';
import { describe } from './bundled/describe.js';

const folder = scratch();
const skip = needs({
  [chromium]: existsSync(chromium),
  'the package (npm run build in wasm/package)': existsSync(join(root, 'wasm/package/dist/btf.wasm')),
  'the tools of tests/package.json (npm ci)': existsSync(join(root, 'tests/node_modules/vite')),
});
const test = (name, body, more = {}) => nodeTest(name, { skip: skip || needs(more) }, body);

// ---- the bundlers: each makes `to` of the project in `from`, with its defaults

const entry = (worker, wasm) => `import { start } from './page.js';\n${wasm}\nstart(() => ${worker}, wasm);\n`;
const moduleWorker = (path) => `new Worker(new URL('${path}', import.meta.url), { type: 'module' })`;

const bundlers = {
  async Vite(from, to) {
    writeFileSync(join(from, 'main.js'), entry(moduleWorker('./worker.js'), "import wasm from 'btfkit/btf.wasm?url';"));
    const { build } = await import('vite');
    await build({ root: from, logLevel: 'error', configFile: false, worker: { format: 'es' }, build: { outDir: to } });
  },
  async 'webpack 5'(from, to) {
    writeFileSync(join(from, 'main.js'), entry(moduleWorker('./worker.js'), "const wasm = new URL('btfkit/btf.wasm', import.meta.url);"));
    const { default: webpack } = await import('webpack');
    const stats = await new Promise((done, fail) =>
      webpack({ mode: 'production', context: from, entry: './main.js', output: { path: to } }, (error, stats) => (error ? fail(error) : done(stats))),
    );
    assert.deepEqual(stats.toJson({ all: false, errors: true }).errors, []);
    copyFileSync(join(from, 'index.html'), join(to, 'index.html'));
  },
  async esbuild(from, to) {
    writeFileSync(join(from, 'main.js'), entry(moduleWorker('./worker.js'), "const wasm = new URL('./btf.wasm', import.meta.url);"));
    const { build } = await import('esbuild');
    const entryPoints = ['main.js', 'worker.js'].map((name) => join(from, name));
    const { warnings } = await build({ entryPoints, outdir: to, bundle: true, format: 'esm', minify: true, logLevel: 'silent' });
    assert.deepEqual(warnings, []);
    for (const file of [join(from, 'index.html'), ...['btf', 'more'].map((part) => join(from, `node_modules/btfkit/dist/${part}.wasm`))]) copyFileSync(file, join(to, basename(file)));
  },
  /** The package's files as they are; an import map would need a policy of its own, so the name becomes a path. */
  async 'no bundler'(from, to) {
    cpSync(join(from, 'node_modules/btfkit/dist'), join(to, 'btfkit'), { recursive: true });
    for (const name of ['page.js', 'worker.js', 'describe.js', 'index.html'])
      writeFileSync(join(to, name), readFileSync(join(from, name), 'utf8').replace("from 'btfkit'", "from './btfkit/browser.js'"));
    writeFileSync(join(to, 'main.js'), entry(moduleWorker('./worker.js'), "const wasm = new URL('./btfkit/btf.wasm', import.meta.url);"));
  },
};

// ---- a server with a policy, and a browser

/** Of a site; README.md's page has its script inline. */
const policyOf = (hostname) => (hostname.startsWith('readme') ? policy.replace("'self' 'wasm", "'self' 'unsafe-inline' 'wasm") : policy);
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";
const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

const server = createServer((request, response) => {
  const { hostname, pathname } = new URL(request.url, `http://${request.headers.host}`);
  const path = join(folder.folder, 'sites', hostname, pathname);
  if (!existsSync(path) || extname(path) === '') return response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': policyOf(hostname) });
  response.end(readFileSync(path));
});
let browser;
const host = (site) => `${site.replaceAll(' ', '-').toLowerCase()}.localhost`; // a root of its own for each
const address = (site) => `http://${host(site)}:${server.address().port}/index.html`;

before(async () => {
  if (skip) return;
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
  folder.done();
});

/** What the page of a bundler says of a file: the texts, and how many bytes of Blobs were read in the page. */
async function open(site, file) {
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.addInitScript(() => {
    globalThis.bytesRead = 0;
    const { arrayBuffer } = Blob.prototype;
    Blob.prototype.arrayBuffer = function () {
      globalThis.bytesRead += this.size;
      return arrayBuffer.call(this);
    };
    for (const name of ['bytes', 'stream', 'text']) Blob.prototype[name] = undefined; // not counted, so not to be had
    delete globalThis.FileReader;
  });
  await page.goto(address(site));
  await page.setInputFiles('input', file);
  await page.getByText('done', { exact: true }).waitFor({ timeout: 60_000 });
  const said = await page.locator('pre').allTextContents();
  const read = await page.evaluate(() => globalThis.bytesRead);
  await page.close();
  assert.deepEqual(problems, []);
  return { said: said.slice(0, -1), read };
}

/** What Node says of `plain` is what the page says of `file`. */
async function check(site, file, plain = file) {
  const { Btf } = await import(pathToFileURL(join(installed().folder, 'node_modules/btfkit/dist/node.js')).href);
  const expected = describe(Btf.open(plain));
  const { said, read } = await open(site, file);
  assert.deepEqual(said, ['BtfError invalid_argument', `page: ${expected}`, `worker with the page's module: ${expected}`, `worker with its own: ${expected}`, 'BtfError malformed']);
  return read;
}

// ---- tests

/** types.o packed with xz; undefined where there is no xz. */
function packed() {
  if (!program('xz')) return undefined;
  const path = join(folder.folder, 'types.o.xz');
  if (!existsSync(path)) writeFileSync(path, execFileSync('xz', ['-c', '--check=crc32', golden('types.o')]));
  return path;
}

const html = '<!doctype html><title>A user of btfkit</title><body><input type="file"><script type="module" src="./main.js"></script></body>';

for (const [name, bundle] of Object.entries(bundlers)) {
  test(`${name}: page and worker open files`, async () => {
    const from = join(folder.folder, 'sources', name);
    const to = join(folder.folder, 'sites', host(name));
    project(from, { private: true, type: 'module' });
    for (const file of ['page.js', 'worker.js', 'describe.js']) copyFileSync(join(root, 'tests/browser/bundled', file), join(from, file));
    writeFileSync(join(from, 'index.html'), html);
    mkdirSync(to, { recursive: true });
    await bundle(from, to);
    for (const file of ['sample.bpf.o', 'types.eb.o', 'types.btf']) await check(name, golden(file));
    if (packed()) await check(name, packed(), golden('types.o')); // its decoder is loaded when it is needed
  });
}

test("README's page says what is in a file", async () => {
  const site = join(folder.folder, 'sites', host('readme'));
  project(site);
  const [, html] = /<!-- example: page\.html -->\n```html\n([^]*?)```/.exec(readFileSync(join(root, 'wasm/package/README.md'), 'utf8'));
  assert.ok(html.trimEnd().split('\n').length <= 21);
  writeFileSync(join(site, 'index.html'), html);
  const { Btf } = await import(pathToFileURL(join(installed().folder, 'node_modules/btfkit/dist/node.js')).href);
  const page = await browser.newPage();
  await page.goto(address('readme'));
  const output = page.locator('pre');
  for (const file of ['sample.bpf.o', 'types.eb.btf']) {
    await page.setInputFiles('input', golden(file));
    await page.getByText(`${file}: `).waitFor();
    assert.equal(await output.textContent(), Btf.open(golden(file), { name: file }).inspect().out);
  }
  await page.setInputFiles('input', golden('types.c'));
  await page.getByText('neither ELF nor BTF').waitFor();
  await page.close();
});

/** What a page without a bundler says when `ask`, an expression, is evaluated over a module's namespace and an object's bytes. */
async function evaluated(ask, { refuse = false } = {}) {
  const page = await browser.newPage();
  if (refuse) await page.route('**/more.wasm', (route) => route.abort());
  await page.goto(address('no bundler'));
  const said = await page.evaluate(`(async () => {
    const { Btf, BtfError, init } = await import('./btfkit/browser.js');
    const bytes = Uint8Array.from([${readFileSync(golden('sample.bpf.o')).join()}]);
    const attempt = (body) => { try { return body(); } catch (error) { return error instanceof BtfError ? error.code + ': ' + error.message : String(error); } };
    const loaded = () => performance.getEntriesByType('resource').map(({ name }) => name.split('/').pop()).filter((name) => name.endsWith('.wasm')).join();
    ${ask}
  })()`);
  await page.close();
  return said;
}

test('the second part: not loaded by init; there after fromBlob; fetched on the spot for what can not wait', async () => {
  assert.equal(await evaluated('await init(); return loaded();'), 'btf.wasm');
  assert.equal(await evaluated('await init(); await Btf.fromBlob(new Blob([bytes])); return loaded();'), 'btf.wasm,more.wasm');
  assert.equal(await evaluated('await init(); const btf = Btf.fromBytes(bytes); return btf.summary.programs.length > 0;'), true);
});

test('the second part can not be had: what needs none works, what needs it says why, the next input opens', async () => {
  const said = await evaluated(
    `await init(); const btf = Btf.fromBytes(bytes); const found = btf.find('int').toC(); const failed = attempt(() => btf.summary); const gone = attempt(() => btf.find('int').toC());
     return [found, failed, gone, Btf.fromBytes(bytes).find('int').toC(), (await Btf.fromBlob(new Blob([bytes]))).find('int').toC()];`,
    { refuse: true },
  );
  assert.equal(said.length, 5);
  assert.match(said[1], /^system: more\.wasm, the second part of the module, can't be loaded: NetworkError.*; see init's `more`; what was open is lost, new inputs can be opened$/);
  assert.match(said[2], /^system: the WebAssembly instance that held this has stopped/);
  assert.deepEqual([said[3], said[4]], [said[0], said[0]]);
});

test('the policy is in force: what it forbids does not run', async () => {
  const page = await browser.newPage();
  await page.goto(address('esbuild'));
  assert.equal(await page.evaluate(() => new Promise((done) => {
    const script = document.createElement('script');
    script.text = "document.title = 'ran'";
    document.body.append(script);
    setTimeout(() => done(document.title), 50);
  })), 'A user of btfkit');
  await page.close();
});

const kernel = corpusPath('kernels/amd64-7.3.4-cloud.btf.xz');
test('of a 500 MB vmlinux less than 12 MB is read', async (t) => {
  const btf = kernel && program('xz') ? unxz(kernel) : everyKind();
  const path = writeSparseKernel(join(folder.folder, 'vmlinux'), btf);
  const read = await check('esbuild', path);
  t.diagnostic(`BTF: ${btf.length} bytes, read: ${read}`);
  assert.ok(read > btf.length && read < btf.length + 1e6 && read < 12e6, `${read} bytes read`);
});
