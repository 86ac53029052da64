// Workshop: makes sessions and their workers. The WebAssembly is compiled once, and one started worker is kept spare, so that a
// dropped file meets a worker that is already warm.
//
// One worker for each file, not one for all: WebAssembly memory never shrinks, so only the end of a worker gives back what a closed
// file took; and a trap, or a question without end, of one file leaves the others alone. The price, an instance per file, is bounded
// by putting those files to rest that were not looked at for longest.
import type { Assets } from './assets.ts';
import type { Request } from '../common/messages.ts';
import { Session } from './session.ts';

/** Files whose workers are kept. */
const mostAwake = 4;

export class Workshop {
  private readonly module: WebAssembly.Module;
  private readonly workerUrl: string;
  private spare: Worker;
  /** The latest last. */
  private awake: Session[] = [];

  constructor({ module, worker }: Assets) {
    this.module = module;
    // A worker made from a Blob inherits the page's Content Security Policy; one loaded by address would bring its own.
    this.workerUrl = URL.createObjectURL(new Blob([worker], { type: 'text/javascript' }));
    this.spare = this.make();
  }

  /** A session of its own, ready for open(). */
  session(): Session {
    return new Session(() => this.hire());
  }

  /** The file of this session is looked at: others may have to rest. */
  used(session: Session): void {
    this.awake = [...this.awake.filter((other) => other !== session), session];
    while (this.awake.length > mostAwake) this.awake.shift()!.rest();
  }

  closed(session: Session): void {
    this.awake = this.awake.filter((other) => other !== session);
  }

  private hire(): Worker {
    const worker = this.spare;
    this.spare = this.make();
    return worker;
  }

  private make(): Worker {
    const worker = new Worker(this.workerUrl);
    worker.postMessage({ type: 'start', module: this.module } satisfies Request);
    return worker;
  }
}
