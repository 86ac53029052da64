// Who uses a type, by role: how many each time, and which, by name. A kernel has 20,000 users of int: lists are made when they are opened,
// and hold what is on screen.
import { html, nothing, render } from 'lit-html';
import { count, counted } from '../common/format.ts';
import { kindFacts } from '../common/kinds.ts';
import { LinkList } from './link-list.ts';
import type { Usage, UseRole } from '../common/messages.ts';
import { typeHash } from '../page/route.ts';
import type { OpenFile } from '../page/state.ts';
import type { TypeTable } from '../common/types.ts';

const titles: Record<UseRole, string> = {
  member: 'Member by value',
  'pointer member': 'Member by pointer',
  parameter: 'Parameter by value',
  'pointer parameter': 'Parameter by pointer',
  return: 'Returned by value',
  'pointer return': 'Returned by pointer',
  callback: 'In pointers to functions of',
  typedef: 'Typedef',
  variable: 'Variable',
  tag: 'Tagged by',
  other: 'Otherwise',
  index: 'Index of an array',
};
/** Lists up to this length stand open, and in full. */
const short = 60;

interface Group {
  role: UseRole;
  ids: Uint32Array;
  open: boolean;
  /** By name; made when the group is first opened. */
  sorted?: number[];
  /** Those whose names have `text`. */
  found?: { text: string; ids: number[] };
  list?: { view: LinkList; ids: number[] };
}

let last: { usage: Usage; element: HTMLElement } | undefined;

/** Made once per answer. */
export function usageView({ types }: OpenFile, row: number, usage: Usage): HTMLElement {
  if (last?.usage === usage) return last.element;
  const element = document.createElement('div');
  new UsageView(types, row, usage, element).update();
  last = { usage, element };
  return element;
}

class UsageView {
  private readonly groups: Group[];
  private readonly total: number;
  private text = '';

  constructor(
    private readonly types: TypeTable,
    private readonly row: number,
    private readonly usage: Usage,
    private readonly element: HTMLElement,
  ) {
    this.groups = usage.groups.map(({ role, ids, count: number }) => ({ role, ids, open: number <= short }));
    this.total = usage.groups.reduce((sum, group) => sum + group.count, 0);
  }

  update(): void {
    const { usage, total } = this;
    render(
      usage.groups.length === 0
        ? html`<p class="remark">Nothing in this file refers to it.</p>`
        : html`
            <div class="uses-bar">
              <p>${counted(total, 'use')} of ${this.types.label(this.row)}</p>
              ${total > short
                ? html`<label class="field">Only names with
                    <input type="search" autocomplete="off" spellcheck="false" @input=${(event: InputEvent) => this.filter((event.target as HTMLInputElement).value)} />
                  </label>`
                : nothing}
            </div>
            ${usage.cut ? html`<p class="remark">There are more ways to it than were followed: the numbers are the least.</p>` : nothing}
            ${this.groups.map((group) => this.group(group))}
          `,
      this.element,
    );
  }

  private filter(text: string): void {
    this.text = text.trim().toLowerCase();
    this.update();
  }

  private group(group: Group) {
    const { role, ids, open } = group;
    const found = this.text === '' ? undefined : this.found(group);
    const number = found ? `${count(found.length)} of ${count(ids.length)}` : count(ids.length);
    return html`<details class="uses" ?open=${open} @toggle=${(event: Event) => this.toggled(group, (event.target as HTMLDetailsElement).open)}>
      <summary><span class="uses-role">${titles[role]}</span> <span class="uses-count">${number}</span></summary>
      ${open ? this.list(group, this.found(group)) : nothing}
    </details>`;
  }

  private toggled(group: Group, open: boolean): void {
    if (group.open === open) return;
    group.open = open;
    this.update();
  }

  private list(group: Group, ids: number[]) {
    if (ids.length === 0) return html`<p class="uses-none">None has “${this.text}” in its name.</p>`;
    if (ids.length <= short) return html`<ul>${ids.map((id) => html`<li>${user(this.types, id)}</li>`)}</ul>`;
    if (!group.list) {
      const view = new LinkList(titles[group.role], (item, index) => render(user(this.types, group.list!.ids[index]!), item));
      group.list = { view, ids: [] };
    }
    if (group.list.ids !== ids) {
      group.list.ids = ids;
      group.list.view.reset(ids.length);
    }
    return group.list.view.element;
  }

  private found(group: Group): number[] {
    const { types, text } = this;
    group.sorted ??= byName(types, group.ids);
    if (text === '') return group.sorted;
    if (group.found?.text !== text) {
      const has = (id: number) => types.rowOf(id) >= 0 && types.label(types.rowOf(id)).toLowerCase().includes(text);
      group.found = { text, ids: group.sorted.filter(has) };
    }
    return group.found.ids;
  }
}

function byName(types: TypeTable, ids: Uint32Array): number[] {
  const keyed = Array.from(ids, (id) => ({ id, key: types.rowOf(id) < 0 ? '\uffff' : types.label(types.rowOf(id)) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id));
  return keyed.map(({ id }) => id);
}

function user(types: TypeTable, id: number) {
  const row = types.rowOf(id);
  if (row < 0) return html`<span class="name is-unnamed">type ${id} of the base</span>`;
  const { label, family } = kindFacts(types.kind(row));
  return html`<a href=${typeHash(types, row)}><span class="badge" data-family=${family}>${label}</span> <span class="name">${types.label(row)}</span></a>`;
}
