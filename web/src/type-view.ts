// One type: its C and its few facts.
import { html, nothing } from 'lit-html';
import { markC } from './c-text.ts';
import { bytes, count, counted } from './format.ts';
import { back, copy } from './icons.ts';
import { kindFacts } from './kinds.ts';
import { type TypeRoute, fileHash, resolve, typeHash } from './route.ts';
import type { Declaration, OpenFile } from './state.ts';

export function typeView(declaration: Declaration) {
  const { file, row, fault } = declaration;
  const { types } = file;
  const { label, family, counts } = kindFacts(types.kind(row));
  const size = types.size(row);
  const elements = types.elements(row);
  return html`<article class="card type" aria-labelledby="type-name">
    ${backLink()}
    <h1 id="type-name"><span class="badge" data-family=${family}>${label}</span> ${types.names[row] || html`<em>${types.label(row)}</em>`}</h1>
    <p class="type-facts">
      <span>id ${count(types.id(row))}</span>
      ${size === undefined ? nothing : html`<span>${size < 1024 ? bytes(size) : `${count(size)} bytes`}</span>`}
      ${elements !== undefined && counts ? html`<span>${counted(elements, ...counts)}</span>` : nothing}
    </p>
    ${fault
      ? html`<p class="remark" role="alert">This type cannot be shown: ${fault}</p>`
      : html`<div class="code">
          <button class="button copy" @click=${(event: Event) => copyText(event, declaration.text ?? '')}>
            ${copy}<span>Copy</span>
          </button>
          <span class="unseen" role="status"></span>
          <pre tabindex="0" role="region" aria-label="C declaration"><code>${marked(declaration)}</code></pre>
        </div>`}
  </article>`;
}

/** The address names a type that this file does not have. */
export function missingType(file: OpenFile, route: TypeRoute) {
  const what = `${route.noun} ${route.name || `with id ${route.id ?? 'unknown'}`}`;
  if (resolve(file.types, route) >= 0) return nothing; // its text is on the way
  return html`<article class="card type">
    ${backLink()}
    <h1>Not in this file</h1>
    <p class="remark"><code>${file.name}</code> has no <code>${what}</code>.</p>
  </article>`;
}

function backLink() {
  return html`<a class="back" href=${fileHash}>${back}<span>All types</span></a>`;
}

let last: { declaration: Declaration; fragment: Node } | undefined;

/** The marked text, made once per declaration: the view is rendered more often than that. */
function marked(declaration: Declaration): Node {
  if (last?.declaration === declaration) return last.fragment;
  const { types } = declaration.file;
  const fragment = document.createElement('span');
  fragment.append(
    markC(declaration.text ?? '', (nouns, name) => {
      for (const noun of nouns) {
        const row = types.find(noun, name)[0];
        if (row !== undefined) return row === declaration.row ? undefined : typeHash(types, row);
      }
      return undefined;
    }),
  );
  last = { declaration, fragment };
  return fragment;
}

async function copyText(event: Event, text: string): Promise<void> {
  const button = event.currentTarget as Element;
  const label = button.querySelector('span') as HTMLElement;
  const status = button.nextElementSibling as HTMLElement;
  const outcome = await navigator.clipboard.writeText(text).then(
    () => 'Copied',
    () => 'Not allowed',
  );
  label.textContent = status.textContent = outcome;
  setTimeout(() => {
    label.textContent = 'Copy';
    status.textContent = '';
  }, 1500);
}
