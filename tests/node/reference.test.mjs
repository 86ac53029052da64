// The API reference: every export is in it and documented, every link leads somewhere; a warning of typedoc's is an error.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs, packageFolder, root, run, scratch } from './support/files.mjs';

const typedoc = join(root, 'tests/node_modules/typedoc/bin/typedoc');

test('typedoc has nothing to warn of', { skip: needs({ 'the tools of tests/package.json (npm ci)': existsSync(typedoc) }) }, async () => {
  const out = join(scratch, 'docs');
  const { status, stdout, stderr } = run(process.execPath, [typedoc, '--options', join(packageFolder, 'typedoc.json'), '--out', out], { cwd: root, env: { ...process.env, NO_COLOR: '1' } });
  assert.deepEqual([status, stderr.toString().replaceAll(/\[info\].*\n/g, '')], [0, ''], stdout.toString());
  const page = readFileSync(join(out, 'classes/Btf.html'), 'utf8');
  for (const method of ['open', 'find', 'require', 'columns', 'close']) assert.ok(page.includes(`id="${method}"`), method);
  const { version, ...exports } = await import('../../wasm/package/dist/index.js');
  const modules = readFileSync(join(out, 'modules.html'), 'utf8');
  for (const name of Object.keys(exports)) assert.ok(modules.includes(`>${name.replace(/(?<=[a-z])(?=[A-Z])/g, '<wbr/>')}<`), name);
  assert.equal(version, JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version);
});
