// Bytes as values, one behind the other: as many as anybody reads, and what is left over behind the last whole one.
import type { Btf } from 'btfkit';
import type { Decoded, Questions } from '../common/messages.ts';
import { readable } from './values-read.ts';

/** Bytes that are written out as values. */
const most = 1 << 15;

export function decode(btf: Btf, about: Questions['decode']['about']): Decoded {
  const { text, ...facts } = values(btf, about);
  return { text: readable(btf, about.id, text, { hex: about.hex, order: about.order ?? btf.byteOrder }), ...facts };
}

function values(btf: Btf, { id, bytes, order, at }: Questions['decode']['about']): Decoded {
  const size = btf.get(id).byteSize;
  const options = { zeros: true, ...(order && { order }) };
  const room = bytes.length - at;
  if (size === 0 || room < size) return { text: btf.decodeToC(id, bytes, { ...options, at, partial: true }), size, records: 0, shown: 0, left: room };
  const records = Math.floor(room / size);
  const left = room - records * size;
  const shown = Math.min(records, Math.max(1, Math.floor(most / size)));
  const end = at + shown * size;
  let text = btf.decodeToC(id, bytes.subarray(0, end), { ...options, at, ...(records > 1 || left > 0 ? { count: 'all' as const } : {}) });
  if (left > 0 && shown === records) {
    const rest = btf.decodeToC(id, bytes, { ...options, at: end, partial: true });
    text = `${text.trimEnd()}\n/* ${records} at 0x${end.toString(16)}: only ${left} of ${size} bytes */\n${rest}`;
  }
  return { text, size, records, shown, left };
}
