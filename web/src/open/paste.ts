// Pasting opens files that were copied in a file manager, and text that spells the bytes of one: hexadecimal digits (xxd, xxd -p,
// hexdump -C, C arrays) or base64.
import type { App } from '../page/app.ts';

export function acceptPastes(app: App): void {
  addEventListener('paste', (event) => {
    const { clipboardData } = event;
    if (!clipboardData || event.defaultPrevented || isField(event.target)) return;
    const files = [...clipboardData.files];
    const text = clipboardData.getData('text/plain');
    if (files.length === 0 && text.trim() === '') return;
    event.preventDefault();
    if (files.length > 0) return void app.openAll(files);
    const bytes = spelled(text);
    if (bytes) return void app.openAll([new File([bytes], 'pasted')]);
    app.dismissFaults();
    app.refuse(
      'The pasted text is no file',
      'Copy the file itself and paste that, or drop it here. Text can be opened when it spells BTF or an ELF as hexadecimal digits or base64, as from xxd -p or base64.',
    );
  });
}

/** Fields have their own use for what is pasted. */
function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

/** The bytes that a text spells, when they start as a file does that can be opened. */
export function spelled(text: string): Uint8Array<ArrayBuffer> | undefined {
  return [fromHex(text), fromBase64(text)].find((bytes) => bytes && starts.some((start) => start.every((byte, i) => bytes[i] === byte)));
}

/** BTF of both byte orders, ELF, gzip, xz, zstd. */
const starts = [[0x9f, 0xeb], [0xeb, 0x9f], [0x7f, 0x45, 0x4c, 0x46], [0x1f, 0x8b], [0xfd, 0x37, 0x7a, 0x58], [0x28, 0xb5, 0x2f, 0xfd]];

function fromHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = text.split('\n').map(digitsOf).join('').replace(/0x|\\x/gi, '').replace(/[\s,;{}"]+/g, '');
  if (digits.length === 0 || digits.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** A line without what xxd and hexdump -C put around the digits: "00000010: 9feb 0100  ....", "00000010  9f eb  01 00  |....|". */
function digitsOf(line: string, at: number, lines: readonly string[]): string {
  const xxd = /^\s*[0-9a-f]+: (.*?)(?:  .*)?$/i.exec(line);
  if (xxd) return xxd[1]!;
  const hexdump = /^[0-9a-f]{8}  (.*?)(?: +\|.*\|)?\s*$/i.exec(line);
  if (hexdump) return hexdump[1]!;
  const size = at > 0 && /^[0-9a-f]{8}\s*$/i.test(line) && /^0{8}  /.test(lines[0]!); // hexdump ends with it
  return size ? '' : line;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text.replace(/\s/g, '')), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
