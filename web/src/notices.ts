// What is said about opening a file: that it takes a while, or why it failed.
import { html, nothing } from 'lit-html';
import type { App } from './app.ts';
import { bytes } from './format.ts';
import { close, warning } from './icons.ts';
import type { State } from './state.ts';

export function faultPanel({ fault, file, waiting }: State, app: App) {
  if (!fault) return nothing;
  return html`<section class="notice is-fault" role="alert">
    ${warning}
    <div class="notice-body">
      <h2>${fault.title}</h2>
      ${fault.detail ? html`<p class="fault-detail">${fault.detail}</p>` : nothing}
      <p>${fault.advice} ${fault.command ? html`<code class="command">${fault.command}</code>` : nothing}</p>
      ${waiting && file && file.types.id(0) === 1
        ? html`<p><button class="button" @click=${() => app.useAsBase()}>Open it on ${file.name}</button></p>`
        : nothing}
      ${file ? html`<p class="notice-aside">${file.name} is still open.</p>` : nothing}
    </div>
    <button class="icon-button" aria-label="Dismiss" title="Dismiss" @click=${() => app.dismissFault()}>${close}</button>
  </section>`;
}

export function progressPanel({ opening }: State, app: App) {
  if (!opening?.slow) return nothing;
  const { name, done, total } = opening;
  const known = done > 0 && total > 0;
  return html`<section class="notice is-progress" role="status">
    <div class="notice-body">
      <h2>Opening ${name}</h2>
      ${known
        ? html`<progress aria-label="Read so far" value=${done} max=${total}></progress>
            <p class="notice-aside">${bytes(done)} of ${bytes(total)}</p>`
        : html`<progress aria-label="Reading"></progress>`}
    </div>
    <button class="button" @click=${() => app.cancel()}>Cancel</button>
  </section>`;
}

export function savingPanel({ saving }: State) {
  if (saving === undefined) return nothing;
  return html`<section class="notice is-progress" role="status">
    <div class="notice-body"><h2>Writing ${saving}</h2><progress aria-label="Writing"></progress></div>
  </section>`;
}
