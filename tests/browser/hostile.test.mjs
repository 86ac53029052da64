// Hostile files: whatever is in a file, the page answers, and the next file opens. Parsers that stop or never answer are replaced.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { writeSparseKernel } from '../node/support/make.mjs';
import * as page from './support.mjs';

const { test } = page;

const tests = join(dirname(fileURLToPath(import.meta.url)), '..');
const bar = (tab) => tab.getByRole('toolbar', { name: 'Open files' });
const heading = (tab, name) => tab.getByRole('heading', { name, exact: true, level: 1 });

describe('hostile files', () => {
  const { session, files } = page.setUp();

  /** Chooses a file and says what came of it. */
  async function attempt(tab, path) {
    await tab.setInputFiles('#file', path);
    return page.until(`something of ${path}`, () =>
      tab.evaluate((name) => {
        const [card, alert] = ['.card h1', '[role=alert]'].map((selector) => document.querySelector(selector)?.textContent.trim());
        return card === name ? 'opened' : alert?.includes(name) || alert?.includes('build') ? alert : undefined;
      }, basename(path)),
    );
  }

  /** Looks at an open file from all sides: the first types of each kind, what defines most, everything besides types. */
  async function lookAround(tab) {
    const addresses = await tab.evaluate(() => [...document.querySelectorAll('.sections a')].map((link) => link.hash));
    const rows = await page.list(tab).locator('.row:not([hidden])').count();
    for (let i = 0; i < rows; i += Math.ceil(rows / 3)) {
      await page.list(tab).locator('.row:not([hidden])').nth(i).click({ position: { x: 100, y: 10 } });
      await tab.locator('.type h1').waitFor();
      addresses.push(...(await tab.evaluate(() => [...document.querySelectorAll('.type .tabs a')].map((link) => link.hash))));
    }
    for (const address of addresses) {
      await tab.evaluate((to) => (location.hash = to), address);
      await page.until(`an answer at ${address}`, () =>
        tab.evaluate(() => document.querySelector('.type pre, .type .remark, .type .layout, .type .uses, .type .decode, .object, .card') !== null),
      );
    }
    await tab.evaluate(() => (location.hash = '#v=1'));
  }

  /** A page that went through `paths` still works. `each`: after each file that opened. */
  async function survives(tab, paths) {
    const outcomes = { opened: 0, explained: 0 };
    for (const path of paths) {
      const outcome = await attempt(tab, path);
      if (outcome === 'opened') {
        outcomes.opened++;
        await lookAround(tab);
        await bar(tab).locator('.file.is-shown').getByRole('button', { name: 'Close' }).click();
      } else {
        outcomes.explained++;
        assert.doesNotMatch(outcome, /fault of the page|stopped the parser/, path);
        while (await tab.getByRole('button', { name: 'Dismiss' }).count()) await tab.getByRole('button', { name: 'Dismiss' }).first().click();
      }
    }
    assert.deepEqual(tab.problems, []);
    await page.openFile(tab, page.golden('sample.bpf.o'));
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/traffic'));
    await page.code(tab).waitFor();
    return outcomes;
  }

  const corpus = join(tests, 'fuzz/corpus');
  for (const folder of readdirSync(corpus).sort()) {
    test(`what once made fuzzing fail: ${folder}`, async (t) => {
      const tab = await session.page('file');
      const paths = readdirSync(join(corpus, folder)).map((name) => join(corpus, folder, name));
      assert.ok(paths.length > 0);
      t.diagnostic(JSON.stringify(await survives(tab, paths)));
      await tab.context().close();
    });
  }

  for (const way of page.ways) {
    test(`golden files with bytes changed, always the same ones (${way})`, async (t) => {
      const tab = await session.page(way);
      const random = generator(way === 'file' ? 1 : 2);
      const paths = ['sample.bpf.o', 'types.o', 'types.btf', 'sample.bpf.eb.btf', 'values.s390x.o'].flatMap((name) =>
        Array.from({ length: 8 }, (_, nth) => files.write(`${nth}-${name}`, mutated(readFileSync(page.golden(name)), random))),
      );
      const outcomes = await survives(tab, paths);
      t.diagnostic(JSON.stringify(outcomes));
      assert.ok(outcomes.opened > 0 && outcomes.explained > 0, JSON.stringify(outcomes));
      await tab.context().close();
    });
  }

  test('names that overlap in a megabyte, members by the ten thousand, chains without end', async () => {
    const tab = await session.page('file');
    for (const [name, bytes] of Object.entries(giants())) {
      const outcome = await attempt(tab, files.write(name, bytes));
      assert.equal(outcome, 'opened', name);
      await page.search(tab).fill('aaab');
      await page.search(tab).fill('');
      await lookAround(tab);
    }
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a header that promises more than memory can hold', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    const header = btf([], '\0');
    header.writeUInt32LE(0xffff0000, 12);
    const outcome = await attempt(tab, files.write('promise.btf', header));
    assert.match(outcome, /promise\.btf is damaged/);
    assert.match(outcome, /sample\.bpf\.o is still open/);
    await tab.context().close();
  });

  test('a vmlinux of 588 MB, most of it DWARF: only its BTF is read', async (t) => {
    const btf = page.corpusPath('kernels/amd64-6.12.107.btf.xz') ? readFileSync(page.corpusKernel(files, 'amd64-6.12.107')) : readFileSync(page.golden('types.btf'));
    const path = writeSparseKernel(join(files.folder, 'vmlinux'), btf, 588e6);
    assert.ok(statSync(path).size > 588e6);
    t.after(() => rmSync(path));
    const tab = await session.page('file');
    await page.openFile(tab, path);
    const facts = await page.facts(tab);
    assert.match(facts.Size, /^56\d MiB$/);
    assert.equal(facts.Types, page.english(await page.withBtf(path, ({ typeCount }) => typeCount)));
    assert.match(await tab.locator('.eyebrow').textContent(), /64-bit ELF for x86-64$/);
    t.diagnostic(`opened in ${facts['Opened in']}`);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });
});

describe('parsers that stop', () => {
  const { session } = page.setUp();

  /** The worker of the open file: the one that is not spare. */
  const worker = async (tab) => {
    await page.until('a worker for the file and a spare one', () => tab.workers().length === 2);
    return tab.workers()[0];
  };
  const show = (tab, hash) => tab.evaluate((to) => (location.hash = to), hash);
  const said = (tab, text) => tab.locator('.type [role=alert]').filter({ hasText: text }).waitFor();

  /** From here on, what the module calls stops it, as a defect in it would. */
  const trap = (error) => {
    TextDecoder.prototype.decode = () => {
      throw error === 'memory' ? new Error('Aborted(OOM)') : new WebAssembly.RuntimeError(error);
    };
  };

  /** From here on, it never returns from what the module calls. */
  const hang = () => {
    TextDecoder.prototype.decode = () => {
      for (;;);
    };
  };

  for (const [what, error, message] of [
    ['traps', 'memory access out of bounds', /the parser stopped: memory access out of bounds/],
    ['runs out of memory', 'memory', /the parser ran out of memory/],
  ]) {
    for (const way of page.ways) {
      test(`one that ${what} at a question is started anew, and names the fault (${way})`, async () => {
        const tab = await session.page(way);
        await page.openSample(tab);
        await (await worker(tab)).evaluate(trap, error);
        await show(tab, '#v=1/t/struct/traffic');
        await said(tab, message);
        await show(tab, '#v=1/t/struct/traffic_key');
        await page.code(tab).waitFor();
        assert.match(await page.code(tab).textContent(), /struct traffic_key/);
        await page.openFile(tab, page.golden('types.o'));
        assert.deepEqual(tab.problems, []);
        await tab.context().close();
      });
    }

    test(`one that ${what} while it opens a file: said, the open file stays, the next opens`, async () => {
      const tab = await session.page('file');
      await page.openSample(tab);
      await worker(tab);
      await tab.workers().at(-1).evaluate(trap, error);
      await page.drop(tab, page.golden('types.o'));
      const alert = tab.getByRole('alert').filter({ hasText: error === 'memory' ? 'types.o is too large' : 'types.o stopped the parser' });
      await alert.waitFor();
      assert.match(await alert.textContent(), message.source.includes('memory access') ? /memory access out of bounds/ : /ran out of memory/);
      assert.match(await alert.textContent(), /sample\.bpf\.o is still open/);
      await page.openFile(tab, page.golden('types.o'));
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }

  test('one that does not answer is replaced, whether it was asked or opens a file; the page never waits for it', async () => {
    const tab = await session.page('file');
    await tab.clock.install();
    await page.openSample(tab);
    await (await worker(tab)).evaluate(hang);
    await show(tab, '#v=1/t/struct/traffic');
    // Meanwhile the list answers.
    await page.search(tab).fill('traffic_key');
    await page.row(tab, 'struct', 'traffic_key').waitFor();
    await tab.clock.runFor(25_000);
    await said(tab, /gave no answer for 20 seconds/);
    await show(tab, '#v=1/t/struct/traffic_key');
    await page.code(tab).waitFor();

    await worker(tab);
    await tab.workers().at(-1).evaluate(hang);
    await page.drop(tab, page.golden('types.o'));
    await page.until('the file is being opened', async () => {
      await tab.clock.runFor(300);
      return tab.getByRole('progressbar').count();
    });
    await tab.clock.runFor(125_000);
    await tab.getByRole('alert').filter({ hasText: 'types.o stopped the parser' }).waitFor();
    await page.openFile(tab, page.golden('types.o'));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a worker that the browser ends: the next question gets another', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    await (await worker(tab)).evaluate(() => setTimeout(() => { throw new Error('out of luck'); }));
    await page.until('a new spare worker', () => tab.workers().length === 1 || tab.workers().length === 2);
    await show(tab, '#v=1/t/struct/traffic');
    await tab.locator('.type h1').waitFor();
    await show(tab, '#v=1/t/struct/traffic_key');
    await page.code(tab).waitFor();
    assert.match(await page.code(tab).textContent(), /struct traffic_key/);
    await tab.context().close();
  });

  test('a view that fails takes its file with it, not the page', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    const types = await page.withBtf(page.golden('types.o'), (btf) => btf.typeCount);
    await tab.evaluate((unlucky) => {
      const { get } = Object.getOwnPropertyDescriptor(Intl.NumberFormat.prototype, 'format');
      Object.defineProperty(Intl.NumberFormat.prototype, 'format', {
        get() {
          const format = get.call(this);
          return (value) => {
            if (value === unlucky) throw new Error('out of luck');
            return format(value);
          };
        },
      });
    }, types);
    await page.drop(tab, page.golden('types.o'));
    const alert = tab.getByRole('alert').filter({ hasText: 'types.o could not be shown' });
    await alert.waitFor();
    assert.match(await alert.textContent(), /out of luck/);
    await heading(tab, 'sample.bpf.o').waitFor();
    assert.deepEqual(await bar(tab).locator('.file-name').allTextContents(), ['sample.bpf.o']);
    await page.openFile(tab, page.golden('sample.bpf.eb.o'));
    await tab.context().close();
  });

  test('a file that changed on disk after it was opened: said, when it has to be read again', async () => {
    const files = page.scratch();
    const path = files.write('built.o', readFileSync(page.golden('sample.bpf.o')));
    const tab = await session.page('file');
    await page.openFile(tab, path);
    await (await worker(tab)).evaluate(trap, 'unreachable');
    await show(tab, '#v=1/t/struct/traffic');
    await said(tab, /the parser stopped: unreachable/);
    files.write('built.o', 'something else');
    await show(tab, '#v=1/t/struct/traffic_key');
    await said(tab, /can't be read|changed/);
    await page.openFile(tab, page.golden('types.o'));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
    files.done();
  });
});

/** The same numbers every time (mulberry32). */
function generator(seed) {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One to four words changed to what boundaries are made of. */
function mutated(bytes, random) {
  const values = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
  for (let left = 1 + random(4); left > 0; left--) {
    const width = [1, 2, 4][random(3)];
    const value = random(2) === 0 ? values[random(values.length)] : random(0xffffffff);
    bytes.writeUIntLE(value % 2 ** (8 * width), random(bytes.length - width), width);
  }
  return bytes;
}

/** BTF of records (arrays of 32-bit words) and strings. */
function btf(records, strings) {
  const types = Buffer.from(Uint32Array.from(records.flat()).buffer);
  const header = Buffer.alloc(24);
  header.writeUInt16LE(0xeb9f, 0);
  header[2] = 1;
  header.writeUInt32LE(24, 4);
  header.writeUInt32LE(types.length, 12);
  header.writeUInt32LE(types.length, 16);
  header.writeUInt32LE(strings.length, 20);
  return Buffer.concat([header, types, Buffer.from(strings)]);
}

const word = (kind, vlen = 0) => ((kind << 24) | vlen) >>> 0;

/** Sound BTF that takes what a file may take. */
function giants() {
  const int = [1, word(1), 4, 32];
  const long = 1_000_000;
  return {
    // Every name is the end of the one before: gigabytes, were they copied.
    'names.btf': btf(Array.from({ length: 6000 }, (_, i) => [1 + i, word(1), 4, 32]), `\0${'aB'.repeat(long / 2)}\0`),
    'members.btf': btf(
      [int, [1, word(4, 0xffff), 4 * 0xffff, ...Array.from({ length: 0xffff }, (_, i) => [3, 1, 32 * i]).flat()]],
      '\0a\0member\0',
    ),
    'values.btf': btf([int, [1, word(6, 0xffff), 4, ...Array.from({ length: 0xffff }, (_, i) => [3, i]).flat()]], '\0a\0value\0'),
    'chain.btf': btf([int, ...Array.from({ length: 100_000 }, (_, i) => [0, word(2), i + 1])], '\0a\0'),
    'ring.btf': btf([int, [3, word(8), 3], [5, word(8), 2], [0, word(10), 5], [0, word(9), 4]], '\0a\0b\0c\0'),
    'nested.btf': btf([int, ...Array.from({ length: 20_000 }, (_, i) => [0, word(4, 1), 4, 3, i + 1, 0])], '\0a\0m\0'),
  };
}
