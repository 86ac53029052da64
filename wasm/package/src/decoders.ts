// Compressed inputs, unpacked synchronously. What comes out is never longer than the caller allows, whatever the input claims.
import { BtfError } from './error.js';

/**
 * The decoders: bundled into this file, but run at the first call only. Their libraries fill tables when they start, which takes
 * longer than opening a kernel's BTF that is not compressed.
 */
declare const require: (path: './unpackers.js') => typeof import('./unpackers.js');

/** How a piece of an input may be compressed; core's spelling. */
export type Codec = 'zlib' | 'gzip' | 'zstd' | 'xz' | 'lz4' | 'bzip2' | 'lzma' | 'lzo';

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
export function isSynchronous(codec: Codec): codec is 'gzip' | 'zlib' | 'zstd' | 'lz4' {
  return codec === 'gzip' || codec === 'zlib' || codec === 'zstd' || codec === 'lz4';
}

/** Unpacks `packed`. Errors: malformed, too_large, not_supported. */
export function decode(codec: Codec, packed: Uint8Array, maxSize: number): Uint8Array {
  if (codec === 'xz') throw new BtfError('not_supported', 'compressed with xz, which `await Btf.load()` unpacks, not Btf.open()');
  if (!isSynchronous(codec)) throw new BtfError('not_supported', `compressed with ${codec}, and there is no decoder for it: unpack it first (${codec} -d)`);
  const { unpack, endsEarly } = require('./unpackers.js');
  const gathered = new Gathered(codec, maxSize);
  try {
    unpack(codec, packed, gathered);
  } catch (cause) {
    if (cause instanceof BtfError) throw cause;
    throw malformed(codec, endsEarly(codec, cause) ? 'they end too early' : cause instanceof Error ? cause.message : String(cause), cause);
  }
  return gathered.join();
}

/** @internal */
export function malformed(codec: Codec, why: string, cause?: unknown): BtfError {
  return new BtfError('malformed', `${codec} data: ${why}`, { cause });
}
