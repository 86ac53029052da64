// Without a mouse: Tab reaches everything that can be used, one sees where one is at each stop, and the focus is never lost, whatever
// is done.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe } from 'node:test';
import * as page from './support.mjs';
import { settled, views, visit } from './views.mjs';

const { test } = page;

/** Stops that are made in views which have thousands of links. */
const mostStops = 140;

describe('keyboard', () => {
  const { session, files } = page.setUp();

  for (const view of views) {
    test(`Tab walks through all of: ${view.name}`, async (t) => {
      const tab = await visit(session, files, view, { reducedMotion: 'reduce' });
      if (!tab) return t.skip('no kernel here');
      await tab.evaluate(toStart);
      const wanted = await tab.evaluate(numberAll);
      const reached = [];
      for (let stop = 0; stop < Math.min(wanted.length, mostStops); stop++) {
        await tab.keyboard.press('Tab');
        const { number, name, faults } = await tab.evaluate(inspectFocus);
        assert.deepEqual(faults, [], `stop ${stop}: ${name}`);
        if (number !== undefined) reached.push(number);
      }
      // Regions that scroll are stops, too, where the browser makes them so: they are not counted among those wanted.
      for (let extra = 0; extra < 8 && reached.length < Math.min(wanted.length, mostStops - 8); extra++) {
        await tab.keyboard.press('Tab');
        const { number } = await tab.evaluate(inspectFocus);
        if (number !== undefined) reached.push(number);
      }
      const missed = wanted.slice(0, mostStops - 8).filter((_, number) => !reached.includes(number));
      assert.deepEqual(missed, []);
      assert.deepEqual(reached, [...reached].sort((a, b) => a - b), 'in the order of the page');
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }

  /** What has the focus, as its role and name; the heading that took it has no name of its own. */
  const focused = (tab) =>
    tab.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return 'nothing';
      return `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? element.textContent.trim().replace(/\s+/g, ' ').slice(0, 40)}`.trim();
    });

  /** Presses Tab (or another key) until something with this text or label has the focus. */
  async function tabTo(tab, name, key = 'Tab') {
    for (let stop = 0; stop < 80; stop++) {
      const at = await focused(tab);
      if (at.includes(name)) return;
      await tab.keyboard.press(key);
    }
    assert.fail(`Tab never came to ${name}`);
  }

  const becomes = async (tab, what) => {
    let at;
    await page.until(`the focus on ${what}`, async () => (at = await focused(tab)).includes(what)).catch(() => assert.equal(at, what));
  };

  test('a file is chosen, looked at and closed into another without a mouse', async () => {
    const tab = await session.page('file');
    tab.on('filechooser', () => {}); // from now on the driver answers instead of a dialog
    await tabTo(tab, 'Choose a file');
    const asked = tab.waitForEvent('filechooser');
    await tab.keyboard.press('Enter');
    await (await asked).setFiles(page.golden('sample.bpf.o'));
    await tab.getByRole('heading', { name: 'sample.bpf.o', level: 1 }).waitFor();
    await becomes(tab, 'h1 sample.bpf.o');

    // The bar of a kind lists that kind.
    await tabTo(tab, 'struct 5');
    await tabTo(tab, 'struct 5'); // its chip; its bar comes behind
    await tabTo(tab, 'JSON');
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Tab');
    await becomes(tab, 'button struct');
    await tab.keyboard.press('Enter');
    await becomes(tab, 'Types');
    assert.match(await page.status(tab).innerText(), /^5 of/);

    // A chip, too, and it keeps the focus.
    await tabTo(tab, 'struct', 'Shift+Tab');
    await tab.keyboard.press('Space');
    await becomes(tab, 'button struct');
    await page.until('all types', async () => /^47 types$/.test(await page.status(tab).innerText()));
    await tabTo(tab, 'more');
    await tab.keyboard.press('Enter');
    await becomes(tab, 'button fewer');

    // Another file from the button of the bar.
    await tabTo(tab, 'Open file', 'Shift+Tab');
    const again = tab.waitForEvent('filechooser');
    await tab.keyboard.press('Enter');
    await (await again).setFiles(files.write('broken.o', 'not an object'));
    await tab.getByRole('alert').waitFor();
    await tabTo(tab, 'Dismiss');
    await tab.keyboard.press('Enter');
    await tab.getByRole('alert').waitFor({ state: 'detached' });
    await becomes(tab, 'h1 sample.bpf.o');
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('from the search over links to another type and back', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    await tab.keyboard.press('/');
    await becomes(tab, 'Search types');
    await tab.keyboard.type('traffic');
    await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('ArrowUp');
    await tab.keyboard.press('Enter');
    await page.code(tab).waitFor();
    await becomes(tab, 'Search types'); // one goes on reading down the list
    await tabTo(tab, 'C declaration');
    await tab.keyboard.press('Tab');
    const link = (await focused(tab)).replace(/^a /, '');
    await tab.keyboard.press('Enter');
    await tab.locator('.type h1', { hasText: link }).waitFor();
    await becomes(tab, link); // its heading
    await tab.goBack();
    await tab.locator('.type h1', { hasText: /traffic\s*$/ }).waitFor();
    assert.notEqual(await focused(tab), 'nothing');
    await tabTo(tab, 'All types', 'Shift+Tab');
    await tab.keyboard.press('Enter');
    await becomes(tab, 'h1 sample.bpf.o');

    // The list itself: to its end and back, a page at a time, and the type under the mark.
    await tab.keyboard.press('/');
    await tab.keyboard.press('Escape');
    await tabTo(tab, 'div Types');
    const marked = () => page.list(tab).locator('.row.is-active .name').innerText();
    const first = await marked();
    await tab.keyboard.press('End');
    assert.notEqual(await marked(), first);
    await tab.keyboard.press('Home');
    assert.equal(await marked(), first);
    await tab.keyboard.press('PageDown');
    const name = await marked();
    await tab.keyboard.press('Enter');
    await tab.locator('.type h1', { hasText: name }).waitFor();
    await becomes(tab, 'div Types');
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('the sides of a type', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/traffic'));
    await page.code(tab).waitFor();
    await tabTo(tab, 'Copy');
    await tabTo(tab, 'eader');
    const saved = tab.waitForEvent('download');
    await tab.keyboard.press('Enter');
    assert.match((await saved).suggestedFilename(), /^traffic\.h$/);
    await becomes(tab, 'eader');

    await tabTo(tab, 'a Layout', 'Shift+Tab');
    await tab.keyboard.press('Enter');
    await tab.locator('.drawing').waitFor();
    await becomes(tab, 'a Layout');
    await tab.keyboard.press('Tab');
    await tabTo(tab, 'select');
    await tab.keyboard.press('ArrowDown');
    await page.until('the change', () => tab.locator('.layout select').evaluate((select) => select.value === '128'));
    await settled(tab);
    assert.match(await focused(tab), /^select/, 'what was just changed can be changed again');

    await tabTo(tab, 'a Used by', 'Shift+Tab');
    await tab.keyboard.press('Enter');
    await tab.locator('.uses').first().waitFor();
    await tabTo(tab, 'summary');
    const open = () => tab.locator('.uses').first().evaluate((details) => details.open);
    const before = await open();
    await tab.keyboard.press('Enter');
    assert.notEqual(await open(), before);

    await tabTo(tab, 'a Decode', 'Shift+Tab');
    await tab.keyboard.press('Enter');
    await tab.locator('.decode').waitFor();
    await tabTo(tab, 'textarea');
    await tab.keyboard.type('01'.repeat(48));
    await tab.locator('.decode-value:not(:empty)').waitFor();
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('into a program and out again', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    await tabTo(tab, 'a Programs');
    await tab.keyboard.press('Enter');
    await tab.locator('.programs').waitFor();
    await tabTo(tab, 'a account');
    await tab.keyboard.press('Enter');
    await tab.locator('.disasm-table').waitFor();
    await becomes(tab, 'h1 account');
    await tabTo(tab, 'All programs', 'Shift+Tab');
    await tab.keyboard.press('Enter');
    await becomes(tab, 'h1 Programs');
    await tab.keyboard.press('Escape');
    await becomes(tab, 'h1 sample.bpf.o');
    await tab.context().close();
  });

  test('where list and type take turns, the focus goes with them', async () => {
    const tab = await session.page('file', { viewport: { width: 360, height: 740 } });
    await page.openSample(tab);
    await tab.keyboard.press('/');
    await tab.keyboard.type('traffic');
    await tab.keyboard.press('Enter');
    await page.code(tab).waitFor();
    await becomes(tab, 'h1 struct traffic');
    await tabTo(tab, 'All types', 'Shift+Tab');
    await tab.keyboard.press('Enter');
    await becomes(tab, 'h1 sample.bpf.o');
    await tab.context().close();
  });

  test('another type starts at its top', async (t) => {
    const view = views.find(({ name }) => name === 'struct');
    const tab = await visit(session, files, view);
    if (!tab) return t.skip('no kernel here');
    await tab.locator('.detail').evaluate((detail) => (detail.scrollTop = 600));
    await page.until('scrolled', () => tab.locator('.detail').evaluate((detail) => detail.scrollTop > 0));
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/task_struct'));
    await tab.locator('.type h1', { hasText: 'task_struct' }).waitFor();
    assert.equal(await tab.locator('.detail').evaluate((detail) => detail.scrollTop), 0);
    await tab.context().close();
  });
});

/** Puts the starting point of Tab to the start of the page. */
function toStart() {
  const start = document.createElement('span');
  start.tabIndex = -1;
  (document.querySelector('dialog[open]') ?? document.body).prepend(start);
  start.focus();
}

/** Numbers everything that can be used in the order of the page, as data-stop, and says what it is. */
function numberAll() {
  const usable = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const all = [...(document.querySelector('dialog[open]') ?? document).querySelectorAll(usable)].filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !element.disabled);
  return all.map((element, number) => {
    element.dataset.stop = number;
    return element.outerHTML.slice(0, 100).replace(/\s+/g, ' ');
  });
}

/** Where the focus is, and what is wrong with it there. */
function inspectFocus() {
  const element = document.activeElement;
  const faults = [];
  if (!element || element === document.body) return { name: 'nothing', faults: ['the focus is lost'] };
  const boxes = [...element.getClientRects()];
  const box = boxes.find(({ width, height }) => width > 0 && height > 0) ?? element.getBoundingClientRect();
  const x = Math.min(Math.max((box.left + box.right) / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max((box.top + box.bottom) / 2, 1), innerHeight - 2);
  const at = document.elementFromPoint(x, y);
  if (box.width === 0 || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) faults.push(`it is not on the screen: ${JSON.stringify(box)}`);
  else if (!at || !(element.contains(at) || at.contains(element))) faults.push(`it is covered by ${at?.outerHTML.slice(0, 80)}`);
  // A list may show it on its active row.
  const active = document.getElementById(element.getAttribute('aria-activedescendant') ?? '');
  const shows = active && getComputedStyle(element).outlineStyle === 'none' ? active : element;
  const { outlineStyle, outlineWidth, outlineOffset, outlineColor } = getComputedStyle(shows);
  const width = parseFloat(outlineWidth);
  if (outlineStyle === 'none' || width < 2 || /, 0\)$|transparent/.test(outlineColor)) faults.push(`no outline shows it: ${outlineStyle} ${outlineWidth} ${outlineColor}`);
  // What scrolls cuts off what stands out over its edge.
  const reach = parseFloat(outlineOffset) + width;
  if (shows !== element && !(shows.getBoundingClientRect().bottom > box.top && shows.getBoundingClientRect().top < box.bottom)) faults.push('the active row is out of sight');
  const outline = { left: box.left - reach, right: box.right + reach, top: box.top - reach, bottom: box.bottom + reach };
  let hidden = new Set();
  const clip = ({ left, right, top, bottom }) => {
    if (outline.left < left - 0.5) hidden.add('left');
    if (outline.right > right + 0.5) hidden.add('right');
    if (outline.top < top - 0.5) hidden.add('top');
    if (outline.bottom > bottom + 0.5) hidden.add('bottom');
  };
  clip({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
  for (let around = element.parentElement; around; around = around.parentElement) {
    const { overflowX, overflowY } = getComputedStyle(around);
    if (around !== document.documentElement && around !== document.body && (overflowX !== 'visible' || overflowY !== 'visible')) clip(around.getBoundingClientRect());
  }
  if (hidden.size > 2) faults.push(`its outline is cut off: ${[...hidden].join(', ')}`);
  return { number: element.dataset.stop === undefined ? undefined : Number(element.dataset.stop), name: element.outerHTML.slice(0, 120), faults };
}
