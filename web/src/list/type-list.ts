// TypeList: the search box, the chips of the kinds and the list of types beneath them.
import { html, nothing, render } from 'lit-html';
import { type Expression, parseExpression } from './expression.ts';
import { counted } from '../common/format.ts';
import { foundLine, kindChips, listId, searchBox, sortButtons } from './list-head.ts';
import { movedBy } from './list-keys.ts';
import { fillRow } from './list-row.ts';
import { listHash } from '../page/route.ts';
import type { Sort } from './order.ts';
import { type Note, SearchNote } from './search-note.ts';
import { type Matches, search } from './search.ts';
import type { TypeTable } from '../common/types.ts';
import { VirtualList } from './virtual-list.ts';

/** What is asked of the list. */
export interface ListQuery {
  text: string;
  /** Kind numbers; empty: all. */
  kinds: ReadonlySet<number>;
  sort: Sort | undefined;
}

export interface ListActions {
  /** The type of a row was chosen. */
  open(row: number): void;
  /** Has the holes of the types counted, which the search needs; see TypeTable.setHoles. */
  countHoles(types: TypeTable): Promise<void>;
  /** Something else is asked of the list. */
  changed(): void;
  help(): void;
}

export const everything: ListQuery = { text: '', kinds: new Set(), sort: undefined };

export class TypeList {
  readonly element = document.createElement('section');

  private types: TypeTable | undefined;
  private asked = everything;
  private expression: Expression = parseExpression('');
  private allChips = false;
  private matches: Matches = { rows: new Uint32Array(0), counts: new Uint32Array(0) };
  private selectedRow = -1;
  private activeRow: string | undefined;
  private readonly note = new SearchNote(() => this.render());
  private counting: TypeTable | undefined;
  private holesFault = '';
  private readonly list: VirtualList;

  /** `wanted`: what to ask of the first file that is shown. */
  constructor(
    private readonly actions: ListActions,
    private wanted = everything,
  ) {
    this.element.className = 'types';
    this.element.setAttribute('aria-label', 'Types');
    this.list = new VirtualList(listId, 'Types', {
      fill: (element, index) => fillRow(element, this.types as TypeTable, this.matches.rows[index]),
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

  /** Shows another file's types. */
  show(types: TypeTable): void {
    if (types === this.types) return;
    this.types = types;
    this.selectedRow = -1;
    this.holesFault = '';
    this.ask(this.wanted);
    this.wanted = everything;
  }

  get query(): ListQuery {
    return this.asked;
  }

  /** Lists something else. */
  ask(query: ListQuery): void {
    if (!this.types) return;
    this.asked = query;
    this.update();
    this.actions.changed();
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

  /** As if an arrow had been pressed in the list, which takes the focus; false where there is no list to see. */
  step(by: number): boolean {
    if (!this.element.isConnected || this.list.element.clientHeight === 0) return false;
    this.list.element.focus({ preventScroll: true });
    this.move(this.list.activeIndex + by);
    return true;
  }

  /** Shows only one kind: what a click on its bar does. */
  filterKind(kind: number): void {
    this.ask({ ...this.asked, text: '', kinds: new Set([kind]) });
    this.list.element.focus();
  }

  /** Shows what a text finds, as if it had been typed. */
  searchFor(text: string): void {
    this.ask({ ...this.asked, text, kinds: everything.kinds });
    this.input?.focus();
  }

  private get input(): HTMLInputElement | null {
    return this.element.querySelector('input');
  }

  private get wantsHoles(): boolean {
    return this.asked.sort?.by === 'holes' || this.expression.conditions.some(({ field }) => field === 'holes');
  }

  private update(): void {
    if (!this.types) return;
    const { text, kinds, sort } = this.asked;
    this.expression = parseExpression(text);
    if (this.wantsHoles) this.countHoles(this.types);
    this.matches = search(this.types, { expression: this.expression, kinds, sort });
    const { rows } = this.matches;
    this.list.reset(rows.length, rows.length > 0 ? 0 : -1);
    this.list.select(rows.indexOf(this.selectedRow));
    this.note.set(this.remark());
    this.render();
  }

  /** Once for each file. The list is searched again when they are there. */
  private countHoles(types: TypeTable): void {
    if (types.column('holes') || this.counting === types) return;
    this.counting = types;
    this.holesFault = '';
    const settle = (fault: string) => {
      if (this.counting === types) this.counting = undefined;
      if (this.types !== types) return;
      this.holesFault = fault;
      if (fault) this.note.set(this.remark());
      else if (this.wantsHoles && types.column('holes')) this.update();
    };
    this.actions.countHoles(types).then(
      () => settle(''),
      (error: unknown) => settle(error instanceof Error ? error.message : String(error)),
    );
  }

  private remark(): Note | undefined {
    const { problem } = this.expression;
    const { cut } = this.matches;
    if (problem !== undefined) return { text: problem, wrong: true };
    if (cut !== undefined) return { text: `The expression is too slow: it saw the first ${counted(cut, 'type')}.`, wrong: true };
    if (!this.wantsHoles) return undefined;
    if (this.holesFault) return { text: `The holes could not be counted: ${this.holesFault}`, wrong: true };
    return this.counting ? { text: 'Counting the holes of all structs…', wrong: false } : undefined;
  }

  private render(): void {
    if (this.types) render(this.template(this.types), this.element);
  }

  private template(types: TypeTable) {
    const { text, kinds, sort } = this.asked;
    const { rows, counts } = this.matches;
    return html`
      ${searchBox({
        text,
        note: this.note.shown,
        input: (typed) => this.ask({ ...this.asked, text: typed }),
        key: (event) => this.key(event),
        help: this.actions.help,
      })}
      ${kindChips({
        types,
        counts,
        chosen: kinds,
        all: this.allChips,
        toggle: (kind) => this.toggle(kind),
        toggleAll: () => {
          this.allChips = !this.allChips;
          this.render();
        },
      })}
      ${foundLine({
        found: rows.length,
        types: types.length,
        filtered: text.trim() !== '' || kinds.size > 0,
        ranked: !sort && this.expression.words.length > 0,
        clear: () => this.clear(),
      })}
      <div class="list-frame ${this.wantsHoles ? 'has-holes' : ''}" data-sort=${sort?.by ?? ''}>
        ${sortButtons(sort, this.wantsHoles, (to) => this.ask({ ...this.asked, sort: to }))}
        <div class="list-room">${this.list.element} ${rows.length === 0 ? html`<p class="none">${this.nothingFound()}</p>` : nothing}</div>
      </div>
    `;
  }

  private nothingFound() {
    const { words, conditions, patterns, kinds } = this.expression;
    const { text, kinds: chosen } = this.asked;
    const onlyName = words.length > 0 && conditions.length + patterns.length + kinds.length + chosen.size === 0;
    if (onlyName) {
      return html`No type has “${text.trim()}” in its name.
        <br /><a href=${listHash('strings', '', { q: words.join(' ') })}>Look among members, parameters and enumerators</a>
        ${words.length > 1 ? html`<br />Each word is looked for; kinds come first, as in “struct ${words.at(-1)}”.` : nothing}`;
    }
    if (text.trim() === '') return 'No type is of these kinds.';
    return `No type satisfies “${text.trim()}”${chosen.size > 0 ? ' among the kinds chosen' : ''}.`;
  }

  private toggle(kind: number): void {
    const kinds = new Set(this.asked.kinds);
    if (!kinds.delete(kind)) kinds.add(kind);
    this.ask({ ...this.asked, kinds });
  }

  private clear(): void {
    this.ask({ ...everything, sort: this.asked.sort });
    this.input?.focus();
  }

  private choose(index: number): void {
    this.list.activate(index, 0); // what was clicked stays under the pointer
    const row = this.matches.rows[index];
    if (row !== undefined) this.actions.open(row);
  }

  private move(to: number): void {
    this.list.activate(Math.max(0, Math.min(to, this.matches.rows.length - 1)));
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { activeIndex: active, page } = this.list;
    const target = movedBy(event, { active, page, last: this.matches.rows.length - 1 });
    if (target !== undefined) this.move(target);
    else if (event.key === 'Enter') this.choose(this.list.activeIndex);
    else if (event.key === 'Escape' && (this.asked.text !== '' || this.asked.kinds.size > 0)) this.clear();
    else return;
    event.preventDefault();
  }
}
