// The list of types: what can be searched for, sorting, keys, the address that carries a search.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe } from 'node:test';
import * as page from './support.mjs';
import { settled } from './views.mjs';

const { test } = page;

describe('the list of types', () => {
  let session;
  let files;
  let kernel;
  before(async () => {
    if (page.cannotRun) return;
    session = await page.openBrowser();
    files = page.scratch();
    kernel = page.runningKernel(files) ?? page.corpusKernel(files, 's390x-6.12.107');
  });
  after(async () => {
    await session?.close();
    files?.done();
  });

  const said = (tab) => page.status(tab).textContent().then((text) => text.trim().replace(/\s+/g, ' '));
  const note = (tab) => tab.locator('.search-note').textContent().then((text) => text.trim());
  const heading = (tab) => tab.getByRole('heading', { level: 1 }).textContent().then((text) => text.trim().replace(/\s+/g, ' '));
  const sorts = (tab) => tab.getByRole('group', { name: 'Sort by' });
  const found = async (tab) => Number((await said(tab)).split(' ')[0].replaceAll(',', ''));
  /** The rows in the document from the top, as their cells. */
  const rows = (tab) =>
    page.list(tab).locator('.row:not([hidden])').evaluateAll((all) =>
      all
        .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
        .map((row) => Object.fromEntries([...row.children].map((cell) => [cell.className.split(' ')[0], cell.firstChild.data]))),
    );
  const number = (text) => Number(text.replaceAll(',', ''));

  async function withKernel(t, body) {
    if (!kernel) return t.skip('there is no kernel BTF to open');
    const tab = await session.page('file');
    await page.openFile(tab, kernel);
    const { Btf } = await page.nodePackage();
    const btf = Btf.open(kernel);
    try {
      await body(tab, btf);
    } finally {
      btf.close();
    }
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  }

  test('each term of a search finds what the package finds', (t) =>
    withKernel(t, async (tab, btf) => {
      const structs = btf.query({ kinds: ['struct'], sort: 'holes', anonymous: true }).types;
      const count = (types, holds) => [...types].filter(holds).length;
      const named = (regex, ...kinds) => btf.search({ regex, kinds }).total;
      const expected = {
        task_struct: named(/task_struct/i),
        'struct task': named(/task/i, 'struct'),
        'STRUCT Task': named(/task/i, 'struct'),
        'union ': count(btf.types('union'), () => true),
        struct: named(/struct/i),
        'task struct': count(btf.types(), ({ name }) => /task/i.test(name) && /struct/i.test(name)),
        'struct union rcu': named(/rcu/i, 'struct', 'union'),
        'enum pid': named(/pid/i, 'enum', 'enum64'),
        'function bpf_': named(/bpf_/i, 'func'),
        '"unsigned int"': named(/unsigned int/),
        'struct size>4096': count(structs, ({ size }) => size > 4096),
        'struct size >= 4k': count(structs, ({ size }) => size >= 4096),
        'size<=0x10 struct': count(structs, ({ size }) => size <= 16),
        'struct size!=8 size<16': count(structs, ({ size }) => size !== 8 && size < 16),
        'struct members=7': count(structs, ({ members }) => members === 7),
        'func members>8': btf.query({ kinds: ['func'] }).types.filter(({ members }) => members > 8).length,
        'holes>0': count(structs, ({ holes }) => holes > 0),
        'holes=0': count(structs, ({ holes }) => holes === 0),
        'struct dev holes>=2 size<2k': count(structs, ({ name, holes, size }) => /dev/i.test(name) && holes >= 2 && size < 2048),
        'id<100': 99,
        '/^bpf_.*_kern$/': named(/^bpf_.*_kern$/),
        '/^BPF_.*_KERN$/i func': named(/^bpf_.*_kern$/i, 'func'),
        '/[/]| x/ size>8': 0,
        '*_ops': named(/^.*_ops$/i),
        'struct i?ode*': named(/^i.ode.*$/i, 'struct'),
      };
      for (const [text, total] of Object.entries(expected)) {
        await page.search(tab).fill(text);
        await page.until(`“${text}” finds ${total}: ${await said(tab)}`, async () => (await found(tab)) === total);
        assert.equal(await note(tab), '', text);
      }
      assert.ok(expected['holes>0'] > 1000 && expected['struct task'] > 10, 'a real kernel');
      // The column of holes is there while holes are searched for.
      await page.search(tab).fill('holes>2 task');
      const shown = (await rows(tab)).map(({ name, holes }) => [name, Number(holes)]);
      const holesOf = new Map(structs.filter(({ name }) => name).map(({ name, holes }) => [name, holes]));
      for (const [name, holes] of shown) assert.equal(holes, holesOf.get(name), name);
      assert.ok(shown.length > 0);
      await sorts(tab).getByRole('button', { name: 'Holes' }).waitFor();
      await page.search(tab).fill('task');
      assert.equal(await sorts(tab).getByRole('button', { name: 'Holes' }).count(), 0);
    }));

  test('what is not understood is said, and the rest still holds', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    const structs = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.summary.kinds.struct);
    const wrong = {
      'struct sise>4': '“sise” is none of size, members, holes, id.',
      'struct size>': '“size>” needs a number: size>4096.',
      'struct size>4x': '“4x” is no number, as 4096, 0x1000 and 4k are.',
      'struct size=>4': '“=>” is none of < <= = != >= >.',
      'struct >4': '“>4” lacks what to compare: size>4.',
      'struct kind=struct': 'Write the kind before the name: struct foo.',
      'struct /(/': '“/(/” is no regular expression: unterminated group.',
      'struct /./x': '“x” are no flags; i ignores case.',
    };
    for (const [text, why] of Object.entries(wrong)) {
      await page.search(tab).fill(text);
      assert.equal(await found(tab), structs, text);
      await page.until(`${text}: ${why}`, async () => (await note(tab)) === why);
      assert.equal(await page.search(tab).getAttribute('aria-invalid'), 'true');
      assert.equal(await page.search(tab).getAttribute('aria-describedby'), await tab.locator('.search-note').getAttribute('id'));
      assert.equal(await tab.locator('.search-note').getAttribute('role'), 'status');
    }
    // An expression without its end already searches.
    await page.search(tab).fill('/^traffic$');
    assert.equal(await found(tab), 2);
    await page.until('that it has no end', async () => (await note(tab)) === '“/^traffic$” has no closing / yet.');
    await page.search(tab).fill('struct size>4');
    assert.equal(await note(tab), '');
    assert.equal(await page.search(tab).getAttribute('aria-invalid'), null);
    // Nothing is said of what was only on its way to be right.
    await page.search(tab).fill('struct size>');
    await page.search(tab).fill('struct size>4');
    await tab.waitForTimeout(700);
    assert.equal(await note(tab), '');
    await page.search(tab).fill('strct traffic');
    await tab.getByText('kinds come first, as in “struct traffic”').waitFor();
    await page.search(tab).fill('struct size>9999');
    await tab.getByText('No type satisfies “struct size>9999”.').waitFor();
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('sorts by each column, both ways, and back', (t) =>
    withKernel(t, async (tab, btf) => {
      const button = (name) => sorts(tab).getByRole('button', { name });
      const ordered = (values, down) => values.every((value, i) => i === 0 || (down ? values[i - 1] >= value : values[i - 1] <= value));
      const column = async (cell) => (await rows(tab)).map((row) => row[cell]);

      await page.search(tab).fill('struct ');
      const total = await found(tab);
      await button('Size').click();
      assert.equal(await button('Size, largest first').getAttribute('aria-pressed'), 'true');
      const largest = btf.query({ kinds: ['struct'], sort: 'size', anonymous: true, limit: 10 }).types.map(({ name, size }) => [name, size]);
      assert.deepEqual((await rows(tab)).slice(0, 10).map(({ name, size }) => [name, number(size)]), largest);
      await button('Size').click();
      assert.equal(await button('Size, smallest first').getAttribute('aria-pressed'), 'true');
      const sizes = (await column('size')).map(number);
      assert.ok(ordered(sizes, false) && sizes[0] === 0, String(sizes));
      assert.equal(await found(tab), total, 'sorting loses nothing');

      await button('Members').click();
      assert.equal(await button('Size').getAttribute('aria-pressed'), 'false');
      assert.ok(ordered((await column('members')).map(number), true));
      await button('Id').click();
      assert.ok(ordered((await column('id')).map(number), false));
      await button('Id').click();
      assert.ok(ordered((await column('id')).map(number), true));
      await button('Id').click();
      assert.equal(await sorts(tab).locator('[aria-pressed=true]').count(), 0, 'a third click sorts no more');

      await button('Name').click();
      const names = (await column('name')).map((name) => name.toLowerCase());
      assert.ok(ordered(names, false), String(names));
      const all = [...btf.types('struct')].map(({ name }) => name.toLowerCase()).filter(Boolean).sort();
      assert.deepEqual(names.slice(0, 10), all.slice(0, 10));
      await button('Name').click();
      assert.deepEqual((await column('name')).slice(0, 10).map((name) => name.toLowerCase()), all.slice(-10).reverse());
      // Those without a name come last either way.
      await page.list(tab).focus();
      await tab.keyboard.press('End');
      assert.equal(await page.list(tab).locator('.is-active .name.is-unnamed').count(), 1);

      // What has no size comes last either way, too; the order stays while the search changes.
      await page.search(tab).fill('');
      await button('Size').click();
      await button('Size').click();
      assert.equal((await column('size')).includes(''), false);
      await page.search(tab).fill('/^task_struct$|^do_exit$/');
      assert.deepEqual((await rows(tab)).map(({ badge, name }) => `${badge} ${name}`), ['struct task_struct', 'func do_exit']);
    }));

  test('holes are counted when they are sorted by, too', (t) =>
    withKernel(t, async (tab, btf) => {
      await page.search(tab).fill('holes>0');
      await sorts(tab).getByRole('button', { name: 'Holes' }).click();
      await page.search(tab).fill('struct sk');
      const most = btf.query({ kinds: ['struct'], sort: 'holes' }).types.filter(({ name }) => /sk/i.test(name)).map(({ holes }) => holes);
      assert.deepEqual((await rows(tab)).slice(0, 10).map(({ holes }) => Number(holes)), most.slice(0, 10));
    }));

  test('chips and expressions hold together', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    const types = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.query({ anonymous: true }).types);
    const large = (kind) => types.filter((type) => type.kind === kind && type.size >= 8).length;
    const chip = (name) => tab.getByRole('group', { name: 'Kinds to show' }).getByRole('button', { name });
    await page.search(tab).fill('size>=8');
    await chip(`struct ${large('struct')}`).click();
    assert.equal(await found(tab), large('struct'));
    await chip(`union ${large('union')}`).click();
    assert.equal(await found(tab), large('struct') + large('union'));
    await page.search(tab).fill('struct size>=8');
    assert.equal(await found(tab), large('struct'));
    await chip('union 0').waitFor();
    await page.search(tab).fill('enum size>=8');
    await tab.getByText('No type satisfies “enum size>=8” among the kinds chosen.').waitFor();
    await tab.context().close();
  });

  test('types without a name say where they stand', (t) =>
    withKernel(t, async (tab, btf) => {
      const found = btf.query({ kinds: ['struct', 'union'], anonymous: true }).types.filter(({ name }) => !name);
      const shown = async (id) => {
        await page.search(tab).fill(`id=${id}`);
        return (await rows(tab))[0].name;
      };
      const [alias] = found.filter((type) => type.alias);
      assert.equal(await shown(alias.id), `anon, typedef ${alias.alias}`);
      const member = btf.require('sk_buff', 'struct').members.find(({ type }) => !type.name && type.kind === 'union');
      assert.equal(await shown(member.type.id), 'anon in sk_buff');
      // By way of a member with a name, which is said.
      const [owner, named] = [...btf.types('struct')].flatMap((type) => (type.name ? type.members.map((each) => [type, each]) : []))
        .find(([, each]) => each.name && !each.type.name && each.type.kind === 'struct' && each.type.usedBy().length === 1);
      assert.equal(await shown(named.type.id), `anon in ${owner.name}.${named.name}`);
      await tab.keyboard.press('Enter');
      await page.until('its view', async () => (await heading(tab)) === `struct anon in ${owner.name}.${named.name}`);
    }));

  test('the address carries the search', async () => {
    const tab = await session.page('file', { hash: '#v=1?q=size%3E%3D16&k=struct,union&sort=-size' });
    await page.drop(tab, page.golden('sample.bpf.o'));
    await page.list(tab).waitFor();
    assert.equal(await page.search(tab).inputValue(), 'size>=16');
    const linked = await rows(tab);
    assert.deepEqual(new Set(linked.map(({ badge }) => badge)), new Set(['struct', 'union']));
    assert.ok(linked.every(({ size }, i) => number(size) >= 16 && (i === 0 || number(size) <= number(linked[i - 1].size))));

    const length = await tab.evaluate(() => history.length);
    await page.search(tab).fill('traffic');
    await page.until('the address', () => tab.evaluate(() => location.hash === '#v=1?q=traffic&k=struct%2Cunion&sort=-size'));
    assert.equal(await tab.evaluate(() => history.length), length, 'typing makes no history');
    await page.row(tab, 'struct', 'traffic').click();
    await page.until('the type', async () => (await heading(tab)) === 'struct traffic');
    assert.ok(tab.url().endsWith('#v=1/t/struct/traffic'));
    await page.search(tab).fill('other');
    await tab.goBack();
    await page.until('the search of then', async () => (await page.search(tab).inputValue()) === 'traffic');

    // What a later version may add, or nobody understands, is left alone.
    await tab.evaluate(() => (location.hash = '#v=1?q=int&k=novel&sort=colour&more=1'));
    await page.until('the new search', async () => (await page.search(tab).inputValue()) === 'int');
    assert.equal(await sorts(tab).locator('[aria-pressed=true]').count(), 0);
    // Another file begins afresh.
    await page.openFile(tab, page.golden('types.o'));
    assert.equal(await page.search(tab).inputValue(), '');
    await page.until('an address without a search', () => tab.evaluate(() => location.hash === '#v=1'));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a link that is followed while the address is about to say what was typed is not lost', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    await page.search(tab).fill('other');
    await tab.evaluate(() => {
      setTimeout(() => (location.hash = '#v=1?q=traffic'));
      const end = performance.now() + 500; // the address is due next, before the page hears of the link
      while (performance.now() < end);
    });
    await page.until('the search of the link', async () => (await page.search(tab).inputValue()) === 'traffic');
    await tab.waitForTimeout(400);
    assert.equal(await tab.evaluate(() => location.hash), '#v=1?q=traffic');
    await tab.context().close();
  });

  test('what is chosen stands among others: some rows are left to the edge, but for the ends of the list', (t) =>
    withKernel(t, async (tab) => {
      const edges = () =>
        page.list(tab).evaluate((list) => {
          const frame = list.getBoundingClientRect();
          const row = list.querySelector('.is-active').getBoundingClientRect();
          return { above: (row.top - frame.top) / row.height, below: (frame.bottom - row.bottom) / row.height };
        });
      await tab.evaluate(() => (location.hash = '#v=1/t/struct/task_struct'));
      await page.until('the row', () => tab.locator('.row[aria-selected=true]').count());
      await settled(tab);
      const { above, below } = await edges();
      assert.ok(above >= 3 && below >= 3, `${above} rows above, ${below} below`);
      await page.list(tab).focus();
      await tab.keyboard.press('End');
      await page.until('the end', async () => Math.abs((await edges()).below) < 0.1);
      await tab.keyboard.press('Home');
      await page.until('the start', async () => Math.abs((await edges()).above) < 0.1);
    }));

  test('an expression that would take forever is stopped', (t) =>
    withKernel(t, async (tab) => {
      await page.search(tab).fill('/(.*)(.*)(.*)(.*)(.*)(.*)zz$/');
      await page.until('that it is too slow', async () => /^The expression is too slow: it saw the first [\d,]+ types?\.$/.test(await note(tab)));
      await page.search(tab).fill('struct task_struct');
      assert.equal((await rows(tab))[0].name, 'task_struct');
      assert.equal(await note(tab), '');
    }));

  test('a list that is too high for a browser is scrolled to its end', async () => {
    const types = 700_000;
    const bytes = Buffer.alloc(24 + types * 12 + 1);
    bytes.writeUInt16LE(0xeb9f, 0);
    bytes.writeUInt8(1, 2);
    [24, 0, types * 12, types * 12, 1].forEach((value, i) => bytes.writeUInt32LE(value, 4 + 4 * i));
    for (let i = 0; i < types; i++) bytes.writeUInt32LE(2 << 24, 24 + i * 12 + 4); // void *
    const tab = await session.page('file');
    await page.openFile(tab, files.write('long.btf', bytes));
    const inView = (id) =>
      page.list(tab).evaluate((list, wanted) => {
        const row = [...list.querySelectorAll('.row:not([hidden])')].find((each) => each.querySelector('.id').firstChild.data === wanted);
        const [box, frame] = [row?.getBoundingClientRect(), list.getBoundingClientRect()];
        return row !== undefined && box.top >= frame.top - 2 && box.bottom <= frame.bottom + 2;
      }, String(id));
    const middle = () => page.list(tab).evaluate((list) => {
      const frame = list.getBoundingClientRect();
      // NaN until the rows of a new place are drawn.
      return Number(document.elementFromPoint(frame.left + 20, frame.top + frame.height / 2)?.closest('.row')?.querySelector('.id').firstChild.data);
    });
    await page.list(tab).focus();
    await tab.keyboard.press('End');
    await page.until('the last', () => inView(types));
    await tab.keyboard.press('PageUp');
    await tab.keyboard.press('ArrowUp');
    const at = Number(await page.list(tab).locator('.is-active .id').evaluate((cell) => cell.firstChild.data));
    await page.until('the one further up', () => inView(at));
    assert.ok(at < types - 5);
    for (const share of [0.5, 0.123, 1, 0]) {
      await page.list(tab).evaluate((list, to) => (list.scrollTop = (list.scrollHeight - list.clientHeight) * to), share);
      await page.until(`the types at ${share}`, async () => Math.abs((await middle()) - types * share) < 30);
    }
    await tab.keyboard.press('ArrowDown');
    await page.until('the active one again', () => inView(at + 1));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('j, k and page keys walk through the list', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    const place = async () => Number(await page.list(tab).locator('.is-active').getAttribute('aria-posinset'));
    const focused = () => tab.evaluate(() => document.activeElement.getAttribute('role'));
    await tab.locator('body').press('j'); // from anywhere
    assert.equal(await focused(), 'listbox');
    assert.equal(await place(), 2);
    await tab.keyboard.press('j');
    await tab.keyboard.press('k');
    await tab.keyboard.press('ArrowDown');
    assert.equal(await place(), 3);
    await tab.keyboard.press('PageDown');
    const far = await place();
    assert.ok(far > 10, String(far));
    assert.ok(await page.list(tab).locator('.is-active').isVisible());
    await tab.keyboard.press('PageUp');
    assert.equal(await place(), 3);
    await tab.keyboard.press('Home');
    await tab.keyboard.press('k');
    assert.equal(await place(), 1, 'there is nothing above the first');
    await tab.keyboard.press('Enter');
    await page.code(tab).waitFor();
    assert.equal(await focused(), 'listbox');
    await tab.goBack();
    await page.until('the file again', async () => (await heading(tab)) === 'sample.bpf.o');
    // In the search they are letters.
    await tab.keyboard.press('/');
    await tab.keyboard.type('jk?/');
    assert.equal(await page.search(tab).inputValue(), 'jk?/');
    assert.equal(await tab.locator('dialog[open]').count(), 0);
    await tab.context().close();
  });

  test('? shows all keys, and gives the focus back', async () => {
    const tab = await session.page('file');
    await tab.keyboard.press('?');
    const sheet = tab.getByRole('dialog', { name: 'Search and keys' });
    await sheet.waitFor();
    assert.equal(await sheet.getByRole('button', { name: 'size>4096' }).count(), 0, 'there is nothing to search yet');
    await tab.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });

    await page.openFile(tab, page.golden('sample.bpf.o'));
    await page.list(tab).focus();
    await tab.keyboard.press('Enter');
    await page.code(tab).waitFor();
    const title = await heading(tab);
    await tab.keyboard.press('?');
    await sheet.waitFor();
    for (const key of ['/', 'j', 'Enter', 'Esc']) assert.ok((await sheet.locator(`kbd:text-is("${key}")`).count()) > 0, key);
    await tab.keyboard.press('j');
    await tab.keyboard.press('/');
    await tab.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
    assert.equal(await tab.evaluate(() => document.activeElement.getAttribute('role')), 'listbox');
    assert.equal(await heading(tab), title, 'Escape closed the sheet alone');
    assert.equal(await page.list(tab).locator('.is-active').getAttribute('aria-posinset'), '1');

    const button = tab.getByRole('button', { name: 'What can be searched for, and keys' });
    await button.click();
    await tab.mouse.click(5, 5); // beside it
    await sheet.waitFor({ state: 'hidden' });
    assert.ok(await button.evaluate((element) => element === document.activeElement));
    await button.click();
    await sheet.getByRole('button', { name: 'struct task' }).click();
    await sheet.waitFor({ state: 'hidden' });
    assert.equal(await page.search(tab).inputValue(), 'struct task');
    assert.ok(await page.search(tab).evaluate((element) => element === document.activeElement));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('every example of the sheet is understood', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    await tab.keyboard.press('?');
    const examples = await tab.locator('.example').allTextContents();
    assert.ok(examples.length > 5);
    await tab.keyboard.press('Escape');
    for (const example of examples) {
      await page.search(tab).fill(`${example} sise>0`); // the first problem would be the example's
      await page.until(example, async () => (await note(tab)).startsWith('“sise”'));
    }
    await tab.context().close();
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
      test(`axe finds nothing: ${colorScheme}, ${width} px`, async () => {
        const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
        const tab = await session.page('file', { colorScheme, viewport: { width, height: 740 }, bypassCSP: true });
        await tab.evaluate(axe);
        await page.openFile(tab, page.golden('sample.bpf.o'));
        const clean = async (where) => {
          const violations = await tab.evaluate(async () => {
            const result = await globalThis.axe.run(document, { resultTypes: ['violations'] });
            return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
          });
          assert.deepEqual(violations, [], where);
          const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${where}: ${overflow} px wider than the screen`);
        };
        await page.search(tab).fill('holes>=0 sise>2');
        await sorts(tab).getByRole('button', { name: 'Holes' }).click();
        await page.until('the note', async () => (await note(tab)) !== '');
        await clean('a search that is not understood');
        await tab.getByRole('button', { name: 'What can be searched for, and keys' }).click();
        await tab.getByRole('dialog').waitFor();
        await clean('the sheet');
        await tab.context().close();
      });
    }
  }
});
