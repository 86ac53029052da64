// Compressed inputs, unpacked synchronously: gzip and zlib with fflate, zstd with fzstd, lz4 (libraries are bundled into this file by the build). What comes out is never
// longer than the caller allows, whatever the input claims.
import { FlateErrorCode, Gunzip, Unzlib } from 'fflate';
import { ZstdErrorCode } from 'fzstd';
import { BtfError } from './error.js';
import { unpackLz4 } from './lz4.js';
import { unpackZstd } from './zstd.js';

/** How a piece of an input may be compressed; core's spelling. */
export type Codec = 'zlib' | 'gzip' | 'zstd' | 'xz' | 'lz4' | 'bzip2' | 'lzma' | 'lzo';

/** Bytes handed to the inflater at a time. Deflate grows data at most 1032 times, so this bounds how far it overshoots a limit. */
const chunk = 16 * 1024;

/** Gathers pieces and refuses to gather more than `limit` bytes. */
export class Gathered {
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(
    readonly codec: Codec,
    readonly limit: number,
  ) {}

  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    this.check(0);
    if (bytes.length > 0) this.#pieces.push(bytes);
  }

  /** Throws when `more` bytes would be too many. */
  check(more: number): void {
    if (this.#size + more > this.limit) throw new BtfError('too_large', `${this.codec} data unpack to more than ${this.limit} bytes`);
  }

  join(): Uint8Array {
    if (this.#pieces.length === 1) return this.#pieces[0]!;
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const bytes of this.#pieces) {
      all.set(bytes, at);
      at += bytes.length;
    }
    return all;
  }
}

/** Whether decode() below knows it; xz is in xz.js, which is loaded when it is needed. */
export function isSynchronous(codec: Codec): boolean {
  return codec === 'gzip' || codec === 'zlib' || codec === 'zstd' || codec === 'lz4';
}

/** Unpacks `packed`. Errors: malformed, too_large, not_supported. */
export function decode(codec: Codec, packed: Uint8Array, maxSize: number): Uint8Array {
  const gathered = new Gathered(codec, maxSize);
  try {
    if (codec === 'gzip') unpackGzip(packed, gathered);
    else if (codec === 'zlib') unpackZlib(packed, gathered);
    else if (codec === 'zstd') unpackZstd(packed, gathered);
    else if (codec === 'lz4') unpackLz4(packed, gathered);
    else if (codec === 'xz') throw new BtfError('not_supported', 'compressed with xz, which `await Btf.load()` unpacks, not Btf.open()');
    else throw new BtfError('not_supported', `compressed with ${codec}, and there is no decoder for it: unpack it first (${codec} -d)`);
  } catch (cause) {
    if (cause instanceof BtfError) throw cause;
    throw malformed(codec, endsEarly(codec, cause) ? 'they end too early' : cause instanceof Error ? cause.message : String(cause), cause);
  }
  return gathered.join();
}

function malformed(codec: Codec, why: string, cause?: unknown): BtfError {
  return new BtfError('malformed', `${codec} data: ${why}`, { cause });
}

/** What the libraries throw at an unexpected end: an Error with their own code, or a DataView's RangeError. */
function endsEarly(codec: Codec, cause: unknown): boolean {
  const code = codec === 'zstd' ? ZstdErrorCode.UnexpectedEOF : FlateErrorCode.UnexpectedEOF;
  return cause instanceof RangeError || (cause as { code?: number }).code === code;
}

function push(stream: { push(bytes: Uint8Array, final?: boolean): void }, packed: Uint8Array): void {
  for (let at = 0; at < packed.length; at += chunk) stream.push(packed.subarray(at, at + chunk), at + chunk >= packed.length);
}

function unpackZlib(packed: Uint8Array, gathered: Gathered): void {
  let sum = 1;
  const stream = new Unzlib((bytes) => {
    gathered.add(bytes);
    sum = adler32(bytes, sum);
  });
  if (packed.length < 6) throw malformed('zlib', 'they end too early');
  push(stream, packed);
  if (new DataView(packed.buffer, packed.byteOffset + packed.length - 4).getUint32(0) !== sum) throw malformed('zlib', 'their checksum is wrong');
}

/** One or more members, each with its own checksum (RFC 1952). */
function unpackGzip(packed: Uint8Array, gathered: Gathered): void {
  let sum = 0;
  if (packed.length < 18) throw malformed('gzip', 'they end too early');
  const check = (end: number) => {
    if (new DataView(packed.buffer, packed.byteOffset + end - 8).getUint32(0, true) !== sum) throw malformed('gzip', 'their checksum is wrong');
    sum = 0;
  };
  const stream = new Gunzip((bytes) => {
    gathered.add(bytes);
    sum = crc32(bytes, sum);
  });
  stream.onmember = check;
  push(stream, packed);
  check(packed.length);
}

function adler32(bytes: Uint8Array, sum: number): number {
  let a = sum & 0xffff;
  let b = sum >>> 16;
  for (let at = 0; at < bytes.length; ) {
    for (const end = Math.min(at + 3800, bytes.length); at < end; ++at) b += a += bytes[at]!; // 3800: no overflow of 32 bits
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

const crcTable = new Uint32Array(256).map((_, byte) => {
  for (let bit = 0; bit < 8; ++bit) byte = byte & 1 ? 0xedb88320 ^ (byte >>> 1) : byte >>> 1;
  return byte;
});

function crc32(bytes: Uint8Array, sum: number): number {
  let crc = ~sum;
  for (let at = 0; at < bytes.length; ++at) crc = crcTable[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
