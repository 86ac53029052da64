// Work that need not be done at once: what is on screen first, the rest while nothing else is to be done.

export class Pieces {
  private timer = 0;
  private readonly idle = typeof requestIdleCallback === 'function';

  /** Does `first` steps of the work now. `done` is called behind its last step. */
  constructor(
    private readonly work: Iterator<unknown>,
    first: number,
    private readonly done: () => void,
  ) {
    if (!this.run(first)) this.later();
  }

  /** Does the rest at once. */
  finish(): void {
    if (this.timer === 0) return;
    this.stop();
    this.run(Infinity);
  }

  /** Leaves the rest undone. */
  stop(): void {
    if (this.idle) cancelIdleCallback(this.timer);
    else clearTimeout(this.timer);
    this.timer = 0;
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

  private later(): void {
    const next = () => {
      this.timer = 0;
      const end = performance.now() + 16; // a frame: fewer would paint more often
      while (performance.now() < end) if (this.run(10)) return;
      this.later();
    };
    this.timer = this.idle ? requestIdleCallback(next, { timeout: 200 }) : setTimeout(next, 30);
  }
}
