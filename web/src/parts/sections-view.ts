// Data sections with their variables: where each is, and what it holds before the program runs; and sections of string literals.
import { html, nothing } from 'lit-html';
import { cLine } from '../type/c-links.ts';
import { count, counted } from '../common/format.ts';
import type { DataSection, DataVariable, StringLiteral } from '../common/part-messages.ts';
import { problem, table } from './part-table.ts';
import { typeHash } from '../page/route.ts';
import type { OpenFile } from '../page/state.ts';

export function sectionsView(file: OpenFile, sections: DataSection[]) {
  return sections.map((section) => (section.literals ? literalSection(file, section, section.literals) : dataSection(file, section)));
}

function literalSection({ types }: OpenFile, { name, size, left }: DataSection, literals: readonly StringLiteral[]) {
  return html`<section>
    <h2 class="section-name">${name} <small>${counted(literals.length + left, 'string literal')}, ${counted(size, 'byte')}</small></h2>
    ${table(`String literals of ${name}`, ['Offset', 'Size', 'String', 'Variable'], literals.map(({ offset, size: bytes, text, variable: named }) => html`<tr>
      <td class="number">${place(offset)}</td>
      <td class="number">${count(bytes)}</td>
      <td><code class="c-line c-string">${JSON.stringify(text)}</code></td>
      <td>${named ? html`${cLine(types, named.declaration)}${linkage(named)}` : nothing}</td>
    </tr>`), 'variables literals')}
    ${left > 0 ? html`<p class="remark">and ${count(left)} more.</p>` : nothing}
  </section>`;
}

const place = (offset: number) => html`${count(offset)} <small>0x${offset.toString(16)}</small>`;
const linkage = (one: DataVariable) => (one.linkage === 'global' || one.linkage === '(unknown)' ? nothing : html` <span class="mark">${one.linkage}</span>`);

function dataSection(file: OpenFile, section: DataSection) {
  const { name, typeId, size, variables, left } = section;
  const row = file.types.rowOf(typeId);
  const valued = variables.some(({ value }) => value !== undefined);
  return html`<section>
    <h2 class="section-name">${row < 0 ? name : html`<a href=${typeHash(file.types, row)}>${name}</a>`}
      <small>${counted(variables.length + left, 'variable')}${size > 0 ? `, ${counted(size, 'byte')}` : ''}</small></h2>
    ${problem(section.error)}
    ${variables.length === 0 ? nothing : table(`Variables of ${name}`, ['Offset', 'Size', 'Variable', ...(valued ? ['Before the program runs'] : [])],
      variables.map((one) => variable(file, one, valued)), valued ? 'variables is-valued' : 'variables')}
    ${left > 0 ? html`<p class="remark">and ${count(left)} more, which the list of types has.</p>` : nothing}
  </section>`;
}

function variable({ types }: OpenFile, one: DataVariable, valued: boolean) {
  return html`<tr>
    <td class="number">${place(one.offset)}</td>
    <td class="number">${count(one.size)}</td>
    <td>${cLine(types, one.declaration)}${linkage(one)}${
      one.liesIn === undefined ? nothing : html` <span class="mark">in ${one.liesIn}</span>`}</td>
    ${valued ? html`<td>${initially(one, types)}</td>` : nothing}
  </tr>`;
}

const longestValue = 400;

function initially({ value, lines, references }: DataVariable, types: OpenFile['types']) {
  if (value === undefined) return nothing;
  const pointer = references.length === 1 && references[0].offset === 0 && value === '0';
  const line = value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
  return html`${pointer ? nothing : lines === undefined
    ? cLine(types, line)
    : html`<details class="value"><summary>${cLine(types, line)}</summary><pre tabindex="0">${cLine(types, lines)}</pre></details>`}
  ${references.map(({ offset, name, addend, text, member }) => html`<div class="address">${
    member ? html`<code class="c-line">${member.startsWith('[') ? member : `.${member}`}</code>: ` : offset > 0 ? `at ${count(offset)}: ` : ''}address of ${
    text === undefined ? html`<code class="c-line">${name || 'a section'}${addend ? ` + ${addend}` : ''}</code>` : html`<code class="c-line c-string">${JSON.stringify(text)}</code>`}</div>`)}`;
}
