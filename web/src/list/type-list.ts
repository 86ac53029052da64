// TypeList: the search box, the chips of the kinds and the list of types beneath them.
import { html, nothing, render } from 'lit-html';
import { type Expression, parseExpression } from './expression.ts';
import { Findings, type RowSet } from './findings.ts';
import { whenIdle } from '../page/idle.ts';
import { kindLimit } from '../common/kinds.ts';
import { type Base, foundLine, kindChips, listId, searchBox, sortButtons } from './list-head.ts';
import { movedBy } from './list-keys.ts';
import { fillRow } from './list-row.ts';
import { nothingFound } from './nothing-found.ts';
import type { Sort } from './order.ts';
import { Remarks } from './remarks.ts';
import { type Note, SearchNote } from './search-note.ts';
import { type Matches, isRoot, search, searchPreparations } from './search.ts';
import type { Fault } from '../open/session.ts';
import type { OpenFile } from '../page/state.ts';
import type { TypeTable } from '../common/types.ts';
import { VirtualList } from './virtual-list.ts';

/** What is asked of the list. */
export interface ListQuery {
  text: string;
  /** Kind numbers; empty: all. */
  kinds: ReadonlySet<number>;
  sort: Sort | undefined;
  /** Also the types that the file's continue. */
  withBase: boolean;
}

export interface ListActions {
  /** A type was chosen; `member`: the path of one that was searched for. */
  open(id: number, member?: string): void;
  /** Something else is asked of the list. */
  changed(): void;
  help(): void;
}

export const everything: ListQuery = { text: '', kinds: new Set(), sort: undefined, withBase: false };

export class TypeList {
  readonly element = document.createElement('section');

  private file: OpenFile | undefined;
  /** Those that are listed. */
  private types: TypeTable | undefined;
  private findings: Findings | undefined;
  private asked = everything;
  private expression: Expression = parseExpression('');
  private allChips = false;
  private matches: Matches = { rows: new Uint32Array(0), counts: new Uint32Array(0) };
  /** The list is still that of an earlier search: the package is asked. */
  private waits = false;
  /** The first is to be opened once it is there. */
  private entered = false;
  private selectedId = -1;
  private activeRow: string | undefined;
  private readonly note = new SearchNote(() => this.render());
  private counting: TypeTable | undefined;
  private holesFault = '';
  private readonly remarks = new Remarks();
  private readonly list: VirtualList;

  /** `wanted`: what to ask at first. */
  constructor(
    private readonly actions: ListActions,
    private readonly wanted: ListQuery,
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
  show(file: OpenFile): void {
    if (file === this.file) return;
    this.file = file;
    this.types = undefined;
    this.selectedId = -1;
    this.ask(this.wanted);
  }

  get query(): ListQuery {
    return this.asked;
  }

  /** Lists something else. */
  ask(query: ListQuery): void {
    if (!this.file) return;
    this.asked = query;
    this.use(query.withBase ? this.file.types.withBase : this.file.types);
    this.entered = false;
    this.findings?.begin();
    this.update();
    this.actions.changed();
  }

  private use(types: TypeTable): void {
    if (types === this.types || !this.file) return;
    this.types = types;
    this.matches = { rows: new Uint32Array(0), counts: new Uint32Array(kindLimit) };
    this.list.reset(0, -1);
    this.holesFault = '';
    this.findings = new Findings(this.file.session, types, types !== this.file.types, (lists) => (lists ? this.update() : this.remarkAgain()));
    if (types !== this.file.types) whenIdle([...types.preparations(), ...searchPreparations(types)]);
  }

  /** Marks the type that is open beside the list, and brings it into view if it is listed; -1: none. */
  select(id: number): void {
    if (id === this.selectedId) return;
    this.selectedId = id;
    const index = this.selectedIndex;
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

  private get selectedIndex(): number {
    const row = this.types?.rowOf(this.selectedId) ?? -1;
    return row < 0 ? -1 : this.matches.rows.indexOf(row);
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
    const found = this.expression.having.map((term) => this.findings?.having(term));
    this.waits = found.includes(undefined);
    if (!this.waits) {
      // What could not be looked for is said, and the rest holds.
      const among = found.filter((set): set is RowSet => set instanceof Uint8Array);
      this.matches = search(this.types, { expression: this.expression, kinds, among, sort });
      const { rows } = this.matches;
      this.list.reset(rows.length, rows.length > 0 ? 0 : -1);
      this.list.select(this.selectedIndex);
    }
    this.note.set(this.remark());
    this.render();
    if (!this.entered || this.waits) return;
    this.entered = false;
    this.choose(0);
  }

  /** Something is known of what is listed. */
  private remarkAgain(): void {
    this.note.set(this.remark());
    this.render();
  }

  /** Once for each file. The list is searched again when they are there. */
  private countHoles(types: TypeTable): void {
    const { file } = this;
    if (!file || types.column('holes') || this.counting === types) return;
    this.counting = types;
    this.holesFault = '';
    const settle = (fault: string) => {
      if (this.counting === types) this.counting = undefined;
      if (this.types !== types) return;
      this.holesFault = fault;
      if (fault) this.note.set(this.remark());
      else if (this.wantsHoles && types.column('holes')) this.update();
    };
    file.session.ask('holes', { withBase: types !== file.types }).then(
      (counted) => {
        types.setHoles(counted);
        settle('');
      },
      (fault: Fault) => settle(fault.message),
    );
  }

  private remark(): Note | undefined {
    const { types, findings } = this;
    const note = types && findings && this.remarks.about(types, findings, this.expression, this.matches);
    if (note || !this.wantsHoles) return note;
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
        attempt: (text) => this.attempt(text),
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
        base: this.base,
        clear: () => this.clear(),
      })}
      <div aria-busy=${this.waits} class="list-frame ${this.wantsHoles ? 'has-holes' : ''}" data-sort=${sort?.by ?? ''}>
        ${sortButtons(sort, this.wantsHoles, (to) => this.ask({ ...this.asked, sort: to }))}
        <div class="list-room">${this.list.element} ${rows.length === 0 && !this.waits ? html`<p class="none">${this.missed()}</p>` : nothing}</div>
      </div>
    `;
  }

  /** The chip for the types of the base. */
  private get base(): Base | undefined {
    const { file } = this;
    if (!file?.types.below) return undefined;
    const { withBase } = this.asked;
    return { name: file.base?.name ?? 'the base', count: file.types.below.length, chosen: withBase, toggle: () => this.ask({ ...this.asked, withBase: !withBase }) };
  }

  private missed() {
    const { expression } = this;
    const had = expression.having.every((term) => {
      const set = this.findings?.having(term);
      return !(set instanceof Uint8Array) || set.includes(1);
    });
    return nothingFound({ text: this.asked.text, expression, chosen: this.asked.kinds.size > 0, had, attempt: (text) => this.attempt(text) });
  }

  /** A search that was offered. */
  private attempt(text: string): void {
    this.ask({ ...this.asked, text });
    this.input?.focus();
  }

  /** The path of the member that was searched for, if the type of a row has one. */
  private memberOf(row: number): string | undefined {
    const { path, having } = this.expression;
    const { types } = this;
    if (path && types && isRoot(types, row, path)) return path.member || undefined;
    if (this.waits) return undefined; // it is of an earlier search
    const [term, other] = having.filter(({ what }) => what === 'member');
    return term && !other && !/[*?]/.test(term.name) && types?.isComposite(row) ? term.name : undefined;
  }

  private toggle(kind: number): void {
    const kinds = new Set(this.asked.kinds);
    if (!kinds.delete(kind)) kinds.add(kind);
    this.ask({ ...this.asked, kinds });
  }

  private clear(): void {
    this.ask({ ...everything, sort: this.asked.sort, withBase: this.asked.withBase });
    this.input?.focus();
  }

  private enter(): void {
    if (!this.waits) return this.choose(this.list.activeIndex);
    this.entered = true;
    this.findings?.hurry();
  }

  /** Something else is looked at by now: what was to be opened once it is found is not, any more. */
  leave(): void {
    this.entered = false;
  }

  private choose(index: number): void {
    this.entered = false;
    this.list.activate(index, 0); // what was clicked stays under the pointer
    const row = this.matches.rows[index];
    if (row !== undefined && this.types) this.actions.open(this.types.id(row), this.memberOf(row));
  }

  private move(to: number): void {
    this.list.activate(Math.max(0, Math.min(to, this.matches.rows.length - 1)));
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { activeIndex: active, page } = this.list;
    const target = movedBy(event, { active, page, last: this.matches.rows.length - 1 });
    if (target !== undefined) this.move(target);
    else if (event.key === 'Enter') this.enter();
    else if (event.key === 'Escape' && (this.asked.text !== '' || this.asked.kinds.size > 0)) this.clear();
    else return;
    event.preventDefault();
  }
}
