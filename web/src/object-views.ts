// What a BPF object, module or program has besides types: its functions with their code, maps, variables, externs, relocations.
import type { BtfErrorInfo, CodeRange, Instruction, MapDefinition, MapInfo, Program, Summary, VariableInfo } from 'btfkit';
import { html, nothing } from 'lit-html';
import { cLine } from './c-links.ts';
import { copyButton } from './copy-button.ts';
import { bytes, count, counted } from './format.ts';
import { back } from './icons.ts';
import { type ListName, type ListRoute, listHash, lists, typeHash } from './route.ts';
import type { OpenFile, Shown } from './state.ts';

const titles: Record<ListName, string> = {
  programs: 'Programs',
  maps: 'Maps',
  variables: 'Variables',
  externs: 'Externs',
  relocations: 'Relocations',
  functions: 'Functions',
};

/** Which lists a file has something in, with how much. */
export function listsOf({ summary }: OpenFile): { name: ListName; title: string; count: number }[] {
  const counts: Record<ListName, number> = {
    programs: summary.programs?.length ?? 0,
    maps: summary.maps?.length ?? 0,
    variables: variables(summary).length,
    externs: summary.externs?.length ?? 0,
    relocations: summary.relocations?.length ?? 0,
    functions: (summary.functions?.length ?? 0) + (summary.kfuncs?.length ?? 0),
  };
  return lists.filter((name) => counts[name] > 0).map((name) => ({ name, title: titles[name], count: counts[name] }));
}

export function objectView(file: OpenFile, route: ListRoute, shown: Shown | undefined) {
  if (route.name !== undefined && route.view === 'programs') return programView(file, route.name, shown);
  const listed = listsOf(file).find(({ name }) => name === route.view);
  return html`<article class="card object" aria-labelledby="list-title">
    <h1 id="list-title">${titles[route.view]}</h1>
    ${listed ? views[route.view](file) : html`<p class="remark"><code>${file.name}</code> has none.</p>`}
    ${file.summary.cut ? html`<p class="remark">The list ends early: there is more than anybody reads.</p>` : nothing}
  </article>`;
}

const views: Record<ListName, (file: OpenFile) => unknown> = {
  programs: programList,
  maps: ({ summary, types }) => (summary.maps ?? []).map((map) => mapCard(map, types)),
  variables: variableSections,
  externs: ({ summary, types }) =>
    table('Externs', ['Name', 'Section', 'Declaration'], (summary.externs ?? []).map((one) => html`<tr>
      <td class="member">${one.name}${one.weak ? html` <span class="mark">weak</span>` : nothing}</td>
      <td>${one.section || html`<em>none</em>`}</td>
      <td>${cLine(types, one.declaration)}</td>
    </tr>`)),
  relocations: ({ summary }) =>
    table('Relocations', ['Section', 'Instruction', 'What it asks of the kernel'], (summary.relocations ?? []).map((one) => html`<tr>
      <td class="member">${one.section}</td>
      <td class="number">${count(one.offset / 8)}</td>
      <td><code class="c-line">${one.text}</code></td>
    </tr>`)),
  functions: ({ summary, types }) => html`
    ${functions('Kernel functions for BPF programs', summary.kfuncs ?? [], types)} ${functions('Functions', summary.functions ?? [], types)}
  `,
};

function table(label: string, heads: string[], rows: unknown[]) {
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${label}>
    <table class="table"><thead><tr>${heads.map((head) => html`<th scope="col" class=${head === 'Instruction' || head === 'Offset' || head === 'Size' ? 'number' : ''}>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>
  </div>`;
}

function problem(error: BtfErrorInfo | undefined) {
  return error ? html`<p class="remark" role="alert">${error.message}</p>` : nothing;
}

// ---- programs

function programList({ summary, types }: OpenFile) {
  return html`
    ${summary.license === undefined ? nothing : html`<p class="remark">Licence: ${summary.license}</p>`}
    <ul class="programs">
      ${(summary.programs ?? []).map((program) => html`<li>
        <a class="program-name" href=${listHash('programs', program.name)}>${program.name}</a>
        <span class="program-facts">${programFacts(program)}</span>
        ${program.prototype === undefined ? nothing : html`<div>${cLine(types, program.prototype)}</div>`}
      </li>`)}
    </ul>
  `;
}

function programFacts(program: Program): string {
  const { section, subprogram, type, attachType, target, sleepable, fragments, instructions, relocations, lines } = program;
  const what = subprogram ? 'subprogram' : [type, attachType && `attached by ${attachType}`, target && `to ${target}`, sleepable && 'sleepable', fragments && 'with fragments'].filter(Boolean).join(' ');
  return [what, `section ${section}`, counted(instructions, 'instruction'), lines > 0 && counted(lines, 'source line'), relocations > 0 && counted(relocations, 'relocation')].filter(Boolean).join(' · ');
}

function programView(file: OpenFile, name: string, shown: Shown | undefined) {
  const program = file.summary.programs?.find((one) => one.name === name);
  return html`<article class="card object program" aria-labelledby="list-title">
    <a class="back" href=${listHash('programs')}>${back}<span>All programs</span></a>
    <h1 id="list-title">${name}</h1>
    ${program ? html`<p class="type-facts"><span>${programFacts(program)}</span></p>` : html`<p class="remark"><code>${file.name}</code> has no such program.</p>`}
    ${program?.prototype === undefined ? nothing : html`<p>${cLine(file.types, program.prototype)}</p>`}
    ${shown?.fault === undefined ? nothing : html`<p class="remark" role="alert">Its code can't be shown: ${shown.fault}</p>`}
    ${shown?.topic === 'code' && shown.answer ? code(file, shown.answer as CodeRange) : nothing}
  </article>`;
}

/** Instructions with the source that they come from above them. */
function code(file: OpenFile, range: CodeRange) {
  const text = () => range.instructions.map(({ index, text }) => `${String(index).padStart(4)}: ${text}`).join('\n');
  return html`
    ${problem(range.error)} ${range.cut ? html`<p class="remark">There are more instructions than are shown.</p>` : nothing}
    <div class="code disasm">
      ${copyButton(text)}
      <div class="disasm-frame" tabindex="0" role="region" aria-label="Instructions"><table class="disasm-table"><tbody>
        ${range.instructions.map((instruction) => lines(file, instruction))}
      </tbody></table></div>
    </div>
  `;
}

function lines({ types }: OpenFile, one: Instruction) {
  return html`
    ${one.source ? html`<tr class="source"><td class="number">${one.source.line || ''}</td><td colspan="3" title=${one.source.file}>${one.source.text || one.source.file}</td></tr>` : nothing}
    ${one.label ? html`<tr class="label"><td></td><td colspan="3">${one.label}:</td></tr>` : nothing}
    <tr>
      <td class="number">${one.index}</td>
      <td class="bytes">${one.bytes.replace(/(.{16})(?=.)/g, '$1\n')}</td>
      <td class="operation">${one.text}</td>
      <td class="meaning">${meaning(one)}${one.core && one.core.error === undefined && types.rowOf(one.core.typeId) >= 0 ? html` <a href=${typeHash(types, types.rowOf(one.core.typeId))}>type</a>` : nothing}</td>
    </tr>
  `;
}

function meaning({ reference, core }: Instruction): string {
  const said: string[] = [];
  if (reference) {
    const { kind, name, offset, text } = reference;
    said.push(`${kind} ${name}${offset ? ` + ${offset}` : ''}${text === undefined ? '' : ` ${JSON.stringify(text)}`}`);
  }
  if (core) said.push(core.error ? core.error.message : core.text);
  return said.join(', ');
}

// ---- maps and variables

function mapCard(map: MapInfo, types: OpenFile['types']) {
  const marks = [map.legacy && 'legacy', map.pinnedByName && 'pinned by name', map.holdsPrograms && 'holds programs'].filter(Boolean);
  return html`<section class="map">
    <h2>${map.name} ${marks.map((mark) => html`<span class="mark">${mark}</span>`)}</h2>
    ${definition(map, types)} ${problem(map.error)}
    ${map.inner ? html`<h3>Maps in it</h3>${definition(map.inner, types)}` : nothing}
    ${map.slots.length > 0 ? html`<p class="remark">Filled with ${map.slots.map(({ index, name }, i) => html`${i > 0 ? ', ' : ''}<code>[${index}] ${name}</code>`)}</p>` : nothing}
  </section>`;
}

function definition(map: MapDefinition, types: OpenFile['types']) {
  const fact = (term: string, value: unknown) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
  return html`<dl class="map-facts">
    ${fact('Type', map.typeName || count(map.type))}
    ${map.key === undefined && map.keySize === 0 ? nothing : fact('Key', html`${map.key === undefined ? '' : cLine(types, map.key)} ${bytes(map.keySize)}`)}
    ${map.value === undefined && map.valueSize === 0 ? nothing : fact('Value', html`${map.value === undefined ? '' : cLine(types, map.value)} ${bytes(map.valueSize)}`)}
    ${map.maxEntries === 0 ? nothing : fact('Entries', count(map.maxEntries))}
    ${map.flags === 0 ? nothing : fact('Flags', map.flagNames.join(' ') || `0x${map.flags.toString(16)}`)}
  </dl>`;
}

function variables({ variableSections }: Summary): readonly VariableInfo[] {
  return (variableSections ?? []).flatMap((section) => section.variables);
}

function variableSections({ summary, types }: OpenFile) {
  return (summary.variableSections ?? []).map((section) => html`<section>
    <h2 class="section-name">${section.name} <small>${counted(section.variables.length, 'variable')}${section.size > 0 ? `, ${counted(section.size, 'byte')}` : ''}</small></h2>
    ${problem(section.error)}
    ${table(`Variables of ${section.name}`, ['Offset', 'Size', 'Variable', 'Before the program runs'], section.variables.map((one) => html`<tr>
      <td class="number">${count(one.offset)}</td>
      <td class="number">${count(one.size)}</td>
      <td>${cLine(types, one.declaration)}</td>
      <td>${initially(one)}</td>
    </tr>`))}
  </section>`);
}

const longestValue = 400;

function initially({ value, references }: VariableInfo) {
  if (value === undefined) return nothing;
  const text = JSON.stringify(value);
  const shown = text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
  return html`<code class="c-line">${shown}</code>${references.map(({ offset, name, addend }) => html` <span class="mark">at ${offset}: address of ${name}${addend ? ` + ${addend}` : ''}</span>`)}`;
}

function functions(title: string, all: readonly { name: string; typeId: number; prototype: string }[], types: OpenFile['types']) {
  if (all.length === 0) return nothing;
  return html`<section><h2 class="section-name">${title} <small>${count(all.length)}</small></h2>
    <ul class="functions">${all.map(({ prototype }) => html`<li>${cLine(types, prototype)}</li>`)}</ul></section>`;
}
