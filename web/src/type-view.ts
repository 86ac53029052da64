// One type: its few facts, and its sides: as C, as it lies in memory, who uses it, its record.
import type { Layout } from 'btfkit';
import { html, nothing } from 'lit-html';
import type { App } from './app.ts';
import { linkedC } from './c-links.ts';
import { copyButton } from './copy-button.ts';
import { bytes, count, counted } from './format.ts';
import { back } from './icons.ts';
import { kindFacts } from './kinds.ts';
import { decodeView } from './decode-view.ts';
import { layoutView } from './layout-view.ts';
import type { Usage } from './messages.ts';
import { type Tab, type TypeRoute, fileHash, resolve, tabs, typeHash } from './route.ts';
import type { OpenFile, Shown } from './state.ts';
import { usageView } from './usage-view.ts';

const tabLabels: Record<Tab, string> = { c: 'C', layout: 'Layout', uses: 'Used by', decode: 'Decode', record: 'Record' };

export function typeView(shown: Shown, app: App) {
  const { file, row, route } = shown;
  const { types } = file;
  const { noun, label, family, counts } = kindFacts(types.kind(row));
  const size = types.size(row);
  const elements = types.elements(row);
  const tab = (route as TypeRoute).tab;
  const sides = tabs.filter((side) => side !== 'layout' || noun === 'struct' || noun === 'union');
  return html`<article class="card type" aria-labelledby="type-name">
    ${backLink()}
    <h1 id="type-name"><span class="badge" data-family=${family}>${label}</span> ${types.names[row] || html`<em>${types.label(row)}</em>`}</h1>
    <p class="type-facts">
      <span>id ${count(types.id(row))}</span>
      ${size === undefined ? nothing : html`<span>${size < 1024 ? bytes(size) : `${count(size)} bytes`}</span>`}
      ${elements !== undefined && counts ? html`<span>${counted(elements, ...counts)}</span>` : nothing}
    </p>
    <nav class="tabs" aria-label="Sides of this type">
      ${sides.map((side) => html`<a href=${typeHash(types, row, side)} aria-current=${side === tab ? 'page' : nothing}>${tabLabels[side]}</a>`)}
    </nav>
    ${shown.fault === undefined ? side(shown, app) : html`<p class="remark" role="alert">This type cannot be shown so: ${shown.fault}</p>`}
  </article>`;
}

function side(shown: Shown, app: App) {
  const { file, topic, answer, row } = shown;
  if ((shown.route as TypeRoute).tab === 'decode') return decodeView(file, row);
  switch (topic) {
    case 'declaration':
      return codeBlock('C declaration', answer as string, marked(shown), () => void app.save('c', file.types.id(row)));
    case 'layout':
      return layoutView(file, answer as Layout, app);
    case 'usage':
      return usageView(file, answer as Usage);
    default:
      return codeBlock('Record', answer as string, answer as string);
  }
}

function codeBlock(label: string, text: string, content: unknown, save?: () => void) {
  return html`<div class="code">
    ${copyButton(() => text)} ${save ? html`<button class="button save" @click=${save}>Header with all it needs</button>` : nothing}
    <pre tabindex="0" role="region" aria-label=${label}><code>${content}</code></pre>
  </div>`;
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

let last: { shown: Shown; element: Node } | undefined;

/** The marked text, made once per answer: the view is rendered more often than that. */
function marked(shown: Shown): Node {
  if (last?.shown === shown) return last.element;
  const element = document.createElement('span');
  element.append(linkedC(shown.file.types, shown.answer as string, shown.row));
  last = { shown, element };
  return element;
}
