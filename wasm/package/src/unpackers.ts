// gzip and zlib with fflate, zstd with fzstd, lz4.
import { FlateErrorCode, Gunzip, Unzlib } from 'fflate';
import { ZstdErrorCode } from 'fzstd';
import { malformed, type Codec, type Gathered } from './decoders.js';
import { unpackLz4 } from './lz4.js';
import { unpackZstd } from './zstd.js';

/** Bytes handed to the inflater at a time. Deflate grows data at most 1032 times, so this bounds how far it overshoots a limit. */
const chunk = 16 * 1024;

/** Unpacks into `gathered`. Throws BtfErrors of its own and what the libraries throw. */
export function unpack(codec: 'gzip' | 'zlib' | 'zstd' | 'lz4', packed: Uint8Array, gathered: Gathered): void {
  ({ gzip: unpackGzip, zlib: unpackZlib, zstd: unpackZstd, lz4: unpackLz4 })[codec](packed, gathered);
}

/** What the libraries throw at an unexpected end: an Error with their own code, or a DataView's RangeError. */
export function endsEarly(codec: Codec, cause: unknown): boolean {
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
  if (packed.length < 6) throw new RangeError();
  push(stream, packed);
  if (new DataView(packed.buffer, packed.byteOffset + packed.length - 4).getUint32(0) !== sum) throw malformed('zlib', 'their checksum is wrong');
}

/** One or more members, each with its own checksum (RFC 1952). */
function unpackGzip(packed: Uint8Array, gathered: Gathered): void {
  let sum = 0;
  if (packed.length < 18) throw new RangeError();
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
