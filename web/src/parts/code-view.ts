// The instructions of a program with the source that they come from above them. Programs have thousands: the first are made at once,
// the rest while nothing else is to be done, all of them only once, and only those on screen are laid out.
import type { CodeRange, CoreKind, Instruction } from 'btfkit';
import { html, nothing, render } from 'lit-html';
import { Pieces } from '../common/pieces.ts';
import { typeHash } from '../page/route.ts';
import type { OpenFile } from '../page/state.ts';

/** Instructions that are made in one step, and steps that are made at once: more than a screen shows. */
const step = 20;
const firstSteps = 6;
/** Pixels that a line takes, to begin with: the browser lays out a part when it comes on screen. */
const lineHeight = 20;
/** Characters: a longer instruction moves what stands behind it, in its part only. */
const widest = 56;

const made = new WeakMap<CodeRange, HTMLElement>();

/** The same element for the same code. */
export function codeView(file: OpenFile, range: CodeRange): HTMLElement {
  let element = made.get(range);
  if (!element) made.set(range, (element = build(file, range)));
  return element;
}

function build(file: OpenFile, { instructions }: CodeRange): HTMLElement {
  const frame = document.createElement('div');
  frame.className = 'disasm-frame';
  frame.tabIndex = 0;
  frame.setAttribute('role', 'region');
  frame.setAttribute('aria-label', 'Instructions');
  const parts = document.createElement('div');
  parts.className = 'disasm-table';
  const most = (of: (one: Instruction) => number) => instructions.reduce((all, one) => Math.max(all, of(one)), 0);
  parts.style.setProperty('--number', `${String(most(({ index, source }) => Math.max(index, source?.line ?? 0))).length}ch`);
  parts.style.setProperty('--operation', `${Math.min(widest, most(({ text }) => text.length))}ch`);
  parts.setAttribute('aria-busy', 'true');
  frame.append(parts);
  new Pieces(fill(parts, file, instructions), firstSteps, () => parts.removeAttribute('aria-busy'));
  return frame;
}

/** Each part is a table of its own, so that one that is not on screen costs nothing; widths are given, and columns stand in line. */
function* fill(parts: HTMLElement, file: OpenFile, instructions: readonly Instruction[]): Iterator<void> {
  for (let at = 0; at < instructions.length; at += step) {
    const some = instructions.slice(at, at + step);
    const part = document.createElement('div');
    part.className = 'disasm-part';
    const count = some.reduce((sum, { source, label, bytes }) => sum + (source ? 1.4 : 0) + (label ? 1 : 0) + bytes.length / 16, 0);
    part.style.setProperty('contain-intrinsic-height', `auto ${Math.round(count * lineHeight)}px`);
    render(html`<table><tbody>${some.map((one) => lines(file, one))}</tbody></table>`, part);
    parts.append(part);
    yield;
  }
}

function lines({ types }: OpenFile, one: Instruction) {
  return html`
    ${one.source ? html`<tr class="source"><td class="number">${one.source.line || ''}</td><td colspan="3" title=${one.source.file}>${one.source.text || one.source.file}</td></tr>` : nothing}
    ${one.label ? html`<tr class="label"><td class="number"></td><td colspan="3">${one.label}:</td></tr>` : nothing}
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
