// The page as a whole: what is shown when.
import { html, nothing } from 'lit-html';
import type { App } from './app.ts';
import type { Assets } from '../open/assets.ts';
import { filesBar } from '../open/files-bar.ts';
import { basePanel, faultPanel, progressPanel, remarkPanel, savingPanel } from '../open/notices.ts';
import { fileCard } from '../open/file-card.ts';
import { count } from '../common/format.ts';
import { lock, logo, moon, sun } from '../common/icons.ts';
import { listsOf, objectView } from '../parts/object-views.ts';
import { type Route, fileHash, listHash } from './route.ts';
import type { OpenFile, State } from './state.ts';
import { isDark } from './theme.ts';
import type { TypeList } from '../list/type-list.ts';
import { missingType, typeView } from '../type/type-view.ts';
import { welcome } from './welcome.ts';

export interface Parts {
  app: App;
  list: TypeList;
  samples: Assets['samples'];
  /** Opens the browser's file dialog. */
  choose: () => void;
}

export function page(state: State, parts: Parts) {
  const { file, route } = state;
  return html`
    ${header(state, parts)}
    <div class="notices">${progressPanel(state, parts.app)}${savingPanel(state)}${remarkPanel(state, parts.app)}${basePanel(state, parts.app)}${faultPanel(state, parts.app)}</div>
    ${file ? sections(file, route) : nothing}
    ${file
      ? html`<main class="explorer" data-view=${viewOf(route)}>
          ${parts.list.element}
          <div class="detail" aria-busy=${waits(state)}>${route ? detail(state, parts.app) : fileCard(file, (kind) => parts.list.filterKind(kind), (format) => void parts.app.save(format))}</div>
        </main>`
      : welcome(state, parts)}
    <div class="drop-sign" aria-hidden="true"><p>Drop files anywhere</p></div>
  `;
}

function header(state: State, { app, choose }: Parts) {
  const { file } = state;
  const other = isDark() ? 'Light theme' : 'Dark theme';
  return html`<header class="bar">
    <a class="brand" href=${fileHash}>${logo}<span>btfkit</span></a>
    ${file ? html`${filesBar(state, app)}<p class="promise">${lock}<span class="unseen">Nothing leaves this computer</span></p>` : nothing}
    <button class="icon-button theme" aria-label=${other} title=${other} @click=${() => app.toggleTheme()}>${isDark() ? sun : moon}</button>
    ${file ? html`<button class="button is-small" @click=${choose}>Open file…</button>` : nothing}
  </header>`;
}

/** What is shown is still that of before. */
function waits({ file, route, shown }: State): boolean {
  return route?.view === 'type' && shown !== undefined && shown.file === file && shown.route !== route;
}

function viewOf(route: Route | undefined): 'file' | 'type' | 'object' {
  if (!route) return 'file';
  return route.view === 'type' ? 'type' : 'object';
}

/** What there is besides types; nothing where that is all. */
function sections(file: OpenFile, route: Route | undefined) {
  const lists = listsOf(file);
  if (lists.length === 0) return nothing;
  const current = (here: boolean) => (here ? 'page' : nothing);
  return html`<nav class="sections" aria-label="Parts of this file">
    <a href=${fileHash} aria-current=${current(!route || route.view === 'type')}>Types <span class="chip-count">${count(file.types.length)}</span></a>
    ${lists.map(({ name, title, count: number }) => html`<a href=${listHash(name)} aria-current=${current(route?.view === name)}>${title} <span class="chip-count">${count(number)}</span></a>`)}
  </nav>`;
}

function detail({ file, route, shown }: State, app: App) {
  if (!file || !route) return nothing;
  if (route.view !== 'type') return objectView(file, route, shown?.route === route ? shown : undefined);
  if (shown && shown.row >= 0) return typeView(shown, app);
  return missingType(file, route);
}
