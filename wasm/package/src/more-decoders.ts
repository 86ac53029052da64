// Compressions that few inputs have, in a file of their own that is loaded when one turns up.
import type { Codec } from './decoders.js';
import { BtfError } from './error.js';

/** As decode(). */
export function decodeMore(codec: Codec, _packed: Uint8Array, _maxSize: number): Uint8Array {
  throw new BtfError('not_supported', `compressed with ${codec}, and there is no decoder for it: unpack it first (${codec} -d)`);
}
