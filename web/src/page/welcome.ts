// What the page shows before a file is open.
import { html, nothing } from 'lit-html';
import { copyKernel } from '../open/fault.ts';
import { lock } from '../common/icons.ts';
import type { Route } from './route.ts';
import { routeWords } from './route-words.ts';
import type { State } from './state.ts';
import type { Parts } from './view.ts';

export function welcome({ route }: State, { app, choose, samples }: Parts) {
  return html`<main class="welcome">
    <h1>See the types inside a kernel or a BPF program</h1>
    <p class="lead">
      Every struct, function and variable that BTF describes: searchable, as C, with the offset of each member.
    </p>
    ${route ? linked(route) : nothing}
    <div class="drop-card">
      <svg class="drop-art" viewBox="0 0 48 48" aria-hidden="true"><path d="M24 8v22m-8-8 8 8 8-8M9 32v5a3 3 0 0 0 3 3h24a3 3 0 0 0 3-3v-5" /></svg>
      <p class="drop-words">Drop files here</p>
      <p class="drop-kinds">a vmlinux or vmlinuz, a module with its kernel, a BPF object (.o), any other ELF with BTF, or raw BTF</p>
      <div class="drop-actions">
        <button class="button is-primary" @click=${choose}>Choose a file</button>
        <button class="button" @click=${() => app.openSample(samples.object)}>Try a sample</button>
        <button class="button" @click=${() => app.openSample(samples.kernel)}>Try part of a kernel</button>
      </div>
    </div>
    <p class="promise-long">
      ${lock} <strong>Nothing leaves this computer:</strong> the browser refuses this page every connection.
    </p>
    <p class="hint">
      The running Linux kernel’s types are in <code>/sys/kernel/btf/vmlinux</code>.<br />If your browser cannot see it, copy it first:
      <code class="command">${copyKernel}</code>
    </p>
  </main>`;
}

function linked(route: Route) {
  const { what, wanted } = routeWords(route);
  return html`<p class="linked">This link leads to <code>${what}</code>. Drop ${wanted}: links carry names, never a file.</p>`;
}
