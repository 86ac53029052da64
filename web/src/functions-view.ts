// The functions of a file: a kernel's 60,000, filtered by name, by the types they take or return, by tag and linkage. What is shown
// of them is kept in the address. Prototypes are asked for as they come on screen.
import { html, nothing, render } from 'lit-html';
import { declaredLine, nameLink } from './c-name.ts';
import { count, counted } from './format.ts';
import { Functions } from './functions.ts';
import { PartAddress } from './part-address.ts';
import { perFile } from './per-file.ts';
import { type ListRoute, parseRoute, typeHash } from './route.ts';
import type { OpenFile } from './state.ts';
import { VirtualRows } from './virtual-rows.ts';

const linkages = ['static', 'global', 'extern'];

interface Filter {
  q: string;
  takes: string;
  returns: string;
  tag: string;
  linkage: string;
}
const everything: Filter = { q: '', takes: '', returns: '', tag: '', linkage: '' };

class FunctionsView {
  readonly element = document.createElement('article');
  private route: ListRoute | undefined;
  private filter = everything;
  private functions: Functions | undefined;
  private fault = '';
  private shown: Uint32Array = new Uint32Array(0);
  /** The name that each of `takes` and `returns` was understood as; '' where nothing has such a name. */
  private meant = { takes: '', returns: '' };
  private readonly prototypes = new Map<number, string>();
  private readonly asked = new Set<number>();
  private readonly rows: VirtualRows;
  private readonly address = new PartAddress('functions', this.element);

  constructor(private readonly file: OpenFile) {
    this.element.className = 'card object part is-functions';
    this.element.setAttribute('aria-labelledby', 'list-title');
    this.rows = new VirtualRows('Functions', {
      columns: [{ title: 'Prototype', className: 'prototype' }, { title: 'Marks', className: 'marks' }],
      fill: (row, index) => this.fill(row, this.shown[index]),
      drawn: (first, end) => void this.ask(first, end),
    });
    this.draw();
    file.session.ask('functions', {}).then(
      (table) => {
        this.functions = new Functions(table, file.types);
        this.update();
      },
      (error: Error) => {
        this.fault = error.message;
        this.draw();
      },
    );
  }

  /** Shows what an address says. */
  show(route: ListRoute): void {
    if (route === this.route) return;
    this.route = route;
    // What was typed since the address was read is only in the address.
    const now = parseRoute(location.hash);
    this.filter = { ...everything, ...(now?.view === route.view ? now.filter : route.filter) };
    this.update();
  }

  /** What was chosen in the view goes into the address, without one more step of the history. */
  private choose(change: Partial<Filter>): void {
    this.filter = { ...this.filter, ...change };
    this.address.changed({ ...this.filter });
    this.update();
  }

  private update(): void {
    if (this.functions) {
      const { q, takes, returns, tag, linkage } = this.filter;
      const { found, meant } = this.functions.search({ text: q, takes, returns, tag, linkage: linkages.indexOf(linkage) });
      this.shown = found;
      this.meant = meant;
      this.rows.reset(found.length);
    }
    this.draw();
  }

  private draw(): void {
    render(this.template(), this.element);
  }

  private template() {
    const { functions, filter, shown } = this;
    const filtered = Object.values(filter).some((text) => text !== '');
    return html`
      <h1 id="list-title">Functions</h1>
      <div class="filters">
        ${this.field('q', 'Name', 'Search functions by name', 'tcp_')} ${this.field('takes', 'Takes', 'Type of a parameter', 'struct sk_buff *')}
        ${this.field('returns', 'Returns', 'Type of the result', 'struct sock *')}
      </div>
      ${functions ? this.chips(functions) : nothing}
      <p class="found">
        <span role="status">${functions ? (filtered ? `${count(shown.length)} of ${counted(functions.length, 'function')}${this.explained()}` : counted(functions.length, 'function')) : this.fault || 'Collecting the functions…'}</span>
        ${filtered ? html`<button class="link" @click=${() => this.choose(everything)}>Show all</button>` : nothing}
      </p>
      ${this.rows.element}
    `;
  }

  private field(name: 'q' | 'takes' | 'returns', label: string, title: string, example: string) {
    return html`<label class="filter"><span>${label}</span>
      <input type="search" class=${name === 'q' ? 'part-search' : ''} title=${title} placeholder=${example} autocomplete="off" autocapitalize="off" spellcheck="false"
        .value=${this.filter[name]} @input=${(event: Event) => this.choose({ [name]: (event.target as HTMLInputElement).value })} />
    </label>`;
  }

  /** How what was typed for a type was understood. */
  private explained(): string {
    return (['takes', 'returns'] as const)
      .filter((which) => this.filter[which] !== '')
      .map((which) => (this.meant[which] ? `, ${which === 'takes' ? 'taking' : 'returning'} ${this.meant[which]}` : `: no function ${which} “${this.filter[which]}”`))
      .join('');
  }

  private chips(functions: Functions) {
    const used = linkages.filter((_, at) => functions.linkages[at] > 0);
    if (used.length < 2 && functions.tags.length === 0) return nothing;
    return html`<div class="chips" role="group" aria-label="Functions to show">
      ${used.length < 2 ? nothing : used.map((name) => this.chip('linkage', name, functions.linkages[linkages.indexOf(name)]))}
      ${functions.tags.map(({ name, count: number }) => this.chip('tag', name, number))}
    </div>`;
  }

  private chip(which: 'tag' | 'linkage', name: string, number: number) {
    const chosen = this.filter[which] === name;
    return html`<button class="chip" data-family=${which === 'tag' ? 'tag' : 'function'} aria-pressed=${chosen} @click=${() => this.choose({ [which]: chosen ? '' : name })}>
      ${name} <span class="chip-count">${count(number)}</span>
    </button>`;
  }

  private fill(row: HTMLTableRowElement, index: number): void {
    const functions = this.functions as Functions;
    const { types } = this.file;
    const typeRow = types.rowOf(functions.id(index));
    const name = types.names[typeRow];
    const prototype = document.createElement('td');
    prototype.className = 'prototype';
    const text = this.prototypes.get(index);
    if (text !== undefined) {
      prototype.title = text;
      prototype.append(declaredLine(types, text, name, typeHash(types, typeRow)));
    } else prototype.append(nameLink(name, typeHash(types, typeRow)));
    const marks = document.createElement('td');
    marks.className = 'marks';
    const linkage = functions.linkageOf(index);
    if (functions.linkages.filter((number) => number > 0).length > 1) marks.append(mark(linkages[linkage] ?? `linkage ${linkage}`, 'reference'));
    for (const tag of functions.tagsOf(index)) marks.append(mark(tag, 'tag'));
    marks.title = [...marks.children].map(({ textContent }) => textContent).join(', ');
    row.append(prototype, marks);
  }

  /** Asks for the prototypes on screen that are not known yet. */
  private async ask(first: number, end: number): Promise<void> {
    const missing: number[] = [];
    for (let at = first; at < end; at++) if (!this.prototypes.has(this.shown[at]) && !this.asked.has(this.shown[at])) missing.push(this.shown[at]);
    if (missing.length === 0) return;
    for (const index of missing) this.asked.add(index);
    const { functions } = this;
    const texts = await this.file.session.ask('prototypes', { ids: missing.map((index) => functions!.id(index)) }).catch(() => []);
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
