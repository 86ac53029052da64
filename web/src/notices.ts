// What is said about opening files: that it takes a while, or why it failed.
import { html, nothing } from 'lit-html';
import type { App } from './app.ts';
import type { Explanation } from './fault.ts';
import { bytes } from './format.ts';
import { close, warning } from './icons.ts';
import { canBeBase } from './opener.ts';
import type { State } from './state.ts';

/** Faults that are told in full. */
const mostTold = 3;

export function faultPanel(state: State, app: App) {
  const { faults, waiting, file } = state;
  if (faults.length === 0) return nothing;
  const others = faults.slice(mostTold);
  return html`<section class="notice is-fault" role="alert">
    ${warning}
    <div class="notice-body">
      ${faults.slice(0, mostTold).map(told)}
      ${others.length > 0 ? html`<h2>${others.length} more</h2><p>${others.map(({ title }) => title).join('; ')}</p>` : nothing}
      ${waiting.length > 0 ? bases(state, app) : nothing}
      ${file ? html`<p class="notice-aside">${file.name} is still open.</p>` : nothing}
    </div>
    <button class="icon-button" aria-label="Dismiss" title="Dismiss" @click=${() => app.dismissFaults()}>${close}</button>
  </section>`;
}

function told({ title, detail, advice, command }: Explanation) {
  return html`<h2>${title}</h2>
    ${detail ? html`<p class="fault-detail">${detail}</p>` : nothing}
    <p>${advice} ${command ? html`<code class="command">${command}</code>` : nothing}</p>`;
}

/** What the files that wait can be opened on. */
function bases({ files }: State, app: App) {
  const choices = files.filter(canBeBase);
  if (choices.length === 0) return html`<p>Drop that vmlinux or its BTF, too.</p>`;
  return html`<p class="notice-choices">
    ${choices.map((base) => html`<button class="button" @click=${() => void app.useAsBase(base)}>Open on ${base.name}</button>`)}
    <span>or drop the one that it was built for.</span>
  </p>`;
}

export function progressPanel({ opening }: State, app: App) {
  if (!opening?.slow) return nothing;
  const { name, nth, of, done, total } = opening;
  const known = done > 0 && total > 0;
  return html`<section class="notice is-progress" role="status">
    <div class="notice-body">
      <h2>Opening ${name}${of > 1 ? ` (${nth} of ${of})` : ''}</h2>
      ${known
        ? html`<progress aria-label="Read so far" value=${done} max=${total}></progress>
            <p class="notice-aside">${bytes(done)} of ${bytes(total)}</p>`
        : html`<progress aria-label="Reading"></progress>`}
    </div>
    <button class="button" @click=${() => app.cancel()}>Cancel</button>
  </section>`;
}
