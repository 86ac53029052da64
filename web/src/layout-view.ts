// How a struct or union lies in memory: drawn to scale, a cache line a row, and as a table with the same facts.
import type { Layout } from 'btfkit';
import { html, nothing, render, svg } from 'lit-html';
import type { App } from './app.ts';
import { cLine } from './c-links.ts';
import { count, counted } from './format.ts';
import { kindFacts } from './kinds.ts';
import { type Row, type Rows, type Segment, rowsAt, rowsOf } from './layout-rows.ts';
import type { OpenFile } from './state.ts';

const cacheLines = [32, 64, 128, 256];
const mostDrawn = 600;

let last: { layout: Layout; element: HTMLElement } | undefined;

/** Made once per answer: the page is rendered more often than that. */
export function layoutView(file: OpenFile, layout: Layout, app: App): HTMLElement {
  if (last?.layout === layout) return last.element;
  // The same type's element goes on, so that what was just changed in it keeps the focus.
  const element = last?.layout.id === layout.id ? last.element : document.createElement('div');
  element.className = 'layout';
  render(template(file, layout, app), element);
  last = { layout, element };
  return element;
}

function template(file: OpenFile, layout: Layout, app: App) {
  const rows = rowsOf(layout);
  const { summary } = layout;
  const union = layout.kind === 'union';
  return html`
    <div class="layout-bar">
      <p class="layout-facts">
        ${counted(layout.size, 'byte')}, ${counted(layout.cacheLines, 'cache line')}${layout.lastCacheLine > 0 && layout.cacheLines > 1 ? `, ${count(layout.lastCacheLine)} bytes in the last` : ''}${summary.holes > 0 ? html`, <strong class="is-hole">${counted(summary.holes, 'hole')} of ${counted(summary.holeBytes, 'byte')}</strong>` : nothing}${summary.padding > 0 ? html`, <strong class="is-hole">${counted(summary.padding, 'byte')} of padding</strong>` : nothing}
      </p>
      <label class="field">Cache line
        <select @change=${(event: Event) => app.useCacheLine(Number((event.target as HTMLSelectElement).value))}>
          ${cacheLines.map((size) => html`<option value=${size} ?selected=${size === layout.cacheLine}>${size} bytes</option>`)}
        </select>
      </label>
      <label class="field">At offset
        <input type="text" class="offset-input" placeholder="0x1c" autocomplete="off" spellcheck="false" @input=${(event: InputEvent) => find(event, rows, layout)} />
      </label>
      <output class="offset-answer" aria-live="polite"></output>
    </div>
    ${rows.cut ? html`<p class="remark">Some members are left out: there are too many, or they are too deep.</p>` : nothing}
    <div class="layout-parts">
      <div class="drawing lines-${layout.cacheLine}" aria-hidden="true">
        ${union ? unionDrawing(file, rows.segments, layout) : drawing(file, rows.segments, layout)}
      </div>
      <div class="table-frame" tabindex="0" role="region" aria-label="Members">
        <table class="table">
          <thead><tr><th scope="col" class="number">Offset</th><th scope="col" class="number">Size</th><th scope="col">Member</th><th scope="col">Type</th></tr></thead>
          <tbody>${rows.rows.map((row, index) => tableRow(file, row, index))}</tbody>
        </table>
      </div>
    </div>
  `;
}

// ---- the table

function tableRow({ types }: OpenFile, row: Row, index: number) {
  const whole = row.start % 8 === 0;
  const offset = html`<span title="0x${Math.floor(row.start / 8).toString(16)}">${count(Math.floor(row.start / 8))}${whole ? nothing : html`<small>:${row.start % 8}</small>`}</span>`;
  const size = row.bits % 8 === 0 && whole ? count(row.bits / 8) : html`${row.bits} <small>${row.bits === 1 ? 'bit' : 'bits'}</small>`;
  if (row.kind === 'hole' || row.kind === 'padding')
    return html`<tr class="is-space" data-row=${index}><td class="number">${offset}</td><td class="number">${size}</td><td colspan="2" class=${depthClass(row.depth)}>${row.kind}</td></tr>`;
  return html`<tr data-row=${index}>
    <td class="number">${offset}</td>
    <td class="number">${size}</td>
    <td class="member ${depthClass(row.depth)}">${row.name || html`<em>(anonymous)</em>`}</td>
    <td>${cLine(types, row.type)}</td>
  </tr>`;
}

/** Indentation; deeper than this it would leave no room. */
function depthClass(depth: number): string {
  return `depth-${Math.min(depth, 6)}`;
}

function find(event: InputEvent, rows: Rows, layout: Layout): void {
  const input = event.target as HTMLInputElement;
  const frame = input.closest('.layout') as HTMLElement;
  const answer = frame.querySelector('.offset-answer') as HTMLElement;
  for (const marked of frame.querySelectorAll('tr.is-found')) marked.classList.remove('is-found');
  const text = input.value.trim();
  const byte = /^(0x[0-9a-f]+|[0-9a-f]*[a-f][0-9a-f]*)$/i.test(text) ? parseInt(text.replace(/^0x/i, ''), 16) : /^\d+$/.test(text) ? Number(text) : NaN;
  if (text === '') answer.textContent = '';
  else if (Number.isNaN(byte)) answer.textContent = 'a number of bytes: 28 or 0x1c';
  else if (byte >= layout.size) answer.textContent = `behind the end, which is at ${count(layout.size)}`;
  else {
    const found = rowsAt(rows, byte);
    answer.textContent = found.map((row) => (row.path ? `${row.path}${byte * 8 > row.start ? ` + ${Math.floor(byte - row.start / 8)}` : ''}` : row.kind)).join(', ') || 'nothing';
    for (const row of found) frame.querySelector(`tr[data-row="${rows.rows.indexOf(row)}"]`)?.classList.add('is-found');
    frame.querySelector('tr.is-found')?.scrollIntoView({ block: 'nearest' });
  }
}

// ---- the drawing

/** Bits of a segment that lie in a stretch, as percent of it. */
function place(segment: Segment, start: number, bits: number): { x: string; width: string } {
  const from = Math.max(segment.start, start);
  const to = Math.min(segment.end, start + bits);
  return { x: `${(100 * (from - start)) / bits}%`, width: `${(100 * (to - from)) / bits}%` };
}

function stretch({ types }: OpenFile, segment: Segment, start: number, bits: number) {
  const { x, width } = place(segment, start, bits);
  const family = segment.kind === 'member' ? familyOf(types.rowOf(segment.typeId)) : 'none';
  const bytes = segment.end - segment.start;
  return svg`<svg class="segment is-${segment.kind}" data-family=${family} x=${x} width=${width} height="100%">
    <title>${segment.kind === 'member' ? segment.name : segment.kind}: at ${segment.start / 8}, ${bytes % 8 === 0 ? `${bytes / 8} bytes` : `${bytes} bits`}</title>
    <rect width="100%" height="100%" />
    ${segment.start >= start ? svg`<text x="5" y="17">${segment.name}</text>` : svg`<text x="5" y="17" class="is-continued">${segment.name}</text>`}
  </svg>`;
  function familyOf(row: number): string {
    return row < 0 ? 'reference' : kindFacts(types.kind(row)).family;
  }
}

function drawing(file: OpenFile, segments: Segment[], layout: Layout) {
  const bits = layout.cacheLine * 8;
  const lines: unknown[] = [];
  const total = Math.ceil((layout.size * 8) / bits);
  let first = 0; // segments ascend, and those before this one ended
  for (let line = 0; line < total && lines.length < mostDrawn; line++) {
    const start = line * bits;
    while (first < segments.length && segments[first]!.end <= start) first++;
    const here: Segment[] = [];
    for (let i = first; i < segments.length && segments[i]!.start < start + bits; i++) if (segments[i]!.end > start) here.push(segments[i]!);
    const [only] = here;
    // What fills many lines is drawn once.
    const whole = only && here.length === 1 && only.start <= start ? Math.floor((only.end - start) / bits) : 0;
    if (whole > 3) {
      lines.push(html`<div class="line is-many"><span class="line-offset">${count(start / 8)}</span><p>${only!.name}: ${counted(whole, 'line')}</p></div>`);
      line += whole - 1;
      continue;
    }
    const last = Math.min(bits, layout.size * 8 - start);
    lines.push(html`<div class="line"><span class="line-offset">${count(start / 8)}</span>
      <svg class="line-bytes" width=${`${(100 * last) / bits}%`} height="26">${here.map((segment) => stretch(file, segment, start, last))}</svg>
    </div>`);
  }
  if (lines.length === mostDrawn) lines.push(html`<p class="remark">The rest is in the table.</p>`);
  return lines;
}

/** What shares its place is drawn one above the other. */
function unionDrawing(file: OpenFile, segments: Segment[], layout: Layout) {
  const bits = Math.max(8, layout.size * 8);
  return segments.slice(0, mostDrawn).map(
    (segment) => html`<div class="line"><span class="line-offset">${count(segment.start / 8)}</span>
      <svg class="line-bytes" width="100%" height="26">${stretch(file, segment, 0, bits)}</svg>
    </div>`,
  );
}
