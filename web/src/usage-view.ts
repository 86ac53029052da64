// Who uses a type, by role.
import { html, nothing } from 'lit-html';
import { count } from './format.ts';
import { kindFacts } from './kinds.ts';
import type { Usage, UseRole } from './messages.ts';
import { typeHash } from './route.ts';
import type { OpenFile } from './state.ts';

const titles: Record<UseRole, string> = {
  member: 'Member by value',
  'pointer member': 'Member by pointer',
  parameter: 'Parameter by value',
  'pointer parameter': 'Parameter by pointer',
  return: 'Returned by value',
  'pointer return': 'Returned by pointer',
  typedef: 'Typedef',
  variable: 'Variable',
  tag: 'Tagged by',
  other: 'Otherwise',
};
const mostListed = 300;

export function usageView({ types }: OpenFile, usage: Usage) {
  if (usage.groups.length === 0) return html`<p class="remark">Nothing in this file refers to it.</p>`;
  return html`
    ${usage.cut ? html`<p class="remark">There are more ways to it than were followed: the numbers are the least.</p>` : nothing}
    ${usage.groups.map(
      ({ role, count: number, ids }) => html`<details class="uses" ?open=${number <= 60}>
        <summary><span class="uses-role">${titles[role]}</span> <span class="uses-count">${count(number)}</span></summary>
        <ul>
          ${Array.from(ids.subarray(0, mostListed), (id) => user(types.rowOf(id)))}
          ${number > mostListed ? html`<li class="uses-more">and ${count(number - mostListed)} more</li>` : nothing}
        </ul>
      </details>`,
    )}
  `;

  function user(row: number) {
    if (row < 0) return html`<li><span class="name is-unnamed">a type of the base</span></li>`;
    const { label, family } = kindFacts(types.kind(row));
    return html`<li><a href=${typeHash(types, row)}><span class="badge" data-family=${family}>${label}</span> <span class="name">${types.label(row)}</span></a></li>`;
  }
}
