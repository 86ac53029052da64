// The string table: each string with its place, its length, what it is for and who uses it.
import { html } from 'lit-html';
import { bytes, count, counted } from '../common/format.ts';
import { PartList } from './part-list.ts';
import { perFile } from '../common/per-file.ts';
import { type ListRoute, typeHash } from '../page/route.ts';
import type { OpenFile } from '../page/state.ts';
import { Strings, orders } from './strings.ts';

const everything = { q: '', role: '', sort: '' };
const plurals: Record<string, string> = {
  type: 'types', member: 'members', parameter: 'parameters', enumerator: 'enumerators', tag: 'tags', 'source line': 'source lines', file: 'files', section: 'sections', access: 'CO-RE accesses',
};
const sorts: Record<(typeof orders)[number], string> = { offset: 'by offset', length: 'longest first', uses: 'most used first' };

class StringsView extends PartList<Strings, typeof everything> {
  constructor(private readonly file: OpenFile) {
    const columns = [
      { title: 'Offset', className: 'number' }, { title: 'Bytes', className: 'number length' },
      { title: 'String', className: 'text' }, { title: 'Used by', className: 'user' },
    ];
    super('strings', 'Strings', everything, columns, file.session.ask('strings', {}).then((answer) => new Strings(answer)));
  }

  protected search(strings: Strings): Uint32Array {
    const { q, role, sort } = this.filter;
    return strings.search({ text: q, role, order: orders.find((order) => order === sort) ?? 'offset' });
  }

  protected fields() {
    return html`
      ${this.field('q', 'Text', 'Search strings', 'part of a string')}
      <label class="filter is-short"><span>Order</span>
        <select @change=${(event: Event) => this.choose({ sort: (event.target as HTMLSelectElement).value })}>
          ${orders.map((order) => html`<option value=${order === 'offset' ? '' : order} ?selected=${this.filter.sort === order}>${sorts[order]}</option>`)}
        </select>
      </label>
    `;
  }

  protected chips({ counts }: Strings) {
    return counts.map(({ role, count: number }) => this.chip('role', role, number, families[role] ?? 'reference', plurals[role]));
  }

  protected summary({ length }: Strings, found: string): string {
    return `${found}${counted(length, 'string')}, ${bytes(this.file.summary.strings.bytes)}`;
  }

  protected fill(row: HTMLTableRowElement, at: number): void {
    const strings = this.table as Strings;
    const cell = (className: string, ...content: (string | Node)[]) => {
      const element = document.createElement('td');
      element.className = className;
      element.append(...content);
      row.append(element);
      return element;
    };
    const text = visible(strings.texts[at]);
    cell('number', count(strings.offset(at)));
    cell('number length', count(strings.bytes(at)));
    if (text === '') cell('text is-empty', 'what has no name');
    else cell('text', clamped([text])).title = text;
    cell('user', clamped(this.users(strings, at)));
  }

  private users(strings: Strings, at: number): (string | Node)[] {
    const roles = strings.roles(at);
    const uses = strings.uses(at);
    if (roles.length === 0) return strings.isUnused(at) ? ['nothing'] : [];
    const { types } = this.file;
    const row = types.rowOf(strings.user(at));
    if (row < 0) return [uses === 1 ? roles.join(', ') : `${roles.join(', ')}, ${count(uses)} times`];
    const link = document.createElement('a');
    link.href = typeHash(types, row);
    link.textContent = types.names[row] || types.label(row);
    const others = uses > 1 ? ` and ${count(uses - 1)} more` : '';
    return types.names[row] === strings.texts[at] ? [`${roles.join(', ')} `, link, others] : [`${roles.join(', ')} of `, link, others];
  }
}

/** What the style may cut after a line or two. */
function clamped(content: (string | Node)[]): HTMLElement {
  const span = document.createElement('span');
  span.className = 'clamped';
  span.append(...content);
  return span;
}

const families: Record<string, string> = { type: 'composite', member: 'data', parameter: 'function', enumerator: 'enum', tag: 'tag', 'source line': 'basic', file: 'basic', section: 'alias', access: 'alias' };

/** Control characters as C writes them: a line feed in a string is none in the list. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, (character) => ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' })[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const kept = perFile((file) => new StringsView(file));

export function stringsView(file: OpenFile, route: ListRoute): HTMLElement {
  const view = kept(file);
  view.show(route);
  return view.element;
}
