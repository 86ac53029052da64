// Bytes as values of a type: pasted as hexadecimal digits, or out of a file that was dropped here. The bytes stay when another type is
// chosen for them.
import { html, nothing, render } from 'lit-html';
import { linkedC } from './c-links.ts';
import { copyButton } from '../common/copy-button.ts';
import { count, counted } from '../common/format.ts';
import { bytesOfHex } from './hex-bytes.ts';
import { kindFacts } from '../common/kinds.ts';
import type { Decoded } from '../common/messages.ts';
import { perFile } from '../common/per-file.ts';
import { typeHash } from '../page/route.ts';
import { setting } from '../page/settings.ts';
import type { OpenFile } from '../page/state.ts';
import { hasValues } from './sides.ts';

/** Bytes of a file that are read. */
const longest = 1 << 20;
/** Types that are proposed. */
const proposals = 12;
const hexadecimal = setting('hexadecimal values', false);

class DecodeView {
  readonly element = document.createElement('div');
  private row = -1;
  private text = '';
  private bytes = new Uint8Array(0);
  /** The file that the bytes are of; '' when they were pasted. */
  private source = '';
  private cut = false;
  /** Some of what was pasted is numbers, whose bytes lie in `order`. */
  private numbers = false;
  private order: 'little' | 'big' | '' = '';
  private from = '';
  private decoded: Decoded | undefined;
  /** As the setting was when `decoded` was asked for. */
  private hex = false;
  private fault = '';
  private typed = '';
  private question = 0;

  constructor(private readonly file: OpenFile) {
    this.element.className = 'decode';
    this.element.addEventListener('dragover', (event) => this.aim(event, true));
    this.element.addEventListener('dragleave', (event) => this.aim(event, false));
    this.element.addEventListener('drop', (event) => {
      const dropped = event.dataTransfer?.files[0];
      this.aim(event, false);
      if (!dropped) return;
      event.preventDefault(); // tells the page that this file is not to be opened
      void this.take(dropped);
    });
  }

  show(row: number): void {
    if (row === this.row && this.hex === hexadecimal.get()) return;
    if (row !== this.row) this.typed = '';
    this.row = row;
    this.decoded = undefined;
    void this.decode();
  }

  private aim(event: DragEvent, over: boolean): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.element.classList.toggle('is-target', over);
  }

  private async take(file: File): Promise<void> {
    const part = await file.slice(0, longest).arrayBuffer().catch(() => undefined);
    if (!part) {
      this.fault = `${file.name} could not be read`;
      return this.draw();
    }
    this.bytes = new Uint8Array(part);
    this.source = file.name;
    this.cut = file.size > longest;
    this.text = '';
    this.numbers = false;
    await this.decode();
  }

  private async paste(text: string): Promise<void> {
    this.text = text;
    this.source = '';
    this.cut = false;
    const read = bytesOfHex(text, (this.order || this.file.summary.byteOrder) === 'little');
    this.bytes = typeof read === 'string' ? new Uint8Array(0) : read.bytes;
    this.numbers = typeof read !== 'string' && read.numbers;
    await this.decode(typeof read === 'string' ? read : '');
  }

  private async decode(fault = ''): Promise<void> {
    const mine = ++this.question;
    const { file, row, bytes, order } = this;
    const hex = (this.hex = hexadecimal.get());
    const at = this.from.trim() === '' ? 0 : Number(this.from);
    this.fault = fault || (Number.isInteger(at) && at >= 0 ? '' : 'From byte: a number such as 28 or 0x1c is wanted');
    if (this.fault || bytes.length === 0) {
      this.decoded = undefined;
      return this.draw();
    }
    if (at >= bytes.length) this.fault = `There is no byte ${count(at)}: there are ${count(bytes.length)}`;
    try {
      const decoded = this.fault ? undefined : await file.session.ask('decode', { id: file.types.id(row), bytes, order: order || undefined, at, hex });
      if (mine !== this.question) return;
      this.decoded = decoded;
    } catch (error) {
      if (mine !== this.question) return;
      this.decoded = undefined;
      this.fault = error instanceof Error ? error.message : String(error);
    }
    this.draw();
  }

  private draw(): void {
    render(this.template(), this.element);
  }

  private template() {
    const { file, row, decoded, source, fault } = this;
    const { types } = file;
    const text = decoded?.text ?? '';
    return html`
      <div class="decode-top">
        <label class="filter"><span>As a value of type</span>
          <input type="text" list="decode-types" autocomplete="off" autocapitalize="off" spellcheck="false" .value=${this.typed || spelled(file, row)}
            @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
            @input=${(event: Event) => this.propose((event.target as HTMLInputElement).value)} />
          <datalist id="decode-types">${this.proposed().map((one) => html`<option value=${one}></option>`)}</datalist>
        </label>
        <label class="filter is-short"><span>Byte order</span>
          <select @change=${(event: Event) => this.change({ order: (event.target as HTMLSelectElement).value as 'little' | 'big' | '' })}>
            <option value="">as the file (${file.summary.byteOrder})</option>
            <option value="little">little-endian</option>
            <option value="big">big-endian</option>
          </select>
        </label>
        <label class="filter is-short"><span>From byte</span>
          <input type="text" inputmode="text" placeholder="0" spellcheck="false" .value=${this.from} @input=${(event: Event) => this.change({ from: (event.target as HTMLInputElement).value })} />
        </label>
        <label class="check"><input type="checkbox" .checked=${hexadecimal.get()} @change=${(event: Event) => this.inHex((event.target as HTMLInputElement).checked)} /> Integers in hex</label>
      </div>
      <label class="decode-field">Bytes
        <textarea rows="5" spellcheck="false" autocomplete="off" .value=${this.text} @input=${(event: Event) => void this.paste((event.target as HTMLTextAreaElement).value)}
          placeholder=${source ? `the bytes of ${source}` : 'Paste hexadecimal digits: 01 00 00 00 2a …\nor lines of xxd, hexdump -C or a debugger, or drop a file here'}></textarea>
      </label>
      <p class="decode-bar">
        <label class="button file-button">Take a file…<input type="file" class="unseen" @change=${(event: Event) => this.chosen(event)} /></label>
        <output class="decode-said" aria-live="polite">${fault ? html`<span class="is-wrong">${fault}</span>` : this.said()}</output>
      </p>
      ${text === '' ? nothing : html`<div class="code">${copyButton(() => text)}<pre tabindex="0" role="region" aria-label="Value"><code class="decode-value">${linkedC(types, text)}</code></pre></div>`}
      <p class="decode-here" aria-hidden="true">Drop it here to read it as ${spelled(file, row)}</p>
    `;
  }

  private said(): string {
    const { bytes, source, decoded, cut } = this;
    if (bytes.length === 0) return '';
    const parts = [`${cut ? 'The first ' : ''}${counted(bytes.length, 'byte')}${source ? ` of ${source}` : ''}${this.numbers ? `, numbers taken as ${this.order || this.file.summary.byteOrder}-endian` : ''}`];
    if (decoded) {
      const { size, records, shown, left } = decoded;
      if (records > 1 || (records === 1 && left > 0)) parts.push(`${counted(records, 'value')} of ${counted(size, 'byte')}${shown < records ? `, of which ${count(shown)} are shown` : ''}`);
      if (left > 0 && records > 0) parts.push(`${counted(left, 'byte')} left over`);
      if (left > 0 && records === 0) parts.push(`one value has ${count(size)}: the end of it is missing`);
    }
    return parts.join(' · ');
  }

  private change(change: { order: 'little' | 'big' | '' } | { from: string }): void {
    Object.assign(this, change);
    void (this.numbers ? this.paste(this.text) : this.decode());
  }

  private inHex(wanted: boolean): void {
    hexadecimal.set(wanted);
    void this.decode();
  }

  private chosen(event: Event): void {
    const picked = (event.target as HTMLInputElement).files?.[0];
    if (picked) void this.take(picked);
    (event.target as HTMLInputElement).value = ''; // choosing the same file again is a change, too
  }

  /** A type that was typed, or chosen among those proposed, is shown as soon as it is one. */
  private propose(text: string): void {
    this.typed = text;
    const row = this.found(text).find((one) => spelled(this.file, one) === text);
    if (row !== undefined && row !== this.row) location.hash = typeHash(this.file.types, row, 'decode');
    else this.draw();
  }

  private proposed(): string[] {
    return this.typed === '' ? [] : [...new Set(this.found(this.typed).map((row) => spelled(this.file, row)))].slice(0, proposals);
  }

  /** Named types that have values: those that begin with the text, then those with it somewhere; not all. */
  private found(text: string): number[] {
    const { types } = this.file;
    const name = text.replace(/^(?:struct|union|enum)\s+/, '');
    const begin: number[] = [];
    const others: number[] = [];
    if (name === '') return begin;
    for (const [row, one] of types.names.entries()) {
      const at = one.indexOf(name);
      if (at < 0 || !hasValues(types.kind(row))) continue;
      if (at === 0) begin.push(row);
      else if (others.length < proposals) others.push(row);
    }
    begin.sort((a, b) => types.names[a].length - types.names[b].length);
    return [...begin, ...others];
  }
}

/** "struct task_struct"; what C names by one word, by that. */
function spelled({ types }: OpenFile, row: number): string {
  const { noun } = kindFacts(types.kind(row));
  const name = types.label(row);
  if (types.names[row] === '') return name;
  return noun === 'struct' || noun === 'union' ? `${noun} ${name}` : noun === 'enum' || noun === 'enum64' ? `enum ${name}` : name;
}

const kept = perFile((file) => new DecodeView(file));

export function decodeView(file: OpenFile, row: number): HTMLElement {
  const view = kept(file);
  view.show(row);
  return view.element;
}
