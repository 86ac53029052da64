// The string table: each string with its place, its length, what it is for and who uses it.
import { html, nothing, render } from 'lit-html';
import { bytes, count, counted } from './format.ts';
import { PartAddress } from './part-address.ts';
import { perFile } from './per-file.ts';
import { type ListRoute, parseRoute, typeHash } from './route.ts';
import type { OpenFile } from './state.ts';
import { Strings, orders } from './strings.ts';
import { VirtualRows } from './virtual-rows.ts';

interface Filter {
  q: string;
  role: string;
  sort: string;
}
const everything: Filter = { q: '', role: '', sort: '' };
const plurals: Record<string, string> = {
  type: 'types', member: 'members', parameter: 'parameters', enumerator: 'enumerators', tag: 'tags', 'source line': 'source lines', file: 'files', section: 'sections', access: 'CO-RE accesses',
};
const sorts: Record<(typeof orders)[number], string> = { offset: 'by offset', length: 'longest first', uses: 'most used first' };

class StringsView {
  readonly element = document.createElement('article');
  private route: ListRoute | undefined;
  private filter = everything;
  private strings: Strings | undefined;
  private fault = '';
  private shown: Uint32Array = new Uint32Array(0);
  private readonly rows: VirtualRows;
  private readonly address = new PartAddress('strings', this.element);

  constructor(private readonly file: OpenFile) {
    this.element.className = 'card object part is-strings';
    this.element.setAttribute('aria-labelledby', 'list-title');
    this.rows = new VirtualRows('Strings', {
      columns: [
        { title: 'Offset', className: 'number' }, { title: 'Bytes', className: 'number length' },
        { title: 'String', className: 'text' }, { title: 'Used by', className: 'user' },
      ],
      fill: (row, index) => this.fill(row, this.shown[index]),
    });
    this.draw();
    file.session.ask('strings', {}).then(
      (table) => {
        this.strings = new Strings(table);
        this.update();
      },
      (error: Error) => {
        this.fault = error.message;
        this.draw();
      },
    );
  }

  show(route: ListRoute): void {
    if (route === this.route) return;
    this.route = route;
    // What was typed since the address was read is only in the address.
    const now = parseRoute(location.hash);
    this.filter = { ...everything, ...(now?.view === route.view ? now.filter : route.filter) };
    this.update();
  }

  private choose(change: Partial<Filter>): void {
    this.filter = { ...this.filter, ...change };
    this.address.changed({ ...this.filter });
    this.update();
  }

  private update(): void {
    if (this.strings) {
      const { q, role, sort } = this.filter;
      this.shown = this.strings.search({ text: q, role, order: orders.find((order) => order === sort) ?? 'offset' });
      this.rows.reset(this.shown.length);
    }
    this.draw();
  }

  private draw(): void {
    render(this.template(), this.element);
  }

  private template() {
    const { strings, filter, shown } = this;
    const filtered = filter.q !== '' || filter.role !== '';
    return html`
      <h1 id="list-title">Strings</h1>
      <div class="filters">
        <label class="filter"><span>Text</span>
          <input type="search" class="part-search" title="Search strings" placeholder="part of a string" autocomplete="off" autocapitalize="off" spellcheck="false"
            .value=${filter.q} @input=${(event: Event) => this.choose({ q: (event.target as HTMLInputElement).value })} />
        </label>
        <label class="filter is-short"><span>Order</span>
          <select @change=${(event: Event) => this.choose({ sort: (event.target as HTMLSelectElement).value })}>
            ${orders.map((order) => html`<option value=${order === 'offset' ? '' : order} ?selected=${filter.sort === order}>${sorts[order]}</option>`)}
          </select>
        </label>
      </div>
      ${strings ? this.chips(strings) : nothing}
      <p class="found">
        <span role="status">${strings ? `${filtered ? `${count(shown.length)} of ` : ''}${counted(strings.length, 'string')}, ${bytes(this.file.summary.strings.bytes)}` : this.fault || 'Collecting the strings…'}</span>
        ${filtered ? html`<button class="link" @click=${() => this.choose({ q: '', role: '' })}>Show all</button>` : nothing}
      </p>
      ${this.rows.element}
    `;
  }

  private chips(strings: Strings) {
    return html`<div class="chips" role="group" aria-label="Strings to show">
      ${strings.counts.map(({ role, count: number }) => {
        const chosen = this.filter.role === role;
        return html`<button class="chip" data-family=${families[role] ?? 'reference'} aria-pressed=${chosen} @click=${() => this.choose({ role: chosen ? '' : role })}>
          ${plurals[role] ?? role} <span class="chip-count">${count(number)}</span>
        </button>`;
      })}
    </div>`;
  }

  private fill(row: HTMLTableRowElement, at: number): void {
    const strings = this.strings as Strings;
    const cell = (className: string, ...content: (string | Node)[]) => {
      const element = document.createElement('td');
      element.className = className;
      element.append(...content);
      row.append(element);
      return element;
    };
    const text = visible(strings.texts[at]);
    cell('number', count(strings.offset(at)));
    cell('number length', count(strings.bytes(at)));
    if (text === '') cell('text is-empty', 'what has no name');
    else cell('text', clamped(text)).title = text;
    cell('user', ...this.users(strings, at));
  }

  private users(strings: Strings, at: number): (string | Node)[] {
    const roles = strings.roles(at);
    const uses = strings.uses(at);
    if (roles.length === 0) return strings.isUnused(at) ? ['nothing'] : [];
    const { types } = this.file;
    const row = types.rowOf(strings.user(at));
    if (row < 0) return [uses === 1 ? roles.join(', ') : `${roles.join(', ')}, ${count(uses)} times`];
    const link = document.createElement('a');
    link.href = typeHash(types, row);
    link.textContent = types.names[row] || types.label(row);
    const others = uses > 1 ? ` and ${count(uses - 1)} more` : '';
    return types.names[row] === strings.texts[at] ? [`${roles.join(', ')} `, link, others] : [`${roles.join(', ')} of `, link, others];
  }
}

/** What the style may cut after a line or two. */
function clamped(text: string): HTMLElement {
  const span = document.createElement('span');
  span.className = 'clamped';
  span.textContent = text;
  return span;
}

const families: Record<string, string> = { type: 'composite', member: 'data', parameter: 'function', enumerator: 'enum', tag: 'tag', 'source line': 'basic', file: 'basic', section: 'alias', access: 'alias' };

/** Control characters as C writes them: a line feed in a string is none in the list. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, (character) => ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' })[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const kept = perFile((file) => new StringsView(file));

export function stringsView(file: OpenFile, route: ListRoute): HTMLElement {
  const view = kept(file);
  view.show(route);
  return view.element;
}
