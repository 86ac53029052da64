// What every browser test needs: Chromium, the two builds of the page, real files, and the few gestures of a user.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, test as nodeTest } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const dist = join(root, 'web/dist');
export const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const shared = process.env.BTFKIT_SHARED ?? join(root, '../shared');

export const golden = (name) => join(root, 'tests/golden', name);
export const singleFile = join(dist, 'btfkit.html');

/** Why no browser test can run; false when they can. */
export const cannotRun = reason();

function reason() {
  if (!existsSync(chromium)) return `no Chromium at ${chromium}`;
  if (!existsSync(singleFile) || !existsSync(join(dist, 'index.html'))) return 'the page is not built (web/dist)';
  if (!existsSync(join(root, 'tests/node_modules/playwright-core'))) return 'playwright-core is not installed (tests/)';
  return false;
}

/** A test that is counted as skipped, with the reason, where no browser test can run. */
export const test = (name, body) => nodeTest(name, { skip: cannotRun }, body);

/** The page both ways: as one file from disk, and from a server on loopback. */
export const ways = ['file', 'server'];

export async function launch() {
  const { chromium: launcher } = await import('playwright-core');
  return launcher.launch({
    executablePath: chromium,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A browser, and a server for the multi-file page; closed by `close()`. */
export async function openBrowser() {
  const { startServer } = await import(pathToFileURL(join(root, 'web/serve.mjs')).href);
  const browser = await launch();
  const { server, address } = await startServer();
  return {
    browser,
    server,
    /** A fresh page, loaded and ready for a file. `options` are those of playwright's newContext. */
    async page(way, { hash = '', ...options } = {}) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      page.problems = [];
      page.on('pageerror', (error) => page.problems.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && page.problems.push(message.text()));
      await page.goto((way === 'file' ? pathToFileURL(singleFile).href : address) + hash);
      await page.getByRole('button', { name: 'Try a sample' }).waitFor();
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** To be called in a describe(): a browser, and a folder for files, that its tests share; both are gone afterwards. */
export function setUp() {
  const session = {};
  const files = {};
  before(async () => {
    if (cannotRun) return;
    Object.assign(files, scratch());
    Object.assign(session, await openBrowser());
  });
  after(async () => {
    await session.close?.();
    files.done?.();
  });
  return { session, files };
}

/** Drops paths onto the page as the operating system would. */
export async function drop(page, ...files) {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await devtools.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
  }
  await devtools.detach();
}

/** Drops a file and waits until it is the open one. */
export async function openFile(page, path) {
  await drop(page, path);
  await page.getByRole('heading', { name: basename(path), exact: true, level: 1 }).waitFor();
}

export async function openSample(page) {
  await page.getByRole('button', { name: 'Try a sample' }).click();
  await page.getByRole('heading', { name: 'sample.bpf.o', level: 1 }).waitFor();
}

export const search = (page) => page.getByRole('combobox', { name: 'Search types' });
export const list = (page) => page.getByRole('listbox', { name: 'Types' });
export const status = (page) => page.locator('.found [role=status]');
export const row = (page, kind, name) =>
  list(page).locator('.row:not([hidden])').filter({ has: page.locator(`.name:text-is("${name}")`) }).filter({ has: page.locator(`.badge:text-is("${kind}")`) });
export const code = (page) => page.getByRole('region', { name: 'C declaration' });

/** The facts of the file card: {Size: '5.3 MiB', ...}. */
export async function facts(page) {
  return page.locator('.facts').evaluate((card) =>
    Object.fromEntries(
      [...card.querySelectorAll('div')].map((fact) => {
        const value = fact.querySelector('dd').cloneNode(true);
        value.querySelector('small')?.remove();
        return [fact.querySelector('dt').textContent, value.textContent.trim()];
      }),
    ),
  );
}

/** Polls until `ask` gives something true; a string for waitForFunction would be refused by the page's policy. */
export async function until(what, ask) {
  const end = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A folder for files made by a test; `done()` removes it. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'btfkit-browser-'));
  return {
    write(name, bytes) {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    },
    folder,
    done: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The running kernel's BTF as a plain file; undefined where it cannot be read. */
export function runningKernel({ write }) {
  try {
    return write('vmlinux.btf', readFileSync('/sys/kernel/btf/vmlinux'));
  } catch {
    return undefined;
  }
}

/** A file of the corpus; undefined where there is none. */
export function corpusPath(name) {
  const path = join(shared, 'corpus', name);
  return existsSync(path) ? path : undefined;
}

/** A kernel image as it is shipped; undefined where there is none. */
export function kernelImage(name) {
  const path = join(process.env.BTFKIT_KERNELS ?? join(shared, 'kernel-images'), name);
  return existsSync(path) ? path : undefined;
}

/** A kernel of the corpus, unpacked; undefined where there is no corpus. */
export function corpusKernel({ write }, name) {
  const packed = corpusPath(`kernels/${name}.btf.xz`);
  if (!packed) return undefined;
  return write(`${name}.btf`, execFileSync('xz', ['-dc', packed], { maxBuffer: 1 << 28 }));
}

/** A file of the corpus as it is; undefined where there is no corpus. */
export function corpusFile(name) {
  const path = join(shared, 'corpus', name);
  return existsSync(path) ? path : undefined;
}

/** The package under Node. */
export const nodePackage = () => import(pathToFileURL(join(root, 'wasm/package/dist/node.js')).href);

/** What the package says about the same file under Node. */
export async function withBtf(path, ask) {
  const { Btf } = await nodePackage();
  const btf = Btf.open(path);
  try {
    return ask(btf);
  } finally {
    btf.close();
  }
}

export const english = (number) => new Intl.NumberFormat('en').format(number);
