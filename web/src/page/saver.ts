// Saver: writes files of the user's, each in a worker of its own that opens the input again. So the page goes on answering meanwhile,
// writing can be ended at once, and the memory that a text of a hundred megabytes took is given back.
import { patience } from '../open/opener.ts';
import { Fault } from '../open/session.ts';
import type { Workshop } from '../open/workshop.ts';
import { type DumpFormat, dumpName, saveBlob } from './saving.ts';
import type { OpenFile, State } from './state.ts';
import type { Store } from './store.ts';

export interface Saving {
  file: OpenFile;
  name: string;
  /** Whether it takes long enough to be worth a word. */
  slow: boolean;
  /** Ends it: nothing is saved. */
  cancel(): void;
}

export class Saver {
  constructor(
    private readonly store: Store<State>,
    private readonly workshop: Workshop,
  ) {}

  /**
   * Saves everything, or one type and what it needs. Resolves to the name of what was saved; to undefined when it was cancelled, or is
   * being written already. Rejects with a Fault.
   */
  async save(file: OpenFile, format: DumpFormat, id?: number): Promise<string | undefined> {
    const name = dumpName(file, format, id);
    if (id !== undefined) {
      saveBlob(await file.session.ask('dump', { format, id }), name);
      return name;
    }
    if (this.store.state.saving.some((other) => other.file === file && other.name === name)) return undefined;
    const session = this.workshop.session();
    const saving: Saving = { file, name, slow: false, cancel: () => session.close() };
    this.change([...this.store.state.saving, saving]);
    const slow = setTimeout(() => {
      saving.slow = true;
      this.change([...this.store.state.saving]);
    }, patience);
    try {
      session.open({ blob: file.blob, name: file.name }, file.base).catch(() => {}); // the question that follows says so
      saveBlob(await session.ask('dump', { format }), name);
      return name;
    } catch (error) {
      if (error instanceof Fault && error.code === 'closed') return undefined;
      throw error;
    } finally {
      clearTimeout(slow);
      session.close();
      this.change(this.store.state.saving.filter((other) => other !== saving));
    }
  }

  private change(saving: readonly Saving[]): void {
    this.store.set({ saving });
  }
}
