// The page as a whole: what is shown when.
import { html, nothing } from 'lit-html';
import type { App } from './app.ts';
import { faultPanel, progressPanel } from './notices.ts';
import { fileCard } from './file-card.ts';
import { lock, logo } from './icons.ts';
import { fileHash } from './route.ts';
import type { State } from './state.ts';
import type { TypeList } from './type-list.ts';
import { missingType, typeView } from './type-view.ts';
import { welcome } from './welcome.ts';

export interface Parts {
  app: App;
  list: TypeList;
  /** Opens the browser's file dialog. */
  choose: () => void;
}

export function page(state: State, parts: Parts) {
  const { file, route } = state;
  return html`
    ${header(state, parts)}
    <div class="notices">${faultPanel(state, parts.app)}${progressPanel(state, parts.app)}</div>
    ${file
      ? html`<main class="explorer" data-view=${route ? 'type' : 'file'}>
          ${parts.list.element}
          <div class="detail">${route ? detail(state) : fileCard(file, (kind) => parts.list.filterKind(kind))}</div>
        </main>`
      : welcome(state, parts)}
    <div class="drop-sign" aria-hidden="true"><p>Drop the file anywhere</p></div>
  `;
}

function header({ file }: State, { choose }: Parts) {
  return html`<header class="bar">
    <a class="brand" href=${fileHash}>${logo}<span>btfkit</span></a>
    ${file ? html`<a class="bar-file" href=${fileHash} title="About this file">${file.name}</a>` : nothing}
    <p class="promise">${lock}<span>Nothing leaves this computer</span></p>
    ${file ? html`<button class="button" @click=${choose}>Open file…</button>` : nothing}
  </header>`;
}

function detail({ file, route, declaration }: State) {
  if (!file || !route) return nothing;
  if (declaration) return typeView(declaration);
  return missingType(file, route);
}
