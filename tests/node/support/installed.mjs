// The package as its users get it: packed by npm, then installed by npm in an empty folder. That happens once for all test files;
// a folder named after what was packed keeps it below build/.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, packageFolder, root } from './files.mjs';

const shelf = join(root, 'build/installed');

/** { folder, tarball, files }: an npm project with the package in its node_modules; the paths that the tarball has. */
export function installed() {
  const hash = createHash('sha256');
  for (const file of [...filesBelow(join(packageFolder, 'dist')), ...filesBelow(join(packageFolder, 'bin')), join(packageFolder, 'package.json'), join(packageFolder, 'README.md')])
    hash.update(file).update(readFileSync(file));
  const place = join(shelf, hash.digest('hex').slice(0, 16));
  if (!existsSync(place)) {
    mkdirSync(shelf, { recursive: true });
    const old = readdirSync(shelf).filter((name) => !name.startsWith('new-'));
    const made = mkdtempSync(join(shelf, 'new-'));
    make(made);
    try {
      renameSync(made, place);
    } catch {
      rmSync(made, { recursive: true }); // another test file was quicker
    }
    for (const name of old) rmSync(join(shelf, name), { recursive: true, force: true });
  }
  const { filename, files } = JSON.parse(readFileSync(join(place, 'packed.json'), 'utf8'));
  return { folder: join(place, 'app'), tarball: join(place, filename), files };
}

function make(folder) {
  const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const described = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], packageFolder));
  const { filename, files } = Array.isArray(described) ? described[0] : Object.values(described)[0]; // npm 11 and earlier, npm 12
  writeFileSync(join(folder, 'packed.json'), JSON.stringify({ filename, files: files.map(({ path }) => path) }));
  const app = join(folder, 'app');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{"private":true}');
  npm(['install', '--offline', '--no-audit', '--no-fund', join('..', filename)], app);
}

/** A project of a test's own, in `folder`, with the package installed; its package folder. */
export function project(folder, manifest = { private: true }) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(installed().folder, 'node_modules'), join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  return join(folder, 'node_modules/btfkit');
}

/** Of the package in a folder, what a page loads before it can open a file: what its browser entry imports, and the module's first part. */
export function pageFiles(folder = join(installed().folder, 'node_modules/btfkit')) {
  const found = new Set(['dist/btf.wasm']);
  const follow = (path) => {
    if (found.has(path)) return;
    found.add(path);
    const text = readFileSync(join(folder, path), 'utf8');
    for (const [, name] of text.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([\w.-]+)["']/g)) follow(`dist/${name}`);
  };
  follow('dist/browser.js');
  return [...found];
}
