// Blobs: only the slices that matter are read; progress and cancelling.
import assert from 'node:assert/strict';
import { existsSync, openAsBlob, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Btf } from '../../wasm/package/dist/node.js';
import { corpus, needs, program, scratch, unxz } from './support/files.mjs';
import { everyKind, makeElf, writeSparseKernel } from './support/make.mjs';

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

test('a Blob gives what the same bytes give', async () => {
  const bytes = makeElf([{ name: '.BTF', bytes: everyKind(true) }], { big: true });
  const fromBlob = await Btf.fromBlob(new Blob([bytes]), { name: 'same' });
  assert.deepEqual(fromBlob.summary, Btf.fromBytes(bytes, { name: 'same' }).summary);
  assert.equal((await Btf.fromBlob(new File([bytes], 'a.o'))).name, 'a.o');
});

const megabytes = 500;

/** Bytes that this process has read from files and pipes, as its operating system counts; undefined where that does not. */
const readSoFar = () => (existsSync('/proc/self/io') ? Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))[1]) : undefined);

/** What is to be read of a kernel of half a gigabyte: the BTF, and little else. */
async function openSparse(btf, limit) {
  const path = writeSparseKernel(join(scratch, 'vmlinux'), btf);
  const { typeCount } = Btf.fromBytes(btf);
  const blob = new Counting(await openAsBlob(path));
  assert.ok(blob.size > megabytes * 1e6);
  const progress = [];
  const fromBlob = await Btf.fromBlob(blob, { onProgress: (p) => progress.push(p) });
  assert.deepEqual([fromBlob.typeCount, fromBlob.summary.size, fromBlob.summary.container], [typeCount, blob.size, 'elf']);
  assert.ok(blob.read > btf.length && blob.read < btf.length + limit && blob.read < 12e6, `${blob.read} bytes read of the Blob`);
  assert.deepEqual([progress.at(-1).readBytes, progress.at(-1).needed], [blob.read, blob.read]);
  for (let i = 1; i < progress.length; ++i) assert.ok(progress[i].readBytes > progress[i - 1].readBytes && progress[i].needed >= progress[i].readBytes);
  fromBlob.close();

  const before = readSoFar();
  const opened = Btf.open(path);
  const read = readSoFar() - before;
  assert.equal(opened.typeCount, typeCount);
  if (before !== undefined) assert.ok(read > btf.length && read < btf.length + limit && read < 12e6, `${read} bytes read of the file`);
  opened.close();
  rmSync(path);
  return [blob.read, read];
}

test(`of a ${megabytes} MB ELF with a tiny BTF, less than 64 KiB is read`, () => openSparse(everyKind(), 64 * 1024));

const kernel = join(corpus, 'kernels/amd64-7.3.4-cloud.btf.xz');
test(`of a ${megabytes} MB vmlinux less than 12 MB is read`, { skip: needs({ 'the corpus': existsSync(kernel), xz: program('xz') }) }, async (t) => {
  const btf = unxz(kernel);
  const [blob, file] = await openSparse(btf, 1e6);
  t.diagnostic(`BTF: ${btf.length} bytes; read of the Blob: ${blob}, of the file: ${file}`);
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
