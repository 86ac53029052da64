// The file card: what the file is, in numbers.
import type { Summary } from 'btfkit';
import { html, nothing } from 'lit-html';
import { bytes, count, counted, duration } from './format.ts';
import { warning } from './icons.ts';
import { kindFacts, kindOrder } from './kinds.ts';
import type { OpenFile } from './state.ts';
import type { TypeTable } from './types.ts';

const exports = [
  ['c', 'C header'],
  ['json', 'JSON'],
  ['raw', 'raw text'],
] as const;

export function fileCard(file: OpenFile, filter: (kind: number) => void, save: (format: 'c' | 'json' | 'raw') => void) {
  const { summary, types } = file;
  return html`<section class="card" aria-labelledby="file-name">
    <p class="eyebrow">${container(summary)}</p>
    <h1 id="file-name">${file.name}</h1>
    ${file.base ? html`<p class="remark">Its types continue those of <code>${file.base.name}</code>.</p>` : nothing}
    ${summary.specs > 1
      ? html`<p class="remark">It holds ${counted(summary.specs, 'BTF')}, one behind the other; this shows the first.</p>`
      : nothing}
    <dl class="facts">
      ${fact('Size', bytes(summary.size), summary.size < 1024 ? '' : `${count(summary.size)} bytes`)}
      ${fact('Types', count(summary.typeCount), idRange(summary))}
      ${fact('Strings', count(summary.strings.count), bytes(summary.strings.bytes))}
      ${fact('Byte order', summary.byteOrder, `${summary.byteOrder === 'little' ? 'least' : 'most'} significant byte first`)}
      ${fact('Pointers', `${summary.pointerSize} bytes`, `${summary.pointerSize * 8}-bit`)}
      ${fact('BTF header', `${summary.header.length} bytes`)}
      ${fact('Opened in', duration(file.milliseconds))}
    </dl>
    <p class="exports">
      <span>Save as</span>
      ${exports.map(([format, label]) => html`<button class="button" @click=${() => save(format)}>${label}</button>`)}
    </p>
    ${warnings(summary)} ${kindBars(types, filter)}
  </section>`;
}

function fact(term: string, value: string, more = '') {
  return html`<div><dt>${term}</dt><dd>${value}${more ? html` <small>${more}</small>` : nothing}</dd></div>`;
}

function idRange({ firstId, endId }: Summary): string {
  return endId > firstId + 1 ? `ids ${count(firstId)} to ${count(endId - 1)}` : '';
}

const machines: Record<number, string> = {
  3: 'i386',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC 64',
  22: 'S/390',
  40: 'ARM',
  62: 'x86-64',
  183: 'AArch64',
  243: 'RISC-V',
  247: 'BPF',
  258: 'LoongArch',
};

function container({ container, elfClass, elfMachine }: Summary): string {
  if (container === 'raw') return 'Raw BTF';
  const machine = elfMachine === undefined ? '' : ` for ${machines[elfMachine] ?? `machine ${elfMachine}`}`;
  return `${elfClass ?? ''}-bit ELF${machine}`.replace(/^-bit /, '');
}

function warnings({ warnings: list }: Summary) {
  if (list.length === 0) return nothing;
  return html`<section class="warnings" aria-label="Warnings">
    <h2>${warning} ${counted(list.length, 'warning')}</h2>
    <ul>
      ${list.map(({ message }) => html`<li>${message}</li>`)}
    </ul>
  </section>`;
}

/** One bar per kind that occurs. A bar is a button: it lists that kind. */
function kindBars(types: TypeTable, filter: (kind: number) => void) {
  const most = Math.max(1, ...types.counts);
  const kinds = [...kindOrder, ...newerKinds(types)].filter((kind) => types.counts[kind] > 0);
  return html`<section class="kinds" aria-labelledby="kinds-title">
    <h2 id="kinds-title">Types by kind</h2>
    <ul>
      ${kinds.map((kind) => {
        const { label, family } = kindFacts(kind);
        const share = Math.max(0.4, (100 * types.counts[kind]) / most); // one type of 50,000 is still seen
        return html`<li>
          <button class="kind-bar" data-family=${family} title="List these" @click=${() => filter(kind)}>
            <span class="kind-label">${label}</span>
            <svg class="bar-track" aria-hidden="true"><rect class="bar-fill" width="${share}%" height="100%" rx="3" /></svg>
            <span class="kind-count">${count(types.counts[kind])}</span>
          </button>
        </li>`;
      })}
    </ul>
  </section>`;
}

/** Kinds that are younger than this page: counted all the same. */
function newerKinds(types: TypeTable): number[] {
  const known = new Set(kindOrder);
  return [...types.counts.keys()].filter((kind) => !known.has(kind));
}
