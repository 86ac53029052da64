// The whole page is a drop zone, from the first moment: a file dropped while the page still loads waits for it.
import type { App } from '../page/app.ts';

export function acceptDrops(ready: Promise<App>): void {
  // Entering a child leaves its parent, so the zone is left when as many elements were left as entered.
  let depth = 0;
  const mark = () => document.documentElement.classList.toggle('is-dropping', depth > 0);

  addEventListener('dragenter', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth++;
    mark();
  });
  addEventListener('dragleave', (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    mark();
  });
  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  });
  addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    depth = 0;
    mark();
    if (event.defaultPrevented || !event.dataTransfer) return; // a part of the page has taken it
    event.preventDefault();
    const action = read(event.dataTransfer);
    // That the page cannot start is said elsewhere.
    ready.then(action, () => {});
  });
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** What to do with a drop. Reads it at once: it can be read only while its event lasts. */
function read(dropped: DataTransfer): (app: App) => void {
  const folders = new Set<number>();
  const items = [...dropped.items].filter(({ kind }) => kind === 'file');
  items.forEach((item, at) => item.webkitGetAsEntry()?.isDirectory && folders.add(at));
  const all = [...dropped.files];
  const files = all.filter((_, at) => !folders.has(at));
  return (app) => {
    void app.openAll(files);
    for (const at of folders) app.refuse(`${all[at]?.name ?? 'This'} is a folder`, 'Drop the files in it that you want to see.');
  };
}
