// One type: its few facts, and its sides: as C, as it lies in memory, who uses it, its record.
import { html, nothing } from 'lit-html';
import type { App } from '../page/app.ts';
import { CView } from './c-view.ts';
import { copyButton, saveButton } from '../common/copy-button.ts';
import { bytes, count, counted } from '../common/format.ts';
import { back } from '../common/icons.ts';
import { kindFacts } from '../common/kinds.ts';
import { decodeView } from './decode-view.ts';
import { layoutView } from './layout-view.ts';
import type { Declaration, LaidOut, RecordText, Usage } from '../common/messages.ts';
import { type Tab, type TypeRoute, fileHash, resolve, typeHash } from '../page/route.ts';
import { lacking, sideOf, sidesOf } from './sides.ts';
import type { OpenFile, Shown } from '../page/state.ts';
import { usageView } from './usage-view.ts';

const tabLabels: Record<Tab, string> = { c: 'C', layout: 'Layout', uses: 'Used by', decode: 'Decode', record: 'Record' };

export function typeView(shown: Shown, app: App) {
  const { file, row, route } = shown;
  const { types } = file;
  const { label, family, counts } = kindFacts(types.kind(row));
  const size = types.size(row);
  const elements = types.elements(row);
  const wanted = (route as TypeRoute).tab;
  const tab = sideOf(types, row, wanted);
  return html`<article class="card type" aria-labelledby="type-name">
    ${backLink()}
    <h1 id="type-name"><span class="badge" data-family=${family}>${label}</span> ${types.names[row] || html`<em>${types.label(row)}</em>`}</h1>
    <p class="type-facts">
      <span>id ${count(types.id(row))}</span>
      ${size === undefined ? nothing : html`<span>${size < 1024 ? bytes(size) : `${count(size)} bytes`}</span>`}
      ${elements !== undefined && counts ? html`<span>${counted(elements, ...counts)}</span>` : nothing}
    </p>
    <nav class="tabs" aria-label="Sides of this type">
      ${sidesOf(types, row).map((side) => html`<a href=${typeHash(types, row, side)} aria-current=${side === tab ? 'page' : nothing}>${tabLabels[side]}</a>`)}
    </nav>
    ${tab === wanted ? nothing : html`<p class="remark" role="status"><code>${types.label(row)}</code> ${lacking[wanted]}. This is its C.</p>`}
    ${shown.fault === undefined ? side(shown, app) : html`<p class="remark" role="alert">This type cannot be shown so: ${shown.fault}</p>`}
  </article>`;
}

function side(shown: Shown, app: App) {
  const { file, topic, answer, row } = shown;
  if (sideOf(file.types, row, (shown.route as TypeRoute).tab) === 'decode') return decodeView(file, row);
  switch (topic) {
    case 'declaration':
      return cSide(shown, app);
    case 'layout':
      return layoutView(file, answer as LaidOut, app, (shown.route as TypeRoute).at);
    case 'usage':
      return usageView(file, row, answer as Usage);
    default:
      return recordSide(answer as RecordText);
  }
}

function cSide(shown: Shown, app: App) {
  const { file, row } = shown;
  const view = cView(shown);
  const id = file.types.id(row);
  const json = async () => (await file.session.ask('record', { id })).json;
  return html`<div class="code">
    <div class="code-bar">
      ${view.members.length > 0
        ? html`<span class="button-group"><button class="button is-small" @click=${(event: Event) => void openAll(event, view)}>Open all</button><button class="button is-small" @click=${() => view.closeAll()}>Close all</button></span>
            <span class="unseen" role="status"></span>`
        : nothing}
      <span class="code-actions">
        ${copyButton(() => view.text)} ${copyButton(() => file.session.ask('dump', { format: 'c', id }), 'Copy with all it needs')}
        ${copyButton(json, 'Copy JSON')} ${saveButton(() => app.save('c', id), 'Header with all it needs')}
      </span>
    </div>
    <pre tabindex="0" role="region" aria-label="C declaration"><code>${view.element}</code></pre>
  </div>`;
}

async function openAll(event: Event, view: CView): Promise<void> {
  const status = (event.currentTarget as Element).parentElement?.nextElementSibling;
  const said = await view.openAll();
  if (status) status.textContent = said;
}

/** The record as JSON, and as the one line that bpftool prints for it (and one for each member). */
function recordSide({ json, raw }: RecordText) {
  const block = (label: string, text: string) => html`<div class="code">
    <div class="code-bar"><h2>${label}</h2><span class="code-actions">${copyButton(() => text, 'Copy')}</span></div>
    <pre tabindex="0" role="region" aria-label=${label}><code>${text}</code></pre>
  </div>`;
  return html`${block('Raw', raw)}${block('JSON', json)}`;
}

/** The address names a type that this file does not have. */
export function missingType(file: OpenFile, route: TypeRoute) {
  const what = `${route.noun} ${route.name || `with id ${route.id}`}`;
  const { below } = file.types;
  if (resolve(file.types, route) >= 0) return nothing; // its text is on the way
  return html`<article class="card type">
    ${backLink()}
    <h1>Not in this file</h1>
    <p class="remark"><code>${file.name}</code> has no <code>${what}</code>.${
      below && resolve(below, route) >= 0 ? html` ${file.base?.name}, which it continues, has one: open that again.` : nothing}</p>
  </article>`;
}

function backLink() {
  return html`<a class="back" href=${fileHash}>${back}<span>All types</span></a>`;
}

let last: { answer: unknown; view: CView } | undefined;

/** Made once per answer: the page is rendered more often than that, and what was opened stays. */
function cView({ file, answer, row }: Shown): CView {
  if (last && last.answer === answer) return last.view;
  const view = new CView(file, answer as Declaration, row);
  last = { answer, view };
  return view;
}
