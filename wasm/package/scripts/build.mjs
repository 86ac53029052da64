// Makes dist/: the WebAssembly module by CMake (or from BTFKIT_WASM_DIR, a folder that has glue.js and glue.wasm), the TypeScript by
// tsc, the decoders bundled by esbuild so that the package needs no other at run time.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  run('cmake', ['--build', '--preset', 'wasm', '--target', 'btfkit_wasm'], root);
  wasm = join(root, 'build/wasm/wasm');
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
run(process.execPath, [join(here, 'node_modules/typescript/bin/tsc')], here);

const glue = await minify(readFileSync(join(wasm, 'glue.js'), 'utf8'), { module: true, ecma: 2020 });
writeFileSync(join(dist, 'glue.js'), glue.code);
copyFileSync(join(here, 'src/glue.d.ts'), join(dist, 'glue.d.ts'));
copyFileSync(join(wasm, 'glue.wasm'), join(dist, 'btf.wasm'));
writeFileSync(
  join(dist, 'btf.wasm.d.ts'),
  "/** The module's address, or whatever the bundler's loader for .wasm makes of it. */\ndeclare const wasm: string;\nexport default wasm;\n",
);

// error.js stays outside: instanceof BtfError must mean the one class. xz.js is for the inputs that need it.
for (const [name, bundled, external] of [
  ['decoders', ['zstd', 'lz4'], ['./error.js']],
  ['xz', [], ['./error.js', './decoders.js']],
]) {
  await build({
    entryPoints: [join(here, `src/${name}.ts`)],
    outfile: join(dist, `${name}.js`),
    allowOverwrite: true,
    bundle: true,
    external,
    format: 'esm',
    minify: true,
    target: 'es2022',
    legalComments: 'none',
  });
  for (const part of bundled) for (const end of ['js', 'd.ts']) rmSync(join(dist, `${part}.${end}`));
}

const licence = (name) => `${name}\n${'='.repeat(name.length)}\n\n${readFileSync(join(here, 'node_modules', name, 'LICENSE'), 'utf8').trim()}\n`;
writeFileSync(
  join(dist, 'LICENSES.txt'),
  [readFileSync(join(here, 'scripts/runtime-licenses.txt'), 'utf8'), licence('fflate'), licence('fzstd')].join('\n'),
);
copyFileSync(join(root, 'LICENSE'), join(here, 'LICENSE'));
chmodSync(join(here, 'bin/cli.js'), 0o755);
