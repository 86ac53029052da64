// Photographs the views of views.mjs, light and dark, into build/shots, with an index.html to look at them side by side; some also
// on a narrow screen and at 400 %. `node shots.mjs [NAME...]`: only those whose name contains one of the words. `--readme`: the two of README.md.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as page from './support.mjs';
import { settled, views, visit } from './views.mjs';

const root = join(import.meta.dirname, '../..');
const { values: options, positionals: words } = parseArgs({ allowPositionals: true, options: { readme: { type: 'boolean' } } });
if (page.cannotRun) throw new Error(page.cannotRun);

const wide = { width: 1280, height: 800 };
const narrow = { width: 360, height: 740 };
const enlarged = { width: 320, height: 256 }; // 1280 x 1024 at 400 %

let failed = 0;

async function photograph(browser, files, view, options) {
  await take(browser, files, view, options).catch((error) => {
    failed++;
    console.error(`${view.name}: ${error.message}`);
  });
}

async function take(browser, files, view, { path, ...options }) {
  const tab = await visit(browser, files, view, { reducedMotion: 'reduce', ...options });
  if (!tab) return console.error(`${view.name}: no file for it on this machine`);
  await tab.mouse.move(0, 0); // nothing is hovered
  await settled(tab);
  await tab.screenshot({ path });
  for (const problem of tab.problems) console.error(`${view.name}: ${problem}`);
  await tab.context().close();
}

async function everyView(browser, files) {
  const folder = join(root, 'build/shots');
  mkdirSync(folder, { recursive: true });
  for (const view of views.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))) {
    for (const viewport of view.narrow ? [wide, narrow, enlarged] : [wide])
      for (const colorScheme of ['light', 'dark'])
        await photograph(browser, files, view, { colorScheme, viewport, path: join(folder, `${view.name}-${viewport.width}-${colorScheme}.png`) });
  }
  const shots = readdirSync(folder).filter((name) => name.endsWith('.png'));
  const figures = shots.map((name) => `<figure><img src="${name}" alt="" loading="lazy"><figcaption>${name}</figcaption></figure>`);
  const style = 'body{display:flex;flex-wrap:wrap;gap:24px;background:#777;font:14px sans-serif}figure{margin:0}img{max-width:45vw}';
  writeFileSync(join(folder, 'index.html'), `<!doctype html><meta charset="utf-8"><title>Views</title><style>${style}</style>${figures.join('')}\n`);
  console.log(`${shots.length} screenshots: ${join(folder, 'index.html')}`);
}

/** The two of README.md: few colours are enough for them, and pngquant makes them small. */
async function forReadme(browser, files) {
  const folder = join(root, 'web/screenshots');
  mkdirSync(folder, { recursive: true });
  for (const [name, colorScheme] of [['layout', 'light'], ['program', 'dark']]) {
    const path = join(folder, `${name}.png`);
    await photograph(browser, files, views.find((view) => view.name === name), { colorScheme, viewport: wide, path });
    execFileSync('pngquant', ['--force', '--strip', '--speed', '1', '--output', path, '64', path]);
    console.log(`${path}: ${statSync(path).size} bytes`);
  }
}

const browser = await page.openBrowser();
const files = page.scratch();
try {
  await (options.readme ? forReadme(browser, files) : everyView(browser, files));
} finally {
  await browser.close();
  files.done();
}
process.exitCode = failed ? 1 : 0;
