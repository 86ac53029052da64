// Store: one value that is replaced, never changed, and those who want to know when it was.
export class Store<T extends object> {
  private readonly listeners = new Set<() => void>();
  private pending = false;

  constructor(private value: T) {}

  get state(): Readonly<T> {
    return this.value;
  }

  set(change: Partial<T>): void {
    this.value = { ...this.value, ...change };
    if (this.pending) return;
    // Several changes in one turn are told once.
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      for (const listener of this.listeners) listener();
    });
  }

  subscribe(listener: () => void): void {
    this.listeners.add(listener);
  }
}
