// TypeList: the search field, the kind chips and the list of types beneath them.
import { html, nothing, render } from 'lit-html';
import { bytes, count, counted } from './format.ts';
import { kindFacts, kindOrder, namedKinds } from './kinds.ts';
import { type Matches, search } from './search.ts';
import type { TypeTable } from './types.ts';
import { VirtualList } from './virtual-list.ts';

const listId = 'types';

export class TypeList {
  readonly element = document.createElement('section');

  private types: TypeTable | undefined;
  private readonly others = new WeakMap<TypeTable, { text: string; kinds: Set<number> }>();
  private text = '';
  private kinds = new Set<number>();
  /** Whether the chips of the kinds that seldom have names are shown. */
  private allChips = false;
  private matches: Matches = { rows: new Uint32Array(0), counts: new Uint32Array(0) };
  private selectedRow = -1;
  private activeRow: string | undefined;
  private readonly list: VirtualList;

  /** `open` is called with the row of the type that was chosen. */
  constructor(private readonly open: (row: number) => void) {
    this.element.className = 'types';
    this.element.setAttribute('aria-label', 'Types');
    this.list = new VirtualList(listId, 'Types', {
      fill: (element, index) => this.fill(element, this.matches.rows[index]),
      open: (index) => this.choose(index),
    });
    this.list.onActiveRow = (id) => {
      if (id === this.activeRow) return;
      this.activeRow = id;
      if (id) this.input?.setAttribute('aria-activedescendant', id);
      else this.input?.removeAttribute('aria-activedescendant');
    };
    this.list.element.addEventListener('keydown', (event) => this.key(event));
  }

  /** Shows another file's types: all of them, or what was searched for in them before. */
  show(types: TypeTable): void {
    if (types === this.types) return;
    if (this.types) this.others.set(this.types, { text: this.text, kinds: this.kinds });
    this.types = types;
    ({ text: this.text, kinds: this.kinds } = this.others.get(types) ?? { text: '', kinds: new Set() });
    this.selectedRow = -1;
    this.update();
  }

  /** Marks the type that is open beside the list, and brings it into view if it is listed; -1: none. */
  select(row: number): void {
    if (row === this.selectedRow) return;
    this.selectedRow = row;
    const index = this.matches.rows.indexOf(row);
    if (index >= 0 && index !== this.list.activeIndex) this.list.activate(index);
    this.list.select(index);
  }

  focusSearch(): void {
    this.input?.focus();
    this.input?.select();
  }

  /** Shows only one kind: what a click on its bar does. */
  filterKind(kind: number): void {
    this.text = '';
    this.kinds = new Set([kind]);
    this.update();
    this.list.element.focus();
  }

  private get input(): HTMLInputElement | null {
    return this.element.querySelector('input');
  }

  private update(): void {
    if (!this.types) return;
    this.matches = search(this.types, { text: this.text, kinds: this.kinds });
    this.list.reset(this.matches.rows.length, this.matches.rows.length > 0 ? 0 : -1);
    this.list.select(this.matches.rows.indexOf(this.selectedRow));
    render(this.template(this.types), this.element);
  }

  private template(types: TypeTable) {
    const found = this.matches.rows.length;
    const filtered = this.text !== '' || this.kinds.size > 0;
    return html`
      <div class="search">
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><circle cx="7" cy="7" r="4.5" /><path d="m10.5 10.5 3.5 3.5" /></svg>
        <input
          type="text"
          role="combobox"
          aria-label="Search types by name"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls=${listId}
          placeholder="Search types"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          .value=${this.text}
          @input=${(event: InputEvent) => {
            this.text = (event.target as HTMLInputElement).value;
            this.update();
          }}
          @keydown=${(event: KeyboardEvent) => this.key(event)}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <div class="chips" role="group" aria-label="Kinds to show">${this.chips(types)}</div>
      <p class="found">
        <span role="status">
          ${filtered ? html`${count(found)} of ${counted(types.length, 'type')}` : counted(types.length, 'type')}
        </span>
        ${filtered ? html`<button class="link" @click=${() => this.clear()}>Show all</button>` : nothing}
      </p>
      <div class="list-frame">
        ${this.list.element}
        ${found === 0 ? html`<p class="none">No type ${this.text ? html`has “${this.text}” in its name` : 'is of these kinds'}.</p>` : nothing}
      </div>
    `;
  }

  private chips(types: TypeTable) {
    const present = (kind: number) => types.counts[kind] > 0;
    const named = kindOrder.slice(0, namedKinds).filter(present);
    const others = kindOrder.slice(namedKinds).filter(present);
    const chosen = others.filter((kind) => this.kinds.has(kind));
    return html`
      ${[...named, ...(this.allChips ? others : chosen)].map((kind) => this.chip(kind))}
      ${others.length === 0
        ? nothing
        : html`<button class="chip is-more" aria-expanded=${this.allChips} @click=${() => this.toggleChips()}>
            ${this.allChips ? 'fewer' : `${others.length - chosen.length} more`}
          </button>`}
    `;
  }

  private chip(kind: number) {
    const { label, family } = kindFacts(kind);
    const chosen = this.kinds.has(kind);
    const matching = this.matches.counts[kind];
    return html`<button
      class="chip ${matching === 0 ? 'is-empty' : ''}"
      data-family=${family}
      aria-pressed=${chosen}
      @click=${() => this.toggle(kind)}
    >
      ${label} <span class="chip-count">${count(matching)}</span>
    </button>`;
  }

  private toggleChips(): void {
    this.allChips = !this.allChips;
    if (this.types) render(this.template(this.types), this.element);
  }

  private toggle(kind: number): void {
    const kinds = new Set(this.kinds);
    if (!kinds.delete(kind)) kinds.add(kind);
    this.kinds = kinds;
    this.update();
  }

  private clear(): void {
    this.text = '';
    this.kinds = new Set();
    this.update();
    this.input?.focus();
  }

  private choose(index: number): void {
    this.list.activate(index);
    const row = this.matches.rows[index];
    if (row !== undefined) this.open(row);
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = this.target(event);
    if (target !== undefined) this.list.activate(target);
    else if (event.key === 'Enter') this.choose(this.list.activeIndex);
    else if (event.key === 'Escape' && (this.text !== '' || this.kinds.size > 0)) this.clear();
    else return;
    event.preventDefault();
  }

  /** Where a key moves the active row. Home and End stay with the text while it is being edited. */
  private target(event: KeyboardEvent): number | undefined {
    const { activeIndex, page } = this.list;
    const last = this.matches.rows.length - 1;
    const editing = event.currentTarget instanceof HTMLInputElement;
    switch (event.key) {
      case 'ArrowDown':
        return Math.min(activeIndex + 1, last);
      case 'ArrowUp':
        return Math.max(activeIndex - 1, 0);
      case 'PageDown':
        return Math.min(activeIndex + page, last);
      case 'PageUp':
        return Math.max(activeIndex - page, 0);
      case 'Home':
        return editing ? undefined : 0;
      case 'End':
        return editing ? undefined : last;
      default:
        return undefined;
    }
  }

  /** Fills a row of the list. Made by hand, not by a template: this runs for every row that scrolls past. */
  private fill(element: HTMLElement, row: number): void {
    if (element.childElementCount === 0) {
      for (const part of ['badge', 'name', 'size']) {
        const span = document.createElement('span');
        span.className = part;
        element.append(span);
      }
    }
    const types = this.types as TypeTable;
    const [badge, name, size] = element.children as unknown as HTMLElement[];
    const { label, family } = kindFacts(types.kind(row));
    badge.textContent = label;
    badge.dataset['family'] = family;
    name.textContent = types.label(row);
    name.classList.toggle('is-unnamed', types.names[row] === '');
    const inBytes = types.size(row);
    size.textContent = inBytes === undefined ? '' : bytes(inBytes);
  }
}
