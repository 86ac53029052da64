// LinkList: a list of links of any length that holds only those on screen. As the browser sees only a few of them, each says its place
// itself. (VirtualList is the other such list: a listbox, one of whose rows is chosen; here every row is a link, reached by Tab.)

/** Rows kept ready above and below those on screen, so that Tab always finds the next. */
const overscan = 8;
const rowHeight = 27; // as .link-list li

export class LinkList {
  readonly element = document.createElement('div');
  private readonly list = document.createElement('ul');
  private length = 0;
  private rows = new Map<number, HTMLElement>();

  /** `fill` puts into a row what it links to. */
  constructor(
    label: string,
    private readonly fill: (row: HTMLElement, index: number) => void,
  ) {
    this.element.className = 'link-list';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'region');
    this.element.setAttribute('aria-label', label);
    this.element.append(this.list);
    this.element.addEventListener('scroll', () => this.draw(), { passive: true });
    // Tab may be faster than the scrolling that it causes: the next is there at once.
    this.element.addEventListener('focusin', ({ target }) => this.draw(Number((target as Element).closest('li')?.ariaPosInSet ?? 0) - 1));
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** Shows other rows, from the first one on. */
  reset(length: number): void {
    this.length = length;
    this.element.scrollTop = 0;
    this.list.style.height = `${length * rowHeight}px`;
    this.list.replaceChildren();
    this.rows.clear();
    this.draw();
  }

  /** `focused`: the row that has just got the focus; -1: none. */
  private draw(focused = -1): void {
    const height = this.element.clientHeight || 400;
    let first = Math.floor(this.element.scrollTop / rowHeight) - overscan;
    let end = Math.ceil((this.element.scrollTop + height) / rowHeight) + overscan;
    if (focused >= first && focused < end) {
      first = Math.min(first, focused - overscan);
      end = Math.max(end, focused + overscan + 1);
    }
    first = Math.max(0, first);
    end = Math.min(this.length, end);
    for (const [index, row] of this.rows)
      if ((index < first || index >= end) && !row.contains(document.activeElement)) row.remove(), this.rows.delete(index);
    let before: HTMLElement | undefined;
    for (let index = first; index < end; index++) {
      let row = this.rows.get(index);
      if (!row) {
        row = this.row(index);
        // In the order of the list, which is that of Tab.
        if (before) before.after(row);
        else this.list.prepend(row);
      }
      before = row;
    }
  }

  private row(index: number): HTMLElement {
    const row = document.createElement('li');
    row.setAttribute('aria-posinset', String(index + 1));
    row.setAttribute('aria-setsize', String(this.length));
    row.style.top = `${index * rowHeight}px`;
    this.fill(row, index);
    this.rows.set(index, row);
    return row;
  }
}
