// For everyone: no violation that axe-core can find, in each view, light and dark; narrow screens; less motion.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe } from 'node:test';
import * as page from './support.mjs';

const { test } = page;

describe('accessibility', () => {
  let session;
  let files;
  let axe;
  before(async () => {
    if (page.cannotRun) return;
    axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    session = await page.openBrowser();
    files = page.scratch();
  });
  after(async () => {
    await session?.close();
    files?.done();
  });

  /** Each view: how to get there from the one before. */
  const views = [
    ['start', async () => {}],
    ['file', (tab) => page.openSample(tab)],
    ['search', (tab) => page.search(tab).fill('tra')],
    [
      'type',
      async (tab) => {
        await page.row(tab, 'struct', 'traffic').click();
        await page.code(tab).waitFor();
      },
    ],
    ...['layout', 'uses', 'decode', 'record'].map((side) => [
      side,
      async (tab) => {
        await tab.evaluate((to) => (location.hash = to), `#v=1/t/struct/traffic?tab=${side}`);
        await tab.locator({ layout: '.layout', uses: '.uses', decode: '.decode', record: 'pre' }[side]).first().waitFor();
      },
    ]),
    ...['programs', 'programs/account', 'maps', 'variables', 'relocations', 'functions', 'strings'].map((name) => [
      name,
      async (tab) => {
        await tab.evaluate((to) => (location.hash = to), `#v=1/${name}`);
        await tab.locator('.object').waitFor();
        if (name.includes('/')) await tab.locator('.disasm-table').waitFor();
        if (['functions', 'strings'].includes(name)) await tab.locator('.rows tr a').first().waitFor();
      },
    ]),
    [
      'fault',
      async (tab) => {
        await page.drop(tab, files.write('empty.o', ''));
        await tab.getByRole('alert').waitFor();
      },
    ],
  ];

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
      test(`axe finds nothing: ${colorScheme}, ${width} px`, async () => {
        // axe is put into the page as a script, which the page's policy would rightly refuse.
        const tab = await session.page('file', { colorScheme, viewport: { width, height: 740 }, bypassCSP: true });
        await tab.evaluate(axe);
        for (const [name, reach] of views) {
          await reach(tab);
          const violations = await tab.evaluate(async () => {
            const result = await globalThis.axe.run(document, { resultTypes: ['violations'] });
            return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
          });
          assert.deepEqual(violations, [], name);
          const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${name}: ${overflow} px wider than the screen`);
        }
        await tab.context().close();
      });
    }
  }

  test('at 360 px the list and a type take turns', async () => {
    const tab = await session.page('file', { viewport: { width: 360, height: 740 } });
    await page.openSample(tab);
    assert.ok(await page.list(tab).isVisible());
    assert.ok((await page.list(tab).boundingBox()).height > 200);
    // Somewhere down the list, so that coming back to the same place shows.
    await page.list(tab).evaluate((list) => (list.scrollTop = 300));
    await page.until('the scrolled rows', () => page.list(tab).evaluate((list) => list.scrollTop > 200));
    await page.list(tab).locator('.row:not([hidden])').nth(15).click({ position: { x: 100, y: 10 } });
    await page.code(tab).waitFor();
    assert.ok(!(await page.list(tab).isVisible()));
    await tab.getByRole('link', { name: 'All types' }).click();
    await page.list(tab).waitFor();
    await page.until('the same place', () => page.list(tab).evaluate((list) => list.scrollTop > 200));
    await tab.context().close();
  });

  test('nothing moves for those who asked for less motion', async () => {
    const durations = async (reducedMotion) => {
      const tab = await session.page('file', { reducedMotion });
      await page.openSample(tab);
      const found = await tab.evaluate(() => [
        ...new Set([...document.querySelectorAll('*')].map((element) => getComputedStyle(element).transitionDuration)),
      ]);
      await tab.context().close();
      return found;
    };
    assert.deepEqual(await durations('reduce'), ['0s']);
    assert.ok((await durations('no-preference')).length > 1);
  });
});
