// What JavaScript holds of an instance of the module: freed when it is closed, or some time after nobody refers to its owner.
import type { Engine } from './engine.js';

/** Something in an instance's memory. @internal */
export interface Held {
  readonly engine: Engine;
  readonly handle: { delete(): void };
  freed: boolean;
}

/** A safety net: it runs when the garbage collector likes, never inside one synchronous run. */
const forgotten = new FinalizationRegistry<Held>((held) => {
  try {
    free(held);
  } catch {
    // The instance has stopped, and its memory went with it. Nobody called, so there is nobody to tell.
  }
});

function free(held: Held): void {
  if (held.freed) return;
  held.freed = true;
  if (held.engine.alive) held.engine.call(() => held.handle.delete());
}

/** `owner` must not be referred to by `held`. @internal */
export function hold(owner: object, held: Held): void {
  forgotten.register(owner, held, held);
}

/** Frees it now; twice is fine. @internal */
export function release(held: Held): void {
  forgotten.unregister(held);
  free(held);
}
