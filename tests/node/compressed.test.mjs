// Compressed files and sections: unpacked within their limit, refused when broken.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { decode } from '../../wasm/package/dist/decoders.js';
import { Btf } from '../../wasm/package/dist/node.js';
import { corpus, filesBelow, needs, program, unxz } from './support/files.mjs';
import { compressedSection, everyKind, makeElf } from './support/make.mjs';

/** A Zstandard frame of raw and repeated blocks; `size`: whether the header says how long the content is. */
function zstdFrame(blocks, { size = true } = {}) {
  const length = blocks.reduce((sum, block) => sum + (block.repeat ?? block.length), 0);
  const parts = [Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd)];
  if (size) parts.push(Uint8Array.of(0xa0, length, length >> 8, length >> 16, length >> 24)); // single segment, 4-byte size
  else parts.push(Uint8Array.of(0x00, 0x38)); // a window of 128 KiB
  blocks.forEach((block, i) => {
    const header = (Number(i === blocks.length - 1) | (block.repeat ? 2 : 0) | ((block.repeat ?? block.length) << 3)) >>> 0;
    parts.push(Uint8Array.of(header, header >> 8, header >> 16), block.repeat ? Uint8Array.of(block.byte) : block);
  });
  return Buffer.concat(parts);
}

const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
const packers = {
  gzip: (bytes) => gzipSync(bytes),
  'gzip of two members': (bytes) => Buffer.concat([gzipSync(bytes.subarray(0, 100)), gzipSync(bytes.subarray(100))]),
  zlib: (bytes) => deflateSync(bytes),
  'zlib, stored': (bytes) => deflateSync(bytes, { level: 0 }),
  zstd: (bytes) => zstdFrame([bytes]),
  'zstd of unknown size': (bytes) => zstdFrame([bytes], { size: false }),
  'zstd of several frames': (bytes) => Buffer.concat([zstdFrame([bytes.subarray(0, 50)]), skippable, zstdFrame([bytes.subarray(50, 70), bytes.subarray(70)], { size: false })]),
};

for (const [name, pack] of Object.entries(packers)) {
  const codec = name.split(/\W/)[0];

  test(`${name}: unpacks, within its limit`, () => {
    const bytes = Uint8Array.from([...everyKind(), ...randomBytes(70_000)]);
    const packed = pack(bytes);
    assert.deepEqual(Buffer.from(decode(codec, packed, bytes.length)), Buffer.from(bytes));
    assert.throws(() => decode(codec, packed, bytes.length - 1), { name: 'BtfError', code: 'too_large' });
  });

  test(`${name}: cut off anywhere`, () => {
    const packed = pack(everyKind());
    let boundaries = 0;
    for (let length = 1; length < packed.length; ++length) {
      try {
        decode(codec, packed.subarray(0, length), 2 ** 20);
        ++boundaries; // between two members or frames
      } catch (error) {
        assert.equal(error.name, 'BtfError', `${length} bytes: ${error.stack}`);
        assert.equal(error.code, 'malformed');
      }
    }
    assert.ok(boundaries <= (name.includes('frames') ? 2 : name.includes('members') ? 1 : 0), `${boundaries} cuts went unnoticed`);
  });
}

test('gzip and zlib check their sums', () => {
  for (const codec of ['gzip', 'zlib']) {
    const bytes = everyKind();
    const packed = packers[codec](bytes);
    packed[packed.length - (codec === 'gzip' ? 5 : 1)] ^= 1;
    assert.throws(() => decode(codec, packed, bytes.length), { code: 'malformed', message: /checksum/ });
  }
});

test('a bomb is stopped at its limit', () => {
  const limit = 2 ** 20;
  const start = process.memoryUsage().rss;
  const zeros = new Uint8Array(256 * 2 ** 20);
  const bombs = { gzip: gzipSync(zeros), zlib: deflateSync(zeros), zstd: zstdFrame(Array(2048).fill({ repeat: 128 * 1024, byte: 0 }), { size: false }) };
  for (const [codec, bomb] of Object.entries(bombs)) {
    assert.ok(bomb.length < limit);
    assert.throws(() => decode(codec, bomb, limit), { code: 'too_large' }, codec);
  }
  // One that lies about its size, and one that wants a window of 1.75 TiB.
  const lying = zstdFrame([Uint8Array.of(1)]);
  lying.writeUInt32LE(2 ** 30, 5);
  assert.throws(() => decode('zstd', lying, 2 ** 31), { code: 'malformed' });
  const wide = zstdFrame([Uint8Array.of(1)], { size: false });
  wide[5] = 0xf7;
  assert.throws(() => decode('zstd', wide, 2 ** 31), { code: 'malformed', message: /window/ });
  assert.ok(process.memoryUsage().rss - start < 600 * 2 ** 20);
});

test('codecs without a decoder are named', async () => {
  for (const codec of ['xz', 'bzip2', 'lzma', 'lzo'])
    assert.throws(() => decode(codec, Uint8Array.of(1, 2, 3), 100), { name: 'BtfError', code: 'not_supported', message: new RegExp(codec) });
  const xz = Uint8Array.from([0xfd, ...Buffer.from('7zXZ\0'), ...new Uint8Array(60)]);
  assert.throws(() => Btf.fromBytes(xz), { name: 'BtfError', code: 'not_supported', message: /xz.*Btf\.load/ });
  await assert.rejects(Btf.load(xz), { name: 'BtfError', code: 'malformed', message: /xz data/ });
});

/** A file of some size that does not pack to nothing. */
const content = Uint8Array.from([...everyKind(), ...randomBytes(200_000), ...Buffer.from('task_struct '.repeat(30_000)), ...new Uint8Array(100_000)]);
const pack = (program, args, input) => execFileSync(program, args, { input, maxBuffer: 2 ** 30, stdio: ['pipe', 'pipe', 'ignore'] });

const lz4 = program('lz4');
for (const args of [['-1'], ['-9', '-BD', '-B4'], ['-1', '--no-frame-crc'], ['-1', '-BX', '-B7'], ['-l'], ['-1', '--content-size']])
  test(`lz4 ${args.join(' ')}: unpacks, within its limit, cut off anywhere`, { skip: needs({ lz4 }) }, () => {
    const packed = pack(lz4, ['-c', ...args], content);
    assert.ok(Buffer.from(decode('lz4', packed, content.length)).equals(Buffer.from(content)));
    assert.throws(() => decode('lz4', packed, content.length - 1), { code: 'too_large' });
    assert.ok(Buffer.from(decode('lz4', Buffer.concat([packed, packed]), 2 * content.length)).equals(Buffer.concat([content, content])));
    for (let length = 5; length < packed.length; length += 997) {
      const cut = packed.subarray(0, length);
      try {
        assert.ok(decode('lz4', cut, content.length).length < content.length, 'between two chunks');
      } catch (error) {
        assert.deepEqual([error.name, error.code], ['BtfError', 'malformed'], `${length} bytes: ${error.stack}`);
      }
    }
    for (let round = 0; round < 200; ++round) {
      const broken = Buffer.from(packed);
      broken[(round * 7919) % broken.length] ^= 1 << round % 8;
      try {
        decode('lz4', broken, 4 * content.length); // checksums are skipped
      } catch (error) {
        assert.equal(error.name, 'BtfError', error.stack);
      }
    }
  });

const xz = program('xz');
test('xz: Btf.load unpacks it, within its limit, and says what is broken', { skip: needs({ xz }) }, async () => {
  const elf = makeElf([{ name: '.BTF', bytes: everyKind() }, { name: '.data', bytes: content }]);
  for (const args of [['-1'], ['-9', '--check=crc32'], ['--check=none']]) {
    const packed = pack(xz, ['-c', ...args], elf);
    const btf = await Btf.load(packed, { name: 'x.ko.xz' });
    assert.deepEqual([btf.typeCount, btf.summary.wrappers, btf.name], [21, ['xz'], 'x.ko.xz']);
    assert.equal((await Btf.fromBlob(new Blob([packed]))).typeCount, 21);
    await assert.rejects(Btf.load(packed, { maxDecoded: elf.length - 1 }), { name: 'BtfError', code: 'too_large' });
    await assert.rejects(Btf.load(packed.subarray(0, packed.length - 40)), { name: 'BtfError', code: 'malformed' });
    const broken = Buffer.from(packed);
    broken[broken.length >> 1] ^= 255;
    if (!args.includes('--check=none')) await assert.rejects(Btf.load(broken), { name: 'BtfError', code: 'malformed' });
  }
  await assert.rejects(Btf.load(pack(xz, ['-c', '--x86', '--lzma2'], elf)), { name: 'BtfError', code: 'not_supported', message: /xz -d/ });
  assert.throws(() => Btf.fromBytes(pack(xz, ['-c'], elf)), { code: 'not_supported', message: /Btf\.load/ });
});

test('kernel images and modules of the corpus, whatever packs them', { skip: needs({ 'the corpus': filesBelow(corpus).length > 0 }) }, async () => {
  const packed = filesBelow(corpus).filter((path) => /\.xz$/.test(path)).slice(0, 3);
  for (const path of packed) {
    const btf = await Btf.load(path);
    assert.equal(btf.summary.wrappers[0], 'xz');
    assert.ok(btf.typeCount > 1000, path);
    btf.close();
  }
});

test('compressed files open, and say what was unpacked', () => {
  const elf = makeElf([{ name: '.BTF', bytes: everyKind() }]);
  for (const [bytes, wrappers] of [[gzipSync(elf), ['gzip']], [zstdFrame([elf]), ['zstd']], [gzipSync(zstdFrame([elf])), ['gzip', 'zstd']]]) {
    const { summary } = Btf.fromBytes(bytes);
    assert.deepEqual([summary.typeCount, summary.wrappers, summary.size], [21, wrappers, bytes.length]);
  }
  assert.throws(() => Btf.fromBytes(gzipSync(elf), { maxDecoded: elf.length - 1 }), { code: 'too_large' });
});

test('compressed .BTF sections open', () => {
  for (const big of [false, true]) {
    const btf = everyKind(big);
    for (const [type, packed] of [[1, deflateSync(btf)], [2, zstdFrame([btf])]]) {
      const section = { name: '.BTF', flags: 0x800, bytes: compressedSection(type, packed, btf.length, big) };
      assert.equal(Btf.fromBytes(makeElf([section], { big })).require('node', 'struct').size, 24);
    }
  }
});

const modules = filesBelow(join(corpus, 'modules'));
const zst = modules.find((path) => path.endsWith('veth.ko.zst'));
const gz = modules.find((path) => path.endsWith('veth.ko.gz'));
test('a shipped module unpacks to the same bytes from gzip and zstd', { skip: needs({ 'the corpus': zst && gz }) }, () => {
  const [fromZstd, fromGzip] = [decode('zstd', readFileSync(zst), 2 ** 26), decode('gzip', readFileSync(gz), 2 ** 26)];
  assert.ok(fromZstd.length > 10_000);
  assert.deepEqual(Buffer.from(fromZstd), Buffer.from(fromGzip));
});

const zstd = program('zstd');
test('the zstd command’s own output, at several levels', { skip: needs({ zstd, xz: program('xz'), 'the corpus': gz }) }, async () => {
  const { execFileSync } = await import('node:child_process');
  const bytes = unxz(filesBelow(join(corpus, 'kernels'))[0]);
  for (const args of [['-3'], ['-19'], ['-3', '--no-content-size', '--no-check']]) {
    const packed = execFileSync(zstd, [...args, '-c'], { input: bytes, maxBuffer: 2 ** 30 });
    assert.ok(Buffer.from(decode('zstd', packed, bytes.length)).equals(bytes), args.join(' '));
  }
});

test('a .BTF.ext that can not be unpacked costs only itself; a .BTF says where', () => {
  const broken = compressedSection(1, Uint8Array.of(1, 2, 3), 100, false);
  const plain = { name: '.BTF', bytes: everyKind() };
  const opened = Btf.fromBytes(makeElf([plain, { name: '.BTF.ext', flags: 0x800, bytes: broken }]));
  assert.equal(opened.require('node', 'struct').size, 24);
  assert.equal(opened.summary.warnings.length, 1);
  assert.equal(opened.summary.warnings[0].section, '.BTF.ext');
  assert.throws(() => Btf.fromBytes(makeElf([{ name: '.BTF', flags: 0x800, bytes: broken }])), { name: 'BtfError', code: 'malformed', section: '.BTF' });
});
