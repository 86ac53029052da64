// The functions of a BPF object, and one of them with its code.
import type { CodeRange, Program } from 'btfkit';
import { html, nothing } from 'lit-html';
import { cWrapped } from '../type/c-links.ts';
import { codeView } from './code-view.ts';
import { copyButton } from '../common/copy-button.ts';
import { count, counted } from '../common/format.ts';
import { back } from '../common/icons.ts';
import { problem, table } from './part-table.ts';
import { listHash } from '../page/route.ts';
import type { OpenFile, Shown } from '../page/state.ts';

export function programList({ summary, types }: OpenFile) {
  const { license, kernelVersion, programs = [] } = summary;
  return html`
    ${license === undefined ? nothing : html`<p class="type-facts"><span>Licence ${license}</span>${kernelVersion ? html`<span>for kernel ${release(kernelVersion)}</span>` : nothing}</p>`}
    ${table('Programs', ['Program', 'Type', 'Section', 'Instructions', 'Lines', 'Relocations'], programs.map((program) => html`<tr>
      <td>
        <a class="program-name" href=${listHash('programs', program.name)}>${program.name}</a>
        ${program.prototype === undefined ? nothing : html`<div>${cWrapped(types, program.prototype)}</div>`}
      </td>
      <td>${kindOf(program)}${marks(program)}</td>
      <td><code class="c-line">${program.section.split('/').map((part, i) => (i === 0 ? part : html`/<wbr>${part}`))}</code></td>
      <td class="number">${count(program.instructions)}</td>
      <td class="number">${program.lines > 0 ? count(program.lines) : ''}</td>
      <td class="number">${program.relocations > 0 ? count(program.relocations) : ''}</td>
    </tr>`), 'programs')}
  `;
}

/** 0x60c00 -> "6.12.0" */
function release(version: number): string {
  return [version >>> 16, (version >>> 8) & 255, version & 255].join('.');
}

function kindOf({ subprogram, type }: Program): string {
  return subprogram ? 'subprogram' : type || 'unknown';
}

function marks({ sleepable, fragments, autoload, subprogram }: Program) {
  const said = [sleepable && 'sleepable', fragments && 'with fragments', !autoload && !subprogram && 'not loaded by itself'].filter(Boolean);
  return said.map((mark) => html` <span class="mark">${mark}</span>`);
}

function programFacts(program: Program, code: CodeRange | undefined): string[] {
  const { section, subprogram, attachType, target, instructions, relocations, lines, file } = program;
  // The line of the first instruction: functions that were inlined may stand above it in the file.
  const first = code?.instructions[0]?.source;
  const line = first?.file === file ? first?.line : 0;
  return [
    subprogram ? 'subprogram' : [kindOf(program), attachType, target && `of ${target}`].filter(Boolean).join(' '),
    `section ${section}`,
    counted(instructions, 'instruction'),
    lines > 0 ? counted(lines, 'source line') : '',
    relocations > 0 ? counted(relocations, 'relocation') : '',
    file === undefined ? '' : `${file.replace(/^.*\//, '')}${line ? `:${line}` : ''}`,
  ].filter((fact) => fact !== '');
}

export function programView(file: OpenFile, name: string, shown: Shown | undefined) {
  const program = file.summary.programs?.find((one) => one.name === name);
  const range = shown?.topic === 'code' ? (shown.answer as CodeRange | undefined) : undefined;
  return html`<article class="card object program" aria-labelledby="list-title">
    <a class="back" href=${listHash('programs')}>${back}<span>All programs</span></a>
    <h1 id="list-title">${name}</h1>
    ${program ? html`<p class="type-facts">${programFacts(program, range).map((fact) => html`<span>${fact}</span>`)}</p>` : html`<p class="remark"><code>${file.name}</code> has no such program.</p>`}
    ${program?.prototype === undefined ? nothing : html`<p>${cWrapped(file.types, program.prototype)}</p>`}
    ${shown?.fault === undefined ? nothing : html`<p class="remark" role="alert">Its code can't be shown: ${shown.fault}</p>`}
    ${range ? code(file, range) : nothing}
  </article>`;
}

function code(file: OpenFile, range: CodeRange) {
  const text = () => range.instructions.map(({ index, text }) => `${String(index).padStart(4)}: ${text}`).join('\n');
  return html`
    ${problem(range.error)} ${range.cut ? html`<p class="remark">There are more instructions than are shown.</p>` : nothing}
    <div class="code disasm">${copyButton(text)}${codeView(file, range)}</div>
  `;
}
