// Blobs: only the slices that matter are read; progress and cancelling.
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Btf } from '../../wasm/package/dist/node.js';
import { scratch } from './support/files.mjs';
import { elfPieces, everyKind, makeElf } from './support/make.mjs';

/** A Blob that counts what is read of it. */
class Counting {
  read = 0;
  constructor(blob) {
    this.blob = blob;
    this.size = blob.size;
  }
  slice(start, end) {
    return {
      arrayBuffer: async () => {
        const bytes = await this.blob.slice(start, end).arrayBuffer();
        this.read += bytes.byteLength;
        return bytes;
      },
    };
  }
}

const megabytes = 500;

/** A file like a kernel with debug information: half a gigabyte of nothing, then a .BTF section. Sparse: it takes no room. */
function sparseKernel() {
  const { pieces, size } = elfPieces([{ name: '.BTF', bytes: everyKind() }], { gap: megabytes * 1024 * 1024 });
  const path = join(scratch, 'vmlinux');
  const fd = openSync(path, 'w');
  ftruncateSync(fd, size);
  for (const { at, bytes } of pieces) if (bytes.length > 0) writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
  return path;
}

test('a Blob gives what the same bytes give', async () => {
  const bytes = makeElf([{ name: '.BTF', bytes: everyKind(true) }], { big: true });
  const fromBlob = await Btf.fromBlob(new Blob([bytes]), { name: 'same' });
  assert.deepEqual(fromBlob.summary, Btf.fromBytes(bytes, { name: 'same' }).summary);
  assert.equal((await Btf.fromBlob(new File([bytes], 'a.o'))).name, 'a.o');
});

test(`of a ${megabytes} MB ELF, less than 64 KiB is read`, async () => {
  const path = sparseKernel();
  const blob = new Counting(await openAsBlob(path));
  const progress = [];
  const btf = await Btf.fromBlob(blob, { onProgress: (p) => progress.push(p) });
  assert.equal(btf.typeCount, 21);
  assert.equal(btf.summary.size, blob.size);
  assert.ok(blob.size > megabytes * 1024 * 1024);
  assert.ok(blob.read > everyKind().length && blob.read < 64 * 1024, `${blob.read} bytes read`);
  assert.equal(progress.at(-1).readBytes, blob.read);
  assert.equal(progress.at(-1).needed, blob.read);
  for (let i = 1; i < progress.length; ++i) assert.ok(progress[i].readBytes > progress[i - 1].readBytes && progress[i].needed >= progress[i].readBytes);

  const before = process.memoryUsage().rss;
  assert.equal(Btf.open(path).typeCount, 21);
  assert.ok(process.memoryUsage().rss - before < 100e6, 'the file was read whole');
});

test('cancelling', async () => {
  const bytes = makeElf([{ name: '.BTF', bytes: everyKind() }]);
  const stopped = new AbortController();
  stopped.abort(new Error('enough'));
  await assert.rejects(Btf.fromBlob(new Blob([bytes]), { signal: stopped.signal }), /enough/);

  const blob = new Counting(new Blob([bytes]));
  const later = new AbortController();
  await assert.rejects(Btf.fromBlob(blob, { signal: later.signal, onProgress: () => later.abort() }), { name: 'AbortError' });
  assert.ok(blob.read < bytes.length);
});

test('a Blob that fails or shrinks', async () => {
  const failing = { size: 1000, slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }) };
  await assert.rejects(Btf.fromBlob(failing), { name: 'BtfError', code: 'system', message: /gone/ });
  const shrinking = { size: 1000, slice: () => ({ arrayBuffer: async () => new ArrayBuffer(1) }) };
  await assert.rejects(Btf.fromBlob(shrinking), { name: 'BtfError', code: 'system', message: /changed/ });
  await assert.rejects(Btf.fromBlob(new Blob(['no BTF at all'])), { name: 'BtfError', code: 'malformed' });
});

test('several Blobs at once', async () => {
  const inputs = Array.from({ length: 20 }, (_, i) => new Blob([i % 2 ? everyKind() : makeElf([{ name: '.BTF', bytes: everyKind() }])]));
  const all = await Promise.all(inputs.map((blob) => Btf.fromBlob(blob)));
  assert.deepEqual(all.map((btf) => btf.summary.container), inputs.map((_, i) => (i % 2 ? 'raw' : 'elf')));
});
