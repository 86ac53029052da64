// The page starts here.
import { html, render } from 'lit-html';
import { App } from './page/app.ts';
import { loadAssets } from './open/assets-fetched.ts'; // the single-file build puts assets-embedded.ts in its place
import { acceptDrops } from './open/drop.ts';
import { focusKeeper } from './page/focus.ts';
import { HelpSheet } from './page/help-sheet.ts';
import { HoverCard } from './type/hover-card.ts';
import { ListAddress } from './list/list-address.ts';
import { acceptPastes } from './open/paste.ts';
import type { Route } from './page/route.ts';
import type { OpenFile } from './page/state.ts';
import { applyTheme, onSystemTheme } from './page/theme.ts';
import { type ListActions, type ListQuery, TypeList, everything } from './list/type-list.ts';
import { page } from './page/view.ts';
import { Workshop } from './open/workshop.ts';

const root = document.getElementById('app') as HTMLElement;

async function start(): Promise<App> {
  render(html`<p class="loading" role="status">Loading…</p>`, root);
  const assets = await loadAssets();
  const app = new App(new Workshop(assets));
  const list = () => listOf(app.store.state.file);
  const sheet = new HelpSheet(() => (app.store.state.file ? (example) => list().searchFor(example) : undefined));
  const address = new ListAddress(() => (app.store.state.file ? list() : undefined));
  const actions: ListActions = {
    open: (id, member) => app.showType(id, member),
    changed: () => address.changed(),
    help: () => sheet.open(),
  };
  const listOf = lists(actions, address.linked());
  const choose = fileDialog(app);

  let last: OpenFile | undefined;
  let lastRoute: Route | undefined;
  const keepFocus = focusKeeper(root);
  const show = () => {
    const { state } = app.store;
    const { file, shown, route } = state;
    try {
      const list = listOf(file);
      if (file !== last || route !== lastRoute) listOf(last).leave();
      if (file) list.show(file);
      render(page(state, { app, list, samples: assets.samples, choose }), root);
      list.select(file && shown && shown.row >= 0 ? file.types.id(shown.row) : -1);
      if (file !== last) root.querySelector('.file.is-shown')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      last = file;
      lastRoute = route;
      keepFocus();
    } catch (error) {
      return failed(error, app);
    }
    document.title = title(shown ? (file?.types.names[shown.row] ?? titleOf(shown.route)) : route && titleOf(route), file?.name);
  };
  app.store.subscribe(show);
  new HoverCard(() => app.store.state.file);
  addEventListener('keydown', (event) => globalKey(event, app, list(), sheet));
  onSystemTheme(show);
  acceptPastes(app);
  show();
  return app;
}

/** The list of each open file: it stays as it was left, its search and its place, while another file is looked at. */
function lists(actions: ListActions, linked: ListQuery): (file: OpenFile | undefined) => TypeList {
  const lists = new WeakMap<OpenFile, TypeList>();
  const none = new TypeList(actions, everything);
  let wanted: ListQuery | undefined = linked;
  return (file) => {
    if (!file) return none;
    let list = lists.get(file);
    if (list) return list;
    // What the link asks is asked of the first file; of a module when it is about what that continues, which is opened before it.
    const asks = wanted && (!wanted.withBase || file.types.below) ? wanted : everything;
    if (asks === wanted) wanted = undefined;
    lists.set(file, (list = new TypeList(actions, asks)));
    return list;
  };
}

/** A view that breaks off leaves nothing to go on with: the page is made anew, without the file that it was of. */
function failed(error: unknown, app: App): void {
  const { file } = app.store.state;
  console.error(error);
  root.replaceChildren();
  delete (root as { ['_$litPart$']?: unknown })['_$litPart$'];
  if (!file) return;
  app.closeFile(file);
  app.refuse(`${file.name} could not be shown`, 'This is a fault of the page. Please report it, with the file if you may share it.', String(error));
}

/** What a view of a list is about. */
function titleOf(route: Route): string | undefined {
  return route.view === 'type' ? undefined : (route.name ?? route.view);
}

function title(...parts: (string | undefined)[]): string {
  return [...parts.filter(Boolean), 'btfkit'].join(' · ');
}

function fileDialog(app: App): () => void {
  const input = document.createElement('input');
  input.type = 'file';
  input.id = 'file';
  input.hidden = true;
  input.multiple = true;
  input.addEventListener('change', () => {
    void app.openAll([...(input.files ?? [])]);
    input.value = ''; // choosing the same file again is a change, too
  });
  document.body.append(input);
  return () => input.click();
}

function globalKey(event: KeyboardEvent, app: App, list: TypeList, sheet: HelpSheet): void {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  if (document.querySelector('dialog[open]')) return; // its keys are its own
  if (event.key === 'Escape') return leave(app);
  if (event.target instanceof Element && event.target.matches('input, textarea, select, [contenteditable]')) return;
  const field = document.querySelector<HTMLInputElement>('.part-search'); // of the view that hides the list
  if (event.key === '/' && field) field.focus();
  else if (event.key === '/') list.focusSearch();
  else if (event.key === '?') sheet.open();
  else if (event.key === '[' || event.key === ']') app.chooseNext(event.key === ']' ? 1 : -1);
  else if (event.key !== 'j' && event.key !== 'k') return;
  else if (!list.step(event.key === 'j' ? 1 : -1)) return;
  event.preventDefault();
}

/** Out of what is nearest: a file that is being opened or written, what went wrong, a type. */
function leave(app: App): void {
  const { state } = app.store;
  const writing = state.saving.filter(({ slow }) => slow);
  if (state.opening) app.cancel();
  else if (writing.length > 0) writing.at(-1)!.cancel();
  else if (state.faults.length > 0) app.dismissFaults();
  else if (state.waiting.length > 0) app.dismissWaiting();
  else if (state.remark) app.dismissRemark();
  else if (state.file && state.route) app.showFile();
}

applyTheme();
const ready = start();
acceptDrops(ready);
ready.catch((error: unknown) => {
  render(
    html`<main class="welcome">
      <h1>This page cannot start here</h1>
      <p class="lead">${error instanceof Error ? error.message : String(error)}</p>
      <p class="hint">It needs a browser of 2024 or later with WebAssembly.</p>
    </main>`,
    root,
  );
});
