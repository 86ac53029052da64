// The page starts here.
import { html, render } from 'lit-html';
import { App } from './app.ts';
import { loadAssets } from './assets-fetched.ts'; // the single-file build puts assets-embedded.ts in its place
import { acceptDrops } from './drop.ts';
import { focusKeeper } from './focus.ts';
import type { Route } from './route.ts';
import { TypeList } from './type-list.ts';
import { type Parts, page } from './view.ts';
import { Workshop } from './workshop.ts';

const root = document.getElementById('app') as HTMLElement;

async function start(): Promise<App> {
  render(html`<p class="loading" role="status">Loading…</p>`, root);
  const assets = await loadAssets();
  const app = new App(new Workshop(assets), assets.sample);
  const list = new TypeList((row) => app.showType(row));
  const parts: Parts = { app, list, choose: fileDialog(app) };

  const keepFocus = focusKeeper(root);
  const show = () => {
    const { state } = app.store;
    if (state.file) list.show(state.file.types);
    render(page(state, parts), root);
    const { file, shown, route } = state;
    list.select(shown?.row ?? -1);
    keepFocus();
    document.title = title(shown ? (file?.types.names[shown.row] ?? titleOf(shown.route)) : route && titleOf(route), file?.name);
  };
  app.store.subscribe(show);
  addEventListener('keydown', (event) => globalKey(event, app, list));
  show();
  return app;
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

function globalKey(event: KeyboardEvent, app: App, list: TypeList): void {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  const typing = event.target instanceof HTMLInputElement;
  if (event.key === '/' && !typing) {
    list.focusSearch();
    event.preventDefault();
  } else if (event.key === 'Escape') {
    const { state } = app.store;
    if (state.opening) app.cancel();
    else if (state.fault) app.dismissFault();
    else if (state.file && state.route) app.showFile();
  }
}

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
