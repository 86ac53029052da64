// VirtualRows: a table of any length that holds only the rows on screen. Rows have one fixed height (--row of the frame), so the place
// of each is a multiplication; a spacer row above and below stands for the others. Each row says its number (aria-rowindex).

export interface RowsSource {
  /** Titles of the columns; a title's column is also the class of its cells. */
  columns: readonly { title: string; className: string }[];
  /** Makes the cells of a row, which is empty. */
  fill(row: HTMLTableRowElement, index: number): void;
  /** Called after rows were drawn, with what is on screen: to ask for what they lack. */
  drawn?(first: number, end: number): void;
}

/** Rows kept ready above and below those on screen. */
const overscan = 8;

export class VirtualRows {
  readonly element = document.createElement('div');
  private readonly table = document.createElement('table');
  private readonly body = document.createElement('tbody');
  private readonly above = spacer();
  private readonly below = spacer();
  private readonly rows = new Map<number, HTMLTableRowElement>();
  private length = 0;
  private rowHeight = 0;
  private viewHeight = 0;
  private frame = 0;

  constructor(
    label: string,
    private readonly source: RowsSource,
  ) {
    this.element.className = 'rows';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'region');
    this.element.setAttribute('aria-label', label);
    const head = document.createElement('thead');
    const titles = document.createElement('tr');
    titles.setAttribute('aria-rowindex', '1');
    for (const { title, className } of source.columns) {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.className = className;
      cell.textContent = title;
      titles.append(cell);
    }
    head.append(titles);
    this.body.append(this.above, this.below);
    this.table.className = 'rows-table';
    this.table.append(head, this.body);
    this.element.append(this.table);
    this.element.addEventListener('scroll', () => this.scrolled(), { passive: true });
    // Tab may be faster than the scrolling that it causes: the next is there at once.
    this.element.addEventListener('focusin', ({ target }) => this.draw(overscan, Number((target as Element).closest('tr')?.ariaRowIndex ?? 0) - 2));
    new ResizeObserver(() => this.resized()).observe(this.element);
  }

  /** Shows other rows, from the first one on. */
  reset(length: number): void {
    this.length = length;
    this.table.setAttribute('aria-rowcount', String(length + 1));
    this.element.scrollTop = 0;
    this.refill();
  }

  /** Makes a row anew, if it is on screen. */
  refresh(index: number): void {
    const row = this.rows.get(index);
    if (!row) return;
    row.replaceChildren();
    this.source.fill(row, index);
  }

  private refill(): void {
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    this.draw(0); // what is on screen, at once; a key press waits for it
    this.scrolled();
  }

  private scrolled(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private resized(): void {
    this.viewHeight = Math.min(this.element.clientHeight, 2 * innerHeight); // whatever the styles make of it, not all rows are drawn
    const height = Number.parseFloat(getComputedStyle(this.element).getPropertyValue('--row')) || 30;
    if (height === this.rowHeight) return this.draw();
    this.rowHeight = height;
    this.refill();
  }

  /** `focused`: the row that has just got the focus, if any. */
  private draw(beyond = overscan, focused = -1): void {
    if (this.viewHeight === 0 || this.rowHeight === 0) return;
    const top = Math.floor(this.element.scrollTop / this.rowHeight);
    let first = Math.min(top, this.length) - beyond;
    let end = top + Math.ceil(this.viewHeight / this.rowHeight) + 1 + beyond;
    if (focused >= first && focused < end) {
      first = Math.min(first, focused - beyond);
      end = Math.max(end, focused + beyond + 1);
    }
    first = Math.max(0, first);
    end = Math.min(this.length, end);
    for (const [index, row] of this.rows) {
      if (index >= first && index < end) continue;
      if (row.contains(document.activeElement)) this.element.focus({ preventScroll: true }); // else the page would have it
      row.remove();
      this.rows.delete(index);
    }
    let next: Element = this.below;
    for (let index = end - 1; index >= first; index--) {
      let row = this.rows.get(index);
      if (!row) {
        row = document.createElement('tr');
        row.setAttribute('aria-rowindex', String(index + 2));
        this.source.fill(row, index);
        this.rows.set(index, row);
        next.before(row);
      }
      next = row;
    }
    stretch(this.above, first * this.rowHeight);
    stretch(this.below, (this.length - end) * this.rowHeight);
    this.source.drawn?.(first, end);
  }
}

/** A row of nothing, as high as the rows that it stands for. */
function spacer(): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.className = 'rows-space';
  row.setAttribute('aria-hidden', 'true');
  return row;
}

function stretch(row: HTMLTableRowElement, pixels: number): void {
  row.style.height = `${pixels}px`;
  row.hidden = pixels <= 0;
}
