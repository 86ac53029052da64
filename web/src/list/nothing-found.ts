// What stands in an empty list: why, and what to search for instead.
import { html, nothing } from 'lit-html';
import { listHash } from '../page/route.ts';
import type { Expression } from './expression.ts';

export interface Missed {
  /** As it was typed. */
  text: string;
  expression: Expression;
  /** Whether kinds are chosen, too. */
  chosen: boolean;
  /** Some types have the member or value that is looked for; it is another term that they do not satisfy. */
  had: boolean;
  attempt(text: string): void;
}

export function nothingFound({ text, expression, chosen, had, attempt }: Missed) {
  const { words, having, path, conditions, patterns, kinds } = expression;
  const asked = text.trim();
  if (asked === '') return html`No type is of these kinds.`;
  const button = (search: string, label: string) => html`<br /><button class="link" @click=${() => attempt(search)}>${label}</button>`;
  const [term] = having;
  if (term && !had) {
    const { what, name } = term;
    const part = name.replace(/^\*+|\*+$/g, '');
    const wider = `*${part}*`;
    const capitals = name.toUpperCase();
    return html`No ${what === 'member' ? 'struct or union has a member' : 'enum has a value'} “${name}”; capitals count here.
      ${what === 'member' || capitals === name ? nothing : button(text.replace(`:${name}`, `:${capitals}`), `Enums with a value “${capitals}”`)}
      ${wider === name || /[.>[]/.test(name) ? nothing : button(text.replace(`:${name}`, `:${wider}`), `Any ${what} with “${part}” in its name`)}`;
  }
  const name = !chosen && /^[\p{L}_*?][\p{L}\p{N}_*?]*$/u.test(asked);
  const inside = name ? html`${button(`member:${asked}`, `Structs with a member “${asked}”`)}${button(`value:${asked}`, `Enums with a value “${asked}”`)}` : nothing;
  const onlyWords = words.length > 0 && !chosen && conditions.length + patterns.length + kinds.length + having.length === 0;
  if (!onlyWords) return html`No type satisfies “${asked}”${chosen ? ' among the kinds chosen' : ''}.${inside}`;
  return html`No type has “${asked}” in its name${path ? `, and no struct, union or typedef is called “${path.root}”` : ''}.
    ${inside}<br /><a href=${listHash('strings', '', { q: words.join(' ') })}>Look among all strings of this file</a>
    ${words.length > 1 ? html`<br />Each word is looked for; kinds come first, as in “struct ${words.at(-1)}”.` : nothing}`;
}
