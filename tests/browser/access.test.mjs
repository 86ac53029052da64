// For everyone: no violation that axe-core can find, in each view, light and dark, wide and narrow; nothing moves for those who
// asked for that.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe } from 'node:test';
import * as page from './support.mjs';
import { settled, views, visit } from './views.mjs';

const { test } = page;
const wide = { width: 1280, height: 740 };
const narrow = { width: 360, height: 740 };

describe('accessibility', () => {
  const { session, files } = page.setUp();
  const axe = page.cannotRun || readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

  for (const view of views) {
    test(`axe finds nothing: ${view.name}`, async (t) => {
      // axe is put into the page as a script, which the page's policy would rightly refuse. Without motion, as colours are measured
      // as they are at that moment.
      const tab = await visit(session, files, view, { viewport: wide, bypassCSP: true, reducedMotion: 'reduce' });
      if (!tab) return t.skip('no kernel here');
      await tab.evaluate(axe);
      for (const viewport of [wide, narrow]) {
        for (const colorScheme of ['light', 'dark']) {
          await tab.setViewportSize(viewport);
          await tab.emulateMedia({ colorScheme });
          await settled(tab);
          const violations = await tab.evaluate(async () => {
            const result = await globalThis.axe.run(document, { resultTypes: ['violations'] });
            return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
          });
          assert.deepEqual(violations, [], `${colorScheme}, ${viewport.width} px`);
        }
      }
      await tab.context().close();
    });
  }

  test('nothing moves for those who asked for less motion', async () => {
    const moving = async (reducedMotion) => {
      const tab = await session.page('file', { reducedMotion });
      await page.openSample(tab);
      const found = await tab.evaluate(() => {
        const seconds = (list) => Math.max(...list.split(',').map(parseFloat));
        const parts = [...document.querySelectorAll('*')].flatMap((element) => [undefined, '::before', '::after'].map((part) => getComputedStyle(element, part)));
        return parts.filter((style) => seconds(style.transitionDuration) > 0 || seconds(style.animationDuration) > 0 || style.scrollBehavior === 'smooth').length;
      });
      await tab.context().close();
      return found;
    };
    assert.equal(await moving('reduce'), 0);
    assert.ok((await moving('no-preference')) > 0);
  });

  test('every animation and transition of the styles asks first', async () => {
    // Also of parts that are seldom on screen: the rules themselves are read.
    const tab = await session.page('file');
    const unasked = await tab.evaluate(() => {
      const found = [];
      const walk = (rules, asked) => {
        for (const rule of rules) {
          if (rule.cssRules?.length) walk(rule.cssRules, asked || /prefers-reduced-motion: no-preference/.test(rule.conditionText ?? ''));
          const { transitionDuration = '', animationDuration = '', scrollBehavior = '' } = rule.style ?? {};
          const moves = [transitionDuration, animationDuration].some((times) => times.split(',').some((time) => parseFloat(time) > 0));
          if (!asked && (moves || scrollBehavior === 'smooth')) found.push(rule.selectorText);
        }
      };
      for (const sheet of document.styleSheets) walk(sheet.cssRules, false);
      return found;
    });
    assert.deepEqual(unasked, []);
    await tab.context().close();
  });
});
