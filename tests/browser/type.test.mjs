// One type: hover cards, members opened in place, the drawing to scale and its table, offsets, users by the thousand, copies.
// What is shown is compared with what the package says of the same file under Node, never with itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';
import * as page from './support.mjs';

const { test } = page;

describe('a type', () => {
  let session;
  let files;
  let kernel;
  before(async () => {
    if (page.cannotRun) return;
    session = await page.openBrowser();
    files = page.scratch();
    kernel = page.runningKernel(files);
  });
  after(async () => {
    await session?.close();
    files?.done();
  });

  const noKernel = '/sys/kernel/btf/vmlinux cannot be read';
  const go = (tab, hash) => tab.evaluate((to) => (location.hash = to), hash);
  const words = (texts) => texts.map((text) => text.trim().replace(/\s+/g, ' '));
  const card = (tab) => tab.locator('.hover-card');
  const members = (tab, name) => tab.getByRole('button', { name: `Members of ${name}`, exact: true });
  const bare = (text) => text.replace(/\s+/g, ' ').trim();

  /** Opens a file at the view of a type. */
  async function at(path, hash, options = {}) {
    const { way = 'file', ...more } = options;
    const tab = await session.page(way, more);
    await page.openFile(tab, path);
    await go(tab, `#v=1/t/${hash}`);
    await tab.locator('.type').waitFor();
    return tab;
  }
  async function done(tab) {
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  }

  // ---- hover cards

  test('a card says what a link leads to: by pointer, by keyboard; Escape and leaving take it away', async () => {
    const tab = await at(page.golden('sample.bpf.o'), 'struct/traffic_key');
    const link = page.code(tab).getByRole('link', { name: 'direction' });
    await link.hover();
    await card(tab).waitFor();
    const text = await card(tab).textContent();
    assert.match(bare(text), /^enum direction 4 bytes, \d values/);
    assert.match(text, /RECEIVED = 1/);
    assert.equal(await link.getAttribute('aria-describedby'), 'hover-facts');

    // It may be pointed at, and stays.
    await card(tab).hover();
    await tab.waitForTimeout(600);
    assert.ok(await card(tab).isVisible());
    await tab.getByRole('heading', { level: 1 }).hover();
    await card(tab).waitFor({ state: 'hidden' });
    assert.equal(await link.getAttribute('aria-describedby'), null);

    await page.code(tab).getByRole('link').first().focus();
    await tab.keyboard.press('Tab'); // from a key on, what has the focus shows it
    assert.equal(await tab.evaluate(() => document.activeElement.textContent), 'direction');
    await card(tab).waitFor();
    await tab.keyboard.press('Escape');
    await card(tab).waitFor({ state: 'hidden' });
    assert.equal(await tab.getByRole('heading', { level: 1 }).textContent().then(bare), 'struct traffic_key', 'Escape did nothing else');
    assert.equal(await tab.evaluate(() => document.activeElement.textContent), 'direction');
    await tab.keyboard.press('Escape');
    await page.until('the file', async () => (await tab.getByRole('heading', { level: 1 }).textContent()) === 'sample.bpf.o');
    await done(tab);
  });

  for (const width of [1280, 360])
    test(`a card lies within the screen, and passing over links shows none (${width} px)`, async (t) => {
      if (!kernel) return t.skip(noKernel);
      const tab = await at(kernel, 'struct/task_struct', { viewport: { width, height: 500 } });
      const links = page.code(tab).getByRole('link');
      for (const name of ['thread_info', 'seccomp', 'thread_struct']) {
        await links.filter({ hasText: new RegExp(`^${name}$`) }).first().hover();
        await card(tab).waitFor();
        await page.until(name, async () => (await card(tab).locator('strong').textContent()) === name);
        const box = await card(tab).boundingBox();
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= 500, JSON.stringify(box));
        const fits = await card(tab).evaluate((element) => element.scrollHeight <= element.clientHeight + 1);
        assert.ok(fits, 'nothing of it needs scrolling');
        await tab.mouse.move(2, 2);
        await card(tab).waitFor({ state: 'hidden' });
      }
      await links.nth(3).hover();
      await tab.mouse.move(2, 2);
      await tab.waitForTimeout(600);
      assert.ok(!(await card(tab).isVisible()));
      await done(tab);
    });

  // ---- members in the C text

  /** Lines of a C text that have a place: what is declared, offset, size. */
  const placed = (text) =>
    text.split('\n').flatMap((line) => {
      const [, what, offset, size] = /^\s*(.*?);\s*\/\* +(\d+(?:: ?\d+)?) +(\d+)(?: bits?)? \*\/$/.exec(line) ?? [];
      return what === undefined ? [] : [[what, offset, Number(size)]];
    });

  test('members open within the text, with their offsets in the whole', async (t) => {
    if (!kernel) return t.skip(noKernel);
    const tab = await at(kernel, 'struct/task_struct', { way: 'server', permissions: ['clipboard-read', 'clipboard-write'] });
    const [closed, se, load] = await page.withBtf(kernel, (btf) => [
      btf.require('task_struct', 'struct').toC({ offsets: true }), btf.member('task_struct.se'), btf.member('task_struct.se.load.weight'),
    ]);
    const text = () => page.code(tab).textContent();
    assert.equal(await text(), closed);
    const button = members(tab, 'se');
    assert.equal(await button.getAttribute('aria-expanded'), 'false');

    await button.focus();
    await tab.keyboard.press('Enter');
    await members(tab, 'load').waitFor();
    assert.equal(await button.getAttribute('aria-expanded'), 'true');
    assert.equal(await tab.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Members of se', 'the focus stays');
    await members(tab, 'load').focus();
    await tab.keyboard.press('Space');
    await page.until('the weight', async () => (await text()).includes(' weight;'));
    const [, offset] = placed(await text()).find(([what]) => what.endsWith(' weight'));
    assert.equal(Number(offset), load.offset);
    // As pahole has it: the type's name in front, the member's behind, the place of the whole.
    assert.match(await text(), new RegExp(`\\n\\tstruct sched_entity \\{\\n\\t\\tstruct load_weight \\{[\\s\\S]*\\n\\t\\t\\} load; [\\s\\S]*\\n\\t\\} se; +/\\* +${se.offset} +${se.size} \\*/\\n`));

    await tab.getByRole('button', { name: 'Copy', exact: true }).click();
    await tab.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await tab.evaluate(() => navigator.clipboard.readText()), await text());
    await button.click();
    assert.equal(await text(), closed);
    await done(tab);
  });

  for (const [what, wanted] of [['the golden file', undefined], ['the kernel', ['kobject', 'file', 'sock_common', 'timer_list', 'pid']]])
    test(`every member of every depth says its place as the package does (${what})`, async (t) => {
      const path = wanted ? kernel : page.golden('types.o');
      if (!path) return t.skip(noKernel);
      const tab = await at(path, 'struct/nothing');
      let compared = 0;
      const structs = await page.withBtf(path, (btf) =>
        (wanted?.map((name) => btf.require(name, 'struct')) ?? [...btf.types('struct')])
          .filter(({ name }) => name !== '')
          .map((type) => {
            // All members by value below it, those of arrays' first elements too: pahole's order, places from the start of the whole.
            const all = [];
            const walk = (composite, origin) => {
              for (const { name, type: of, bitOffset, bitfieldSize } of composite.members) {
                let inner = of;
                let known = false; // by a name of its own
                while (['array', 'const', 'volatile', 'typedef'].includes(inner.kind) && inner.count !== 0) {
                  known ||= inner.kind === 'typedef';
                  inner = inner.target;
                }
                if (bitfieldSize === 0 && (inner.kind === 'struct' || inner.kind === 'union')) {
                  // What is written out anyway counts from its own start in arrays: so does the C text that the command prints.
                  const apart = inner.name === '' && !known && inner !== of;
                  walk(inner, apart ? 0 : origin + bitOffset / 8);
                }
                if (name !== '') all.push([name, origin + Math.floor(bitOffset / 8)]);
              }
            };
            walk(type, 0);
            return { name: type.name, all };
          }),
      );
      for (const { name, all } of structs) {
        await go(tab, `#v=1/t/struct/${name}`);
        await page.until(name, async () => (await tab.getByRole('heading', { level: 1 }).textContent()).trim().endsWith(name));
        const openAll = tab.getByRole('button', { name: 'Open all' });
        if (await openAll.count()) {
          await openAll.click();
          await page.until('all open', async () => (await tab.locator('.disclose[aria-expanded=false]').count()) === 0);
          compared++;
        }
        const lines = (await page.code(tab).textContent()).split('\n').flatMap((line) => {
          const [, words_, offset] = /^\s*(.*?)(?:: \d+)?;\s*\/\* +(\d+)/.exec(line) ?? [];
          const declared = words_ && (/\([(*]*\*(\w+)/.exec(words_) ?? /(\w+)(?:\[\d*\])*$/.exec(words_)); // a pointer to a function first
          return declared ? [[declared[1], Number(offset)]] : [];
        });
        assert.deepEqual(lines, all, name);
      }
      assert.ok(compared > (wanted ? 3 : 0), `${compared} structs had members to open`);
      await done(tab);
    });

  test('comments of members opened in place stand in one column', async (t) => {
    if (!kernel) return t.skip(noKernel);
    const tab = await at(kernel, 'struct/page');
    await tab.getByRole('button', { name: 'Open all' }).click();
    await page.until('all open', async () => (await tab.locator('.disclose[aria-expanded=false]').count()) === 0);
    const closing = (await page.code(tab).textContent()).split('\n').filter((line) => /^\t+\} \w+; +\/\*/.test(line));
    const tabs = (line) => line.lastIndexOf('\t') + 1;
    const columns = closing.map((line) => line.indexOf('/*') + 7 * tabs(line));
    assert.ok(closing.length > 3, `${closing.length} members were opened`);
    assert.equal(new Set(columns).size, 1, closing.join('\n'));
    await done(tab);
  });

  test('opening all is bounded, and closing all undoes it', async (t) => {
    if (!kernel) return t.skip(noKernel);
    const tab = await at(kernel, 'struct/task_struct');
    const closed = await page.code(tab).textContent();
    await tab.getByRole('button', { name: 'Open all' }).click();
    await page.until('the word about it', async () => (await tab.locator('.code-bar [role=status]').first().textContent()) !== '');
    const opened = await tab.locator('.disclose[aria-expanded=true]').count();
    assert.ok(opened > 100 && opened <= 250, `${opened}`);
    assert.equal(await tab.locator('.code-bar [role=status]').first().textContent(), opened === 250 ? 'Only the first 250 were opened' : `${opened} members opened`);
    await tab.getByRole('button', { name: 'Close all' }).click();
    await page.until('the text as before', async () => (await page.code(tab).textContent()) === closed);
    await done(tab);
  });

  // ---- the layout

  /** Bits from the start, bits, name, depth: as the package says, whatever is inside of what. */
  function facts(layout) {
    const found = [];
    const walk = (list, depth) => {
      for (const { name, offset, size, bitfieldSize = 0, bitPosition = 0, hole = 0, bitHole = 0, shown, members: inner } of list) {
        const start = offset * 8 + (bitfieldSize ? bitPosition : 0);
        const bits = bitfieldSize || size * 8;
        found.push({ start, bits, name: name ?? '(anonymous)', depth });
        if (shown) walk(inner, depth + 1);
        if (bitHole) found.push({ start: start + bits, bits: bitHole, name: 'bit hole', depth });
        if (hole) found.push({ start: start + bits + bitHole, bits: hole * 8, name: 'hole', depth });
      }
    };
    walk(layout.members, 0);
    const { padding, bitPadding } = layout.summary;
    if (layout.kind === 'struct' && padding + bitPadding) found.push({ start: layout.size * 8 - padding * 8 - bitPadding, bits: padding * 8 + bitPadding, name: 'padding', depth: 0 });
    return found;
  }
  const asCells = ({ start, bits, name }) => [
    page.english(Math.floor(start / 8)) + (start % 8 ? `:${start % 8}` : ''),
    start % 8 === 0 && bits % 8 === 0 ? page.english(bits / 8) : `${bits} ${bits === 1 ? 'bit' : 'bits'}`,
    name,
  ];
  /** The rows beyond the screen come a moment later. */
  const whole = (tab) => page.until('the whole table', async () => (await tab.locator('.layout-table tbody:not([aria-busy])').count()) === 1);
  const tableRows = async (tab) => {
    await whole(tab);
    return tab.locator('.layout tbody tr:not(.ruler)').evaluateAll((all) => all.map((row) => [0, 2, 3].map((cell) => row.children[cell].textContent.trim())));
  };

  for (const [file, name] of [['sample.bpf.o', 'traffic'], ['sample.bpf.eb.o', 'traffic']])
    test(`table and drawing say what the package says, to scale (${file})`, async () => {
      const path = page.golden(file);
      const layout = await page.withBtf(path, (btf) => btf.require(name, 'struct').layout());
      const tab = await at(path, `struct/${name}?tab=layout`);
      const expected = facts(layout);
      assert.ok(expected.some((fact) => fact.name.endsWith('hole')) && expected.some((fact) => fact.bits === 1));
      assert.deepEqual(await tableRows(tab), expected.map(asCells));

      // 48 bytes in one row, each box as wide as its bits; what is in a union one beneath the other over the same bytes.
      const boxes = await tab.locator('.line:not(.is-bits) .box').evaluateAll((all) =>
        all.map((box) => {
          const { left, top, width, height } = box.getBoundingClientRect();
          const frame = box.parentElement.getBoundingClientRect();
          return { key: box.dataset.key, left: left - frame.left, width, top, height, full: frame.width };
        }),
      );
      const keys = await tab.locator('.layout tbody tr:not(.ruler)').evaluateAll((all) => all.map((row) => row.dataset.key));
      const placeOf = new Map(keys.map((key, i) => [key, expected[i]]));
      for (const { key, left, width, full } of boxes) {
        const { start, bits, name: of } = placeOf.get(key);
        const scale = full / (layout.size * 8);
        assert.ok(Math.abs(left - start * scale) < 1.5 && Math.abs(width - bits * scale) < 1.5, `${of}: ${left}+${width} of ${full}`);
      }
      // No two boxes lie on each other.
      for (const [i, a] of boxes.entries())
        for (const b of boxes.slice(i + 1))
          assert.ok(
            a.left + a.width <= b.left + 1.5 || b.left + b.width <= a.left + 1.5 || a.top + a.height <= b.top + 1 || b.top + b.height <= a.top + 1,
            `${a.key} and ${b.key}`,
          );
      // Fields of single bits are drawn again, enlarged.
      const enlarged = await tab.locator('.is-bits .box').evaluateAll((all) => all.map((box) => [box.textContent, box.getBoundingClientRect().width]));
      const fields = expected.filter(({ start, bits }) => start % 8 || bits % 8);
  // One that crosses the end of a row is there twice.
      const drawn = enlarged.map(([text]) => text).filter((text, i, all) => text !== all[i - 1]);
      assert.deepEqual(drawn, fields.map((fact) => (fact.name === 'bit hole' ? '' : fact.name)));
      assert.ok(enlarged.every(([, width]) => width > 10));
      await done(tab);
    });

  for (const width of [1280, 360])
    test(`task_struct, sk_buff, page and four bytes stay readable (${width} px)`, async (t) => {
      if (!kernel) return t.skip(noKernel);
      const tab = await at(kernel, 'struct/kref?tab=layout', { viewport: { width, height: 800 } });
      for (const name of ['kref', 'page', 'sk_buff', 'task_struct']) {
        await go(tab, `#v=1/t/struct/${name}?tab=layout`);
        await page.until(name, async () => (await tab.getByRole('heading', { level: 1 }).textContent()).trim().endsWith(name));
        const layout = await page.withBtf(kernel, (btf) => btf.require(name, 'struct').layout());
        assert.deepEqual(await tableRows(tab), facts(layout).map(asCells), name);
        const seen = await tab.locator('.drawing').evaluate((drawing) => {
          const frame = drawing.getBoundingClientRect();
          const boxes = [...drawing.querySelectorAll('.box')].map((box) => box.getBoundingClientRect());
          return { boxes: boxes.length, outside: boxes.filter((box) => box.left < frame.left || box.right > frame.right + 1).length };
        });
        assert.equal(seen.outside, 0, name);
        assert.ok(seen.boxes >= layout.members.filter(({ size }) => size > 0).length / 2, `${name}: ${seen.boxes} boxes`);
        const wide = await tab.locator('.box').evaluateAll((all) => Math.max(...all.map((box) => box.getBoundingClientRect().width)));
        assert.ok(wide > 100, `${name}: ${wide} px`);
        assert.ok((await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, name);
      }
      await done(tab);
    });

  test('members open in table and drawing; offsets are those of the whole', async (t) => {
    if (!kernel) return t.skip(noKernel);
    const tab = await at(kernel, 'struct/task_struct?tab=layout');
    const [weight, inner] = await page.withBtf(kernel, (btf) => [btf.member('task_struct.se.load.weight'), btf.require('sched_entity', 'struct').layout()]);
    const before = (await tableRows(tab)).length;
    await members(tab, 'se').focus();
    await tab.keyboard.press('Enter');
    await members(tab, 'load').waitFor();
    assert.equal(await members(tab, 'se').getAttribute('aria-expanded'), 'true');
    assert.equal(await tab.evaluate(() => document.activeElement.getAttribute('aria-label')), 'Members of se', 'the focus stays');
    assert.equal((await tableRows(tab)).length, before + facts(inner).length);
    // The same in the drawing, by pointer.
    await tab.locator('.box.can-open', { hasText: 'load' }).first().click();
    await page.until('the weight', async () => (await tableRows(tab)).some(([, , name]) => name === 'weight'));
    const row = (await tableRows(tab)).find(([, , name]) => name === 'weight');
    assert.deepEqual(row, [page.english(weight.offset), page.english(weight.size), 'weight']);
    assert.equal(await tab.locator('.box.is-head', { hasText: 'load' }).count(), 1);
    // Far down nothing jumps.
    const late = members(tab, 'sched_info');
    await late.scrollIntoViewIfNeeded();
    const top = () => late.evaluate((button) => button.getBoundingClientRect().top);
    const [place, rows] = [await top(), (await tableRows(tab)).length];
    await late.click();
    await page.until('open', async () => (await tableRows(tab)).length > rows);
    assert.ok(Math.abs((await top()) - place) < 2, `from ${place} to ${await top()}`);
    await late.click();
    // Another cache line leaves it open.
    await tab.getByLabel('Cache line').selectOption('32');
    await page.until('more lines', async () => /^3,264|cache lines/.test(await tab.locator('.layout-facts').textContent().then((text) => text.trim())));
    await members(tab, 'load').waitFor();
    await members(tab, 'se').click();
    await page.until('closed again', async () => (await tableRows(tab)).length === before);
    await done(tab);
  });

  test('rulers stand at the boundaries of cache lines of every size', async (t) => {
    if (!kernel) return t.skip(noKernel);
    const tab = await at(kernel, 'struct/sock?tab=layout');
    for (const size of [32, 64, 128, 256]) {
      await tab.getByLabel('Cache line').selectOption(String(size));
      const layout = await page.withBtf(kernel, (btf) => btf.require('sock', 'struct').layout({ cacheLine: size }));
      await page.until(`${size}`, async () => (await tab.locator('.layout-facts').textContent()).includes(`${layout.cacheLines} cache lines`));
      // pahole's: before the first member that begins on or behind a boundary.
      const expected = [];
      const walk = (list) => {
        for (const { newCacheLine, offset, members: inner = [] } of list) {
          if (newCacheLine) expected.push(Math.floor(offset / size));
          walk(inner);
        }
      };
      walk(layout.members);
      await whole(tab);
      const rulers = await tab.locator('.ruler').allTextContents();
      assert.deepEqual(rulers.map((text) => Number(/^cache line (\d+), at/.exec(text)[1])), expected, `${size}`);
      const offsets = await tab.locator('.line.starts-line > .line-offset').allTextContents();
      const rowBytes = Math.min(size, 64);
      const drawn = size > rowBytes ? Array.from({ length: Math.ceil(layout.size / size) - 1 }, (_, i) => page.english((i + 1) * size)) : [];
      assert.deepEqual(offsets, drawn, `${size}`);
    }
    await done(tab);
  });

  test('what is at an offset', async (t) => {
    const tab = await at(page.golden('sample.bpf.o'), 'struct/traffic?tab=layout');
    const box = tab.getByLabel('At offset');
    const answer = tab.locator('.offset-answer');
    for (const [text, said] of [
      ['0x8', /^8 \(0x8\): calls \(/],
      ['9', /^9 \(0x9\): calls \+ 1 \(/],
      ['1c', /^28 \(0x1c\): /],
      ['0x100', /^0x100 is behind the end, which is at 48$/],
      ['x', /^a number of bytes: 28 or 0x1c$/],
      ['', /^$/],
    ]) {
      await box.fill(text);
      await page.until(`the answer to ${text}`, async () => said.test(await answer.textContent()));
    }
    await box.fill('8');
    await page.until('the mark', async () => (await tab.locator('.layout-table .is-found').count()) === 1);
    assert.match(await tab.locator('.layout-table .is-found').textContent(), /calls/);
    assert.equal(await tab.locator('.box.is-found').count(), 1);
    await done(tab);

    if (!kernel) return t.skip(noKernel);
    const task = await at(kernel, 'struct/task_struct?tab=layout');
    const where = await page.withBtf(kernel, (btf) => btf.member('task_struct.se.load.weight').offset);
    await task.getByLabel('At offset').fill(`0x${where.toString(16)}`);
    await page.until('the path', async () => /: se\.load\.weight \(/.test(await task.locator('.offset-answer').textContent()));
    assert.ok(await task.getByLabel('At offset').isVisible());
    const inFrame = await task.locator('.layout-table .is-found').first().evaluate((row) => {
      const frame = row.closest('.table-frame').getBoundingClientRect();
      const { top, bottom } = row.getBoundingClientRect();
      return top >= frame.top && bottom <= frame.bottom + 1;
    });
    assert.ok(inFrame, 'it was brought into view');
    await done(task);
  });

  test('types that no compiler makes stay bounded: 65,000 members, and unions that hold each other 2^40 times', async () => {
    const { Btf } = await page.nodePackage();
    const builder = new Btf.Builder();
    const int = builder.add({ kind: 'int', name: 'int', size: 4, encoding: ['signed'], bits: 32 });
    const pair = builder.add({ kind: 'struct', name: 'pair', size: 8, members: [{ name: 'a', typeId: int, bitOffset: 0 }, { name: 'b', typeId: int, bitOffset: 32 }] });
    const members = (typeId, step) => Array.from({ length: 65_000 }, (_, i) => ({ name: `m${i}`, typeId, bitOffset: i * step }));
    builder.add({ kind: 'struct', name: 'many', size: 65_000 * 8, members: members(pair, 64) });
    builder.add({ kind: 'union', name: 'over', size: 8, members: members(pair, 0) });
    let inner = pair;
    for (let level = 0; level < 40; level++) {
      const again = { name: '', typeId: inner, bitOffset: 0 };
      inner = builder.add({ kind: 'union', name: level === 39 ? 'doubled' : '', size: 8, members: [again, again] });
    }
    const tab = await at(files.write('hostile.btf', builder.toBytes()), 'struct/pair');
    for (const type of ['struct/many', 'union/over', 'union/doubled']) {
      const name = type.slice(type.indexOf('/') + 1);
      await go(tab, `#v=1/t/${type}`);
      await page.until(name, async () => (await tab.getByRole('heading', { level: 1 }).textContent()).trim().endsWith(name));
      await page.code(tab).waitFor();
      await go(tab, `#v=1/t/${type}?tab=layout`);
      await tab.locator('.layout-table').waitFor();
      await whole(tab);
      const { rows, boxes, height } = await tab.evaluate(() => ({
        rows: document.querySelectorAll('.layout-table tbody tr:not(.ruler)').length,
        boxes: document.querySelectorAll('.box').length,
        height: Math.max(...[...document.querySelectorAll('.line-boxes')].map((line) => line.getBoundingClientRect().height)),
      }));
      assert.equal(rows, 3000, name);
      assert.ok(boxes > 0 && boxes <= 8100 && height <= 4000, `${name}: ${boxes} boxes, ${height} px`);
    }
    await go(tab, '#v=1/t/struct/many?tab=layout');
    await tab.getByRole('button', { name: '65,000 rows in all: show them' }).waitFor();
    await done(tab);
  });

  // ---- users

  test('20,000 users of int: counted, by name, only those on screen, and searched', async (t) => {
    if (!kernel) return t.skip(noKernel);
    const tab = await at(kernel, 'int/int?tab=uses');
    await tab.locator('.uses').first().waitFor();
    const functions = await page.withBtf(kernel, (btf) => {
      // Functions whose prototype returns int as such, or through qualifiers without a name.
      const bySpelling = [...btf.types('func')].filter((func) => {
        let type = func.target.returnType;
        while (['const', 'volatile', 'restrict', 'type_tag'].includes(type.kind)) type = type.target;
        return type.kind === 'int' && type.name === 'int';
      });
      return bySpelling.map(({ name }) => name).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    });
    assert.ok(functions.length > 10_000);
    const group = tab.locator('.uses', { hasText: 'Returned by value' });
    assert.equal(await group.locator('.uses-count').textContent(), page.english(functions.length));
    assert.equal(await group.locator('li').count(), 0, 'nothing is listed before it is asked for');
    await group.locator('summary').click();
    const region = tab.getByRole('region', { name: 'Returned by value' });
    await region.waitFor();
    const names = () => region.locator('li').evaluateAll((all) => all.map((row) => [Number(row.ariaPosInSet), Number(row.ariaSetSize), row.querySelector('.name').textContent]));
    const check = async () => {
      const rows = await names();
      assert.ok(rows.length > 10 && rows.length < 100, `${rows.length} rows in the document`);
      for (const [position, of, name] of rows) assert.deepEqual([of, name], [functions.length, functions[position - 1]]);
      return rows;
    };
    assert.equal((await check())[0][0], 1);
    await region.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await page.until('the last', async () => (await names()).some(([position]) => position === functions.length));
    await check();

    // Tab goes from link to link beyond what was on screen.
    await region.evaluate((element) => (element.scrollTop = 0));
    await page.until('the first', async () => (await names())[0][0] === 1);
    await region.focus();
    for (let i = 0; i < 40; i++) await tab.keyboard.press('Tab');
    assert.equal(await tab.evaluate(() => document.activeElement.querySelector('.name').textContent), functions[39]);

    await tab.getByRole('searchbox', { name: 'Only names with' }).fill('tcp_v4_');
    const found = functions.filter((name) => name.includes('tcp_v4_'));
    await page.until('the count', async () => (await group.locator('.uses-count').textContent()) === `${page.english(found.length)} of ${page.english(functions.length)}`);
    assert.deepEqual(await group.locator('li .name').allTextContents(), found);
    await group.getByRole('link', { name: found[0] }).click();
    await page.until('the function', async () => (await tab.getByRole('heading', { level: 1 }).textContent()).trim().endsWith(found[0]));
    await done(tab);
  });

  // ---- copies

  test('C with all it needs, JSON, and a header; each is confirmed aloud', async () => {
    const path = page.golden('sample.bpf.o');
    const tab = await at(path, 'struct/traffic', { way: 'server', permissions: ['clipboard-read', 'clipboard-write'] });
    const [header, json, raw] = await page.withBtf(path, (btf) => [
      btf.dump({ types: ['struct traffic'] }), JSON.stringify(btf.require('traffic', 'struct').toJSON(), null, 2), btf.dump({ format: 'raw', types: ['struct traffic'] }).trimEnd(),
    ]);
    for (const [name, text] of [['Copy with all it needs', header], ['Copy JSON', json]]) {
      const button = tab.getByRole('button', { name, exact: true });
      const status = button.locator('xpath=following-sibling::*[1]');
      assert.equal(await status.getAttribute('role'), 'status');
      const handle = await status.elementHandle();
      await button.click();
      await page.until('the word about it', async () => (await handle.textContent()) === 'Copied');
      assert.equal(await tab.evaluate(() => navigator.clipboard.readText()), text);
      await tab.getByRole('button', { name, exact: true }).waitFor(); // its own words come back
    }
    const [download] = await Promise.all([tab.waitForEvent('download'), tab.getByRole('button', { name: 'Header with all it needs' }).click()]);
    assert.equal(readFileSync(await download.path(), 'utf8'), header);
    await page.until('the word about it', async () => (await tab.locator('.code-actions [role=status]').allTextContents()).includes('Saved traffic.h'));
    await go(tab, '#v=1/t/struct/traffic?tab=record');
    await tab.getByRole('region', { name: 'Raw' }).waitFor();
    assert.equal(await tab.getByRole('region', { name: 'Raw' }).textContent(), raw);
    assert.equal(await tab.getByRole('region', { name: 'JSON' }).textContent(), json);
    await done(tab);
  });

  test('a copy that is not allowed says so', async () => {
    const tab = await at(page.golden('sample.bpf.o'), 'struct/traffic');
    await tab.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: { writeText: () => Promise.reject(new Error('no')) } }));
    await tab.getByRole('button', { name: 'Copy', exact: true }).click();
    await tab.getByRole('button', { name: 'Not allowed' }).waitFor();
    await done(tab);
  });
});
