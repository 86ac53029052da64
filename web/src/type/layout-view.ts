// How a struct or union lies in memory: drawn to scale, and as a table with the same facts. Members can be opened in both.
import type { Layout, Occupants } from 'btfkit';
import { html, nothing, render } from 'lit-html';
import type { App } from '../page/app.ts';
import { count, counted } from '../common/format.ts';
import { Drawing, type Scale, scaleFor } from './layout-drawing.ts';
import { type Part, type Parts, flat, holderOf, partsOf, waste } from './layout-parts.ts';
import { fillTable } from './layout-table.ts';
import type { LaidOut } from '../common/messages.ts';
import { placeWords } from '../common/member-words.ts';
import { Pieces } from '../common/pieces.ts';
import type { OpenFile } from '../page/state.ts';

const cacheLines = [32, 64, 128, 256];
/** "Open all" opens so many at most, and no deeper. */
const mostOpened = 250;
const deepest = 12;
/** Rows of the table at first; the rest is asked for. */
const mostRows = 3000;
/** Steps that fill the screen, of the table and of the drawing. */
const firstRows = 24;
const firstLines = 24;

let last: LayoutView | undefined;
/** Pixels that a drawing had last. */
let knownWidth = 0;

/** Made once per type: what was opened stays while the page is rendered. `member`: the path of one to be shown. */
export function layoutView(file: OpenFile, laidOut: LaidOut, app: App, member?: string): HTMLElement {
  if (last?.file !== file || last.laidOut.layout.id !== laidOut.layout.id) last = new LayoutView(file, laidOut, app);
  last.show(laidOut, member);
  return last.element;
}

class LayoutView {
  readonly element = document.createElement('div');
  private readonly keys = new Set<string>();
  private readonly types = new Map<number, LaidOut>();
  private readonly drawing = document.createElement('div');
  private readonly table = document.createElement('tbody');
  private shown: LaidOut | undefined;
  private parts: Parts = { union: false, parts: [], end: 0, cut: false };
  private scale: Scale | undefined;
  private said = '';
  private all = false;
  private filling: Pieces | undefined;
  private drawn: Pieces | undefined;
  private question = 0;

  constructor(
    readonly file: OpenFile,
    public laidOut: LaidOut,
    private readonly app: App,
  ) {
    this.element.className = 'layout';
    this.drawing.setAttribute('aria-hidden', 'true');
    this.element.addEventListener('click', (event) => this.clicked(event.target as Element));
    for (const type of ['pointerover', 'pointerout'] as const)
      this.element.addEventListener(type, (event) => this.light(event.target as Element, type === 'pointerover'));
    // Who goes further than the screen wants the rest.
    for (const type of ['wheel', 'scroll', 'keydown'])
      this.element.addEventListener(type, () => this.finish(), { capture: true, passive: true });
    new ResizeObserver(() => this.resized(true)).observe(this.drawing);
  }

  show(laidOut: LaidOut, member: string | undefined): void {
    if (laidOut === this.shown) return;
    this.laidOut = this.shown = laidOut;
    this.update(false);
    if (member !== undefined) void this.showMember(member);
  }

  /** After something was opened or closed, or another cache line was chosen. `whole`: all at once, so that what was scrolled stays where
   *  it is. */
  private update(whole: boolean): void {
    const { layout } = this.laidOut;
    this.parts = partsOf(this.laidOut, { keys: this.keys, types: this.types });
    this.filling?.stop();
    const rows = fillTable(this.table, this.file.types, this.parts.parts, layout.cacheLine, this.all ? Infinity : mostRows);
    this.table.setAttribute('aria-busy', 'true');
    this.filling = new Pieces(rows, whole ? Infinity : firstRows, () => this.table.removeAttribute('aria-busy'));
    render(this.template(layout), this.element);
    this.scale = undefined;
    this.resized(whole);
  }

  /** The drawing has as many bytes a row as there is room for. */
  private resized(whole: boolean): void {
    // Before it is in the document, what was known last: to measure now would make the browser lay out a page that changes anyway.
    knownWidth = this.drawing.clientWidth || knownWidth || (document.querySelector('.detail')?.clientWidth ?? 800) - 60;
    const scale = scaleFor(knownWidth - 76, this.laidOut.layout.cacheLine);
    if (this.scale && scale.row === this.scale.row && scale.bits === this.scale.bits) return;
    this.scale = scale;
    this.drawing.className = `drawing lines-${scale.cacheLine}`;
    const { parts, union, end } = this.parts;
    this.drawing.replaceChildren();
    this.drawn?.stop();
    const lines = new Drawing(this.drawing, this.file.types, scale, end).draw(parts, union);
    this.drawn = new Pieces(lines, whole ? Infinity : firstLines, () => {});
  }

  private finish(): void {
    this.filling?.finish();
    this.drawn?.finish();
  }

  private template(layout: Layout) {
    const { own, inside } = waste(layout);
    const canOpen = this.laidOut.opens.size > 0;
    const rows = this.all ? 0 : [...flat(this.parts.parts)].length;
    return html`
      <p class="layout-facts">
        ${counted(layout.size, 'byte')}, ${counted(layout.cacheLines, 'cache line')}${layout.lastCacheLine > 0 && layout.cacheLines > 1 ? `, ${count(layout.lastCacheLine)} bytes in the last` : ''}${own.map((fact) => html` · <strong class="is-hole">${fact}</strong>`)}${inside.map((fact) => html` · ${fact}`)}
      </p>
      <div class="layout-bar">
        <label class="field">Cache line
          <select @change=${(event: Event) => this.app.useCacheLine(Number((event.target as HTMLSelectElement).value))}>
            ${cacheLines.map((size) => html`<option value=${size} ?selected=${size === layout.cacheLine}>${size} bytes</option>`)}
          </select>
        </label>
        <label class="field">At offset
          <input type="text" class="offset-input" placeholder="0x1c" autocomplete="off" spellcheck="false" @input=${(event: InputEvent) => void this.find((event.target as HTMLInputElement).value)} />
        </label>
        ${canOpen
          ? html`<span class="button-group"><button class="button is-small" @click=${() => void this.openAll()}>Open all</button><button class="button is-small" @click=${() => this.closeAll()}>Close all</button></span>`
          : nothing}
        <output class="offset-answer" aria-live="polite"></output>
        <span class="unseen" role="status">${this.said}</span>
      </div>
      ${this.parts.cut ? html`<p class="remark">Some members are left out: there are too many, or they are too deep.</p>` : nothing}
      <div class="layout-parts">
        <div class="drawing-frame" tabindex="0" role="region" aria-label="Drawing to scale">${this.drawing}</div>
        <div class="table-frame" tabindex="0" role="region" aria-label="Members">
          <table class="table layout-table">
            <thead><tr><th scope="col" class="number">Offset</th><th scope="col" class="number hex">Hex</th><th scope="col" class="number">Size</th><th scope="col">Member</th><th scope="col">Type</th></tr></thead>
            ${this.table}
          </table>
          ${rows > mostRows ? html`<button class="button more" @click=${() => this.showAll()}>${counted(rows, 'row')} in all: show them</button>` : nothing}
        </div>
      </div>
    `;
  }

  private showAll(): void {
    this.all = true;
    this.update(false);
  }

  // ---- opening

  private clicked(target: Element): void {
    const button = target.closest('.disclose, .box.can-open, .box.is-open');
    const key = button?.closest<HTMLElement>('[data-key]')?.dataset['key'];
    if (key !== undefined) void this.toggle(key, button instanceof HTMLButtonElement);
  }

  private async toggle(key: string, byKey: boolean): Promise<void> {
    const part = this.part(key);
    if (!part?.opens) return;
    if (part.inner) this.keys.delete(key);
    else if (await this.know([part])) this.keys.add(key);
    this.update(true);
    if (byKey) this.row(key)?.querySelector<HTMLElement>('.disclose')?.focus({ preventScroll: true });
  }

  /** Fetches the layouts of types that parts open. False when the file was closed meanwhile. */
  private async know(parts: readonly Part[]): Promise<boolean> {
    const { cacheLine } = this.laidOut.layout;
    const ids = [...new Set(parts.map((part) => part.opens!.id))].filter((id) => !this.types.has(id));
    const answers = ids.map(async (id) => this.types.set(id, await this.file.session.ask('layout', { id, cacheLine })));
    return Promise.all(answers).then(
      () => true,
      () => false,
    );
  }

  private async openAll(): Promise<void> {
    let left = mostOpened - this.keys.size;
    let opened = 0;
    while (left > 0) {
      const parts = partsOf(this.laidOut, { keys: this.keys, types: this.types });
      const closed = [...flat(parts.parts)].filter((part) => part.opens && !part.inner && part.depth < deepest).slice(0, left);
      if (closed.length === 0 || !(await this.know(closed))) break;
      for (const { key } of closed) this.keys.add(key);
      left -= closed.length;
      opened += closed.length;
    }
    this.said = left > 0 ? `${counted(opened, 'member')} opened` : `Only the first ${mostOpened} were opened`;
    this.update(true);
  }

  private closeAll(): void {
    this.keys.clear();
    this.said = 'All are closed';
    this.update(true);
  }

  private part(key: string): Part | undefined {
    for (const part of flat(this.parts.parts)) if (part.key === key) return part;
    return undefined;
  }

  // ---- one place in both

  private row(key: string): HTMLElement | null {
    return this.table.querySelector(`tr[data-key="${key}"]`);
  }

  private light(target: Element, on: boolean): void {
    const key = target.closest<HTMLElement>('[data-key]')?.dataset['key'];
    if (key === undefined) return;
    for (const element of this.element.querySelectorAll(`[data-key="${key}"]`)) element.classList.toggle('is-lit', on);
  }

  private say(words: string): void {
    this.element.querySelector('.offset-answer')!.textContent = words;
  }

  /** In place of what was marked before. */
  private mark(holds: (part: Part) => boolean): void {
    for (const marked of this.element.querySelectorAll('.is-found')) marked.classList.remove('is-found');
    this.finish();
    for (const part of flat(this.parts.parts))
      if (holds(part)) for (const element of this.element.querySelectorAll(`[data-key="${part.key}"]`)) element.classList.add('is-found');
    for (const frame of this.element.querySelectorAll('.drawing-frame, .table-frame')) {
      const found = frame.querySelector('.is-found');
      if (found) reveal(frame, found);
    }
  }

  /** Where a member is: said, and marked, with all that it is in opened. */
  private async showMember(path: string): Promise<void> {
    const mine = ++this.question;
    const { layout } = this.laidOut;
    const answer = await this.file.session.ask('member', { id: layout.id, path }).catch((fault: Error) => ({ why: fault.message }));
    if (mine !== this.question) return;
    if ('why' in answer) return this.say(answer.why || `there is no member “${path}”`);
    let holder = holderOf(this.parts, answer.path);
    for (let depth = 0; depth < deepest && holder?.opens && !holder.inner && holder.path !== answer.path; depth++) {
      if (!(await this.know([holder])) || mine !== this.question) break;
      this.keys.add(holder.key);
      this.parts = partsOf(this.laidOut, { keys: this.keys, types: this.types });
      holder = holderOf(this.parts, answer.path);
    }
    if (mine !== this.question) return;
    this.update(true);
    if (holder && !this.row(holder.key)) this.showAll();
    this.say(`${answer.path} is ${placeWords(answer)}`);
    this.mark(({ key }) => key === holder?.key);
    // On a small screen the frame is as high as what is in it.
    const found = this.element.querySelector('.is-found');
    if (found && (found.getBoundingClientRect().bottom > innerHeight || found.getBoundingClientRect().top < 0)) found.scrollIntoView({ block: 'center' });
  }

  /** What is at an offset: said in full, and marked as far as it is shown. */
  private async find(text: string): Promise<void> {
    const mine = ++this.question;
    const say = (words: string) => this.say(words);
    for (const marked of this.element.querySelectorAll('.is-found')) marked.classList.remove('is-found');
    const wanted = text.trim();
    if (wanted === '') return say('');
    const byte = offsetOf(wanted);
    const { layout } = this.laidOut;
    if (Number.isNaN(byte)) return say('a number of bytes: 28 or 0x1c');
    if (byte >= layout.size) return say(`0x${byte.toString(16)} is behind the end, which is at ${count(layout.size)}`);
    const answer = await this.file.session.ask('at', { id: layout.id, offset: byte }).catch((fault: Error) => fault.message);
    if (mine !== this.question) return;
    say(typeof answer === 'string' ? answer : `${count(byte)} (0x${byte.toString(16)}): ${occupants(answer, byte)}`);
    const start = byte * 8;
    this.mark((part) => !part.inner && part.start < start + 8 && part.end > start);
  }
}

/** "28", "0x1c", "1c", and as they are copied: "1,208", "+0x4b8", "0x4b8(%rbx)", "foo+0x4b8/0x900"; anything else is NaN. */
function offsetOf(copied: string): number {
  const text = copied.replace(/^.*\+\s*|\(%?\w+\)$|\/.*$/g, '').replace(/(?<=\d),(?=\d{3})/g, '');
  if (/^\d+$/.test(text)) return Number(text);
  return /^(0x)?[0-9a-f]+$/i.test(text) ? parseInt(text.replace(/^0x/i, ''), 16) : NaN;
}

/** Scrolls within the frame alone: where the offset is typed must stay on screen. */
function reveal(frame: Element, element: Element): void {
  const inside = element.getBoundingClientRect();
  const outside = frame.getBoundingClientRect();
  const margin = 48; // the head of the table
  const low = outside.top + 3 * margin < innerHeight ? Math.min(outside.bottom, innerHeight) : outside.bottom; // as far as it is on screen
  if (inside.top < outside.top + margin) frame.scrollTop -= outside.top + margin - inside.top;
  else if (inside.bottom > low - margin) frame.scrollTop += inside.bottom - low + 2 * margin;
}

function occupants({ members, gaps, complete }: Occupants, byte: number): string {
  const all = members.map(({ path, offset, type }) => `${path}${byte > offset ? ` + ${count(byte - offset)}` : ''} (${type})`);
  for (const { kind, path, bitSize } of gaps) all.push(`${kind}${path && ` in ${path}`}, ${bitSize % 8 === 0 ? counted(bitSize / 8, 'byte') : counted(bitSize, 'bit')}`);
  if (!complete) all.push('…');
  return all.join(', ') || 'nothing';
}
