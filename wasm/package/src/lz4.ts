// LZ4 in both forms: frames, and the older one that kernels are packed with, which is chunks of up to 8 MiB behind their packed sizes
// and has no end but that of the data. Checksums (xxHash-32) are skipped, as zstd's are.
import type { Gathered } from './decoders.js';

const frameMagic = 0x184d2204;
const legacyMagic = 0x184c2102;
const skippable = 0x184d2a50;
/** Bytes that a chunk of the older form unpacks to at most, and that it takes at most. */
const legacyChunk = 8 * 1024 * 1024;
const longestPacked = legacyChunk + Math.floor(legacyChunk / 255) + 16;

/** Unpacks one block behind `before` bytes of `out`, to which it may refer back; how many bytes there are then. */
function unpackBlock(packed: Uint8Array, out: Uint8Array, before: number): number {
  let at = 0;
  let to = before;
  const length = (short: number): number => {
    if (short < 15) return short;
    for (let total = short; ; ) {
      const byte = packed[at++];
      if (byte === undefined) throw new RangeError();
      total += byte;
      if (byte !== 255) return total;
    }
  };
  while (at < packed.length) {
    const token = packed[at++]!;
    const literals = length(token >> 4);
    if (literals > packed.length - at) throw new RangeError();
    if (literals > out.length - to) throw new Error('a block is longer than it may be');
    out.set(packed.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at === packed.length) return to; // the last sequence has literals only
    if (at + 2 > packed.length) throw new RangeError();
    const back = packed[at]! | (packed[at + 1]! << 8);
    at += 2;
    const match = length(token & 15) + 4;
    if (back === 0 || back > to) throw new Error('a block refers to bytes before its start');
    if (match > out.length - to) throw new Error('a block is longer than it may be');
    if (back >= match) out.copyWithin(to, to - back, to - back + match);
    else for (let i = 0; i < match; ++i) out[to + i] = out[to + i - back]!;
    to += match;
  }
  throw new RangeError();
}

/** Throws a RangeError when the input ends too early, as DataView does. */
export function unpackLz4(packed: Uint8Array, gathered: Gathered): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  let at = 0;
  if (packed.length < 4) throw new RangeError();
  while (packed.length - at >= 4) {
    const magic = view.getUint32(at, true);
    if (magic === frameMagic) at = frame(view, packed, at + 4, gathered);
    else if (magic === legacyMagic) at = legacy(view, packed, at + 4, gathered);
    else if ((magic & ~0xf) >>> 0 === skippable) at += 8 + view.getUint32(at + 4, true);
    else return; // what stands behind the data is nobody's
    if (at > packed.length) throw new RangeError();
  }
}

/** Chunks until one that can't be; where that is. */
function legacy(view: DataView, packed: Uint8Array, at: number, gathered: Gathered): number {
  while (at < packed.length) {
    const size = view.getUint32(at, true);
    if (size === 0 || size > longestPacked) return at;
    if (size > packed.length - at - 4) throw new RangeError();
    const out = new Uint8Array(Math.min(legacyChunk, size * 255)); // a byte unpacks to 255 at most
    gathered.add(out.subarray(0, unpackBlock(packed.subarray(at + 4, at + 4 + size), out, 0)));
    at += 4 + size;
  }
  return at;
}

/** One frame behind its magic number; where it ends. */
function frame(view: DataView, packed: Uint8Array, at: number, gathered: Gathered): number {
  const flags = view.getUint8(at);
  const limit = 1 << (8 + 2 * ((view.getUint8(at + 1) >> 4) & 7)); // bytes of a block: 64 KiB to 4 MiB
  if (flags >> 6 !== 1) throw new Error('a frame of an unknown version');
  if (limit < 65536) throw new Error('a frame with blocks of no known size');
  at += 3 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0); // its size, a dictionary
  const linked = (flags & 0x20) === 0;
  const window = 65536;
  let out = new Uint8Array(limit + window);
  let before = 0; // bytes of earlier blocks that this one may refer to
  for (;;) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) return at + (flags & 4 ? 4 : 0);
    const size = word & 0x7fffffff;
    if (size > packed.length - at) throw new RangeError();
    const block = packed.subarray(at, at + size);
    at += size + (flags & 0x10 ? 4 : 0);
    let end: number;
    if (word >>> 31) {
      if (size > limit) throw new Error('a block is longer than it may be');
      out.set(block, before);
      end = before + size;
    } else {
      end = unpackBlock(block, out.subarray(0, before + limit), before);
    }
    gathered.add(out.slice(before, end));
    if (!linked) continue;
    const kept = Math.min(window, end);
    out.copyWithin(0, end - kept, end);
    before = kept;
  }
}
