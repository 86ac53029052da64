// Work that need not be done at once: what is on screen first, the rest once that was seen, while nothing else is to be done.

/** Milliseconds before the rest is begun: whoever looks at one thing after the other gets the next at once. */
const patience = 300;

export class Pieces {
  /** Ends the wait for the next piece; undefined: nothing is left. */
  private cancel: (() => void) | undefined;

  /** Does `first` steps of the work now. `done` is called behind its last step. */
  constructor(
    private readonly work: Iterator<unknown>,
    first: number,
    private readonly done: () => void,
  ) {
    if (this.run(first)) return;
    const timer = setTimeout(() => this.next(), patience);
    this.cancel = () => clearTimeout(timer);
  }

  /** Does the rest at once. */
  finish(): void {
    if (!this.cancel) return;
    this.stop();
    this.run(Infinity);
  }

  /** Leaves the rest undone. */
  stop(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  /** Whether there is no more. */
  private run(steps: number): boolean {
    for (let step = 0; step < steps; step++)
      if (this.work.next().done) {
        this.done();
        return true;
      }
    return false;
  }

  private next(): void {
    this.cancel = undefined;
    const end = performance.now() + 16; // a frame: with less, the browser would lay out more often
    while (performance.now() < end) if (this.run(10)) return;
    const again = () => this.next();
    if (typeof requestIdleCallback === 'function') {
      const idle = requestIdleCallback(again, { timeout: 200 });
      this.cancel = () => cancelIdleCallback(idle);
    } else {
      const timer = setTimeout(again, 20);
      this.cancel = () => clearTimeout(timer);
    }
  }
}
