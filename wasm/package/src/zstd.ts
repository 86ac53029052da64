// Zstandard frames (RFC 8878), one by one: fzstd is quick when it may write straight into room of the right size, and that size is
// in the header of nearly every frame. Checksums (xxHash-64) are skipped, as fzstd does.
import { decompress, Decompress } from 'fzstd';
import type { Gathered } from './decoders.js';

/** A block's content is never longer (bytes). */
const longestBlock = 128 * 1024;
/** Bytes that a frame of unknown size may want for its window; what the zstd command accepts without being told otherwise. */
const widestWindow = 128 * 1024 * 1024;

/** Bytes of room that a frame of unknown size may get at once. */
const mostRoom = 256 * 1024 * 1024;

interface Frame {
  end: number;
  /** Bytes; undefined when the header does not say. */
  size: number | undefined;
  window: number;
  /** Where its last block's header is. */
  lastBlock: number;
  /** Bytes behind its last block: a checksum, or none. */
  trailer: number;
  /** Bytes that its blocks can hold at most. */
  most: number;
}

export function unpackZstd(packed: Uint8Array, gathered: Gathered): void {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
  for (let at = 0; at < packed.length; ) {
    if (at > 0 && !beginsFrame(packed.subarray(at, at + 4))) return; // what stands behind the data is nobody's
    const magic = view.getUint32(at, true);
    if ((magic & ~0xf) >>> 0 === 0x184d2a50) {
      at += 8 + view.getUint32(at + 4, true); // skippable
      if (at > packed.length) throw new RangeError();
      continue;
    }
    if (magic !== 0xfd2fb528) throw new Error(`no frame at byte ${at}`);
    const frame = measure(view, at);
    const bytes = packed.subarray(at, frame.end);
    if (frame.size !== undefined) {
      gathered.check(frame.size);
      gathered.add(decompress(bytes, room(frame.size)).subarray());
    } else {
      if (frame.window > widestWindow) throw new Error(`it wants a window of ${frame.window} bytes`);
      if (frame.most <= Math.min(mostRoom, 4 * gathered.limit)) gathered.add(decompressAtOnce(bytes, frame, at));
      // A stream moves its whole window at each block: of kernel images, 128 MiB hundreds of times.
      else new Decompress((block) => gathered.add(block)).push(bytes, true);
    }
    at = frame.end;
  }
}

/** Room to unpack into. fzstd asks `room == 1`, for which JavaScript would write all its bytes as text: seconds, for a kernel. */
function room(size: number): Uint8Array {
  return Object.defineProperty(new Uint8Array(size), Symbol.toPrimitive, { value: () => NaN });
}

/**
 * Into room for the most that can come. How much came is told by a mark behind it, put there as a block of its own: bytes that no
 * input can foresee, as fzstd leaves scraps in the rest of the room.
 */
function decompressAtOnce(bytes: Uint8Array, { lastBlock, trailer, most }: Frame, start: number): Uint8Array {
  const mark = Uint8Array.from({ length: 16 }, () => 1 + Math.floor(255 * Math.random()));
  const marked = new Uint8Array(bytes.length + 3 + mark.length);
  const end = bytes.length - trailer;
  marked.set(bytes.subarray(0, end));
  marked[lastBlock - start]! &= ~1; // no longer the last
  marked.set([(mark.length << 3) | 1, 0, 0, ...mark], end);
  marked.set(bytes.subarray(end), end + 3 + mark.length);
  const filled = decompress(marked, room(most + mark.length));
  let size = filled.lastIndexOf(mark[0]!, most);
  while (!mark.every((byte, i) => filled[size + i] === byte)) size = filled.lastIndexOf(mark[0]!, size - 1);
  return filled.subarray(0, size);
}

/** Also true of the beginning of a frame that is cut off. */
function beginsFrame(bytes: Uint8Array): boolean {
  const fits = (magic: readonly number[]): boolean => bytes.every((byte, i) => byte === magic[i]);
  return fits([0x28, 0xb5, 0x2f, 0xfd]) || fits([0x50 | (bytes[0]! & 0xf), 0x2a, 0x4d, 0x18]);
}

/** Throws a RangeError when the input ends too early, as DataView does. */
function measure(view: DataView, start: number): Frame {
  const descriptor = view.getUint8(start + 4);
  const single = (descriptor >> 5) & 1;
  let at = start + 5;
  let window = 0;
  if (!single) {
    const byte = view.getUint8(at++);
    window = 2 ** (10 + (byte >> 3)) * (1 + (byte & 7) / 8);
  }
  at += [0, 1, 2, 4][descriptor & 3]!; // dictionary id
  let size: number | undefined;
  switch (descriptor >> 6) {
    case 0: size = single ? view.getUint8(at++) : undefined; break;
    case 1: size = view.getUint16(at, true) + 256; at += 2; break;
    case 2: size = view.getUint32(at, true); at += 4; break;
    case 3: size = Number(view.getBigUint64(at, true)); at += 8; break;
  }
  let blocks = 0;
  let lastBlock = at;
  let most = 0;
  for (let last = 0; last === 0; ++blocks) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const length = header >> 3;
    const kind = (header >> 1) & 3; // as it is, a byte repeated, compressed
    last = header & 1;
    lastBlock = at;
    most += kind === 2 ? longestBlock : length;
    at += 3 + (kind === 1 ? 1 : length);
  }
  const trailer = (descriptor >> 2) & 1 ? 4 : 0;
  at += trailer;
  if (at > view.byteLength) throw new RangeError();
  if (size !== undefined && size > blocks * longestBlock) throw new Error(`${blocks} blocks can't hold the ${size} bytes it promises`);
  return { end: at, size, window, lastBlock, trailer, most };
}
