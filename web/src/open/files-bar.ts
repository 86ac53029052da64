// The open files: one tab each, in the bar on top. A toolbar, as the close buttons stand between: one stop of the Tab key, within it
// the arrow keys; Delete closes.
import { html } from 'lit-html';
import type { App } from '../page/app.ts';
import { close } from '../common/icons.ts';
import type { OpenFile, State } from '../page/state.ts';

export function filesBar({ files, file: current }: State, app: App) {
  return html`<div class="files" role="toolbar" aria-label="Open files" @keydown=${(event: KeyboardEvent) => key(event, files, app)}>
    ${files.map((file, at) => {
      const name = label(files, at);
      const shown = file === current;
      const title = shown ? 'About this file' : `Show ${name}${file.base ? `, on ${file.base.name}` : ''}`;
      return html`<span class="file ${shown ? 'is-shown' : ''}">
        <button class="file-name" data-file=${file.id} tabindex=${shown ? 0 : -1} aria-current=${shown} title=${title} @click=${() => app.choose(file)}
          @auxclick=${(event: MouseEvent) => event.button === 1 && app.closeFile(file)}>${name}</button>
        <button class="icon-button" tabindex=${shown ? 0 : -1} aria-label="Close ${name}" title="Close" @click=${(event: Event) => closeFile(event, file, app)}>${close}</button>
      </span>`;
    })}
  </div>`;
}

/** Files of one name are told apart by their number. */
function label(files: readonly OpenFile[], at: number): string {
  const { name } = files[at]!;
  const same = files.slice(0, at).filter((other) => other.name === name).length;
  return same === 0 ? name : `${name} (${same + 1})`;
}

function key(event: KeyboardEvent, files: readonly OpenFile[], app: App): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const bar = event.currentTarget as HTMLElement;
  const buttons = [...bar.querySelectorAll('button')];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  const file = files[Math.floor(at / 2)];
  if (to !== undefined) buttons[(to + buttons.length) % buttons.length]?.focus();
  else if (event.key === 'Delete' && file) closeFile(event, file, app);
  else return;
  event.preventDefault();
}

/** Who closed a file by its button goes on with the one that took its place. */
function closeFile(event: Event, file: OpenFile, app: App): void {
  const bar = (event.target as Element).closest('.files') as HTMLElement;
  app.closeFile(file);
  const next = app.store.state.file?.id;
  // The views are rendered in the same turn, after this.
  setTimeout(() => (bar.querySelector<HTMLElement>(`[data-file="${next}"]`) ?? document.querySelector<HTMLElement>('.drop-actions button'))?.focus());
}
