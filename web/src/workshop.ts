// Workshop: makes sessions. The WebAssembly is compiled once, and one started session is kept spare, so that a dropped file
// meets a worker that is already warm.
import type { Assets } from './assets.ts';
import { Session } from './session.ts';

export class Workshop {
  private readonly assets: Assets;
  private readonly workerUrl: string;
  private spare: Session;

  constructor(assets: Assets) {
    this.assets = assets;
    // A worker made from a Blob inherits the page's Content Security Policy; one loaded by address would bring its own.
    this.workerUrl = URL.createObjectURL(new Blob([assets.worker], { type: 'text/javascript' }));
    this.spare = this.make();
  }

  /** A session of its own, ready for open(). */
  session(): Session {
    const session = this.spare;
    this.spare = this.make();
    return session;
  }

  private make(): Session {
    return new Session(new Worker(this.workerUrl), this.assets);
  }
}
