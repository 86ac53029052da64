// A layout drawn to scale, some bytes a row. What shares its place is drawn one beneath the other over the same bytes; what is in a member
// that was opened stands beneath its name; bits of bitfields, too small for the row, follow it enlarged. Made by hand, not by templates:
// there are thousands of boxes, and their places are set as properties, which the page's policy allows.
import { count } from '../common/format.ts';
import { kindFacts } from '../common/kinds.ts';
import { type Part, extent } from './layout-parts.ts';
import type { TypeTable } from '../common/types.ts';

export interface Scale {
  /** Bytes of a row: a power of two. */
  row: number;
  /** Bits of a row of enlarged ones. */
  bits: number;
  /** Bytes of a cache line. */
  cacheLine: number;
}

/** Pixels: of a member, of the name of one that is open. */
const lane = 24;
const head = 17;
const mostRows = 1200;
const mostBoxes = 8000;
/** Pixels of a row: hostile unions hold each other in a thousand ways. */
const tallest = 4000;
/** Alternatives of a union. */
const mostLanes = 40;
/** Pixels that a byte, or an enlarged bit, takes at most. */
const widestByte = 56;
/** Rows that one member fills alone are drawn once. */
const fewRows = 3;

/** How much fits into so many pixels. */
export function scaleFor(width: number, cacheLine: number): Scale {
  const room = width >= 560 ? 64 : width >= 280 ? 32 : 16;
  return { row: Math.min(room, cacheLine), bits: width >= 560 ? 16 : 8, cacheLine };
}

export class Drawing {
  private rows = 0;
  private boxes = 0;
  /** Of parts with parts in them, in the present row. */
  private readonly heights = new Map<Part, number>();
  /** Bits of a full row: all, where that is less. */
  private readonly full: number;

  constructor(
    private readonly into: HTMLElement,
    private readonly types: TypeTable,
    private readonly scale: Scale,
    /** Bits. */
    private readonly end: number,
  ) {
    this.full = Math.min(scale.row * 8, end);
  }

  /** Draws a struct's parts, or a union's; a row a step. */
  *draw(parts: readonly Part[], union: boolean): Generator<void> {
    const bits = this.scale.row * 8;
    const all = [...parts].sort((a, b) => a.start - b.start);
    let next = 0;
    let here: Part[] = [];
    for (let from = 0; from < this.end; from += bits) {
      if (this.rows >= mostRows || this.boxes >= mostBoxes) return this.note('The rest is in the table.');
      const to = Math.min(from + bits, this.end);
      while (next < all.length && all[next]!.start < to) here.push(all[next++]!);
      here = here.filter((part) => part.end > from);
      const alone = union ? undefined : only(here);
      const filled = alone && alone.start <= from ? Math.floor((Math.min(alone.end, this.end) - from) / bits) : 0;
      if (alone && filled > fewRows) {
        this.many(alone, from, filled);
        from += (filled - 1) * bits;
      } else this.row(here, union, from, to);
      yield;
    }
  }

  private row(parts: Part[], union: boolean, from: number, to: number): void {
    const line = this.line(from, to - from, this.full, widestByte / 8);
    this.heights.clear();
    const height = this.tall(parts, union, from, to);
    line.style.height = `${Math.min(height, tallest)}px`;
    this.place(line, parts, union, from, to, 0, height);
    if (height > tallest) this.note('There is more over these bytes: see the table.');
    const drawn = new Set<string>();
    for (const run of bitRuns(parts, from, to)) {
      // Unions may hold the very same fields twice, as sk_buff's does.
      const same = run.parts.map(({ start, end, name }) => `${start} ${end} ${name}`).join();
      if (!drawn.has(same)) this.bitRows(run);
      drawn.add(same);
    }
  }

  /** Draws parts between two bits of the row, from a height (pixels) on. */
  private place(line: HTMLElement, parts: readonly Part[], union: boolean, from: number, to: number, top: number, height: number): void {
    const touched = touching(parts, from, to);
    if (!union) return void touched.forEach((part) => this.part(line, part, from, to, top, height));
    const drawn = touched.slice(0, mostLanes);
    const own = drawn.map((part) => this.height(part, from, to));
    const spare = (height - own.reduce((all, one) => all + one, 0)) / drawn.length;
    let at = top;
    drawn.forEach((part, i) => {
      this.part(line, part, from, to, at, own[i]! + spare);
      at += own[i]! + spare;
    });
  }

  /** Pixels that parts need between two bits of the row: the highest of a struct's, all of a union's. */
  private tall(parts: readonly Part[], union: boolean, from: number, to: number): number {
    const touched = touching(parts, from, to);
    const heights = (union ? touched.slice(0, mostLanes) : touched).map((part) => this.height(part, from, to));
    return heights.reduce((all, one) => (union ? all + one : Math.max(all, one)), union && heights.length > 0 ? 0 : lane);
  }

  private height(part: Part, from: number, to: number): number {
    const { inner, name } = part;
    if (!inner) return lane;
    const known = this.heights.get(part);
    if (known !== undefined) return known;
    const height = (name === '' ? 0 : head) + this.tall(inner.parts, inner.union, from, to);
    this.heights.set(part, height);
    return height;
  }

  private part(line: HTMLElement, part: Part, from: number, to: number, top: number, height: number): void {
    const { inner } = part;
    if (top + lane > tallest || this.boxes >= mostBoxes) return;
    if (!inner) return void this.box(line, part, from, to, top, height);
    const named = part.name === '' ? 0 : head;
    if (named > 0) this.box(line, part, from, to, top, named).classList.add('is-head');
    this.place(line, inner.parts, inner.union, from, to, top + named, height - named);
  }

  private box(line: HTMLElement, part: Part, from: number, to: number, top: number, height: number): HTMLElement {
    this.boxes++;
    const element = document.createElement('div');
    const start = Math.max(part.start, from);
    const end = Math.min(part.end, to);
    const words = label(part);
    element.className = `box is-${part.kind.replace(' ', '-')}`;
    if (part.kind === 'member') element.dataset['family'] = this.family(part.typeId);
    element.dataset['key'] = part.key;
    element.title = title(part);
    element.style.left = `${(100 * (start - from)) / (to - from)}%`;
    element.style.width = `${(100 * (end - start)) / (to - from)}%`;
    element.style.top = `${top}px`;
    element.style.height = `${height}px`;
    if (part.start < from) element.classList.add('is-continued');
    if (part.opens) element.classList.add(part.inner ? 'is-open' : 'can-open');
    // Of what is narrower than a letter or two, the colour must do.
    if (end - start >= 8) element.textContent = words;
    else element.classList.add('is-thin');
    line.append(element);
    return element;
  }

  /** Bitfields side by side, each bit as wide as a letter or two. */
  private bitRows({ parts, start, end }: Run): void {
    for (let from = start; from < end; from += this.scale.bits) {
      const to = Math.min(from + this.scale.bits, end);
      if (!touching(parts, from, to).some(({ bitfield }) => bitfield)) continue;
      const line = this.line(from, to - from, this.scale.bits, widestByte);
      line.parentElement!.classList.add('is-bits');
      line.style.height = `${lane}px`;
      for (const part of touching(parts, from, to)) {
        const box = this.box(line, part, from, to, 0, lane);
        box.textContent = label(part);
        box.classList.remove('is-thin');
        box.style.setProperty('--of', String(Math.min(part.end, to) - Math.max(part.start, from))); // the marks of its bits
      }
    }
  }

  /** Rows that hold nothing but one part. */
  private many(part: Part, from: number, rows: number): void {
    const bits = rows * this.scale.row * 8;
    const line = this.line(from, this.scale.row * 8, this.scale.row * 8, widestByte / 8);
    line.parentElement!.classList.add('is-many');
    line.style.height = `${lane + 6}px`;
    const box = this.box(line, part, from, from + this.scale.row * 8, 0, lane + 6);
    box.textContent = `${label(part)} · ${extent(bits)}, ${rows} rows`;
  }

  /** A new row; the element that takes its boxes. `of`: bits of a full row. `widest`: pixels of a bit at most. */
  private line(from: number, bits: number, of: number, widest: number): HTMLElement {
    const row = document.createElement('div');
    row.className = 'line';
    const { cacheLine } = this.scale;
    const at = from / 8;
    const offset = document.createElement('span');
    offset.className = 'line-offset';
    offset.textContent = count(Math.floor(at));
    offset.title = `0x${Math.floor(at).toString(16)}`;
    if (at > 0 && at % cacheLine === 0 && cacheLine > this.scale.row) {
      row.classList.add('starts-line');
      offset.title += `, cache line ${count(at / cacheLine)}`;
    }
    const boxes = document.createElement('div');
    boxes.className = 'line-boxes';
    boxes.style.width = `${(100 * bits) / of}%`;
    boxes.style.maxWidth = `${Math.ceil(bits * widest)}px`;
    row.append(offset, boxes);
    this.into.append(row);
    this.rows++;
    return boxes;
  }

  private note(text: string): void {
    const words = document.createElement('p');
    words.className = 'remark';
    words.textContent = text;
    this.into.append(words);
  }

  private family(typeId: number): string {
    const row = this.types.rowOf(typeId);
    return row < 0 ? 'reference' : kindFacts(this.types.kind(row)).family;
  }
}

function touching(parts: readonly Part[], from: number, to: number): Part[] {
  return parts.filter(({ start, end }) => start < to && end > from);
}

/** The one part without parts of its own between others, if there is but one. */
function only(parts: readonly Part[]): Part | undefined {
  const [one] = parts;
  return parts.length === 1 && one && !one.inner ? one : undefined;
}

interface Run {
  parts: Part[];
  /** Bits: whole bytes. */
  start: number;
  end: number;
}

/** Bitfields and bit holes that lie side by side, those that begin in a row. */
function bitRuns(parts: readonly Part[], from: number, to: number): Run[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  for (const part of parts) {
    if (part.inner) {
      runs.push(...bitRuns(part.inner.parts, from, to));
      run = undefined;
      continue;
    }
    const small = part.kind === 'bit hole' || (part.kind === 'member' && part.bitfield);
    const first = Math.floor(part.start / 8) * 8;
    if (!small || first < from || first >= to) {
      run = undefined;
      continue;
    }
    const end = Math.ceil(part.end / 8) * 8;
    if (run && first <= run.end && part.start >= run.start) {
      run.parts.push(part);
      run.end = Math.max(run.end, end);
    } else runs.push((run = { parts: [part], start: first, end }));
  }
  // Bitfields that are whole bytes are as clear in the row itself; so is a hole behind the last of them.
  return runs
    .filter(({ parts: all }) => all.some(({ bitfield, start, end }) => bitfield && (start % 8 !== 0 || end % 8 !== 0)))
    .map((each) => {
      const fields = each.parts.filter(({ bitfield }) => bitfield);
      const last = Math.max(...fields.map(({ end }) => end));
      return { ...each, end: Math.ceil(last / 8) * 8 };
    });
}

function label(part: Part): string {
  if (part.kind === 'hole' || part.kind === 'padding') return part.end - part.start >= 64 ? extent(part.end - part.start) : `${(part.end - part.start) / 8}`;
  return part.kind === 'bit hole' ? '' : part.name || part.type;
}

function title({ kind, path, type, start, end }: Part): string {
  const at = Math.floor(start / 8);
  const bit = start % 8 === 0 ? '' : `, bit ${start % 8}`;
  const what = kind === 'member' ? `${path || 'anonymous'}${type && ` (${type})`}` : kind === 'rest' ? `the rest of ${path}` : kind;
  return `${what}\nat ${count(at)} (0x${at.toString(16)})${bit}: ${extent(end - start)}`;
}
