// The facts of a layout's drawing as a table. Made by hand: a kernel's largest types have thousands of rows.
import { cLine } from './c-links.ts';
import { count } from '../common/format.ts';
import { type Part, flat } from './layout-parts.ts';
import type { TypeTable } from '../common/types.ts';

/** Fills the body of the table, a row a step, with so many of them at most. `cacheLine`: bytes. */
export function* fillTable(body: HTMLElement, types: TypeTable, parts: readonly Part[], cacheLine: number, most: number): Generator<void> {
  const marked = new Map<string, Node>(); // the same types come again and again
  let line = 0;
  let number = 0;
  body.replaceChildren();
  for (const part of flat(parts)) {
    if (++number > most) return;
    // As pahole has it: before the first member that begins on or behind a boundary.
    const here = Math.floor(part.start / 8 / cacheLine);
    if (here > line && part.end > part.start) {
      body.append(ruler(here, cacheLine, part.start / 8));
      line = here;
    }
    body.append(row(types, part, marked));
    yield;
  }
}

function row(types: TypeTable, part: Part, marked: Map<string, Node>): HTMLElement {
  const { kind, start, end, depth } = part;
  const element = document.createElement('tr');
  element.dataset['key'] = part.key;
  const byte = Math.floor(start / 8);
  const bits = end - start;
  const offset = cell('number', count(byte));
  if (start % 8 !== 0) offset.append(small(`:${start % 8}`));
  const hex = cell('number hex', `0x${byte.toString(16)}`);
  const whole = start % 8 === 0 && bits % 8 === 0;
  const size = cell('number', whole ? count(bits / 8) : `${bits} `);
  if (!whole) size.append(small(bits === 1 ? 'bit' : 'bits'));
  const name = cell(`member depth-${Math.min(depth, 6)}`, '');
  if (kind === 'member') {
    if (part.opens) name.append(disclosure(part));
    name.append(part.name || anonymous());
    const type = document.createElement('td');
    const known = marked.get(part.type) ?? cLine(types, part.type);
    marked.set(part.type, known);
    type.append(known.cloneNode(true));
    element.append(offset, hex, size, name, type);
  } else {
    element.className = kind === 'rest' ? 'is-rest' : 'is-space';
    name.colSpan = 2;
    name.append(kind === 'rest' ? part.name : kind);
    element.append(offset, hex, size, name);
  }
  return element;
}

/** The boundary of a cache line. */
function ruler(line: number, cacheLine: number, next: number): HTMLElement {
  const element = document.createElement('tr');
  element.className = 'ruler';
  const words = cell('', `cache line ${count(line)}, at ${count(line * cacheLine)}${next > line * cacheLine ? `, ${count(Math.floor(next - line * cacheLine))} bytes ago` : ''}`);
  words.colSpan = 4; // as many as a narrow screen has
  element.append(words);
  return element;
}

function disclosure(part: Part): HTMLElement {
  const button = document.createElement('button');
  button.className = 'disclose';
  button.setAttribute('aria-expanded', String(part.inner !== undefined));
  button.setAttribute('aria-label', `Members of ${part.name}`);
  return button;
}

function cell(className: string, text: string): HTMLTableCellElement {
  const element = document.createElement('td');
  element.className = className;
  element.textContent = text;
  return element;
}

function small(text: string): HTMLElement {
  const element = document.createElement('small');
  element.textContent = text;
  return element;
}

function anonymous(): HTMLElement {
  const element = document.createElement('em');
  element.textContent = '(anonymous)';
  return element;
}
