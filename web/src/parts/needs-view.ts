// What an object needs, as sentences: what it declares extern, by who supplies it, and its CO-RE relocations, by the type that they
// speak of.
import type { CoreKind, Summary } from 'btfkit';
import { html, nothing } from 'lit-html';
import { cWrapped } from '../type/c-links.ts';
import { count, counted } from '../common/format.ts';
import type { Need, NeededExtern, NeedPlace, Needs } from '../common/part-messages.ts';
import { table } from './part-table.ts';
import { listHash, typeHash } from '../page/route.ts';
import type { OpenFile } from '../page/state.ts';

/** How many rows there will be. */
export function needCount({ relocations = [], externs = [] }: Summary): number {
  const of = (kind: CoreKind) => (kind.startsWith('enumval') ? 'value' : 'member');
  return new Set(relocations.map(({ typeId, kind, access }) => `${typeId} ${of(kind)} ${access}`)).size + externs.length;
}

export function needsView(file: OpenFile, { types, externs }: Needs) {
  const groups = types.map((type) => ({ ...type, rows: byPath(type.needs) }));
  const things = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const supplied = suppliers.map((one) => ({ ...one, externs: externs.filter(one.takes) })).filter(({ externs: some }) => some.length > 0);
  const parts = [...supplied.map(({ externs: some, one, many }) => counted(some.length, one, many)), ...(things > 0 ? [`${counted(things, 'thing')} of ${counted(types.length, 'type')} of the kernel`] : [])];
  return html`
    <p class="lead-in">What this object needs: ${listed(parts)}.
      ${things > 0 ? `The loader looks ${things === 1 ? 'that' : 'those'} up in the running kernel’s BTF and adjusts ${counted(file.summary.relocations?.length ?? 0, 'instruction')}.` : nothing}</p>
    ${supplied.map((group) => html`<section>
      <h2 class="section-name is-words">${group.title} ${group.section ? html`<small>${group.section}</small>` : nothing}</h2>
      ${table(group.title, ['It needs', 'Asked by'], group.externs.map((one) => neededExtern(file, one)), 'needs is-extern')}
    </section>`)}
    ${groups.map(({ typeId, title, rows, needs }) => neededType(file, typeId, title, rows, needs.some(isTypeTest)))}
  `;
}

/** Who supplies what is declared extern, in the order in which it is shown. */
const suppliers: { title: string; section: string; one: string; many: string; takes: (one: NeededExtern) => boolean }[] = [
  {
    title: 'The kernel’s configuration', section: '.kconfig', one: 'value of the kernel’s configuration', many: 'values of the kernel’s configuration',
    takes: ({ supplier }) => supplier === 'configuration' || supplier === 'libbpf',
  },
  { title: 'Kernel functions', section: '.ksyms', one: 'kernel function', many: 'kernel functions', takes: (one) => one.supplier === 'kernel' && one.function },
  { title: 'Kernel variables', section: '.ksyms', one: 'kernel variable', many: 'kernel variables', takes: (one) => one.supplier === 'kernel' && !one.function },
  { title: 'Another object', section: '', one: 'symbol of another object', many: 'symbols of other objects', takes: ({ supplier }) => supplier === 'object' },
];

function neededExtern({ types }: OpenFile, one: NeededExtern) {
  const row = types.rowOf(one.typeId);
  return html`<tr>
    <td><div>${row < 0 ? html`<code class="c-line">${one.name}</code>` : html`<a class="member" href=${typeHash(types, row)}>${one.name}</a>`}${supplied(one)}${
      one.weak ? `; ${without(one)} (weak)` : nothing}</div><div>${cWrapped(types, one.declaration)}</div></td>
    <td>${places([one])}</td>
  </tr>`;
}

/** ", an int, of the kernel’s configuration" */
function supplied({ supplier, type, function: isFunction, name }: NeededExtern): string {
  switch (supplier) {
    case 'libbpf':
      return `, ${byLibbpf[name] ?? 'a value'}, which libbpf finds out`;
    case 'configuration':
      return `, ${type.startsWith('char[') ? 'a string' : `${/^(?:[aeio]|un)/.test(type) ? 'an' : 'a'} ${type}`}, of the kernel’s configuration`;
    case 'kernel':
      return isFunction ? ', a kernel function' : type === 'void' ? ', the address of a kernel symbol' : ', a kernel variable';
    default:
      return isFunction ? ', a function of another object' : ', a variable of another object';
  }
}

const byLibbpf: Readonly<Record<string, string>> = {
  LINUX_KERNEL_VERSION: 'the version of the running kernel',
  LINUX_HAS_BPF_COOKIE: 'whether the running kernel has BPF cookies',
  LINUX_HAS_SYSCALL_WRAPPER: 'whether the running kernel wraps system calls',
};

function without({ supplier, type }: NeededExtern): string {
  if (supplier === 'configuration') return type.startsWith('char[') ? 'empty where that does not set it' : '0 where that does not set it';
  return supplier === 'object' ? 'its address is 0 without one' : 'the program loads without it';
}

/** "a", "a and b", "a, b and c" */
function listed(words: readonly string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : (words[0] ?? '');
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
  const list = listed(words);
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

function places(needs: readonly { places: NeedPlace[] }[]) {
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
    <small title="Numbers of instructions">at\u00a0${numbers}${instructions.length > mostNumbers ? '…' : ''}</small></span>`;
}
