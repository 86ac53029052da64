// The sheet behind `?`: what can be searched for, and all keys. A modal dialog, which gives the focus back when it is closed.
import { html, render } from 'lit-html';
import { close } from '../common/icons.ts';

/** What can be typed into the search box; a click on one tries it. */
const searches: readonly [example: string, meaning: string][] = [
  ['task', 'in the name: the very name first, then its start, its words, any part of it'],
  ['struct task', 'a kind before the name; “struct ” alone lists them all'],
  ['size>4096', 'bytes; also members, holes and id, with < <= = != >=, 0x1000 and 4k'],
  ['holes>0 size<=64', 'several terms: all must hold'],
  ['task_struct.pid', 'a member: where it is; Enter opens the type there'],
  ['member:*_lock', 'structs and unions with such a member, also by its path'],
  ['value:PIDTYPE_*', 'enums with such a value'],
  ['*_ops', '* and ? stand for any part of the whole name'],
  ['/^bpf_.*_kern$/', 'a regular expression; /…/i ignores case'],
  ['"unsigned int"', 'quotes around what has spaces or signs in it'],
];

type Keys = readonly (readonly string[])[];

/** Alternatives, each a key or keys pressed together. */
const groups: readonly { title: string; keys: readonly (readonly [keys: Keys, does: string])[] }[] = [
  {
    title: 'Anywhere',
    keys: [
      [[['/']], 'search'],
      [[['Esc']], 'empty the search, then leave the type'],
      [[['Alt', '←'], ['Alt', '→']], 'back, forward'],
      [[['?']], 'this sheet'],
    ],
  },
  {
    title: 'List of types',
    keys: [
      [[['↓'], ['↑']], 'next, previous type, also while searching'],
      [[['j'], ['k']], 'the same, from anywhere but a text box'],
      [[['Page ↓'], ['Page ↑']], 'a screenful further, back'],
      [[['Home'], ['End']], 'first, last'],
      [[['Enter']], 'open the type'],
    ],
  },
  {
    title: 'Open files',
    keys: [
      [[['['], [']']], 'previous, next file'],
      [[['←'], ['→']], 'the same, among the files above'],
      [[['Delete']], 'close the file that has the focus there'],
    ],
  },
];

export class HelpSheet {
  private readonly dialog = document.createElement('dialog');

  /** `attempt` is called with an example that was clicked; undefined while there is nothing to search. */
  constructor(private readonly attempt: () => ((example: string) => void) | undefined) {
    this.dialog.className = 'sheet';
    this.dialog.setAttribute('aria-labelledby', 'sheet-title');
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) this.dialog.close(); // beside the sheet
    });
    document.body.append(this.dialog);
  }

  open(): void {
    if (this.dialog.open) return;
    render(this.template(this.attempt()), this.dialog);
    this.dialog.showModal();
  }

  private template(attempt: ((example: string) => void) | undefined) {
    const example = (text: string) => {
      if (!attempt) return html`<code>${text}</code>`;
      const tried = () => {
        this.dialog.close();
        attempt(text);
      };
      return html`<button class="example" title="Search for this" @click=${tried}><code>${text}</code></button>`;
    };
    return html`<div class="sheet-body">
      <header class="sheet-head">
        <h2 id="sheet-title">Search and keys</h2>
        <button class="icon-button" aria-label="Close" @click=${() => this.dialog.close()}>${close}</button>
      </header>
      <div class="sheet-parts">
        <section aria-labelledby="sheet-search">
          <h3 id="sheet-search">What to search for</h3>
          <dl class="sheet-searches">${searches.map(([text, meaning]) => html`<div><dt>${example(text)}</dt><dd>${meaning}</dd></div>`)}</dl>
        </section>
        <div>
          ${groups.map(
            ({ title, keys }) => html`<section>
              <h3>${title}</h3>
              <dl class="sheet-keys">${keys.map(([all, does]) => html`<div><dt>${all.map(keysTemplate)}</dt><dd>${does}</dd></div>`)}</dl>
            </section>`,
          )}
        </div>
      </div>
    </div>`;
  }
}

function keysTemplate(together: readonly string[]) {
  return html`<span class="keys">${together.map((key) => html`<kbd>${key}</kbd>`)}</span>`;
}
