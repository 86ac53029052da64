// Hostile inputs: what once broke a fuzz target, and damaged copies of good files, get the same verdict as natively.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { Btf } from '../../wasm/package/dist/node.js';
import { filesBelow, nativeCommand, needs, root, scratch } from './support/files.mjs';
import { native, opened, ours } from './support/native.mjs';

/** Compressions that only the native command unpacks. */
const nativeOnly = /compressed with (lzma|bzip2|lzo), and there is no decoder for it/;

async function sameVerdict(path, verbs = ['inspect'], options = {}) {
  const { btf, failed } = await opened(path, options.partial ? { partial: true } : {});
  if (failed && nativeOnly.test(failed.err)) return 'native only';
  for (const verb of verbs) {
    const theirs = native(verb, path, [], options);
    if (!btf) {
      assert.deepEqual([failed.exitCode, failed.out], [theirs.exitCode, theirs.out], `${basename(path)}: ${verb}`);
      return 'refused';
    }
    assert.deepEqual(ours(btf, verb), theirs, `${basename(path)}: ${verb}`);
  }
  btf.close();
  return 'opened';
}

const known = filesBelow(join(root, 'tests/fuzz/corpus'));
test('inputs that once broke something', { skip: needs({ 'the fuzz corpus': known.length > 0, 'the native command (./dev build)': nativeCommand }) }, async (t) => {
  const verdicts = [];
  for (const path of known) {
    verdicts.push(await sameVerdict(path, ['inspect', 'disasm', 'layout']));
    await sameVerdict(path, ['inspect'], { partial: true });
  }
  t.diagnostic(['opened', 'refused', 'native only'].map((verdict) => `${verdicts.filter((each) => each === verdict).length} ${verdict}`).join(', '));
  assert.equal(verdicts.length, known.length);
  assert.ok(verdicts.includes('refused'));
});

const golden = filesBelow(join(root, 'tests/golden')).filter((path) => /sample.*\.(o|btf)$/.test(path));
test('damaged files', { skip: needs({ 'golden files': golden.length > 0, 'the native command (./dev build)': nativeCommand }) }, async (t) => {
  let state = 12345;
  const random = (below) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % below;
  const verdicts = { opened: 0, refused: 0 };
  for (let round = 0; round < 120; ++round) {
    const bytes = Buffer.from(readFileSync(golden[round % golden.length]));
    for (let i = 0; i <= round % 4; ++i) bytes[random(bytes.length)] = random(256);
    const path = join(scratch, `damaged-${round}`);
    writeFileSync(path, round % 5 === 4 ? bytes.subarray(0, random(bytes.length)) : bytes);
    ++verdicts[await sameVerdict(path, ['inspect', 'disasm'])];
  }
  t.diagnostic(JSON.stringify(verdicts));
  assert.ok(verdicts.opened > 10 && verdicts.refused > 10, JSON.stringify(verdicts));
});

test('after all of it the same instance still works', () => {
  assert.ok(Btf.open(golden[0]).typeCount > 0);
});
