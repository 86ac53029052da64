// Exploring an open file: the list, the search, the keyboard, a type as C, links and the history.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import * as page from './support.mjs';

const { test } = page;

describe('explore a file', () => {
  const { session, files } = page.setUp();

  const shownRows = (tab) =>
    page.list(tab).locator('.row:not([hidden])').evaluateAll((rows) =>
      rows
        .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
        .map((row) => ({ kind: row.children[0].textContent, name: row.children[1].textContent, of: Number(row.ariaSetSize) })),
    );
  const said = (tab) => page.status(tab).textContent().then((text) => text.trim().replace(/\s+/g, ' '));
  const heading = (tab) => tab.getByRole('heading', { level: 1 }).textContent().then((text) => text.trim().replace(/\s+/g, ' '));

  for (const way of page.ways) {
    test(`search, click, read (${way})`, async () => {
      const tab = await session.page(way);
      await page.openSample(tab);
      await page.search(tab).fill('TRAFFIC');
      const rows = await shownRows(tab);
      // Names equal but for case come first, structs before variables; then those that only start like it.
      assert.deepEqual(rows.map(({ kind, name }) => `${kind} ${name}`), ['struct traffic', 'var traffic', 'struct traffic_key']);
      assert.equal(await said(tab), `3 of ${rows.length && (await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.typeCount))} types`);

      await page.row(tab, 'struct', 'traffic').click();
      const text = await page.code(tab).textContent();
      const expected = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.require('traffic', 'struct').toC({ offsets: true }));
      assert.equal(text, expected);
      for (const member of ['bytes', 'calls', 'largest', 'truncated', 'comm', 'peer']) assert.match(text, new RegExp(`\\b${member}\\b`));
      assert.match(await tab.locator('.type-facts').textContent(), /48 bytes/);
      assert.match(await tab.locator('.type-facts').textContent(), /6 members/);
      assert.ok(tab.url().endsWith('#v=1/t/struct/traffic'));
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });

    test(`links, back and forward (${way})`, async () => {
      const tab = await session.page(way);
      await page.openFile(tab, page.golden('sample.bpf.o'));
      await page.search(tab).fill('traffic_key');
      await page.row(tab, 'struct', 'traffic_key').click();
      await page.code(tab).getByRole('link', { name: 'direction' }).click();
      await page.until('the enum', async () => (await heading(tab)) === 'enum direction');
      assert.match(await page.code(tab).textContent(), /RECEIVED = 1/);
      await tab.goBack();
      await page.until('the struct again', async () => (await heading(tab)) === 'struct traffic_key');
      await tab.goBack();
      await page.until('the file again', async () => (await heading(tab)) === 'sample.bpf.o');
      await tab.goForward();
      await tab.goForward();
      await page.until('the enum again', async () => (await heading(tab)) === 'enum direction');
      assert.equal(await tab.title(), 'direction · sample.bpf.o · btfkit');
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }

  test('every type of every kind can be opened', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('types.o'));
    const expected = await page.withBtf(page.golden('types.o'), (btf) =>
      [...btf.types()].map((type) => ({ id: type.id, text: type.toC({ offsets: true }) })),
    );
    for (const [index, { id, text }] of expected.entries()) {
      // In file order the list is by id. Keys bring rows into view that are not in the document.
      await page.list(tab).focus();
      await tab.keyboard.press(index === 0 ? 'Home' : 'ArrowDown');
      await tab.keyboard.press('Enter');
      await page.until(`type ${id}`, async () => (await tab.locator('.type-facts span').first().textContent()) === `id ${id}`);
      assert.equal(await page.code(tab).textContent(), text);
    }
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('kind chips filter and count', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    const kinds = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.summary.kinds);
    const chip = (name) => tab.getByRole('group', { name: 'Kinds to show' }).getByRole('button', { name });
    await chip(`struct ${kinds.struct}`).click();
    await chip(`var ${kinds.var}`).click();
    const rows = await shownRows(tab);
    assert.equal(rows[0].of, kinds.struct + kinds.var);
    assert.deepEqual(new Set(rows.map(({ kind }) => kind)), new Set(['struct', 'var']));
    await chip(/^struct/).click();
    assert.equal((await shownRows(tab))[0].of, kinds.var);
    // The counts are those of the text searched for.
    await page.search(tab).fill('traffic');
    await chip('struct 2').waitFor();
    await chip('var 1').waitFor();
    await tab.getByRole('button', { name: 'Show all' }).click();
    // Kinds without names are behind one more button.
    assert.equal(await chip(/^pointer/).count(), 0);
    await chip(/more$/).click();
    await chip(`pointer ${kinds.pointer}`).click();
    assert.equal((await shownRows(tab))[0].of, kinds.pointer);
    await tab.context().close();
  });

  test('a bar of the file card lists its kind', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    const kinds = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.summary.kinds);
    const bars = await tab.locator('.kind-bar').evaluateAll((all) =>
      Object.fromEntries(all.map((bar) => [bar.children[0].textContent, Number(bar.children[2].textContent.replaceAll(',', ''))])),
    );
    const label = { func_proto: 'prototype', decl_tag: 'decl tag', type_tag: 'type tag' };
    assert.deepEqual(bars, Object.fromEntries(Object.entries(kinds).map(([kind, count]) => [label[kind] ?? kind, count])));
    await tab.getByRole('button', { name: /^datasec/ }).last().click();
    assert.equal((await shownRows(tab))[0].of, kinds.datasec);
    await tab.context().close();
  });

  test('everything by keyboard', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    const active = () => tab.evaluate(() => document.activeElement.id || document.activeElement.getAttribute('role'));
    await tab.keyboard.press('/');
    assert.equal(await active(), 'combobox');
    await tab.keyboard.type('acc');
    await tab.keyboard.press('Enter');
    await page.until('the function', async () => (await heading(tab)) === 'func account');
    assert.equal(await active(), 'combobox');

    // Arrows move the active row, and the search field names it.
    await page.search(tab).fill('t');
    const descendant = () => page.search(tab).getAttribute('aria-activedescendant');
    const first = await descendant();
    await tab.keyboard.press('ArrowDown');
    assert.notEqual(await descendant(), first);
    const name = await tab.locator(`#${await descendant()} .name`).textContent();
    await tab.keyboard.press('Enter');
    await page.until(`type ${name}`, async () => (await heading(tab)).endsWith(` ${name}`));

    // Escape empties the search, then leads back to the file.
    await tab.keyboard.press('Escape');
    assert.equal(await page.search(tab).inputValue(), '');
    await tab.keyboard.press('Escape');
    await page.until('the file', async () => (await heading(tab)) === 'sample.bpf.o');

    await page.list(tab).focus();
    await tab.keyboard.press('End');
    const last = await page.list(tab).getAttribute('aria-activedescendant');
    assert.equal(await tab.locator(`#${last}`).getAttribute('aria-posinset'), await tab.locator(`#${last}`).getAttribute('aria-setsize'));
    await tab.keyboard.press('/');
    assert.equal(await active(), 'combobox');
    assert.equal(await page.search(tab).inputValue(), '');
    await tab.context().close();
  });

  test('a search without result says so', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    await page.search(tab).fill('no_such_type');
    assert.match(await said(tab), /^0 of /);
    await tab.getByText('No type has “no_such_type” in its name.').waitFor();
    await tab.keyboard.press('Enter');
    assert.equal(await heading(tab), 'sample.bpf.o');
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a link opened before its file waits for it', async () => {
    const tab = await session.page('file', { hash: '#v=1/t/struct/traffic_key' });
    await tab.getByText('This link leads to struct traffic_key').waitFor();
    await page.drop(tab, page.golden('sample.bpf.o'));
    await page.until('the struct', async () => (await heading(tab)) === 'struct traffic_key');
    // Beside it, a file without such a struct opens at its own start; the link still says what is missing.
    await page.openFile(tab, page.golden('types.o'));
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/traffic_key'));
    await tab.getByRole('heading', { name: 'Not in this file' }).waitFor();
    await tab.evaluate(() => (location.hash = '#v=1/t/pointer/?id=999999'));
    await tab.getByText('types.o has no pointer with id 999999').waitFor();
    await tab.evaluate(() => (location.hash = '#v=1/t/%E0%A4%A'));
    await page.until('the file', async () => (await heading(tab)) === 'types.o');
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('copies the C text', async () => {
    const tab = await session.page('server', { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.openSample(tab);
    await tab.evaluate(() => (location.hash = '#v=1/t/enum/direction'));
    await tab.getByRole('button', { name: 'Copy', exact: true }).click();
    await tab.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await tab.evaluate(() => navigator.clipboard.readText()), await page.code(tab).textContent());
    await tab.context().close();
  });

  test('the running kernel', async (t) => {
    const path = page.runningKernel(files);
    if (!path) return t.skip('/sys/kernel/btf/vmlinux cannot be read');
    await kernel(path, 'little');
  });

  test('a big-endian kernel', async (t) => {
    const path = page.corpusKernel(files, 's390x-6.12.107');
    if (!path) return t.skip('there is no corpus');
    await kernel(path, 'big');
  });

  test('a 32-bit kernel', async (t) => {
    const path = page.corpusKernel(files, 'i386-6.1.176-pae-dbg-pahole132');
    if (!path) return t.skip('there is no corpus');
    await kernel(path, 'little', '4 bytes');
  });

  async function kernel(path, order, pointers = '8 bytes') {
    const tab = await session.page('file');
    await page.openFile(tab, path);
    const { typeCount, task, last } = await page.withBtf(path, (btf) => ({
      typeCount: btf.typeCount,
      task: btf.require('task_struct', 'struct').toC({ offsets: true }),
      last: btf.get(btf.endId - 1).toC({ offsets: true }),
    }));
    const facts = await page.facts(tab);
    assert.equal(facts.Types, page.english(typeCount));
    assert.equal(facts['Byte order'], order);
    assert.equal(facts.Pointers, pointers);
    assert.equal(await said(tab), `${page.english(typeCount)} types`);
    assert.ok((await shownRows(tab)).length < 100, 'only the rows on screen are in the document');

    await page.list(tab).focus();
    await tab.keyboard.press('End');
    await tab.keyboard.press('Enter');
    await page.code(tab).waitFor();
    assert.equal(await page.code(tab).textContent(), last);

    await page.search(tab).fill('task_struct');
    await page.row(tab, 'struct', 'task_struct').click();
    await page.until('task_struct', async () => (await heading(tab)) === 'struct task_struct');
    assert.equal(await page.code(tab).textContent(), task);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  }
});
