// Opening an input: core says which bytes it needs, an Input or a Blob supplies them. Never the whole file, unless it is all BTF.
import type { Btf } from './btf.js';
import { decode, isSynchronous, type Codec } from './decoders.js';
import { Engine, engine, platform, type Input } from './engine.js';
import { BtfError, fromCore, parts, type BtfErrorInfo } from './error.js';
import type { Opened, Opening } from './glue.js';

/** How an input is opened. */
export interface OpenOptions {
  /** The BTF that a split BTF (a module's) continues, usually a vmlinux. It may be closed afterwards. */
  base?: Btf;
  /** The input's name in messages and in the summary; default: its path, the File's name, or "input". */
  name?: string;
  /** Show what can be shown of a damaged BTF; `summary.damage` then says what is wrong. Default: it is an error. */
  partial?: boolean;
  /** Open a BPF object without .BTF (stripped, or compiled without -g) too, for what else it says. Default: it is an error. */
  withoutBtf?: boolean;
  /** Bytes of a pointer; default: deduced from the BTF, then from the ELF. */
  pointerSize?: 4 | 8;
  /** Bytes that one compressed piece may unpack to; default: 1 GiB. */
  maxDecoded?: number;
}

/** What has been read of a Blob. Both grow; `needed` by what core finds it needs. */
export interface Progress {
  /** Bytes read so far. */
  readBytes: number;
  /** Bytes known to be needed so far, `readBytes` included. */
  needed: number;
}

/** Options of `Btf.fromBlob`. */
export interface BlobOptions extends OpenOptions {
  /** Called after each piece that was read. */
  onProgress?: (progress: Progress) => void;
  /** Stops reading; the promise is then rejected with the signal's reason. */
  signal?: { readonly aborted: boolean; readonly reason: unknown };
}

/** What is used of a `Blob` or `File`. */
export interface BlobLike {
  /** Bytes. */
  readonly size: number;
  readonly name?: string;
  /** The bytes from `start` to `end`. */
  slice(start: number, end: number): {
    /** As Blob's. */
    arrayBuffer(): Promise<ArrayBuffer>;
  };
}

/** An opened input and the instance it lives in. @internal */
export interface Loaded {
  engine: Engine;
  opened: Opened;
}

type Step =
  | { done: true }
  | { offset: number; length: number }
  | { codec: Codec; maxSize: number }
  | { error: BtfErrorInfo; text: string; typeName: string };

interface Need {
  offset: number;
  length: number;
}

/** Bytes asked of a Blob at a time, so that progress shows and a cancelled read ends soon. */
const piece = 4 * 1024 * 1024;

class Loading {
  readonly #engine: Engine;
  readonly #opening: Opening;

  constructor(size: number, options: OpenOptions, base: Loaded | undefined) {
    const { pointerSize = 0, maxDecoded = 0 } = options;
    if (pointerSize !== 0 && pointerSize !== 4 && pointerSize !== 8)
      throw new BtfError('invalid_argument', `pointerSize is ${String(pointerSize)}, 4 or 8 expected`);
    if (!(maxDecoded >= 0)) throw new BtfError('invalid_argument', `maxDecoded is ${String(maxDecoded)}, a number of bytes expected`);
    this.#engine = engine();
    void platform().expectMore();
    if (base && base.engine !== this.#engine) throw new BtfError('system', 'the WebAssembly instance that held the base has stopped: open it again');
    this.#opening = this.#engine.call((glue) => new glue.Opening(size, pointerSize, maxDecoded));
    if (base) this.#engine.call(() => this.#opening.setBase(base.opened));
    if (options.partial) this.#engine.call(() => this.#opening.setPartial());
    if (options.withoutBtf) this.#engine.call(() => this.#opening.setWithoutBtf());
  }

  /** What is needed next, with room made for it; nothing once the input is complete. Unpacks what is compressed on its way. */
  next(): Need | undefined {
    for (let need = this.#step(); ; need = this.#step()) {
      if (!need || 'offset' in need) return need;
      this.#unpack(need);
    }
  }

  /** The same, for all compressions: some decoders are loaded when they are needed. */
  async nextAsync(): Promise<Need | undefined> {
    for (let need = this.#step(); ; need = this.#step()) {
      if (!need || 'offset' in need) return need;
      if (isSynchronous(need.codec)) {
        this.#unpack(need);
        continue;
      }
      const { unpackXz } = await import('./xz.js');
      const packed = this.#engine.call(() => this.#opening.packed());
      await unpackXz(need.codec, packed, need.maxSize).then((bytes) => this.#supplyAll(bytes), (error: unknown) => this.#fail(error));
    }
  }

  #step(): Need | { codec: Codec; maxSize: number } | undefined {
    const step = JSON.parse(this.#engine.call(() => this.#opening.step())) as Step;
    if ('done' in step) return undefined;
    if ('error' in step) throw fromCore(step.error, step);
    if ('offset' in step) this.#prepare(step.length);
    return step;
  }

  #unpack({ codec, maxSize }: { codec: Codec; maxSize: number }): void {
    let bytes: Uint8Array;
    try {
      bytes = decode(codec, this.#engine.call(() => this.#opening.packed()), maxSize);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#supplyAll(bytes);
  }

  /** What can't be unpacked is core's to judge: without some sections an input is still worth opening. */
  #fail(error: unknown): void {
    if (!(error instanceof BtfError)) throw error;
    this.#engine.call(() => this.#opening.fail(parts(error)));
  }

  #supplyAll(bytes: Uint8Array): void {
    this.#prepare(bytes.length);
    this.room().set(bytes);
    this.supply();
  }

  #prepare(length: number): void {
    if (length >= 2 ** 31 || !this.#engine.call(() => this.#opening.prepare(length)))
      throw new BtfError('too_large', `${length} bytes are needed at once, more than WebAssembly's memory can take`);
  }

  /** The room for what next() asked for. Shows memory that may move: fetch it anew after every `await`. */
  room(): Uint8Array {
    return this.#engine.call(() => this.#opening.buffer());
  }

  supply(): void {
    this.#engine.call(() => this.#opening.feed());
  }

  take(name: string): Loaded {
    return { engine: this.#engine, opened: this.#engine.call(() => this.#opening.take(name)) };
  }

  close(): void {
    if (this.#engine.alive) this.#engine.call(() => this.#opening.delete());
  }
}

/** @internal */
export function load(input: Input, options: OpenOptions, base?: Loaded): Loaded {
  const loading = new Loading(input.size, options, base);
  try {
    for (let need = loading.next(); need; need = loading.next()) {
      input.read(need.offset, loading.room());
      loading.supply();
    }
    return loading.take(input.name);
  } finally {
    loading.close();
  }
}

/** As load(), for all compressions. @internal */
export async function loadAsync(input: Input, options: OpenOptions, base?: Loaded): Promise<Loaded> {
  const loading = new Loading(input.size, options, base);
  try {
    for (let need = await loading.nextAsync(); need; need = await loading.nextAsync()) {
      input.read(need.offset, loading.room());
      loading.supply();
    }
    await platform().expectMore();
    return loading.take(input.name);
  } finally {
    loading.close();
  }
}

/** @internal */
export async function loadBlob(blob: BlobLike, name: string, options: BlobOptions, base?: Loaded): Promise<Loaded> {
  const { signal, onProgress } = options;
  const loading = new Loading(blob.size, options, base);
  const progress: Progress = { readBytes: 0, needed: 0 };
  try {
    for (let need = await loading.nextAsync(); need; need = await loading.nextAsync()) {
      progress.needed += need.length;
      for (let at = 0; at < need.length; at += piece) {
        const length = Math.min(piece, need.length - at);
        if (signal?.aborted) throw signal.reason;
        const bytes = await readPiece(blob, need.offset + at, length);
        if (signal?.aborted) throw signal.reason;
        loading.room().set(bytes, at);
        progress.readBytes += length;
        onProgress?.({ ...progress });
      }
      loading.supply();
    }
    await platform().expectMore();
    return loading.take(name);
  } finally {
    loading.close();
  }
}

async function readPiece(blob: BlobLike, offset: number, length: number): Promise<Uint8Array> {
  let bytes: ArrayBuffer;
  try {
    bytes = await blob.slice(offset, offset + length).arrayBuffer();
  } catch (cause) {
    throw new BtfError('system', `can't be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (bytes.byteLength !== length)
    throw new BtfError('system', `${length} bytes at ${offset} were asked for, ${bytes.byteLength} came: has the file changed?`);
  return new Uint8Array(bytes);
}
