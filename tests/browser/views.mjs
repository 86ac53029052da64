// The views of the page, each said once: `./dev shots` photographs them, access.test.mjs walks them with axe and by keyboard, light
// and dark, wide, narrow and enlarged. A new view is one more entry:
//   name    of its screenshots
//   file    what is open: a key of `openers`
//   at      the address behind #v=1
//   ready   a selector; the view is there when this can be seen
//   act     gestures from there on, when the view is more than its address: (tab, files) => ...; `files` is a scratch()
//   narrow  true: also photographed at 360 px
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as page from './support.mjs';

export const views = [
  { name: 'start', file: 'nothing', ready: '.drop-card', narrow: true },
  { name: 'start-linked', file: 'nothing', at: '/t/struct/task_struct', ready: '.linked' },
  { name: 'fault', file: 'nothing', ready: '.drop-card', act: dropBroken, narrow: true },

  { name: 'object', file: 'sample', ready: '.facts', narrow: true },
  { name: 'object-fault', file: 'sample', ready: '.facts', act: dropBroken },
  { name: 'object-search', file: 'sample', ready: '.facts', act: (tab) => page.search(tab).fill('tra') },
  { name: 'object-type', file: 'sample', at: '/t/struct/traffic', ready: '[aria-label="C declaration"]' },
  { name: 'decode', file: 'sample', at: '/t/struct/traffic_key?tab=decode', ready: '.decode', act: decodeSome },
  { name: 'record', file: 'sample', at: '/t/struct/traffic?tab=record', ready: 'pre' },
  { name: 'missing', file: 'sample', at: '/t/struct/no_such_thing', ready: '.type h1' },
  { name: 'link-cut', file: 'sample', at: '/t/struct/', ready: '.notice', narrow: true },
  { name: 'no-layout', file: 'sample', at: '/t/int/int?tab=layout', ready: '.remark' },
  { name: 'programs', file: 'sample', at: '/programs', ready: '.programs' },
  { name: 'program', file: 'sample', at: '/programs/account', ready: '.disasm-table', narrow: true },
  { name: 'maps', file: 'sample', at: '/maps', ready: '.map', narrow: true },
  { name: 'variables', file: 'sample', at: '/variables', ready: '.table' },
  { name: 'needs', file: 'sample', at: '/needs', ready: '.table' },

  { name: 'kernel', file: 'kernel', ready: '.facts', narrow: true },
  { name: 'kernel-search', file: 'kernel', ready: '.facts', act: (tab) => page.search(tab).fill('sk_b'), narrow: true },
  { name: 'kernel-nothing', file: 'kernel', ready: '.facts', act: (tab) => page.search(tab).fill('no such type') },
  { name: 'kernel-path', file: 'kernel', ready: '.facts', act: (tab) => noted(tab, 'task_struct.se.vr'), narrow: true },
  { name: 'kernel-member', file: 'kernel', at: '/t/struct/task_struct?tab=layout&at=se.vruntime', ready: '.box.is-found', narrow: true },
  { name: 'struct', file: 'kernel', at: '/t/struct/sk_buff', ready: '[aria-label="C declaration"]', narrow: true },
  { name: 'layout', file: 'kernel', at: '/t/struct/sk_buff?tab=layout', ready: '.drawing', narrow: true },
  { name: 'layout-small', file: 'kernel', at: '/t/struct/hlist_node?tab=layout', ready: '.drawing' },
  { name: 'layout-union', file: 'kernel', at: '/t/union/bpf_attr?tab=layout', ready: '.drawing' },
  { name: 'layout-large', file: 'kernel', at: '/t/struct/task_struct?tab=layout', ready: '.drawing' },
  { name: 'uses', file: 'kernel', at: '/t/struct/pid?tab=uses', ready: '.uses' },
  { name: 'enum', file: 'kernel', at: '/t/enum/pid_type', ready: '[aria-label="C declaration"]' },
  { name: 'func', file: 'kernel', at: '/t/func/tcp_sendmsg', ready: '[aria-label="C declaration"]' },
  { name: 'hover-card', file: 'kernel', at: '/t/struct/sk_buff', ready: '[aria-label="C declaration"]', act: reachLink },
  { name: 'struct-opened', file: 'kernel', at: '/t/struct/page', ready: '[aria-label="C declaration"]', act: openAll },
  { name: 'layout-opened', file: 'kernel', at: '/t/struct/page?tab=layout', ready: '.drawing', act: openAll, narrow: true },
  { name: 'expression', file: 'kernel', at: '?q=struct size>4096 holes>0&sort=-size', ready: '.facts', act: listed, narrow: true },
  { name: 'help', file: 'kernel', ready: '.facts', act: (tab) => tab.keyboard.press('?'), narrow: true },
  { name: 'functions', file: 'kernel', at: '/functions', ready: '.rows td', narrow: true },
  { name: 'strings', file: 'kernel', at: '/strings', ready: '.rows td', narrow: true },
  { name: 'object-functions', file: 'sample', at: '/functions', ready: '.object' },
  { name: 'module', file: 'module', at: '?q=struct veth&base=1', ready: '.facts', narrow: true },
  { name: 'tabs', file: 'several', at: '', ready: '.facts', narrow: true },
];

/** What can be open. Each puts a fresh page there; false where this machine lacks the file. */
export const openers = {
  nothing: () => true,
  async sample(tab) {
    await page.openFile(tab, page.golden('sample.bpf.o'));
    return true;
  },
  async several(tab, files) {
    for (const name of ['sample.bpf.o', 'vmlinux']) await page.openFile(tab, name === 'vmlinux' ? page.runningKernel(files) : page.golden(name));
    return true;
  },
  async module(tab, files) {
    files.base ??= page.corpusKernel(files, 'amd64-6.12.107') ?? false;
    const module = page.corpusFile('modules/amd64-6.12.107/veth.ko.xz');
    if (!files.base || !module) return false;
    await page.drop(tab, files.base, module);
    await tab.getByRole('heading', { name: 'veth.ko.xz', level: 1 }).waitFor();
    return true;
  },
  async kernel(tab, files) {
    files.kernel ??= page.runningKernel(files) ?? page.corpusKernel(files, 'amd64-7.3.4-cloud') ?? false;
    if (files.kernel) await page.openFile(tab, files.kernel);
    return files.kernel !== false;
  },
};

/**
 * Opens a view in a page of its own, which `options` (playwright's for a context, e.g. colorScheme and viewport) describe.
 * `browser` is support.mjs's, `files` its scratch. Undefined where this machine lacks the file.
 */
export async function visit(browser, files, view, options) {
  const tab = await browser.page('file', options);
  if (!(await openers[view.file](tab, files))) return void (await tab.context().close());
  await go(tab, view, files);
  return tab;
}

/** From a page with the file open to the view. */
export async function go(tab, view, files) {
  await tab.evaluate((hash) => (location.hash = hash), `#v=1${view.at ?? ''}`);
  await tab.locator(view.ready).first().waitFor();
  await view.act?.(tab, files);
  await settled(tab);
}

/** Waits until what was asked for is on the screen. */
export const settled = (tab) => tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));

async function dropBroken(tab, files) {
  const path = join(files.folder, 'empty.o');
  writeFileSync(path, '');
  await page.drop(tab, path);
  await tab.getByRole('alert').waitFor();
}

async function decodeSome(tab) {
  await tab.getByRole('textbox', { name: 'Bytes' }).fill('2a 00 00 00 01 00 00 00');
  await tab.locator('.decode-value:not(:empty)').waitFor();
}

async function reachLink(tab) {
  await tab.locator('a.c-type').nth(2).focus();
  await tab.locator('.hover-card:not([hidden])').waitFor();
}

async function openAll(tab) {
  await tab.getByRole('button', { name: 'Open all' }).click();
  await tab.getByRole('button', { name: 'Close all' }).waitFor();
}

async function noted(tab, text) {
  await page.search(tab).fill(text);
  await page.until('the note', () => tab.locator('.search-note span').count());
}

function listed(tab) {
  return page.until('the list', () => tab.locator('.list .row:not([hidden])').count());
}
