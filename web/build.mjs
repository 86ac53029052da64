// Builds the page twice into dist/:
//   btfkit.html                                              everything in one file; works from file://
//   index.html, main.js, main.css, worker.js, reading.wasm, ...  for a web server
// Options: --out FOLDER.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({ options: { out: { type: 'string' } } });
const samples = { object: join(here, '../tests/golden/sample.bpf.o'), kernel: join(here, 'samples/kernel.btf') };
const out = options.out ?? join(here, 'dist');
const wasm = fileURLToPath(import.meta.resolve('btfkit/reading.wasm'));

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  format: 'esm',
  charset: 'utf8',
  target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
  legalComments: 'none', // see licences()
  logLevel: 'warning',
};

/**
 * A classic script: Chromium starts no module worker from a Blob on a page from file://. The package's own address of its .wasm,
 * relative to import.meta.url, means nothing there; the page hands the worker a compiled module instead.
 */
const workerOptions = { format: 'iife', logOverride: { 'empty-import-meta': 'silent' } };

async function bundle(entry, extra = {}) {
  const { outputFiles } = await build({ ...common, entryPoints: [entry], write: false, ...extra });
  return outputFiles[0].text;
}

/** In the single file, what the other build fetches is part of the script. */
function embed(worker) {
  return {
    name: 'embed',
    setup(build) {
      build.onResolve({ filter: /\/assets-fetched\.ts$/ }, () => ({ path: join(here, 'src/open/assets-embedded.ts') }));
      build.onResolve({ filter: /^embedded:/ }, ({ path }) => ({ path, namespace: 'embedded' }));
      build.onLoad({ filter: /./, namespace: 'embedded' }, async ({ path }) => {
        if (path === 'embedded:worker') return { contents: worker, loader: 'text' };
        if (path === 'embedded:wasm') return { contents: asText(await readFile(wasm)), loader: 'text' };
        const sample = await readFile(samples[path.replace('embedded:', '')]);
        return { contents: gzipSync(sample, { level: 9 }), loader: 'binary' };
      });
    },
  };
}

/**
 * Bytes as text, one character each, behind the 256 characters that stand for the bytes. A server's compression finds in it what it
 * would find in the bytes, which base64 hides from it: the page is 60 kB smaller on its way. Frequent bytes get the characters that
 * UTF-8 writes as one byte and that neither HTML nor JavaScript reads in a way of its own, the others some of two bytes.
 */
function asText(bytes) {
  const plain = Array.from({ length: 95 }, (_, i) => 32 + i).filter((code) => !`"'\\<\`$`.includes(String.fromCharCode(code)));
  const codes = [...plain, ...Array.from({ length: 256 }, (_, i) => 0xc0 + i)]; // À and those behind it: letters all
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]++;
  const byFrequency = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  const characters = [];
  byFrequency.forEach((byte, rank) => (characters[byte] = String.fromCharCode(codes[rank])));
  return characters.join('') + Array.from(bytes, (byte) => characters[byte]).join('');
}

/** A policy that allows exactly what the page is made of. Workers are made from Blobs and inherit it. */
function policy({ script, style, connect }) {
  const rules = [
    "default-src 'none'",
    `script-src ${script} 'wasm-unsafe-eval' blob:`,
    'worker-src blob:',
    `style-src ${style}`,
    `connect-src ${connect}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `<meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}" />`;
}

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** A script within HTML ends at the first "</script", and "<!--" changes how the rest is read; esbuild escapes only the first. */
function inlined(script) {
  if (/<\/script/i.test(script)) throw new Error('the script holds "</script"');
  return script.replaceAll('<!--', '\\x3C!--');
}

function fill(template, parts) {
  return Object.entries(parts).reduce((page, [name, text]) => page.replace(`<!-- ${name} -->`, () => text), template);
}

/** The licences of what is bundled: shipped beside it, or as a comment in the single file. */
async function licences() {
  const lit = await readFile(join(here, 'node_modules/lit-html/LICENSE'), 'utf8');
  const inPackage = await readFile(join(dirname(wasm), 'LICENSES.txt'), 'utf8');
  return `${inPackage.trimEnd()}\n\nlit-html\n\n${lit}`;
}

async function buildFolder({ template, worker, style, notice }) {
  const script = await bundle('src/main.ts');
  const page = fill(template, {
    policy: policy({ script: "'self'", style: "'self'", connect: "'self'" }),
    style: '<link rel="stylesheet" href="main.css" />',
    script: '<script type="module" src="main.js"></script>',
    licences: '',
  });
  await Promise.all([
    writeFile(join(out, 'index.html'), page),
    writeFile(join(out, 'main.js'), script),
    writeFile(join(out, 'main.css'), style),
    writeFile(join(out, 'worker.js'), worker),
    writeFile(join(out, 'licences.txt'), notice),
    copyFile(wasm, join(out, 'reading.wasm')),
    ...Object.values(samples).map((path) => copyFile(path, join(out, basename(path)))),
  ]);
}

async function buildSingle({ template, worker, style, notice }) {
  const script = inlined(await bundle('src/main.ts', { plugins: [embed(worker)] }));
  const page = fill(template, {
    policy: policy({ script: hash(script), style: hash(style), connect: "'none'" }),
    style: `<style>${style}</style>`,
    script: `<script type="module">${script}</script>`,
    licences: `<!--\n${notice.replaceAll('--', '- -')}\n-->`,
  });
  await writeFile(join(out, 'btfkit.html'), page);
  return Buffer.byteLength(page);
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const [template, worker, style, notice] = await Promise.all([
  readFile(join(here, 'index.html'), 'utf8'),
  bundle('src/worker/worker.ts', workerOptions),
  bundle('style/main.css'),
  licences(),
]);
const parts = { template, worker, style, notice };
await buildFolder(parts);
const size = await buildSingle(parts);
console.log(`web/dist: btfkit.html (one file, ${Math.round(size / 1024)} KiB) and index.html with its parts`);
