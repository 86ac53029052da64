// What a file holds beside types, and the sides of a type: each against what the package says of the same file under Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe } from 'node:test';
import * as page from './support.mjs';

const { test } = page;

describe('programs, maps, variables, needs; layouts and users of a type', () => {
  const { session, files } = page.setUp();

  const part = (tab, name) => tab.getByRole('navigation', { name: 'Parts of this file' }).getByRole('link', { name });
  const heading = (tab) => tab.getByRole('heading', { level: 1 }).textContent().then((text) => text.trim().replace(/\s+/g, ' '));
  const go = (tab, hash) => tab.evaluate((to) => (location.hash = to), hash);
  const words = (texts) => texts.map((text) => text.trim().replace(/\s+/g, ' '));

  for (const [way, name] of [['file', 'sample.bpf.o'], ['server', 'sample.bpf.o'], ['file', 'sample.bpf.eb.o']])
    test(`everything inside an object (${name}, ${way})`, async () => {
      const path = page.golden(name);
      const expected = await page.withBtf(path, (btf) => ({
        types: btf.typeCount, functions: btf.summary.kinds.func, strings: btf.summary.strings.count, programs: btf.programs, maps: btf.maps, variables: btf.variables, relocations: btf.relocations,
        needs: new Set(btf.relocations.map(({ text }) => text.replace(/^<\w+> /, ''))).size,
        code: btf.programs.map((program) => btf.disassemble(program.name)[0].instructions.map(({ text }) => text)),
      }));
      assert.ok(expected.programs.length > 1 && expected.maps.length > 0 && expected.variables.length > 3);
      const tab = await session.page(way);
      await page.openFile(tab, path);
      assert.deepEqual(
        words(await tab.getByRole('navigation', { name: 'Parts of this file' }).getByRole('link').allTextContents()),
        [
          `Types ${page.english(expected.types)}`, `Programs ${expected.programs.length}`, `Maps ${expected.maps.length}`,
          `Variables ${expected.variables.length}`, `Needs ${expected.needs}`,
          `Functions ${expected.functions}`, `Strings ${expected.strings}`,
        ],
      );

      await part(tab, /^Programs/).click();
      await tab.locator('.program-name').first().waitFor();
      assert.deepEqual(await tab.locator('.program-name').allTextContents(), expected.programs.map((program) => program.name));
      for (const [i, program] of expected.programs.entries()) {
        await tab.getByRole('link', { name: program.name, exact: true }).click();
        await page.until(`the code of ${program.name}`, async () => (await tab.locator('.disasm-table').count()) === 1 && (await heading(tab)) === program.name);
        assert.deepEqual(await tab.locator('.disasm-table .operation').allTextContents(), expected.code[i]);
        assert.ok((await tab.locator('.disasm-table .source').count()) > 0);
        await tab.getByRole('link', { name: 'All programs' }).click();
      }

      await part(tab, /^Maps/).click();
      await tab.locator('.map').first().waitFor();
      assert.deepEqual(words(await tab.locator('.map h2').allTextContents()), expected.maps.map((map) => map.name));
      const [map] = expected.maps;
      const facts = words(await tab.locator('.map').first().locator('dd').allTextContents());
      assert.deepEqual(facts, [map.typeName, `${map.key} ${map.keySize} bytes`, `${map.value} ${map.valueSize} bytes`, page.english(map.maxEntries)]);

      await part(tab, /^Variables/).click();
      await tab.locator('.variables').first().waitFor();
      assert.deepEqual(
        await tab.locator('.variables tbody tr').evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('.number')].map((cell) => cell.textContent.trim().split(/\s/)[0]))),
        expected.variables.map(({ offset, size }) => [offset, size].map(String)),
      );
      const shown = await tab.locator('.variables tbody tr').evaluateAll((rows) => rows.map((row) => [row.children[2].querySelector('code').textContent, row.children[3].querySelector('code').textContent]));
      assert.deepEqual(shown.map(([declaration]) => declaration), expected.variables.map(({ declaration }) => declaration));
      for (const [i, { value }] of expected.variables.entries())
        if (typeof value !== 'object') assert.equal(shown[i][1], typeof value === 'string' && !/^(0x)?[0-9a-f]+$/.test(value) ? JSON.stringify(value) : String(value));

      await part(tab, /^Needs/).click();
      await tab.locator('.needs').first().waitFor();
      const asked = await tab.locator('.needs tbody tr td:first-child').evaluateAll((cells) => cells.flatMap((cell) => cell.title.split('\n')));
      assert.deepEqual(asked.sort(), [...new Set(expected.relocations.map(({ text }) => text))].sort());
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });

  test('who uses a type, and its record', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    await go(tab, '#v=1/t/struct/traffic_key?tab=uses');
    await tab.locator('.uses').first().waitFor();
    const json = await page.withBtf(page.golden('sample.bpf.o'), (btf) => JSON.stringify(btf.require('traffic_key', 'struct').toJSON(), null, 2));
    assert.deepEqual(words(await tab.locator('.uses summary').allTextContents()), ['Member by pointer 1']); // of the map's definition
    await tab.getByRole('link', { name: 'Record' }).click();
    assert.equal(await tab.getByRole('region', { name: 'JSON' }).textContent(), json);
    await go(tab, '#v=1/t/enum/direction?tab=uses');
    await page.until('its user', async () => words(await tab.locator('.uses li').allTextContents()).includes('struct traffic_key'));
    await tab.goBack();
    await page.until('the record again', async () => (await tab.getByRole('region', { name: 'JSON' }).count()) === 1);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('the layout and the users of task_struct', async (t) => {
    const path = page.runningKernel(files);
    if (!path) return t.skip('/sys/kernel/btf/vmlinux cannot be read');
    const layout = await page.withBtf(path, (btf) => btf.require('task_struct', 'struct').layout());
    const tab = await session.page('file');
    await page.openFile(tab, path);
    await go(tab, '#v=1/t/struct/task_struct?tab=layout');
    await tab.getByRole('region', { name: 'Members' }).waitFor();
    await tab.locator('.layout-table tbody:not([aria-busy])').waitFor();
    const names = await tab.locator('.layout tr:not(.is-space) td.depth-0.member').allTextContents();
    assert.deepEqual(names.map((name) => (name === '(anonymous)' ? undefined : name)), layout.members.map(({ name }) => name));
    assert.match(await tab.locator('.layout-facts').textContent(), new RegExp(`^\\s*${page.english(layout.size)} bytes, ${layout.cacheLines} cache lines`));
    await tab.getByRole('link', { name: 'Used by' }).click();
    await tab.locator('.uses').first().waitFor();
    const groups = words(await tab.locator('.uses-role').allTextContents());
    assert.ok(groups.includes('Member by pointer') && groups.includes('Parameter by pointer'), groups.join());
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('bytes become values', async () => {
    const tab = await session.page('file');
    const path = page.golden('sample.bpf.o');
    await page.openFile(tab, path);
    await go(tab, '#v=1/t/struct/traffic_key?tab=decode');
    const value = tab.getByRole('region', { name: 'Value' });
    const said = tab.locator('.decode-said');
    const expected = (bytes, order) => page.withBtf(path, (btf) => btf.decodeToC('traffic_key', Uint8Array.from(bytes), { partial: true, zeros: true, ...(order && { order }) }));
    await tab.getByLabel('Bytes').fill('2a 00 00 00 01 00 00 00');
    const one = await expected([42, 0, 0, 0, 1, 0, 0, 0]);
    assert.match(one, /42/);
    await page.until('the value', async () => (await value.textContent()) === one);
    assert.equal(await said.textContent(), '8 bytes');
    await tab.getByLabel('Byte order').selectOption('big');
    const swapped = await expected([42, 0, 0, 0, 1, 0, 0, 0], 'big');
    await page.until('the other order', async () => (await value.textContent()) === swapped && swapped !== one);
    await tab.getByLabel('Bytes').fill('00000000: 2a00 0000 0100 0000\n00000010: 0x2b,0,0,0');
    const second = await expected([43, 0, 0, 0], 'big');
    await page.until('two', async () => (await value.textContent()) === `${swapped.trimEnd().replace(/^/, '/* 0 at 0x0 */\n')}\n/* 1 at 0x8: only 4 of 8 bytes */\n${second}`);
    assert.equal(await said.textContent(), '12 bytes · 1 value of 8 bytes · 4 bytes left over');
    await tab.getByLabel('Bytes').fill('2g');
    await page.until('the complaint', async () => (await said.textContent()) === 'line 1, character 1: “2g” is no hexadecimal number');
    await tab.getByLabel('Take a file…').setInputFiles(files.write('dump.bin', Buffer.from([7, 0, 0, 0, 1, 0, 0, 0])));
    await tab.getByLabel('Byte order').selectOption('little');
    const filed = await expected([7, 0, 0, 0, 1, 0, 0, 0], 'little');
    await page.until('the file', async () => (await value.textContent()) === filed);
    assert.equal(await said.textContent(), '8 bytes of dump.bin');
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('everything and one type are saved as files', async () => {
    const tab = await session.page('file');
    const path = page.golden('sample.bpf.o');
    await page.openFile(tab, path);
    const saved = async (name) => {
      const [download] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('button', { name, exact: true }).click()]);
      return [download.suggestedFilename(), readFileSync(await download.path(), 'utf8')];
    };
    const [c, json, raw, one] = await page.withBtf(path, (btf) => [
      btf.dump(), btf.dump({ format: 'json', pretty: true }), btf.dump({ format: 'raw' }), btf.dump({ types: ['struct traffic'] }),
    ]);
    assert.deepEqual(await saved('C header'), ['sample.bpf.h', c]);
    assert.deepEqual(await saved('JSON'), ['sample.bpf.json', json]);
    assert.deepEqual(await saved('raw text'), ['sample.bpf.txt', raw]);
    await go(tab, '#v=1/t/struct/traffic');
    assert.deepEqual(await saved('Header with all it needs'), ['traffic.h', one]);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a file without programs offers none; a link into one says so', async () => {
    const tab = await session.page('file', { hash: '#v=1/programs/xdp_main' });
    await tab.getByText('This link leads to program xdp_main. Drop the BPF object that has it').waitFor();
    await page.drop(tab, page.golden('types.o'));
    await tab.getByText('types.o has no such program').waitFor();
    await go(tab, '#v=1/maps');
    await tab.getByText('types.o has none').waitFor();
    assert.equal(await part(tab, /^Maps/).count(), 0);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });
});
