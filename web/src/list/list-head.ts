// What stands above the list of types: the search box with what it did not understand, the chips of the kinds, the buttons that sort.
import { html, nothing } from 'lit-html';
import { count, counted } from '../common/format.ts';
import { direction, warning } from '../common/icons.ts';
import { kindFacts, kindOrder, namedKinds } from '../common/kinds.ts';
import type { Sort } from './order.ts';
import type { Note } from './search-note.ts';
import type { Matches } from './search.ts';
import type { TypeTable } from '../common/types.ts';

export const listId = 'types';

export interface SearchBox {
  text: string;
  note: Note | undefined;
  input(text: string): void;
  key(event: KeyboardEvent): void;
  /** Searches for something that was offered. */
  attempt(text: string): void;
  help(): void;
}

export function searchBox({ text, note, input, key, attempt, help }: SearchBox) {
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
        aria-describedby="search-note"
        aria-invalid=${note?.wrong ? 'true' : nothing}
        placeholder="Name, struct.member, size>4096"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        .value=${text}
        @input=${(event: InputEvent) => input((event.target as HTMLInputElement).value)}
        @keydown=${key}
      />
      <kbd aria-hidden="true">/</kbd>
      <button class="search-help" aria-haspopup="dialog" aria-label="What can be searched for, and keys" title="What can be searched for, and keys" @click=${help}>?</button>
    </div>
    <p class="search-note ${note?.wrong ? 'is-wrong' : ''}" id="search-note" role="status">${note ? noteTemplate(note, attempt) : nothing}</p>
  `;
}

function noteTemplate({ text, wrong, instead = [] }: Note, attempt: (text: string) => void) {
  return html`${wrong ? warning : nothing}<span>${text}${instead.map(({ search, label }) => html` <button class="link" title="Search for ${search}" @click=${() => attempt(search)}>${label}</button>`)}</span>`;
}

export interface Chips {
  types: TypeTable;
  counts: Matches['counts'];
  chosen: ReadonlySet<number>;
  /** Whether the chips of the kinds that seldom have names are shown. */
  all: boolean;
  toggle(kind: number): void;
  toggleAll(): void;
}

export function kindChips({ types, counts, chosen, all, toggle, toggleAll }: Chips) {
  const present = (kind: number) => types.counts[kind] > 0;
  const named = kindOrder.slice(0, namedKinds).filter(present);
  const others = kindOrder.slice(namedKinds).filter(present);
  const pinned = others.filter((kind) => chosen.has(kind));
  return html`<div class="chips" role="group" aria-label="Kinds to show">
    ${[...named, ...(all ? others : pinned)].map((kind) => {
      const { label, family } = kindFacts(kind);
      return html`<button class="chip ${counts[kind] === 0 ? 'is-empty' : ''}" data-family=${family} aria-pressed=${chosen.has(kind)} @click=${() => toggle(kind)}>
        ${label} <span class="chip-count">${count(counts[kind])}</span>
      </button>`;
    })}
    ${others.length === 0
      ? nothing
      : html`<button class="chip is-more" aria-expanded=${all} @click=${toggleAll}>${all ? 'fewer' : `${others.length - pinned.length} more`}</button>`}
  </div>`;
}

export interface Found {
  found: number;
  types: number;
  filtered: boolean;
  /** Whether the best come first. */
  ranked: boolean;
  /** What the types continue, if that can be listed, too. */
  base: Base | undefined;
  clear(): void;
}

export interface Base {
  name: string;
  /** Its types. */
  count: number;
  chosen: boolean;
  toggle(): void;
}

export function foundLine({ found, types, filtered, ranked, base, clear }: Found) {
  return html`<p class="found">
    <span role="status">${filtered ? html`${count(found)} of ${counted(types, 'type')}` : counted(types, 'type')}</span>
    ${ranked && found > 1 ? html`<span>best first</span>` : nothing}
    ${filtered ? html`<button class="link" @click=${clear}>Show all</button>` : nothing}
    ${base ? baseChip(base) : nothing}
  </p>`;
}

function baseChip({ name, count: number, chosen, toggle }: Base) {
  return html`<button class="chip is-base" aria-pressed=${chosen} title=${`Also the types of ${name}, which these continue`} @click=${toggle}>
    <span aria-hidden="true">${chosen ? '✓' : '+'}</span><span class="unseen">also</span> ${name} <span class="chip-count">${count(number)}</span>
  </button>`;
}

/** What can be sorted by, in the order of the columns, and what the first click and the second do. */
const columns: readonly { by: Sort['by']; label: string; first: 'up' | 'down'; up: string; down: string }[] = [
  { by: 'id', label: 'Id', first: 'up', up: 'smallest first', down: 'largest first' },
  { by: 'name', label: 'Name', first: 'up', up: 'A to Z', down: 'Z to A' },
  { by: 'holes', label: 'Holes', first: 'down', up: 'fewest first', down: 'most first' },
  { by: 'members', label: 'Members', first: 'down', up: 'fewest first', down: 'most first' },
  { by: 'size', label: 'Size', first: 'down', up: 'smallest first', down: 'largest first' },
];

/**
 * A click sorts, another turns it round, a third goes back to the order of the search. Rows are options of a listbox, which has no
 * column headers to carry aria-sort: each button says itself how it sorts.
 */
export function sortButtons(sort: Sort | undefined, withHoles: boolean, set: (sort: Sort | undefined) => void) {
  return html`<div class="sorts" role="group" aria-label="Sort by">
    ${columns.map(({ by, label, first, up, down }) => {
      if (by === 'holes' && !withHoles) return nothing;
      const active = sort?.by === by;
      const turned = active && sort.down !== (first === 'down');
      const next = turned ? undefined : { by, down: active ? !sort.down : first === 'down' };
      return html`<button class="sort is-${by}" aria-pressed=${active} aria-label=${active ? `${label}, ${sort.down ? down : up}` : nothing} title=${next ? `Sort by ${label.toLowerCase()}, ${next.down ? down : up}` : 'Sort no more'} @click=${() => set(next)}>
        ${label}${active ? direction(sort.down) : nothing}
      </button>`;
    })}
  </div>`;
}
