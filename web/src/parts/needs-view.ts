// What an object needs of the kernel: its CO-RE relocations as sentences, by the type that they speak of.
import type { CoreKind } from 'btfkit';
import { html, nothing } from 'lit-html';
import { count, counted } from '../common/format.ts';
import type { Need, NeededType, NeedPlace } from '../common/part-messages.ts';
import { table } from './part-table.ts';
import { listHash, typeHash } from '../page/route.ts';
import type { OpenFile } from '../page/state.ts';

export function needsView(file: OpenFile, types: NeededType[]) {
  const groups = types.map((type) => ({ ...type, rows: byPath(type.needs) }));
  const things = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  return html`
    <p class="lead-in">What this object needs from the kernel: ${counted(things, 'thing')} of ${counted(types.length, 'type')}.
      The loader looks them up in the running kernel’s BTF and adjusts ${counted(file.summary.relocations?.length ?? 0, 'instruction')}.</p>
    ${groups.map(({ typeId, title, rows, needs }) => neededType(file, typeId, title, rows, needs.some(isTypeTest)))}
  `;
}

/** All that is asked of one member, enumerator, or the type itself, is one row: a bitfield takes five relocations. */
function byPath(needs: readonly Need[]): Need[][] {
  const rows = new Map<string, Need[]>();
  for (const need of needs) rows.set(need.path, [...(rows.get(need.path) ?? []), need]);
  return [...rows.values()];
}

function neededType(file: OpenFile, typeId: number, title: string, rows: Need[][], tested: boolean) {
  const row = file.types.rowOf(typeId);
  const flavor = /___[^\s]*$/.exec(title)?.[0];
  return html`<section>
    <h2 class="section-name">${row < 0 ? title : html`<a href=${typeHash(file.types, row)}>${title}</a>`}
      ${flavor ? html`<small>stands for the kernel’s ${title.slice(0, -flavor.length)}</small>` : nothing}</h2>
    ${table(`What is asked of ${title}`, ['It needs', 'Here', 'Asked by'], rows.map((needs) => html`<tr>
      <td title=${needs.map(({ text }) => text).join('\n')}>${sentence(needs)}${needs.some(isTest) || (tested && needs[0].path !== '') ? html` <span class="mark">may be missing</span>` : nothing}${
        needs.map(({ error }) => (error ? html`<div class="address">${error}</div>` : nothing))}</td>
      <td>${[...new Set(needs.map(({ here }) => here))].filter(Boolean).join(', ')}</td>
      <td>${places(needs)}</td>
    </tr>`), 'needs')}
  </section>`;
}

/** Asks whether something is there: the object can do without. */
const isTypeTest = ({ kind }: Need) => kind === 'type_exists' || kind === 'type_matches';
const isTest = (need: Need) => isTypeTest(need) || need.kind === 'field_exists' || need.kind === 'enumval_exists';

/** "the offset and size of pid", "whether it has comm, and its offset", "whether it exists, its size". */
function sentence(needs: readonly Need[]) {
  const [{ path }] = needs;
  const words = [...new Set(needs.flatMap(({ kind }) => parts[kind] ?? []))];
  const list = words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words[0];
  if (path === '') return needs.map(({ kind }) => ofType[kind] ?? kind).join(', ');
  const name = html`<code class="c-line">${path}</code>`;
  if (!needs.some(isTest)) return html`the ${list} of ${name}`;
  return list ? html`whether it has ${name}, and its ${list}` : html`whether it has ${name}`;
}

const parts: Partial<Record<CoreKind, string>> = {
  byte_off: 'offset', byte_sz: 'size', signed: 'signedness', lshift_u64: 'bits', rshift_u64: 'bits', enumval_value: 'value',
};
const ofType: Partial<Record<CoreKind, string>> = {
  byte_off: 'where it begins', byte_sz: 'its size', type_size: 'its size', type_exists: 'whether it exists', type_matches: 'whether it matches the definition here',
  target_type_id: 'its id in the kernel', local_type_id: 'its id in this object',
};

const fewPlaces = 3;

function places(needs: readonly Need[]) {
  const all = new Map<string, NeedPlace>();
  for (const { places } of needs)
    for (const { section, program, instructions } of places) {
      const key = `${section} ${program}`;
      const numbers = [...(all.get(key)?.instructions ?? []), ...instructions].sort((a, b) => a - b);
      all.set(key, { section, instructions: numbers, ...(program !== undefined && { program }) });
    }
  const shown = [...all.values()].map(place);
  return shown.length <= fewPlaces ? shown : html`<details><summary>${counted(shown.length, 'program')}</summary>${shown}</details>`;
}

const mostNumbers = 12;

function place({ section, program, instructions }: NeedPlace) {
  const numbers = instructions.slice(0, mostNumbers).map((index) => count(index)).join(', ');
  return html`<span class="place">${program === undefined ? html`<code class="c-line">${section}</code>` : html`<a class="member" href=${listHash('programs', program)}>${program}</a>`}
    <small title="Numbers of instructions">${numbers}${instructions.length > mostNumbers ? '…' : ''}</small></span>`;
}
