// The two parts of the WebAssembly module (wasm/package/src/engine.ts): what opens, lists, searches and prints types needs only the first,
// of inputs that the build did not train with too.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { corpus, filesBelow, needs, program, runningKernel, unxz } from './support/files.mjs';
import { everyKind, makeSplit } from './support/make.mjs';

let compiled = 0;
WebAssembly.Module = new Proxy(WebAssembly.Module, {
  construct(Module, args) {
    ++compiled;
    return new Module(...args);
  },
});
const { Btf } = await import('../../wasm/package/dist/node.js');

/** Opens, lists, searches and prints; the number of characters of C. */
function explore(bytes, options) {
  const btf = Btf.fromBytes(bytes, options);
  const { kind } = btf.columns();
  for (const includes of ['', 'skb', 'no such name']) btf.search({ includes, limit: 50 });
  btf.search({ prefix: 't', kinds: ['struct', 'union'] });
  let size = 0;
  for (let at = 0; at < kind.length; at += Math.ceil(kind.length / 500)) {
    const type = btf.get(btf.firstId + at);
    size += type.toC().length + type.toC({ offsets: true }).length;
  }
  btf.close();
  return size;
}

test('made inputs', () => {
  for (const big of [false, true]) assert.ok(explore(everyKind(big)) > 100);
  const base = Btf.fromBytes(everyKind());
  assert.ok(explore(makeSplit(everyKind()), { base }) > 0);
  base.close();
  assert.equal(compiled, 1);
});

test('the running kernel', { skip: needs({ [runningKernel]: existsSync(runningKernel) }) }, () => {
  assert.ok(explore(readFileSync(runningKernel)) > 1e5);
  assert.equal(compiled, 1);
});

const folder = join(corpus, 'kernels');
test('kernels', { skip: needs({ [folder]: existsSync(folder), xz: program('xz') }) }, () => {
  const paths = filesBelow(folder).filter((path) => path.endsWith('.btf.xz'));
  assert.ok(paths.length >= 3);
  for (const path of paths) {
    assert.ok(explore(unxz(path)) > 1e4, path);
    assert.equal(compiled, 1, path);
  }
});

test('the second part is there for what needs it, also in the instance after one that stopped', () => {
  const btf = Btf.fromBytes(everyKind());
  assert.equal(btf.layouts().length > 0, true);
  assert.equal(compiled, 2);
  btf.close();
});
