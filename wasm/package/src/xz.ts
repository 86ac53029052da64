// xz, in a file of its own that is loaded when such an input turns up: its decoder is WebAssembly, made for streams.
import { XzReadableStream } from 'xz-decompress';
import { Gathered, type Codec } from './decoders.js';
import { BtfError } from './error.js';

/** xz-embedded's numbers, which the library hides in its messages. */
const unknownOptions = 6;
const cut = 8;

/** As decode(), for what only Btf.load() takes. */
export async function unpackXz(codec: Codec, packed: Uint8Array, maxSize: number): Promise<Uint8Array> {
  if (codec !== 'xz') throw new BtfError('not_supported', `compressed with ${codec}, and there is no decoder for it: unpack it first (${codec} -d)`);
  const gathered = new Gathered(codec, maxSize);
  const bytes = packed.slice(); // WebAssembly's memory may move while we wait
  const input = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  try {
    const reader = new XzReadableStream(input).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) gathered.add(piece.value.slice());
  } catch (cause) {
    if (cause instanceof BtfError) throw cause;
    const code = Number(/error code (\d+)/.exec(String(cause))?.[1]);
    if (code === unknownOptions)
      throw new BtfError('not_supported', 'xz data: made with filters that this decoder does not know: unpack it first (xz -d)', { cause });
    throw new BtfError('malformed', code === cut ? 'xz data: they end too early' : `xz data: corrupt (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
  return gathered.join();
}
