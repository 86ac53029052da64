// What an object needs of the kernel: its CO-RE relocations as sentences, by the type that they speak of.
import { html, nothing } from 'lit-html';
import { count, counted } from './format.ts';
import type { Need, NeededType } from './part-messages.ts';
import { table } from './part-table.ts';
import { listHash, typeHash } from './route.ts';
import type { OpenFile } from './state.ts';

export function needsView(file: OpenFile, types: NeededType[]) {
  const needs = types.flatMap((type) => type.needs);
  return html`
    <p class="lead-in">What this object needs from the kernel: ${counted(needs.length, 'thing')} of ${counted(types.length, 'type')}.
      The loader looks them up in the running kernel’s BTF and adjusts ${counted(file.summary.relocations?.length ?? 0, 'instruction')}.</p>
    ${types.map((type) => neededType(file, type))}
  `;
}

function neededType(file: OpenFile, { typeId, title, needs }: NeededType) {
  const row = file.types.rowOf(typeId);
  const flavor = /___[^\s]*$/.exec(title)?.[0];
  return html`<section>
    <h2 class="section-name">${row < 0 ? title : html`<a href=${typeHash(file.types, row)}>${title}</a>`}
      ${flavor ? html`<small>stands for the kernel’s ${title.slice(0, -flavor.length)}</small>` : nothing}</h2>
    ${table(`What is asked of ${title}`, ['It needs', 'Here', 'Asked by'], needs.map((need) => html`<tr>
      <td title=${need.text}>${sentence(need)}${guarded(need, needs) ? html` <span class="mark">may be missing</span>` : nothing}${
        need.error ? html`<div class="address">${need.error}</div>` : nothing}</td>
      <td>${need.here}</td>
      <td>${places(need)}</td>
    </tr>`), 'needs')}
  </section>`;

  function sentence({ kind, path }: Need) {
    const name = html`<code class="c-line">${path || 'it'}</code>`;
    switch (kind) {
      case 'byte_off':
        return path === '' ? html`where it begins` : html`the offset of ${name}`;
      case 'byte_sz':
        return path === '' ? html`its size` : html`the size of ${name}`;
      case 'signed':
        return html`whether ${name} is signed`;
      case 'lshift_u64':
        return html`where the bits of ${name} end`;
      case 'rshift_u64':
        return html`how many bits ${name} has`;
      case 'field_exists':
        return html`whether it has ${name}`;
      case 'type_exists':
        return html`whether it exists`;
      case 'type_size':
        return html`its size`;
      case 'type_matches':
        return html`whether it matches the definition here`;
      case 'target_type_id':
        return html`its id in the kernel`;
      case 'local_type_id':
        return html`its id in this object`;
      case 'enumval_exists':
        return html`whether it has ${name}`;
      case 'enumval_value':
        return html`the value of ${name}`;
    }
  }
}

/** The object asks whether it exists before it uses it, or only asks that. */
function guarded({ path, kind }: Need, all: readonly Need[]): boolean {
  if (kind === 'local_type_id' || kind.endsWith('_exists')) return false;
  return all.some((one) => (one.kind === 'type_exists' || one.kind === 'type_matches' || ((one.kind === 'field_exists' || one.kind === 'enumval_exists') && one.path === path)));
}

const fewPlaces = 3;

function places({ places: all }: Need) {
  const one = ({ section, program, instructions }: Need['places'][number]) => html`<span class="place">${
    program === undefined ? html`<code class="c-line">${section}</code>` : html`<a class="member" href=${listHash('programs', program)}>${program}</a>`}
    <small title="Numbers of instructions">${instructions.slice(0, 12).map((index) => count(index)).join(', ')}${instructions.length > 12 ? '…' : ''}</small></span>`;
  if (all.length <= fewPlaces) return all.map(one);
  return html`<details><summary>${counted(all.length, 'program')}</summary>${all.map(one)}</details>`;
}
