// The functions of a file: a kernel's 60,000, filtered by name, by the types they take or return, by tag and linkage. What is shown
// of them is kept in the address. Prototypes are asked for as they come on screen.
import { html, nothing } from 'lit-html';
import { declaredLine, nameLink } from '../type/c-name.ts';
import { counted } from '../common/format.ts';
import { Functions } from './functions.ts';
import { PartList } from './part-list.ts';
import { perFile } from '../common/per-file.ts';
import { type ListRoute, typeHash } from '../page/route.ts';
import type { OpenFile } from '../page/state.ts';

const linkages = ['static', 'global', 'extern'];
const everything = { q: '', takes: '', returns: '', tag: '', linkage: '' };

class FunctionsView extends PartList<Functions, typeof everything> {
  /** The name that each of `takes` and `returns` was understood as; '' where nothing has such a name. */
  private meant = { takes: '', returns: '' };
  private readonly prototypes = new Map<number, string>();
  private readonly asked = new Set<number>();

  constructor(private readonly file: OpenFile) {
    const table = file.session.ask('functions', {}).then((answer) => new Functions(answer, file.types));
    super('functions', 'Functions', everything, [{ title: 'Prototype', className: 'prototype' }], table);
  }

  protected search(functions: Functions): Uint32Array {
    const { q, takes, returns, tag, linkage } = this.filter;
    const { found, meant } = functions.search({ text: q, takes, returns, tag, linkage: linkages.indexOf(linkage) });
    this.meant = meant;
    return found;
  }

  protected fields() {
    return html`
      ${this.field('q', 'Name', 'Search functions by name', 'tcp_')} ${this.field('takes', 'Takes', 'Type of a parameter; with a star, pointers to it only', 'struct sk_buff *')}
      ${this.field('returns', 'Returns', 'Type of the result; with a star, pointers to it only', 'struct sock *')}
    `;
  }

  protected summary(functions: Functions, found: string): string {
    return `${found}${counted(functions.length, 'function')}${this.explained()}`;
  }

  /** How what was typed for a type was understood. */
  private explained(): string {
    return (['takes', 'returns'] as const)
      .filter((which) => this.filter[which] !== '')
      .map((which) => (this.meant[which] ? `, ${which === 'takes' ? 'taking' : 'returning'} ${this.meant[which]}` : `: no function ${which} “${this.filter[which]}”`))
      .join('');
  }

  protected chips({ linkages: counts, tags }: Functions) {
    const used = linkages.filter((_, at) => counts[at] > 0);
    if (used.length < 2 && tags.length === 0) return nothing;
    return html`${used.length < 2 ? nothing : used.map((name) => this.chip('linkage', name, counts[linkages.indexOf(name)], 'function'))}
      ${tags.map(({ name, count: number }) => this.chip('tag', name, number, 'tag'))}`;
  }

  protected fill(row: HTMLTableRowElement, index: number): void {
    const functions = this.table as Functions;
    const { types } = this.file;
    const typeRow = types.rowOf(functions.id(index));
    const name = types.names[typeRow];
    const cell = document.createElement('td');
    const prototype = document.createElement('div');
    cell.className = 'prototype';
    const text = this.prototypes.get(index);
    if (text !== undefined) {
      prototype.title = text;
      prototype.append(declaredLine(types, text, name, typeHash(types, typeRow)));
    } else prototype.append(nameLink(name, typeHash(types, typeRow)));
    const marks = document.createElement('span');
    marks.className = 'marks';
    const linkage = functions.linkageOf(index);
    if (functions.linkages.filter((number) => number > 0).length > 1) marks.append(mark(linkages[linkage] ?? `linkage ${linkage}`, 'reference'));
    for (const tag of functions.tagsOf(index)) marks.append(mark(tag, 'tag'));
    if (marks.childElementCount > 0) prototype.append(marks);
    cell.append(prototype);
    row.append(cell);
  }

  /** Asks for the prototypes on screen that are not known yet. */
  protected override async drawn(first: number, end: number): Promise<void> {
    const missing: number[] = [];
    for (let at = first; at < end; at++) if (!this.prototypes.has(this.shown[at]) && !this.asked.has(this.shown[at])) missing.push(this.shown[at]);
    if (missing.length === 0) return;
    for (const index of missing) this.asked.add(index);
    const { table } = this;
    const texts = await this.file.session.ask('prototypes', { ids: missing.map((index) => table!.id(index)) }).catch(() => []);
    texts.forEach((text, i) => this.prototypes.set(missing[i], text));
    const arrived = new Set(missing);
    this.shown.subarray(first, end).forEach((index, i) => arrived.has(index) && this.rows.refresh(first + i));
  }
}

function mark(text: string, family: string): HTMLElement {
  const span = document.createElement('span');
  span.className = 'badge';
  span.dataset['family'] = family;
  span.textContent = text;
  return span;
}

const kept = perFile((file) => new FunctionsView(file));

export function functionsView(file: OpenFile, route: ListRoute): HTMLElement {
  const view = kept(file);
  view.show(route);
  return view.element;
}
