// Small screens: a phone of 360 px, and a window of 1280 x 1024 at 400 %, which leaves 320 x 256 px. The page is never wider than the
// screen, what can be used is there whole, and what one came to read has room.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import * as page from './support.mjs';
import { settled, views, visit } from './views.mjs';

const { test } = page;
const screens = [
  ['360 px', { width: 360, height: 740 }],
  ['400 %', { width: 320, height: 256 }],
  ['a phone on its side', { width: 740, height: 360 }],
];

describe('small screens', () => {
  const { session, files } = page.setUp();

  for (const view of views) {
    test(`nothing is cut off: ${view.name}`, async (t) => {
      const tab = await visit(session, files, view, { reducedMotion: 'reduce' });
      if (!tab) return t.skip('no kernel here');
      for (const [name, viewport] of screens) {
        await tab.setViewportSize(viewport);
        await settled(tab);
        assert.deepEqual(await tab.evaluate(cutOff), [], name);
      }
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }

  for (const [name, viewport] of screens) {
    test(`at ${name} one searches, reads a type and comes back to the same place`, async () => {
      const tab = await session.page('file', { viewport });
      await page.openSample(tab);
      assert.ok((await page.list(tab).boundingBox()).height > 150);
      await page.search(tab).fill('traffic');
      await page.row(tab, 'struct', 'traffic').click();
      await page.code(tab).waitFor();
      await page.until('the declaration on the screen', () => page.code(tab).evaluate((code) => code.getBoundingClientRect().height > 100));
      if (viewport.width <= 800) {
        assert.ok(!(await page.list(tab).isVisible()), 'list and type take turns');
        await tab.getByRole('link', { name: 'All types' }).click();
      }
      await page.list(tab).waitFor();

      // Somewhere down the list, so that coming back to the same place shows.
      await tab.getByRole('button', { name: 'Show all' }).click();
      await page.list(tab).evaluate((list) => (list.scrollTop = 300));
      await page.until('the scrolled rows', () => page.list(tab).evaluate((list) => list.scrollTop > 200));
      await settled(tab);
      await page.list(tab).locator('.row:not([hidden])').nth(12).click({ position: { x: 100, y: 10 } });
      await page.code(tab).waitFor();
      await tab.getByRole('link', { name: 'All types' }).click();
      await page.list(tab).waitFor();
      await page.until('the same place', () => page.list(tab).evaluate((list) => list.scrollTop > 200));
      await tab.context().close();
    });
  }
});

/** What is wrong on this screen: what is wider than it, what is cut off, what has no room. Runs in the page. */
function cutOff() {
  const faults = [];
  const short = (element) => element.outerHTML.slice(0, 90).replace(/\s+/g, ' ');
  const wider = document.documentElement.scrollWidth - innerWidth;
  if (wider > 0) faults.push(`the page is ${wider} px wider than the screen`);

  const usable = 'a[href], button, input, select, textarea, summary';
  const all = [...(document.querySelector('dialog[open]') ?? document).querySelectorAll(usable)].filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0);
  for (const element of all.slice(0, 150)) {
    element.scrollIntoView({ block: 'center', inline: 'nearest' });
    const [box] = element.getClientRects();
    if (box.width === 0 || box.height === 0) continue;
    // Where it scrolls by itself, as code and tables may, half of it on the screen will do: a long name is read by scrolling.
    const visible = { left: Math.max(0, box.left), right: Math.min(innerWidth, box.right), top: Math.max(0, box.top), bottom: Math.min(innerHeight, box.bottom) };
    for (let around = element.parentElement; around && around !== document.body; around = around.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(around);
      if (overflowX === 'visible' && overflowY === 'visible') continue;
      const edge = around.getBoundingClientRect();
      visible.left = Math.max(visible.left, edge.left);
      visible.right = Math.min(visible.right, edge.right);
      visible.top = Math.max(visible.top, edge.top);
      visible.bottom = Math.min(visible.bottom, edge.bottom);
    }
    const cannotScroll = !element.closest('pre, .table-frame, .chips, .sections, .tabs, .disasm-frame');
    const width = visible.right - visible.left;
    const height = visible.bottom - visible.top;
    if (height < Math.min(box.height, innerHeight) * 0.9 || width < Math.min(box.width, innerWidth) * (cannotScroll ? 0.98 : 0.4)) {
      faults.push(`${short(element)} shows ${Math.round(width)} x ${Math.round(height)} of ${Math.round(box.width)} x ${Math.round(box.height)}`);
      continue;
    }
    const at = document.elementFromPoint((visible.left + visible.right) / 2, (visible.top + visible.bottom) / 2);
    if (!at || !(element.contains(at) || at.contains(element))) faults.push(`${short(element)} is covered by ${at ? short(at) : 'nothing'}`);
  }

  // What scrolls within the page has room for more than a line or two.
  for (const element of document.querySelectorAll('.list, .detail, pre, .table-frame, .drawing')) {
    if (!element.checkVisibility() || element.scrollHeight <= element.clientHeight + 1) continue;
    const room = Math.min(140, element.scrollHeight);
    if (element.clientHeight < room) faults.push(`${short(element)} has ${element.clientHeight} px for ${element.scrollHeight}`);
  }
  // Long lists hold what is on screen, and some rows more.
  const rows = document.querySelectorAll('.rows tr, .list .row').length;
  if (rows > 150) faults.push(`${rows} rows are drawn`);
  scrollTo(0, 0);
  return faults;
}
