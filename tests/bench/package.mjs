// The npm package against the native build of the same core: node package.mjs PORTABLE COMMAND FILE. Both run turn about, so that
// the ratios hold where the machine's speed drifts. Run by itself (--inside FILE) it measures JavaScript's side in one process.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { pageFiles } from '../node/support/installed.mjs';

const here = fileURLToPath(import.meta.url);
const packageFolder = fileURLToPath(new URL('../../wasm/package/', import.meta.url));
const dist = join(packageFolder, 'dist');

function best(runs, body) {
  let least = Infinity;
  for (let run = 0; run < runs; ++run) {
    const start = performance.now();
    body();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** JavaScript's side: milliseconds, the least of many runs. */
async function measure(file) {
  const bytes = readFileSync(file);
  const { Btf } = await import(pathToFileURL(join(dist, 'node.js')).href);
  const load = () => {
    const start = performance.now();
    const btf = Btf.fromBytes(bytes);
    const ms = performance.now() - start;
    return { btf, ms };
  };
  const { btf: opened, ms: first } = load();
  opened.close();
  let leastLoad = Infinity;
  for (let run = 0; run < 60; ++run) { // as many, one behind the other, as the native side (portable.cpp)
    const { btf, ms } = load();
    leastLoad = Math.min(leastLoad, ms);
    btf.close();
  }
  let leastWalk = Infinity;
  let sum = 0;
  for (let run = 0; run < 20; ++run) {
    const { btf } = load();
    const start = performance.now(); // over a fresh one, which remembers nothing
    for (const type of btf.types()) {
      sum += type.name.length;
      if (type.kind === 'struct' || type.kind === 'union') for (const member of type.members) sum += member.offset + member.typeId + member.name.length;
    }
    leastWalk = Math.min(leastWalk, performance.now() - start);
    btf.close();
  }
  const kernel = Btf.fromBytes(bytes);
  kernel.search({ includes: 'sk_buff' });
  const search = best(40, () => (sum += kernel.search({ includes: 'sk_buff' }).total));
  const firstDump = best(1, () => (sum += kernel.toC().length));
  const dump = best(24, () => (sum += kernel.toC().length)); // V8 has optimized all of it after some ten
  return { first, load: leastLoad, walk: leastWalk, search, firstDump, dump, types: kernel.typeCount, sum };
}

const size = (names, pack) => names.reduce((sum, name) => sum + pack(readFileSync(join(packageFolder, name))).length, 0);
const json = (command, args) => JSON.parse(execFileSync(command, args, { encoding: 'utf8' }));
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
/** Milliseconds until a command has ended that prints to nobody. */
const elapsed = (command, args) => best(1, () => execFileSync(command, args, { stdio: 'ignore' }));

function report(portable, command, file) {
  const runs = Array.from({ length: 5 }, () => ({ native: json(portable, [file]), js: json(process.execPath, [here, '--inside', file]) }));
  const cold = Array.from({ length: 10 }, () => ({
    native: elapsed(command, ['inspect', file]), js: elapsed(process.execPath, [join(packageFolder, 'bin/cli.js'), 'inspect', file]), node: elapsed(process.execPath, ['-e', '0']),
  }));
  const coldest = (side) => Math.min(...cold.map((run) => run[side]));
  const row = (name, native, js, must, unit) => {
    const ratio = native === undefined ? undefined : js / native;
    const value = unit === 'times' ? ratio : js;
    const columns = [native?.toFixed(2) ?? '', js.toFixed(2), ratio?.toFixed(2) ?? ''].map((text) => text.padStart(10));
    console.log(`${name.padEnd(46)} ${columns.join(' ')}   ${must === undefined ? '' : `(must be below ${must} ${unit})${value > must ? ' MISSED' : ''}`}`);
  };
  const ratioOf = (key, js = key) => [median(runs.map((run) => run.native[key])), median(runs.map((run) => run.js[js]))];
  const [{ js: { types } }] = runs;
  console.log(`\nThe npm package over ${file} (${types} types), best ms, median of ${runs.length} processes`);
  console.log(`${''.padEnd(46)} ${['native', 'package', 'ratio'].map((text) => text.padStart(10)).join(' ')}`);
  row('load, all checks', ...ratioOf('load'), 2, 'times');
  row('the first load, with compiling the module', undefined, median(runs.map((run) => run.js.first)));
  row('walk all types and members', ...ratioOf('walk'), 60, 'ms');
  row('whole C dump, as one string', ...ratioOf('dump'), 2, 'times');
  row('  the first of a process', undefined, median(runs.map((run) => run.js.firstDump)));
  row('search all names by substring', ...ratioOf('search'), 8, 'ms');
  row('cold start: inspect, until it has ended', coldest('native'), coldest('js'), 150, 'ms');
  row('  of which Node itself', undefined, coldest('node'));
  for (const [what, names] of [['before a page can open a file', pageFiles(packageFolder)], ['then (more.wasm)', ['dist/more.wasm']]])
    console.log(`${`${what}, bytes`.padEnd(46)} ${[(all) => all, (all) => gzipSync(all, { level: 9 }), brotliCompressSync].map((pack, i) => `${size(names, pack)} ${['plain', 'gzip', 'brotli'][i]}`).join(', ')}`);
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--inside') console.log(JSON.stringify(await measure(rest[0])));
else report(first, ...rest);
