// The functions of a BPF object, and the code of one of them.
import type { CodeRange, CoreKind, Instruction, Program } from 'btfkit';
import { html, nothing } from 'lit-html';
import { cLine } from '../type/c-links.ts';
import { copyButton } from '../common/copy-button.ts';
import { count, counted } from '../common/format.ts';
import { back } from '../common/icons.ts';
import { problem, table } from './part-table.ts';
import { listHash, typeHash } from '../page/route.ts';
import type { OpenFile, Shown } from '../page/state.ts';

export function programList({ summary, types }: OpenFile) {
  const { license, kernelVersion, programs = [] } = summary;
  return html`
    ${license === undefined ? nothing : html`<p class="type-facts"><span>Licence ${license}</span>${kernelVersion ? html`<span>for kernel ${release(kernelVersion)}</span>` : nothing}</p>`}
    ${table('Programs', ['Program', 'Type', 'Section', 'Instructions', 'Lines', 'Relocations'], programs.map((program) => html`<tr>
      <td>
        <a class="program-name" href=${listHash('programs', program.name)}>${program.name}</a>
        ${program.prototype === undefined ? nothing : html`<div>${cLine(types, program.prototype)}</div>`}
      </td>
      <td>${kindOf(program)}${marks(program)}</td>
      <td><code class="c-line">${program.section}</code></td>
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

function programFacts(program: Program): string[] {
  const { section, subprogram, attachType, target, instructions, relocations, lines, file, line } = program;
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
  return html`<article class="card object program" aria-labelledby="list-title">
    <a class="back" href=${listHash('programs')}>${back}<span>All programs</span></a>
    <h1 id="list-title">${name}</h1>
    ${program ? html`<p class="type-facts">${programFacts(program).map((fact) => html`<span>${fact}</span>`)}</p>` : html`<p class="remark"><code>${file.name}</code> has no such program.</p>`}
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
      <td class="meaning">${refersTo(one)}${adjusted(one, types)}</td>
    </tr>
  `;
}

function refersTo({ reference, core }: Instruction): string {
  if (!reference) return '';
  const { kind, name, offset, text } = reference;
  return `${kind} ${name}${offset ? ` + ${offset}` : ''}${text === undefined ? '' : ` ${JSON.stringify(text)}`}${core ? ', ' : ''}`;
}

/** What the loader puts into the instruction: "offset of struct sock.sk_family", where the type leads to its view. */
function adjusted({ core }: Instruction, types: OpenFile['types']) {
  if (!core) return nothing;
  if (core.error !== undefined) return core.error.message;
  const row = types.rowOf(core.typeId);
  const about = core.text.replace(/^<[^>]*> /, '').replace(/ \([^()]*\)$/, '');
  return html`<span title=${core.text}>${coreWords[core.kind]} ${row < 0 ? about : html`<a href=${typeHash(types, row)}>${about}</a>`}</span>`;
}

const coreWords: Record<CoreKind, string> = {
  byte_off: 'offset of', byte_sz: 'size of', field_exists: 'existence of', signed: 'signedness of', lshift_u64: 'left shift for', rshift_u64: 'right shift for',
  local_type_id: 'id here of', target_type_id: 'kernel’s id of', type_exists: 'existence of', type_size: 'size of', type_matches: 'match of',
  enumval_exists: 'existence of', enumval_value: 'value of',
};
