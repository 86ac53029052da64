// Bytes as a value of a type: pasted as hexadecimal digits, or out of a file.
import { html, render } from 'lit-html';
import { counted } from './format.ts';
import type { OpenFile } from './state.ts';

let last: { file: OpenFile; row: number; element: HTMLElement } | undefined;

/** Made once per type: what was typed stays while the page is rendered. */
export function decodeView(file: OpenFile, row: number): HTMLElement {
  if (last?.file === file && last.row === row) return last.element;
  const element = document.createElement('div');
  element.className = 'decode';
  const size = file.types.size(row);
  let bytes = new Uint8Array(0);
  let question = 0;

  const part = <T extends Element>(selector: string) => element.querySelector(selector) as T;
  const say = (text: string) => {
    part<HTMLElement>('.decode-said').textContent = text;
  };
  const decode = async () => {
    const mine = ++question;
    const output = part<HTMLElement>('.decode-value');
    if (bytes.length === 0) return void (output.textContent = '');
    const order = part<HTMLSelectElement>('select').value as 'little' | 'big' | '';
    try {
      const text = await file.session.ask('decode', { id: file.types.id(row), bytes, order: order || undefined });
      if (mine === question) output.textContent = text;
    } catch (error) {
      if (mine !== question) return;
      output.textContent = '';
      say(error instanceof Error ? error.message : String(error));
    }
  };
  const typed = (event: Event) => {
    const read = fromHex((event.target as HTMLTextAreaElement).value);
    if (typeof read === 'string') return say(read);
    bytes = read;
    say(bytes.length > 0 ? counted(bytes.length, 'byte') : '');
    void decode();
  };
  const chosen = async (event: Event) => {
    const picked = (event.target as HTMLInputElement).files?.[0];
    if (!picked) return;
    bytes = new Uint8Array(await picked.slice(0, longest).arrayBuffer());
    part<HTMLTextAreaElement>('textarea').value = '';
    say(`${counted(bytes.length, 'byte')} of ${picked.name}`);
    void decode();
  };

  render(
    html`
      <p class="decode-hint">
        ${size === undefined ? 'Bytes of a value of this type' : `${counted(size, 'byte')} make one; more are several, one behind the other`}: paste them as
        hexadecimal digits (as <code>bpftool map dump</code>, <code>xxd -p</code> or a debugger prints them), or take a file.
      </p>
      <label class="decode-field">Bytes
        <textarea rows="4" spellcheck="false" autocomplete="off" placeholder="01 00 00 00 2a …" @input=${typed}></textarea>
      </label>
      <p class="decode-bar">
        <label class="field">Byte order
          <select @change=${decode}>
            <option value="">as the file</option>
            <option value="little">little-endian</option>
            <option value="big">big-endian</option>
          </select>
        </label>
        <label class="field">File <input type="file" @change=${chosen} /></label>
        <output class="decode-said" aria-live="polite"></output>
      </p>
      <div class="code"><pre tabindex="0" role="region" aria-label="Value"><code class="decode-value"></code></pre></div>
    `,
    element,
  );
  last = { file, row, element };
  return element;
}

/** Bytes of a file that are read. */
const longest = 1 << 20;

/** "0x01 02:03", "\x01\x02"; addresses in front of a line ("00000010: ") are left out. Words that are no bytes: what is wrong with them. */
function fromHex(text: string): Uint8Array<ArrayBuffer> | string {
  const digits = text
    .replace(/^[ \t]*[0-9a-f]{4,16}:(?=\s)/gim, '')
    .replace(/\\x|\b0x/gi, ' ')
    .replace(/[\s,:;[\]{}]+/g, ' ')
    .trim();
  if (digits === '') return new Uint8Array(0);
  const bytes: number[] = [];
  for (const word of digits.split(' ')) {
    if (!/^[0-9a-f]+$/i.test(word)) return `“${word.slice(0, 20)}” is no hexadecimal number`;
    if (word.length > 1 && word.length % 2 !== 0) return `“${word.slice(0, 20)}” has an odd number of digits`;
    for (let i = 0; i < word.length; i += 2) bytes.push(parseInt(word.slice(i, i + 2), 16));
  }
  return Uint8Array.from(bytes);
}
