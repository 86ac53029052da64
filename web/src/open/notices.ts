// What is said about opening files: that it takes a while, why it failed, what is missing.
import { html, nothing } from 'lit-html';
import type { App } from '../page/app.ts';
import type { Explanation } from './fault.ts';
import { bytes } from '../common/format.ts';
import { close, split, warning } from '../common/icons.ts';
import { canBeBase, hasRefused } from './opener.ts';
import type { State } from '../page/state.ts';

/** Faults that are told in full. */
const mostTold = 3;
/** Bases that are offered, those with the most types first: kernels. */
const mostBases = 6;

export function faultPanel({ faults, file }: State, app: App) {
  if (faults.length === 0) return nothing;
  const others = faults.slice(mostTold);
  return html`<section class="notice is-fault" role="alert">
    ${warning}
    <div class="notice-body">
      ${faults.slice(0, mostTold).map(told)}
      ${others.length > 0 ? html`<h2>${others.length} more</h2><p>${others.map(({ title }) => title).join('; ')}.</p>` : nothing}
      ${file ? html`<p class="notice-aside">${file.name} is still open.</p>` : nothing}
    </div>
    ${dismiss(() => app.dismissFaults())}
  </section>`;
}

function dismiss(action: () => void) {
  return html`<button class="icon-button" aria-label="Dismiss" title="Dismiss" @click=${action}>${close}</button>`;
}

function told({ title, detail, advice, command }: Explanation) {
  return html`<h2>${title}</h2>
    ${detail ? html`<p class="fault-detail">${detail}</p>` : nothing}
    <p>${advice} ${command ? html`<code class="command">${command}</code>` : nothing}</p>`;
}

/** Asks for the base of the files that wait for one. */
export function basePanel({ waiting, files, file }: State, app: App) {
  if (waiting.length === 0) return nothing;
  const one = waiting.length === 1;
  const choices = files
    .filter((base) => canBeBase(base) && !waiting.every((file) => hasRefused(file, base)))
    .sort((a, b) => b.types.length - a.types.length)
    .slice(0, mostBases);
  const refused = one ? (waiting[0]!.refused ?? []) : [];
  return html`<section class="notice" role="alert">
    ${split}
    <div class="notice-body">
      <h2>${one ? waiting[0]!.name : `${waiting.length} files`} ${one ? 'builds' : 'build'} on another BTF</h2>
      ${one ? nothing : html`<p class="fault-detail">${waiting.map(({ name }) => name).join(', ')}</p>`}
      <p>
        This is split BTF, as kernel modules have it: its types continue those of the kernel that it was built for.
        ${refused.length > 0 ? html`It does not continue ${refused.map(({ name }, i) => html`${i > 0 ? ' or ' : ''}<code>${name}</code>`)}. ` : nothing}${
          choices.length > 0 ? 'Open it on one of the files here, or drop that kernel’s vmlinux or BTF.' : 'Drop that kernel’s vmlinux or its BTF, too.'}
      </p>
      ${choices.length > 0
        ? html`<p class="notice-choices">
            ${choices.map((base) => html`<button class="button" @click=${() => void app.useAsBase(base)}>Open on ${base.name}</button>`)}
          </p>`
        : nothing}
      ${file && choices.length === 0 ? html`<p class="notice-aside">${file.name} is still open.</p>` : nothing}
    </div>
    ${dismiss(() => app.dismissWaiting())}
  </section>`;
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
            <p class="notice-aside">${done < total ? `${bytes(done)} of ${bytes(total)}` : `${bytes(total)} read; now they are unpacked and checked`}</p>`
        : html`<progress aria-label="Reading"></progress>`}
    </div>
    <button class="button" @click=${() => app.cancel()}>Cancel</button>
  </section>`;
}

export function savingPanel({ saving }: State) {
  return saving.filter(({ slow }) => slow).map(({ name, cancel }) => html`<section class="notice is-progress" role="status">
    <div class="notice-body"><h2>Writing ${name}</h2><progress aria-label="Writing ${name}"></progress></div>
    <button class="button" aria-label="Cancel writing ${name}" @click=${cancel}>Cancel</button>
  </section>`);
}

/** What is odd about the link that was followed. */
export function remarkPanel({ remark }: State, app: App) {
  if (!remark) return nothing;
  return html`<section class="notice" role="status">
    ${warning}
    <div class="notice-body">
      <h2>${remark.title}</h2>
      <p>${remark.detail}</p>
    </div>
    ${dismiss(() => app.dismissRemark())}
  </section>`;
}
