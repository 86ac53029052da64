// PartList: what the views of long lists have in common: filters, which the address keeps, how much they leave, and its rows. What
// is listed is asked for once.
import { html, nothing, render } from 'lit-html';
import { count } from '../common/format.ts';
import { LateAddress } from '../page/late-address.ts';
import { type ListName, type ListRoute, listHash, parseRoute } from '../page/route.ts';
import { type RowsSource, VirtualRows } from './virtual-rows.ts';

/** What is typed and chosen, by the names in the address; '': nothing. `sort` leaves nothing out. */
type Filter = Readonly<Record<string, string>>;

export abstract class PartList<Table, Choices extends Filter> {
  readonly element = document.createElement('article');
  protected filter: Choices;
  protected table: Table | undefined;
  /** Indexes of what the filters leave. */
  protected shown: Uint32Array = new Uint32Array(0);
  protected readonly rows: VirtualRows;
  private route: ListRoute | undefined;
  private said: string;
  private readonly address = new LateAddress(() => (parseRoute(location.hash)?.view === this.view ? listHash(this.view, '', { ...this.filter }) : undefined));

  /** `everything`: the filters that leave nothing out. */
  constructor(
    private readonly view: ListName,
    private readonly title: string,
    private readonly everything: Choices,
    columns: RowsSource['columns'],
    table: Promise<Table>,
  ) {
    this.filter = everything;
    this.said = `Collecting the ${view}…`;
    this.element.className = `card object part is-${view}`;
    this.element.setAttribute('aria-labelledby', 'list-title');
    this.element.addEventListener('click', () => this.address.write()); // one comes back from a link to what was found
    this.rows = new VirtualRows(title, {
      columns,
      fill: (row, index) => this.fill(row, this.shown[index]),
      drawn: (first, end) => this.drawn(first, end),
    });
    this.draw();
    table.then(
      (arrived) => {
        this.table = arrived;
        this.update();
      },
      (error: Error) => {
        this.said = error.message;
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
    this.filter = { ...this.everything, ...(now?.view === route.view ? now.filter : route.filter) };
    this.update();
  }

  protected abstract search(table: Table): Uint32Array;
  /** Fields to filter by. */
  protected abstract fields(): unknown;
  /** Chips to filter by; nothing: there is nothing to choose from. */
  protected abstract chips(table: Table): unknown;
  /** How much is shown: `found` is empty, or "3 of ". */
  protected abstract summary(table: Table, found: string): string;
  /** Makes the cells of a row, which is empty. */
  protected abstract fill(row: HTMLTableRowElement, index: number): void;
  /** Rows were drawn: those of `shown` from `first` on. */
  protected drawn(_first: number, _end: number): void {}

  /** What was chosen in the view goes into the address, without one more step of the history. */
  protected choose(change: Filter): void {
    this.filter = { ...this.filter, ...change };
    this.address.changed();
    this.update();
  }

  protected field(name: string, label: string, title: string, example: string) {
    return html`<label class="filter"><span>${label}</span>
      <input type="search" class=${name === 'q' ? 'part-search' : ''} title=${title} placeholder=${example} autocomplete="off" autocapitalize="off" spellcheck="false"
        .value=${this.filter[name]} @input=${(event: Event) => this.choose({ [name]: (event.target as HTMLInputElement).value })} />
    </label>`;
  }

  protected chip(which: string, value: string, number: number, family: string, label = value) {
    const chosen = this.filter[which] === value;
    return html`<button class="chip" data-family=${family} aria-pressed=${chosen} @click=${() => this.choose({ [which]: chosen ? '' : value })}>
      ${label} <span class="chip-count">${count(number)}</span>
    </button>`;
  }

  private update(): void {
    if (this.table) {
      this.shown = this.search(this.table);
      this.rows.reset(this.shown.length);
    }
    this.draw();
  }

  private draw(): void {
    const { table, title, filter } = this;
    const filtered = Object.entries(filter).some(([name, text]) => name !== 'sort' && text !== '');
    const chips = table ? this.chips(table) : nothing;
    const { sort } = filter;
    render(
      html`
        <h1 id="list-title">${title}</h1>
        <div class="filters">${this.fields()}</div>
        ${chips === nothing ? nothing : html`<div class="chips" role="group" aria-label="${title} to show">${chips}</div>`}
        <p class="found">
          <span role="status">${table ? this.summary(table, filtered ? `${count(this.shown.length)} of ` : '') : this.said}</span>
          ${filtered ? html`<button class="link" @click=${() => this.choose({ ...this.everything, ...(sort && { sort }) })}>Show all</button>` : nothing}
        </p>
        ${this.rows.element}
      `,
      this.element,
    );
  }
}
