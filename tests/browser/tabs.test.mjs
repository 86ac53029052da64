// Several files at once: a tab for each, modules on the base that they continue; pasting; samples; what is remembered.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { describe } from 'node:test';
import * as page from './support.mjs';

const { test } = page;

const bar = (tab) => tab.getByRole('toolbar', { name: 'Open files' });
const names = (tab) => bar(tab).locator('.file-name').allTextContents();
const shown = (tab) => bar(tab).locator('.file-name[aria-current=true]').textContent();
const hash = (tab) => tab.evaluate(() => location.hash);
const heading = (tab, name) => tab.getByRole('heading', { name, exact: true, level: 1 });

describe('several files', () => {
  const { session, files } = page.setUp();

  for (const way of page.ways) {
    test(`files dropped together open as tabs, the first in front; each keeps its search and its place (${way})`, async () => {
      const tab = await session.page(way);
      await page.drop(tab, page.golden('sample.bpf.o'), page.golden('types.o'), page.golden('types.btf'));
      await page.until('three tabs', async () => (await names(tab)).length === 3);
      assert.deepEqual(await names(tab), ['sample.bpf.o', 'types.o', 'types.btf']);
      assert.equal(await shown(tab), 'sample.bpf.o');
      assert.equal(await tab.title(), 'sample.bpf.o · btfkit');

      await page.search(tab).fill('traffic');
      await page.row(tab, 'struct', 'traffic').click();
      await page.code(tab).waitFor();
      await bar(tab).getByRole('button', { name: 'types.o', exact: true }).click();
      await heading(tab, 'types.o').waitFor();
      assert.equal(await tab.title(), 'types.o · btfkit');
      assert.equal(await page.search(tab).inputValue(), '');
      const count = await page.withBtf(page.golden('types.o'), (btf) => btf.typeCount);
      assert.equal((await page.facts(tab)).Types, page.english(count));

      await bar(tab).getByRole('button', { name: 'sample.bpf.o', exact: true }).click();
      await heading(tab, 'struct traffic').waitFor();
      assert.equal(await page.search(tab).inputValue(), 'traffic');
      assert.match(await page.code(tab).textContent(), /struct traffic \{/);
      // The tab that is shown leads to its file.
      await bar(tab).getByRole('button', { name: 'sample.bpf.o', exact: true }).click();
      await heading(tab, 'sample.bpf.o').waitFor();
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });

    test(`back and forward lead through files and types; the address names neither file nor content (${way})`, async () => {
      const tab = await session.page(way);
      await page.openFile(tab, page.golden('sample.bpf.o'));
      await tab.evaluate(() => (location.hash = '#v=1/t/struct/traffic'));
      await heading(tab, 'struct traffic').waitFor();
      await page.openFile(tab, page.golden('types.o'));
      assert.equal(await hash(tab), '#v=1'); // it has no such struct
      await tab.evaluate(() => (location.hash = '#v=1/t/struct/everything'));
      await heading(tab, 'struct everything').waitFor();
      await tab.goBack();
      await heading(tab, 'types.o').waitFor();
      await tab.goBack();
      await heading(tab, 'struct traffic').waitFor();
      assert.equal(await shown(tab), 'sample.bpf.o');
      await tab.goForward();
      await tab.goForward();
      await heading(tab, 'struct everything').waitFor();
      assert.equal(await shown(tab), 'types.o');
      assert.doesNotMatch(tab.url().replace(/^[^#]*/, ''), /types|sample|\.o/);
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }

  test('another kernel opens at the type that is looked at', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('types.o'));
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/everything'));
    await heading(tab, 'struct everything').waitFor();
    await page.drop(tab, page.golden('types.eb.o'));
    await page.until('the new file', async () => (await shown(tab)) === 'types.eb.o');
    await heading(tab, 'struct everything').waitFor();
    await tab.context().close();
  });

  test('by keyboard: one stop, arrows, Delete, and [ and ]', async () => {
    const tab = await session.page('file');
    await page.drop(tab, page.golden('sample.bpf.o'), page.golden('types.o'), page.golden('types.btf'));
    await page.until('three tabs', async () => (await names(tab)).length === 3);
    await tab.keyboard.press(']');
    await heading(tab, 'types.o').waitFor();
    await tab.keyboard.press('[');
    await heading(tab, 'sample.bpf.o').waitFor();
    await tab.keyboard.press('[');
    await heading(tab, 'types.btf').waitFor();
    // In a field they are letters.
    await page.search(tab).press(']');
    assert.equal(await page.search(tab).inputValue(), ']');
    assert.equal(await shown(tab), 'types.btf');

    assert.equal(await bar(tab).locator('button[tabindex="0"]').count(), 2);
    const name = bar(tab).getByRole('button', { name: 'types.btf', exact: true });
    await name.focus();
    await tab.keyboard.press('ArrowLeft');
    await tab.keyboard.press('ArrowLeft');
    assert.equal(await tab.evaluate(() => document.activeElement.textContent), 'types.o');
    await tab.keyboard.press('Enter');
    await heading(tab, 'types.o').waitFor();
    await tab.keyboard.press('Delete');
    await heading(tab, 'types.btf').waitFor();
    assert.deepEqual(await names(tab), ['sample.bpf.o', 'types.btf']);
    await page.until('the focus goes on', () => tab.evaluate(() => document.activeElement.textContent === 'types.btf'));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('closing: the neighbour takes its place, its worker ends, after the last one the page is as at the start', async () => {
    const tab = await session.page('file');
    await page.drop(tab, page.golden('sample.bpf.o'), page.golden('types.o'), page.golden('types.btf'));
    await page.until('three tabs', async () => (await names(tab)).length === 3);
    await page.until('a worker each, and a spare one', () => tab.workers().length === 4);
    await bar(tab).getByRole('button', { name: 'Close sample.bpf.o' }).click();
    await heading(tab, 'types.o').waitFor();
    await page.until('its worker ends', () => tab.workers().length === 3);
    await bar(tab).getByRole('button', { name: 'types.btf', exact: true }).click();
    await bar(tab).getByRole('button', { name: 'Close types.o' }).click({ force: true });
    await heading(tab, 'types.btf').waitFor();
    await bar(tab).getByRole('button', { name: 'Close types.btf' }).click();
    await tab.getByRole('button', { name: 'Choose a file' }).waitFor();
    assert.equal(await tab.title(), 'btfkit');
    assert.equal(await hash(tab), '#v=1');
    await page.until('only the spare worker is left', () => tab.workers().length === 1);
    // Back to a file that is closed is to none.
    await tab.goBack();
    assert.ok(await tab.getByRole('button', { name: 'Choose a file' }).isVisible());
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('the very same file is shown, not opened again; one of its name is', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('types.o'));
    await page.openFile(tab, page.golden('sample.bpf.o'));
    await page.openFile(tab, page.golden('types.o'));
    assert.deepEqual(await names(tab), ['types.o', 'sample.bpf.o']);
    await page.drop(tab, files.write('types.o', readFileSync(page.golden('types.eb.o'))));
    await page.until('a third tab', async () => (await names(tab)).length === 3);
    assert.deepEqual(await names(tab), ['types.o', 'sample.bpf.o', 'types.o (2)']);
    assert.equal((await page.facts(tab))['Byte order'], 'big');
    await tab.context().close();
  });

  test('files that nobody looks at rest: their workers end, and come back with the next question', async () => {
    const tab = await session.page('file');
    const all = Array.from({ length: 7 }, (_, i) => files.write(`copy-${i}.o`, readFileSync(page.golden('sample.bpf.o'))));
    for (const path of all) await page.openFile(tab, path);
    await page.until('four files awake and a spare worker', () => tab.workers().length === 5);
    await bar(tab).getByRole('button', { name: 'copy-0.o', exact: true }).click();
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/traffic'));
    await page.code(tab).waitFor();
    assert.match(await page.code(tab).textContent(), /struct traffic \{/);
    await page.until('still no more of them', () => tab.workers().length === 5);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('more files than the page holds: said, and the first ones are open', async () => {
    const tab = await session.page('file');
    const all = Array.from({ length: 26 }, (_, i) => files.write(`many-${i}.btf`, readFileSync(page.golden('types.btf'))));
    await page.drop(tab, ...all);
    await tab.getByRole('alert').filter({ hasText: 'many-25.btf was not opened' }).waitFor();
    assert.equal((await names(tab)).length, 24);
    await bar(tab).getByRole('button', { name: 'many-23.btf', exact: true }).click();
    await heading(tab, 'many-23.btf').waitFor();
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('modules: on the one base that came with them; of several, the page asks', async () => {
    const { bases, modules } = await kernels(files);
    const tab = await session.page('file');
    await page.drop(tab, modules[0], bases[0], modules[1]);
    await page.until('all are open', async () => (await names(tab)).length === 3);
    await page.until('the first module in front', async () => (await shown(tab)) === basename(modules[0]));
    await tab.getByText(`Its types continue those of ${basename(bases[0])}.`).waitFor();
    assert.equal(await tab.getByRole('alert').count(), 0);
    await tab.context().close();

    const other = await session.page('file');
    await page.drop(other, bases[0], modules[0], bases[1], page.golden('sample.bpf.o'));
    const alert = other.getByRole('alert').filter({ hasText: 'module-0.btf builds on another BTF' });
    await alert.waitFor();
    // A BPF object is nobody's base.
    assert.deepEqual((await alert.getByRole('button', { name: /^Open on/ }).allTextContents()).sort(), ['Open on base-0.btf', 'Open on base-1.btf']);
    await alert.getByRole('button', { name: 'Open on base-1.btf' }).click();
    await heading(other, 'module-0.btf').waitFor();
    await other.getByText('Its types continue those of base-1.btf.').waitFor();
    // The same module on the other base is another file to look at.
    await page.drop(other, modules[0]);
    await other.getByRole('button', { name: 'Open on base-0.btf' }).click();
    await other.getByText('Its types continue those of base-0.btf.').waitFor();
    assert.deepEqual(await names(other), ['base-0.btf', 'base-1.btf', 'sample.bpf.o', 'module-0.btf', 'module-0.btf (2)']);
    assert.deepEqual(other.problems, []);
    await other.context().close();
  });

  test('a module on a base that is not its own, and the question dismissed', async () => {
    const { bases, modules } = await kernels(files);
    const tab = await session.page('file');
    const [small, tiny] = ['small.btf', 'tiny.btf'].map((name) => files.write(name, smallest()));
    await page.drop(tab, small, tiny);
    await heading(tab, 'small.btf').waitFor();
    await page.drop(tab, modules[0]);
    const refused = (base) => tab.getByRole('alert').filter({ hasText: `module-0.btf does not continue ${base}` });
    const question = tab.getByRole('alert').filter({ hasText: 'module-0.btf builds on another BTF' });
    const choices = () => question.getByRole('button', { name: /^Open on/ }).allTextContents();
    await tab.getByRole('button', { name: 'Open on small.btf' }).click();
    await refused('small.btf').waitFor();
    assert.match(await refused('small.btf').textContent(), /very kernel build/);
    // It is asked again, but not about the one that it does not continue, which is named; dropping that again changes nothing.
    assert.deepEqual(await choices(), ['Open on tiny.btf']);
    assert.match(await question.textContent(), /It does not continue small\.btf\./);
    await page.drop(tab, small);
    await refused('small.btf').waitFor({ state: 'detached' });
    await question.waitFor();
    assert.deepEqual(await choices(), ['Open on tiny.btf']);
    await tab.getByRole('button', { name: 'Open on tiny.btf' }).click();
    await refused('tiny.btf').waitFor();
    assert.deepEqual(await choices(), []);
    assert.match(await question.textContent(), /It does not continue small\.btf or tiny\.btf\. Drop that kernel/);
    for (let left = 2; left > 0; left--) await tab.keyboard.press('Escape');
    assert.equal(await tab.getByRole('alert').count(), 0);
    await page.drop(tab, modules[0]);
    await tab.getByRole('alert').filter({ hasText: 'builds on another BTF' }).waitFor();
    await tab.keyboard.press('Escape');
    assert.equal(await tab.getByRole('alert').count(), 0);
    // What was dismissed is not opened behind one's back.
    await page.openFile(tab, bases[0]);
    assert.ok(!(await names(tab)).includes('module-0.btf'));
    await tab.context().close();
  });

  test('sound and unsound files together: all are told, the sound ones open', async () => {
    const tab = await session.page('file');
    const bad = ['a', 'b', 'c', 'd'].map((name) => files.write(`${name}.empty`, ''));
    await page.drop(tab, bad[0], page.golden('types.o'), ...bad.slice(1));
    const alert = tab.getByRole('alert').filter({ hasText: '1 more' });
    await alert.waitFor();
    for (const name of ['a.empty is empty', 'b.empty is empty', 'c.empty is empty', 'd.empty is empty']) assert.ok((await alert.textContent()).includes(name), name);
    await heading(tab, 'types.o').waitFor();
    await tab.context().close();
  });
});

describe('several files, for everyone', () => {
  const { session, files } = page.setUp();

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
      test(`axe finds nothing: ${colorScheme}, ${width} px`, async () => {
        const { modules } = await kernels(files);
        const tab = await session.page('file', { colorScheme, viewport: { width, height: 740 }, bypassCSP: true });
        await tab.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
        const clean = async (name) => {
          const violations = await tab.evaluate(async () => {
            const result = await globalThis.axe.run(document, { resultTypes: ['violations'] });
            return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
          });
          assert.deepEqual(violations, [], name);
          const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${name}: ${overflow} px wider than the screen`);
        };
        await page.drop(tab, ...['sample.bpf.o', 'types.o', 'types.btf', 'sample.bpf.eb.o', 'values.x86_64.o'].map(page.golden));
        await page.until('five tabs', async () => (await names(tab)).length === 5);
        await clean('tabs');
        await page.drop(tab, modules[0], files.write('a.empty', ''), files.write('b.empty', ''));
        await tab.getByRole('alert').filter({ hasText: 'builds on another BTF' }).waitFor();
        await clean('a question and faults');
        // The tab that is shown is in sight.
        await tab.keyboard.press('Escape');
        await tab.keyboard.press('Escape');
        await tab.keyboard.press('[');
        await heading(tab, 'values.x86_64.o').waitFor();
        const box = await bar(tab).locator('.file.is-shown').boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
        assert.deepEqual(tab.problems, []);
        await tab.context().close();
      });
    }
  }
});

describe('other ways to open', () => {
  const { session, files } = page.setUp();

  for (const way of page.ways) {
    test(`part of a kernel is one click away (${way})`, async () => {
      const tab = await session.page(way);
      await tab.getByRole('button', { name: 'Try part of a kernel' }).click();
      await heading(tab, 'kernel.btf').waitFor();
      await tab.evaluate(() => (location.hash = '#v=1/t/struct/task_struct'));
      await page.code(tab).waitFor();
      assert.match(await page.code(tab).textContent(), /struct mm_struct \*mm;/);
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }

  /** What the browser does at Ctrl+V; a page may not fill the clipboard with files itself. */
  const paste = (target, { text, path }) =>
    target.evaluate(
      (element, { text, name, bytes }) => {
        const clipboardData = new DataTransfer();
        if (text !== undefined) clipboardData.setData('text/plain', text);
        if (bytes) clipboardData.items.add(new File([Uint8Array.from(bytes)], name));
        const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
        element.dispatchEvent(event);
        return event.defaultPrevented;
      },
      path ? { name: basename(path), bytes: [...readFileSync(path)] } : { text },
    );

  test('pasting a file, and text that spells one', async () => {
    const tab = await session.page('file');
    const body = tab.locator('body');
    await paste(body, { path: page.golden('types.o') });
    await heading(tab, 'types.o').waitFor();
    const bytes = readFileSync(page.golden('types.btf'));
    const hex = bytes.toString('hex');
    const line = (at, make) => make(bytes.subarray(at, at + 16), at.toString(16).padStart(8, '0'));
    const lines = (make) => Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) => line(16 * i, make)).join('\n');
    const characters = (part) => [...part].map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    const texts = {
      'xxd -p': hex.replace(/.{60}/g, '$&\n'),
      xxd: lines((part, at) => `${at}: ${part.toString('hex').replace(/(.{4})(?=.)/g, '$1 ').padEnd(39)}  ${characters(part)}`),
      'hexdump -C': `${lines((part, at) => `${at}  ${part.toString('hex').replace(/(..)(?=.)/g, '$1 ').replace(/^(.{23}) /, '$1  ').padEnd(48)}  |${characters(part)}|`)}\n${bytes.length.toString(16).padStart(8, '0')}\n`,
      'a C array': `{ ${[...bytes].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')} }`,
      base64: bytes.toString('base64').replace(/.{76}/g, '$&\n'),
    };
    const types = page.english(await page.withBtf(page.golden('types.btf'), (btf) => btf.typeCount));
    for (const [form, text] of Object.entries(texts)) {
      assert.equal(await paste(body, { text }), true, form);
      await heading(tab, 'pasted').waitFor();
      assert.equal((await page.facts(tab)).Size, '2.3 KiB', form);
      assert.equal((await page.facts(tab)).Types, types, form);
      await bar(tab).getByRole('button', { name: 'Close pasted' }).click();
      await heading(tab, 'types.o').waitFor();
    }
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('other text is explained; in a field it is the field’s', async () => {
    const tab = await session.page('file');
    await paste(tab.locator('body'), { text: 'struct task_struct' });
    await tab.getByRole('alert').filter({ hasText: 'The pasted text is no file' }).waitFor();
    await tab.keyboard.press('Escape');
    await page.openSample(tab);
    assert.equal(await paste(page.search(tab), { text: 'traffic' }), false);
    assert.equal(await paste(tab.locator('body'), { text: '  \n' }), false);
    assert.equal(await tab.getByRole('alert').count(), 0);
    await tab.context().close();
  });
});

describe('links', () => {
  const { session } = page.setUp();

  const remark = (tab) => tab.getByRole('status').filter({ has: tab.getByRole('heading', { name: /^This link/ }) });
  const said = async (tab, words) => page.until(String(words), async () => words.test((await remark(tab).textContent({ timeout: 5000 })).replace(/\s+/g, ' ')));
  const go = (tab, hash) => tab.evaluate((hash) => (location.hash = hash), hash);

  for (const way of page.ways) {
    test(`of another version: said, and what can be understood is shown (${way})`, async () => {
      const tab = await session.page(way, { hash: '#v=2/t/struct/traffic?tab=layout&lens=3' });
      await said(tab, /made by another version of this page It is of version 2; this page reads and makes version 1\. This much was understood: struct traffic, its layout\. There may be more/);
      await tab.locator('.linked code', { hasText: 'struct traffic' }).waitFor();
      await tab.getByRole('button', { name: 'Try a sample' }).click();
      await heading(tab, 'struct traffic').waitFor();
      await tab.locator('.drawing').waitFor();
      await said(tab, /another version/);
      await tab.getByRole('link', { name: 'Used by' }).click();
      await tab.locator('.uses').first().waitFor();
      assert.equal(await remark(tab).count(), 0); // that link is of this version
      await go(tab, '#v=2?q=traffic&k=struct');
      await said(tab, /understood: a search in the list of types/);
      assert.equal(await page.search(tab).inputValue(), 'traffic');
      await go(tab, '#v=9/t/struct/traffic');
      await said(tab, /version 9.*understood: struct traffic\. /);
      await heading(tab, 'struct traffic').waitFor();
      await go(tab, '#v=2/graph/of?types');
      await said(tab, /Nothing else in it was understood\. There is nothing called “graph\/of\?types” here/);
      await heading(tab, 'sample.bpf.o').waitFor();
      await tab.keyboard.press('Escape');
      assert.equal(await remark(tab).count(), 0);
      // Back to what another version's link led to: that stands there as this one writes it.
      await tab.goBack();
      await heading(tab, 'struct traffic').waitFor();
      assert.equal(await hash(tab), '#v=1/t/struct/traffic');
      assert.equal(await remark(tab).count(), 0);
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }

  test('cut short, mistyped, of no page', async () => {
    const tab = await session.page('file', { hash: '#v=1/t/struct/' });
    await said(tab, /This link is not understood It names no struct: it ends where the name should be/);
    assert.equal(await tab.locator('.linked').count(), 0);
    await page.openSample(tab);
    await said(tab, /names no struct/);
    for (const [address, words] of [
      ['#v=1/t/struct', /names no struct/],
      ['#v=1/t', /names no type/],
      ['#v=1/t/struct/?id=', /names no struct/],
      ['#v=1/t/struct/traf%', /changed or cut short on its way here: a % in it/],
      ['#v=1/tables', /nothing called “tables” here/],
      ['#about', /Addresses of this page go on with #v=1; this one goes on with #about/],
      ['#v=1/t/struct/traffic?tab=graph', /only understood in part It asks for the side “graph” of struct traffic.*Its C is shown/],
    ]) {
      await go(tab, address);
      await said(tab, words);
    }
    await page.code(tab).waitFor();
    for (const address of ['#v=1', '', '#v=1/maps', '#v=1?q=int', '#v=1/t/struct/no_such_thing', '#v=1/t/struct/traffic?tab=layout']) {
      await go(tab, '#about');
      await said(tab, /#about/);
      await go(tab, address);
      await page.until(`nothing is said of ${address}`, async () => (await remark(tab).count()) === 0);
    }
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('to a side that the type does not have: why, and its C', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('types.o'));
    for (const [address, words] of [
      ['#v=1/t/typedef/handler_t?tab=layout', 'handler_t has no layout: only structs and unions have one, and typedefs of them. This is its C.'],
      ['#v=1/t/int/int?tab=layout', 'int has no layout: only structs and unions have one, and typedefs of them. This is its C.'],
      ['#v=1/t/func/function?tab=decode', 'function has no values: it is not data. This is its C.'],
    ]) {
      await go(tab, address);
      await tab.getByText(words).waitFor();
      await page.code(tab).waitFor();
      assert.equal(await tab.locator('.tabs [aria-current=page]').textContent(), 'C');
    }
    await tab.getByRole('link', { name: 'Record' }).click();
    await tab.locator('.remark').waitFor({ state: 'detached' });
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });
});

describe('what is saved', () => {
  const { session, files } = page.setUp();

  test('two files of one name, both', async () => {
    const tab = await session.page('file');
    for (const [folder, source] of [['one', 'types.btf'], ['two', 'sample.bpf.btf']]) {
      mkdirSync(join(files.folder, folder));
      await page.openFile(tab, files.write(join(folder, 'same.btf'), readFileSync(page.golden(source))));
    }
    await page.until('two tabs', async () => (await names(tab)).length === 2);
    const saved = [];
    tab.on('download', (download) => saved.push(download.suggestedFilename()));
    await tab.evaluate(() => {
      const post = Worker.prototype.postMessage;
      globalThis.held = [];
      Worker.prototype.postMessage = function (message, ...rest) {
        if (message.question?.topic === 'dump') held.push(() => post.call(this, message, ...rest));
        else post.call(this, message, ...rest);
      };
    });
    for (const nth of [0, 1]) {
      await bar(tab).locator('.file-name').nth(nth).click();
      await tab.getByRole('button', { name: 'C header', exact: true }).click();
    }
    await page.until('both', () => tab.evaluate(() => held.length === 2));
    await tab.evaluate(() => held.splice(0).forEach((ask) => ask()));
    await page.until('both', () => saved.length === 2);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a kernel as text: cancelled while it is written, by button and by key; the page answers meanwhile', async (t) => {
    const kernel = page.corpusKernel(files, 'amd64-6.12.107') ?? page.runningKernel(files);
    if (!kernel) return t.skip('no kernel here');
    const name = basename(kernel, '.btf');
    const tab = await session.page('file');
    await page.openFile(tab, kernel);
    const saved = [];
    tab.on('download', (download) => saved.push(download.suggestedFilename()));
    const save = (format) => tab.getByRole('button', { name: format, exact: true }).click();
    const writing = (ending) => tab.getByRole('status').filter({ hasText: `Writing ${name}.${ending}` });
    // The worker never hears what to write: that is the slow machine.
    await tab.evaluate(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (message, ...rest) {
        if (message.question?.topic !== 'dump' || globalThis.fast) post.call(this, message, ...rest);
      };
    });
    await save('JSON');
    await writing('json').waitFor();
    await save('JSON'); // is being done
    assert.equal(await writing('json').count(), 1);
    // The file's own worker is free.
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/task_struct'));
    await page.code(tab).waitFor();
    await writing('json').getByRole('button', { name: `Cancel writing ${name}.json` }).click();
    await writing('json').waitFor({ state: 'detached' });
    await page.until('its worker has ended', () => tab.workers().length === 2);
    await tab.goBack();
    await save('raw text');
    await writing('txt').waitFor();
    await tab.keyboard.press('Escape');
    await writing('txt').waitFor({ state: 'detached' });
    assert.equal(await tab.getByRole('alert').count(), 0);
    assert.deepEqual(saved, []);
    await page.until('its worker has ended', () => tab.workers().length === 2);
    // Both at once.
    await tab.evaluate(() => (globalThis.fast = true));
    await save('C header');
    await save('raw text');
    await page.until('both', () => saved.length === 2);
    assert.deepEqual(saved.sort(), [`${name}.h`, `${name}.txt`]);
    await page.until('their workers have ended', () => tab.workers().length === 2);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });
});

describe('what is remembered', () => {
  const { session } = page.setUp();

  const ground = (tab) => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const stored = (tab) => tab.evaluate(() => JSON.stringify({ ...localStorage }));

  for (const way of page.ways) {
    test(`the theme follows the system until it is chosen, and is kept over a reload; no file is (${way})`, async () => {
      const tab = await session.page(way, { colorScheme: 'light' });
      const light = await ground(tab);
      await tab.emulateMedia({ colorScheme: 'dark' });
      const dark = await ground(tab);
      assert.notEqual(light, dark);
      await tab.getByRole('button', { name: 'Light theme' }).click();
      assert.equal(await ground(tab), light);
      await page.openSample(tab);
      await tab.reload();
      await tab.getByRole('button', { name: 'Try a sample' }).waitFor();
      assert.equal(await ground(tab), light);
      assert.equal(await stored(tab), JSON.stringify({ 'btfkit.settings.1': '{"theme":"light"}' }));
      // What the system says is following it again.
      await tab.getByRole('button', { name: 'Dark theme' }).click();
      await tab.emulateMedia({ colorScheme: 'light' });
      assert.equal(await ground(tab), light);
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }

  test('the cache line is kept', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/traffic?tab=layout'));
    await tab.getByLabel('Cache line').selectOption('128');
    await tab.evaluate(() => (location.hash = '#v=1'));
    await tab.reload();
    await page.openSample(tab);
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/traffic?tab=layout'));
    assert.equal(await tab.getByLabel('Cache line').inputValue(), '128');
    await tab.context().close();
  });

  test('what is found there is not trusted, and where it is refused the page works', async () => {
    for (const found of ['no JSON', '[1]', 'null', '{"theme":"pink","cache line":7}', '{"theme":{},"cache line":"64"}']) {
      const tab = await session.page('file');
      await tab.evaluate((found) => localStorage.setItem('btfkit.settings.1', found), found);
      await tab.reload();
      await page.openSample(tab);
      await tab.getByRole('button', { name: 'Dark theme' }).click();
      assert.match(await stored(tab), /dark/);
      assert.deepEqual(tab.problems, [], found);
      await tab.context().close();
    }
    const tab = await session.page('file');
    await tab.addInitScript(() => Object.defineProperty(globalThis, 'localStorage', { get: () => { throw new DOMException('refused', 'SecurityError'); } }));
    await tab.reload();
    const light = await ground(tab);
    await tab.getByRole('button', { name: 'Dark theme' }).click();
    assert.notEqual(await ground(tab), light);
    await page.openSample(tab);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });
});

/** Two kernels that differ, and two modules that fit both. */
async function kernels({ write }) {
  const { Btf } = await page.nodePackage();
  const bases = [4, 8].map((size) => {
    const builder = new Btf.Builder();
    const number = builder.add({ kind: 'int', name: 'number', size, encoding: ['signed'] });
    builder.add({ kind: 'struct', name: 'device', size, members: [{ name: 'number', typeId: number, bitOffset: 0 }] });
    return builder.build();
  });
  const modules = [0, 1].map((nth) => {
    const split = new Btf.Builder({ base: bases[0] });
    split.add({ kind: 'struct', name: `private_${nth}`, size: 4, members: [{ name: 'device', typeId: bases[0].require('device', 'struct').id, bitOffset: 0 }] });
    return write(`module-${nth}.btf`, split.toBytes());
  });
  return { bases: bases.map((btf, nth) => write(`base-${nth}.btf`, btf.marshal())), modules };
}

/** A kernel with too few types and strings for anything to continue it. */
function smallest() {
  const btf = Buffer.alloc(24 + 16 + 3);
  btf.writeUInt16LE(0xeb9f, 0);
  btf[2] = 1;
  btf.writeUInt32LE(24, 4);
  btf.writeUInt32LE(16, 12);
  btf.writeUInt32LE(16, 16);
  btf.writeUInt32LE(3, 20);
  btf.writeUInt32LE(1, 24);
  btf.writeUInt32LE(1 << 24, 28);
  btf.writeUInt32LE(4, 32);
  btf.writeUInt32LE(32, 36);
  btf.write('\0a\0', 40);
  return btf;
}
