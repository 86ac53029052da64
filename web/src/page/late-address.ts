// LateAddress: what a list is filtered by, in the address. Typing makes no history: the address is replaced once the keyboard rests.

/** Milliseconds; browsers refuse a page that changes its address a hundred times in ten seconds. */
const rest = 300;

export class LateAddress {
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The address that is to be replaced. */
  private from = '';

  /** `hash`: what the address is to be; undefined: left as it is. */
  constructor(private readonly hash: () => string | undefined) {}

  changed(): void {
    clearTimeout(this.timer);
    this.from = location.hash;
    this.timer = setTimeout(() => this.write(), rest);
  }

  /** Does at once what is still to be done. */
  write(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    // A link was followed that the page has not heard of yet: what it says is not to be lost.
    if (location.hash !== this.from) return;
    const hash = this.hash();
    if (hash !== undefined && hash !== location.hash) history.replaceState(history.state, '', hash);
  }
}
