// VirtualList: a listbox of any length that holds only the rows on screen. Rows have one fixed height, so the place of each is a
// multiplication. As the browser sees only a few of them, each says its place itself (aria-posinset of aria-setsize).

export interface RowSource {
  /** Fills `element`, which may show another row from before. */
  fill(element: HTMLElement, index: number): void;
  /** A row was clicked. */
  open(index: number): void;
}

interface Slot {
  element: HTMLElement;
  /** The row that it shows; -1: none. */
  index: number;
}

/** Rows kept ready above and below those on screen. */
const overscan = 6;

/** Rows left between the active one and the edges of the screen: one sees what it stands among. */
const margin = 3;

/**
 * Pixels: browsers draw no element of more than some 17 million, and are not exact beyond the half. The rows of a longer list pass by
 * faster than the scrollbar.
 */
const highest = 8_000_000;

export class VirtualList {
  readonly element = document.createElement('div');
  /** Called after `active` came into or went out of the document, with the id of its row while it is in. */
  onActiveRow: (id: string | undefined) => void = () => {};

  private readonly canvas = document.createElement('div');
  private slots: Slot[] = [];
  private length = 0;
  private active = -1;
  private selected = -1;
  private rowHeight = 0;
  private viewHeight = 0;
  /** Pixels, as if the list had its full height. */
  private top = 0;
  /** Pixels from where a row would be to where it is. */
  private shift = 0;
  private frame = 0;

  constructor(
    private readonly id: string,
    label: string,
    private readonly source: RowSource,
  ) {
    this.element.id = id;
    this.element.className = 'list';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'listbox');
    this.element.setAttribute('aria-label', label);
    this.canvas.className = 'list-canvas';
    this.canvas.setAttribute('role', 'presentation');
    this.element.append(this.canvas);
    this.element.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.element.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('[role=option]');
      if (row) source.open(Number(row.dataset['index']));
    });
    new ResizeObserver(() => this.resized()).observe(this.element);
  }

  /** Shows other rows, from the first one on. */
  reset(length: number, active: number): void {
    this.length = length;
    this.active = active;
    this.element.scrollTop = this.top = 0;
    this.refill();
  }

  /** Moves the active row, into view if need be, with so many rows around it. */
  activate(index: number, around = margin): void {
    this.active = Math.max(-1, Math.min(index, this.length - 1));
    if (this.active >= 0) this.reveal(this.active, around);
    this.draw();
    this.mark();
  }

  /** Marks the row that is open beside the list; -1: none. */
  select(index: number): void {
    this.selected = index;
    this.mark();
  }

  get activeIndex(): number {
    return this.active;
  }

  /** Rows that fit on screen: how far Page Up and Page Down go. */
  get page(): number {
    return Math.max(1, Math.floor(this.viewHeight / (this.rowHeight || 1)) - 1);
  }

  /** Pixels of the list for one of the scrollbar: 1 unless the list is too high. */
  private get scale(): number {
    const height = this.length * this.rowHeight;
    return height > highest ? (height - this.viewHeight) / (highest - this.viewHeight) : 1;
  }

  private reveal(index: number, most: number): void {
    const row = index * this.rowHeight;
    const room = this.viewHeight || this.rowHeight; // none while it is hidden
    const rows = Math.min(most, Math.floor((room / this.rowHeight - 1) / 2)) || 0;
    const around = rows * this.rowHeight;
    const wanted = Math.max(row + this.rowHeight + around - room, Math.min(row - around, this.top));
    const top = Math.max(0, Math.min(wanted, this.length * this.rowHeight - room));
    if (top === this.top) return;
    this.top = top;
    this.element.scrollTop = top / this.scale;
  }

  private scrolled(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      // A hidden list has no height and forgets where it was; this one remembers.
      if (this.element.clientHeight === 0) return;
      const { scale } = this;
      // Where it was put by reveal() is where it stays, to the row.
      if (Math.abs(this.element.scrollTop - this.top / scale) >= 1) this.top = this.element.scrollTop * scale;
      this.draw();
    });
  }

  private resized(): void {
    this.viewHeight = this.element.clientHeight;
    if (this.viewHeight === 0) return;
    this.rowHeight = Number.parseFloat(getComputedStyle(this.element).getPropertyValue('--row')) || 30;
    const wanted = Math.ceil(this.viewHeight / this.rowHeight) + 2 * overscan + 1;
    while (this.slots.length < wanted) this.slots.push(this.slot());
    this.refill();
    this.element.scrollTop = this.top / this.scale;
  }

  private slot(): Slot {
    const element = document.createElement('div');
    element.className = 'row';
    element.setAttribute('role', 'option');
    element.hidden = true;
    this.canvas.append(element);
    return { element, index: -1 };
  }

  private refill(): void {
    this.canvas.style.height = `${Math.min(this.length * this.rowHeight, highest)}px`;
    for (const slot of this.slots) slot.index = -1;
    this.draw();
    this.mark();
  }

  private draw(): void {
    if (this.rowHeight === 0 || this.slots.length === 0) return;
    const first = Math.max(0, Math.floor(this.top / this.rowHeight) - overscan);
    const end = Math.min(this.length, first + this.slots.length);
    let changed = false;
    // Rows have a place of their own, unless the scrollbar stands for more than there is room for: then they follow it.
    const shift = this.scale === 1 ? 0 : Math.round(this.top / this.scale - this.top);
    const moved = shift !== this.shift;
    this.shift = shift;
    // Row i lives in slot i modulo their number: scrolling by one row fills one slot anew and leaves the others alone.
    for (let index = first; index < end; index++) {
      const slot = this.slots[index % this.slots.length];
      if (moved || slot.index !== index) slot.element.style.transform = `translateY(${index * this.rowHeight + shift}px)`;
      if (slot.index === index) continue;
      this.place(slot, index);
      changed = true;
    }
    for (const slot of this.slots) {
      const used = slot.index >= first && slot.index < end;
      if (slot.element.hidden === used) slot.element.hidden = !used;
    }
    if (changed) this.mark();
  }

  private place(slot: Slot, index: number): void {
    const { element } = slot;
    slot.index = index;
    element.id = `${this.id}-${index}`;
    element.dataset['index'] = String(index);
    element.setAttribute('aria-posinset', String(index + 1));
    element.setAttribute('aria-setsize', String(this.length));
    this.source.fill(element, index);
  }

  private mark(): void {
    let activeRow: string | undefined;
    for (const { element, index } of this.slots) {
      const active = index === this.active && index >= 0 && !element.hidden;
      if (active) activeRow = element.id;
      element.classList.toggle('is-active', active);
      element.setAttribute('aria-selected', String(index === this.selected && index >= 0));
    }
    if (activeRow) this.element.setAttribute('aria-activedescendant', activeRow);
    else this.element.removeAttribute('aria-activedescendant');
    this.onActiveRow(activeRow);
  }
}
