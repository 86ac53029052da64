// What a long list is filtered by, in the address of its view. Typing makes no history: the address is replaced once the keyboard
// rests, and before a link in the view is followed.
import { type ListName, listHash, parseRoute } from './route.ts';

/** Milliseconds; browsers refuse a page that changes its address a hundred times in ten seconds. */
const rest = 300;

export class PartAddress {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private filter: Readonly<Record<string, string>> | undefined;

  constructor(
    private readonly view: ListName,
    element: HTMLElement,
  ) {
    element.addEventListener('click', () => this.write());
  }

  changed(filter: Readonly<Record<string, string>>): void {
    this.filter = filter;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), rest);
  }

  private write(): void {
    const { filter } = this;
    clearTimeout(this.timer);
    this.filter = undefined;
    if (filter && parseRoute(location.hash)?.view === this.view) history.replaceState(history.state, '', listHash(this.view, '', filter));
  }
}
