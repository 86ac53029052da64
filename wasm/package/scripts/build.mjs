// Makes dist/: the WebAssembly modules by CMake (or from BTFKIT_WASM_DIR, a folder that has glue.js, glue.wasm, reading.js and
// reading.wasm), the whole one split in two by binaryen's wasm-split; the TypeScript by tsc; the decoders bundled by esbuild so that the package needs no other at run time.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'terser';

const here = fileURLToPath(new URL('..', import.meta.url));
const root = join(here, '../..');
const dist = join(here, 'dist');
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });

let wasm = process.env.BTFKIT_WASM_DIR;
if (!wasm) {
  if (!existsSync(join(root, 'build/wasm/CMakeCache.txt'))) run('cmake', ['--preset', 'wasm'], root);
  run('cmake', ['--build', '--preset', 'wasm', '--target', 'btfkit_wasm', 'btfkit_wasm_reading'], root);
  wasm = join(root, 'build/wasm/wasm');
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
run(process.execPath, [join(here, 'node_modules/typescript/bin/tsc')], here);

// A page loads these as they are. Names of functions and classes stay, for stack traces.
for (const path of readdirSync(dist).filter((name) => name.endsWith('.js')).map((name) => join(dist, name))) {
  const { code } = await minify(readFileSync(path, 'utf8'), { module: true, ecma: 2020, keep_classnames: true, keep_fnames: true, format: { max_line_len: 128 } });
  writeFileSync(path, code);
}
const [glueText, readingText] = ['glue', 'reading'].map((name) => readFileSync(join(wasm, `${name}.js`), 'utf8').replaceAll(`${name}.wasm`, 'btf.wasm'));
if (glueText !== readingText) throw new Error('glue.js and reading.js differ: one glue has to fit both modules');
const glue = await minify(glueText, { module: true, ecma: 2020 });
writeFileSync(join(dist, 'glue.js'), glue.code);
copyFileSync(join(here, 'src/glue.d.ts'), join(dist, 'glue.d.ts'));
copyFileSync(join(wasm, 'reading.wasm'), join(dist, 'reading.wasm'));
for (const name of ['btf.wasm.d.ts', 'more.wasm.d.ts', 'reading.wasm.d.ts'])
  writeFileSync(join(dist, name), "/** The module's address, or whatever the bundler's loader for .wasm makes of it. */\ndeclare const wasm: string;\nexport default wasm;\n");

const common = { allowOverwrite: true, bundle: true, minify: true, target: 'es2022', legalComments: 'none' };
/** What tsc made: of that package.json says which files do something when they are imported. */
const entry = (name, end = 'js') => ({ entryPoints: [join(dist, `${name}.js`)], outfile: join(dist, `${name}.${end}`) });

// error.js stays outside: instanceof BtfError must mean the one class. xz.js is for the inputs that need it.
for (const [name, bundled, external] of [
  ['decoders', ['unpackers', 'zstd', 'lz4'], ['./error.js']],
  ['xz', [], ['./error.js', './decoders.js']],
]) {
  await build({ ...common, ...entry(name), external, format: 'esm' });
  for (const part of bundled) for (const end of ['js', 'd.ts']) rmSync(join(dist, `${part}.${end}`));
}

// The command is one file, of CommonJS: Node takes longer to find and start modules than the command takes to read a kernel's types.
await build({
  ...common,
  ...entry('cli', 'cjs'),
  external: ['node:*'],
  format: 'cjs',
  platform: 'node',
  banner: { js: "const here = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'here' },
});
for (const end of ['js', 'd.ts']) rmSync(join(dist, `cli.${end}`));

// ---- the two parts of the module (src/engine.ts)

const whole = join(wasm, 'glue.wasm');
const [btf, more, profile] = ['btf.wasm', 'more.wasm', 'profile'].map((name) => join(dist, name));
run('wasm-split', ['--instrument', whole, '-o', btf], here);
run(process.execPath, [join(here, 'scripts/profile.mjs'), profile], here);
// Exports of its own for the second part, which no name of the glue's can be.
run('wasm-split', ['--split', '--enable-mutable-globals', '--export-prefix=%', `--profile=${profile}`, whole, '-o1', btf, '-o2', more], here);
rmSync(profile);

const licence = (name) => `${name}\n${'='.repeat(name.length)}\n\n${readFileSync(join(here, 'node_modules', name, 'LICENSE'), 'utf8').trim()}\n`;
writeFileSync(
  join(dist, 'LICENSES.txt'),
  [readFileSync(join(here, 'scripts/runtime-licenses.txt'), 'utf8'), licence('fflate'), licence('fzstd')].join('\n'),
);
copyFileSync(join(root, 'LICENSE'), join(here, 'LICENSE'));
chmodSync(join(here, 'bin/cli.js'), 0o755);
