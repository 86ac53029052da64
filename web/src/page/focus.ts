// The focus is never lost: when what had it goes away with its view, the heading of the next view takes it, so that Tab goes on from
// there and a screen reader says where one is. A view that is another starts at its top.

/** To be called after every rendering of `root`. */
export function focusKeeper(root: HTMLElement): () => void {
  let last: Element | undefined;
  let view: string | undefined;
  root.addEventListener('focusin', ({ target }) => (last = target as Element));
  return () => {
    const heading = root.querySelector<HTMLElement>('.detail h1') ?? root.querySelector<HTMLElement>('main h1');
    if (!heading) return; // what it will show is on the way
    const titled = heading.textContent ?? '';
    if (titled !== view) {
      root.querySelector('.sections [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      for (const frame of [heading.closest('.detail'), window]) frame?.scrollTo(0, 0);
    }
    view = titled;
    const now = document.activeElement ?? document.body; // what was just hidden may still have the focus
    const lost = last && !last.checkVisibility();
    if (!lost || (now !== document.body && now.checkVisibility())) return;
    last = undefined;
    heading.tabIndex = -1; // can be focused, but is no stop of Tab
    heading.focus({ preventScroll: true });
  };
}
