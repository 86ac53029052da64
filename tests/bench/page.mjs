// The page's speed in Chromium over a kernel's BTF: node page.mjs FILE [RUNS]. Each number is the median of several runs, with the best
// and the worst beside it; "on screen" adds the wait for the next frame. Needs web/dist and Chromium.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { constants, brotliCompressSync } from 'node:zlib';
import * as page from '../browser/support.mjs';
import { writeSparseKernel } from '../node/support/make.mjs';

const kernel = process.argv[2] ?? '/sys/kernel/btf/vmlinux';
const runs = Number(process.argv[3] ?? 7);
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/**
 * In the page: milliseconds from `start` to the first change after which `isThere`, laid out, to when that is seen, and to the last
 * change, for what goes on to be filled.
 */
function changed(isThere, start) {
  return new Promise((done, fail) => {
    setTimeout(() => fail(new Error('what was waited for never came')), 10_000);
    let first;
    let last;
    let timer;
    const settle = () => {
      observer.disconnect();
      done({ ...first, last });
    };
    const note = () => {
      if (!isThere()) return;
      document.body.getBoundingClientRect();
      last = performance.now() - start;
      if (!first) {
        const seen = (first = { ready: last, seen: last });
        requestAnimationFrame(() => setTimeout(() => (seen.seen = performance.now() - start)));
      }
      clearTimeout(timer);
      timer = setTimeout(settle, 250);
    };
    addEventListener('input', note, { once: true }); // also when the answer is the same as before
    const observer = new MutationObserver(note);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['hidden'] });
  });
}
const prelude = `globalThis.changed = ${changed};`;

const listed = '.list .row:not([hidden]) .name';

async function fresh(session) {
  const tab = await session.page('file', { viewport: { width: 1280, height: 800 } });
  await tab.evaluate(prelude);
  await pause(400); // the spare worker is started by now
  return tab;
}
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** From the drop to the first list. */
async function dropTimes(session, path) {
  const times = [];
  for (let run = 0; run < runs; run++) {
    const tab = await fresh(session);
    await tab.evaluate((selector) => {
      globalThis.answer = new Promise((done) => {
        const watch = ({ timeStamp }) => {
          const look = () => {
            if (!document.querySelector(selector)?.textContent) return;
            observer.disconnect();
            const ready = performance.now() - timeStamp;
            requestAnimationFrame(() => setTimeout(() => done({ ready, seen: performance.now() - timeStamp })));
          };
          const observer = new MutationObserver(look);
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        };
        addEventListener('drop', watch, { capture: true });
      });
    }, listed);
    await page.drop(tab, path);
    times.push(await tab.evaluate(() => globalThis.answer));
    await tab.context().close();
  }
  return times;
}

/** Each key of these words, and then their deletion: from the key to the list that answers it. */
const words = ['task_struct', 'sk_buff', '_lock', 'e'];

async function keyTimes(tab) {
  const times = [];
  await page.search(tab).focus();
  const press = async (key) => {
    await tab.evaluate(() => {
      globalThis.answer = new Promise((done) => addEventListener('keydown', ({ timeStamp }) => done(globalThis.changed(() => true, timeStamp)), { capture: true, once: true }));
    });
    await tab.keyboard.press(key);
    const { last, seen } = await tab.evaluate(() => globalThis.answer);
    times.push({ ready: last, seen: Math.max(last, seen) });
  };
  for (const word of words) {
    for (const key of word) await press(key);
    for (const _ of word) await press('Backspace');
  }
  return times;
}

/** To task_struct's layout from another type's. */
async function layoutTimes(tab) {
  const times = [];
  const open = (name) =>
    tab.evaluate((to) => {
      const isThere = () => document.querySelector('.type h1')?.textContent.trim().endsWith(to) && document.querySelector('.drawing > *') && document.querySelector('.table-frame td');
      const answer = globalThis.changed(isThere, performance.now());
      location.hash = `#v=1/t/struct/${to}?tab=layout`;
      return answer;
    }, name);
  for (let run = 0; run < runs; run++) {
    await open('list_head');
    times.push(await open('task_struct'));
  }
  await tab.evaluate(() => (location.hash = '#v=1'));
  return times;
}

/** Milliseconds of each frame while the list flies past from end to end, and of the page's own work in each. */
async function flingTimes(tab) {
  await page.list(tab).evaluate((list) => {
    const frames = (globalThis.frames = []);
    let last = performance.now();
    const tick = (now) => {
      frames.push(now - last);
      last = now;
      if (globalThis.frames) requestAnimationFrame(tick);
    };
    list.scrollTop = 0;
    requestAnimationFrame(tick);
  });
  const box = await page.list(tab).boundingBox();
  const height = await page.list(tab).evaluate((list) => list.scrollHeight);
  const devtools = await tab.context().newCDPSession(tab);
  const point = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
  await devtools.send('Input.synthesizeScrollGesture', { ...point, yDistance: -height, speed: Math.round(height / 4), gestureSourceType: 'mouse' });
  const { frames, top } = await page.list(tab).evaluate((list) => {
    const { frames } = globalThis;
    globalThis.frames = undefined;
    return { frames: frames.slice(2), top: list.scrollTop + list.clientHeight };
  });
  return { frames, share: top / height };
}

/** The one-file page as a server would send it, and without the samples in it: all long texts but the module's. */
function pageSizes() {
  const html = readFileSync(page.singleFile, 'utf8');
  const pack = (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } }).length;
  const bare = html.replace(/(["'`])[A-Za-z0-9+/]{1000,}={0,2}\1/g, (text) => text[0] + text[0]);
  return { all: pack(html), bare: pack(bare), plain: Buffer.byteLength(html) };
}

// ---- the table

const rows = [];
const row = (what, times, must, aim) => {
  const ready = times.map((time) => time.ready ?? time);
  rows.push({ what, best: Math.min(...ready), median: median(ready), worst: Math.max(...ready), seen: times[0].seen === undefined ? undefined : median(times.map(({ seen }) => seen)), must, aim });
};

const session = await page.openBrowser();
const files = page.scratch();
try {
  const btf = readFileSync(kernel);
  const raw = files.write('vmlinux.btf', btf);
  row('BTF of a kernel: drop to first list', await dropTimes(session, raw), 400, 150);
  const sparse = writeSparseKernel(join(files.folder, 'vmlinux'), btf, 588e6);
  row('588 MB vmlinux with DWARF: drop to first list', await dropTimes(session, sparse), 800, 300);
  rmSync(sparse);

  const tab = await fresh(session);
  await page.openFile(tab, raw);
  await pause(500);
  const keys = await keyTimes(tab);
  row('key press to updated list', keys, 16, 8);
  const layouts = await layoutTimes(tab);
  row('task_struct with its layout', layouts, 50, 20);
  row('  all of its rows', layouts.map(({ last }) => last));
  await tab.locator('.facts').waitFor();
  const flings = [];
  for (let run = 0; run < 3; run++) flings.push(await flingTimes(tab));
  row('frame of a fling through all types', flings.map(({ frames }) => Math.max(...frames)), 50, 16);
  await tab.context().close();

  console.log(`\nThe page over ${kernel} in Chromium ${session.browser.version()} (ms, median of ${runs} runs; limits hold for the median)`);
  const column = (value, digits = 1) => (value === undefined ? '' : typeof value === 'number' ? value.toFixed(digits) : value).padStart(10);
  console.log(`${''.padEnd(48)} ${['median', 'best', 'worst', 'on screen', 'must be', 'aim'].map((head) => column(head)).join(' ')}`);
  for (const { what, best, median: middle, worst, seen, must, aim } of rows)
    console.log(`${what.padEnd(48)} ${column(middle)} ${column(best)} ${column(worst)} ${column(seen)} ${column(must, 0)} ${column(aim, 0)}${must !== undefined && middle > must ? '   MISSED' : ''}`);
  const frames = flings.flatMap((fling) => fling.frames);
  console.log(`the flings came through ${flings.map(({ share }) => `${Math.round(100 * share)} %`).join(', ')} of the list: ${frames.length} frames, ${frames.filter((time) => time > 50).length} over 50 ms, median ${median(frames).toFixed(1)} ms`);
  const { all, bare, plain } = pageSizes();
  const kilo = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  console.log(`the page in one file: brotli ${kilo(bare)} without samples (must be below 300, aim 160)${bare > 300_000 ? ' MISSED' : ''}, ${kilo(all)} with them, ${kilo(plain)} unpacked`);
} finally {
  await session.close();
  files.done();
}
