// The file card: what the file is, in numbers.
import type { Summary } from 'btfkit';
import { html, nothing, render } from 'lit-html';
import { bytes, count, counted, duration } from '../common/format.ts';
import { warning } from '../common/icons.ts';
import { kindFacts, kindOrder } from '../common/kinds.ts';
import { unpackCommand } from './archives.ts';
import { quoted } from './fault.ts';
import { originOf } from './origin.ts';
import { perFile } from '../common/per-file.ts';
import type { OpenFile } from '../page/state.ts';
import type { TypeTable } from '../common/types.ts';

const exports = [
  ['c', 'C header'],
  ['json', 'JSON'],
  ['raw', 'raw text'],
] as const;

export function fileCard(file: OpenFile, filter: (kind: number) => void, save: (format: 'c' | 'json' | 'raw') => void) {
  const { summary, types } = file;
  return html`<section class="card" aria-labelledby="file-name">
    <p class="eyebrow">${whatItIs(file)}</p>
    <h1 id="file-name">${file.name}</h1>
    ${origin(file)}
    ${file.base ? html`<p class="remark">Its types continue those of <code>${file.base.name}</code>.</p>` : nothing}
    ${summary.distilledBase ? html`<p class="remark">It brings what it needs of its base with it (.BTF.base).</p>` : nothing}
    ${file.archive
      ? html`<p class="remark">It was found in ${file.archive.name}, of which this is all that can be seen here. Unpack that to open each file in it:
          <code class="command">${unpackCommand(file.archive, quoted(file.name))}</code></p>`
      : nothing}
    ${summary.specs > 1
      ? html`<p class="remark">It holds ${counted(summary.specs, 'BTF')}, one behind the other; this shows the first.</p>`
      : nothing}
    ${summary.damage ? html`<p class="remark" role="alert">It is damaged, and this is only a part: ${summary.damage.message}</p>` : nothing}
    <dl class="facts">
      ${fact('Size', bytes(summary.size), summary.size < 1024 ? '' : `${count(summary.size)} bytes`)}
      ${fact('Types', count(summary.typeCount), [bytes(summary.header.typesBytes), idRange(summary)].filter(Boolean).join(', '))}
      ${fact('Strings', count(summary.strings.count), bytes(summary.strings.bytes))}
      ${fact('Byte order', summary.byteOrder, `${summary.byteOrder === 'little' ? 'least' : 'most'} significant byte first`)}
      ${fact('Pointers', `${summary.pointerSize} bytes`, `${summary.pointerSize * 8}-bit`)}
      ${fact('BTF header', `${summary.header.length} bytes`, headerFacts(summary))}
      ${fact('Opened in', duration(file.milliseconds), 'from the drop to the list')}
    </dl>
    <p class="exports">
      <span>Save as</span>
      ${exports.map(([format, label]) => html`<button class="button" @click=${() => save(format)}>${label}</button>`)}
    </p>
    ${warnings(summary)} ${kindBars(types, filter)}
  </section>`;
}

function headerFacts({ header }: Summary): string {
  const { version, flags, layoutBytes } = header;
  return [`version ${version}`, flags ? `flags 0x${flags.toString(16)}` : '', layoutBytes ? `layout ${bytes(layoutBytes)}` : ''].filter(Boolean).join(', ');
}

/** What the file says of where it comes from: filled in as soon as that was read. */
const origin = perFile((file) => {
  const element = document.createElement('div');
  element.className = 'origin';
  originOf(file).then(
    ({ banner, module }) => {
      if (banner) element.textContent = banner;
      if (module) render(html`${module['description'] ? html`<p>${module['description']}</p>` : nothing}<p>built for ${module['vermagic']}</p>`, element);
    },
    () => {}, // nothing is said, then
  );
  return element;
});

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

/** "BPF object, 64-bit ELF", "Kernel module, 64-bit ELF for x86-64, packed with xz", "Raw BTF, split". */
function whatItIs({ summary, name, archive }: OpenFile): string {
  const { container, elfClass, elfMachine, elfType, wrappers, kernelImage, firstId } = summary;
  const packed = wrappers.length > 0 ? `, packed with ${wrappers.join(', ')}` : '';
  if (kernelImage !== undefined) return `Kernel image (${kernelImage})${packed}`;
  if (archive) return `Raw BTF${firstId > 1 ? ', split' : ''}, found in ${archive.name}${packed}`;
  if (container === 'raw') return `Raw BTF${firstId > 1 ? ', split' : ''}${packed}`;
  const machine = elfMachine === undefined ? '' : ` for ${machines[elfMachine] ?? `machine ${elfMachine}`}`;
  const elf = `${elfClass ? `${elfClass}-bit ` : ''}ELF`;
  if (elfMachine === 247) return `BPF object, ${elf}${packed}`;
  if (firstId > 1 || /\.ko(\.|$)/.test(name)) return `Kernel module, ${elf}${machine}${packed}`;
  return `${elfTypes[elfType ?? 0] ?? ''}${elf}${machine}${packed}`;
}

const elfTypes: Record<number, string> = { 1: 'Object file, ', 2: 'Executable, ', 3: 'Shared object or executable, ' };

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
