// Zstandard frames (RFC 8878), one by one: fzstd is quick when it may write straight into room of the right size, and that size is
// in the header of nearly every frame. Checksums (xxHash-64) are skipped, as fzstd does.
import { decompress, Decompress } from 'fzstd';
import type { Gathered } from './decoders.js';

/** A block's content is never longer (bytes). */
const longestBlock = 128 * 1024;
/** Bytes that a frame of unknown size may want for its window; what the zstd command accepts without being told otherwise. */
const widestWindow = 128 * 1024 * 1024;

interface Frame {
  end: number;
  /** Bytes; undefined when the header does not say. */
  size: number | undefined;
  window: number;
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
      gathered.add(decompress(bytes, new Uint8Array(frame.size)));
    } else {
      if (frame.window > widestWindow) throw new Error(`it wants a window of ${frame.window} bytes`);
      new Decompress((block) => gathered.add(block)).push(bytes, true);
    }
    at = frame.end;
  }
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
  for (let last = 0; last === 0; ++blocks) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    last = header & 1;
    at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3); // a repeated byte, or as many bytes as it says
  }
  if ((descriptor >> 2) & 1) at += 4;
  if (at > view.byteLength) throw new RangeError();
  if (size !== undefined && size > blocks * longestBlock) throw new Error(`${blocks} blocks can't hold the ${size} bytes it promises`);
  return { end: at, size, window };
}
