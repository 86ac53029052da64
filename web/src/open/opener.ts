// Opener: from files that were dropped, chosen or pasted to files that are open. One after the other: what is open stays open
// whatever happens to the next, and what continues another (a module) is opened on the one base that came with it.
import { type Explanation, explain, headLength, isMisfit, isSplit } from './fault.ts';
import type { NamedBlob } from '../common/messages.ts';
import { Fault, type Session } from './session.ts';
import type { OpenFile, Opening, State } from '../page/state.ts';
import type { Store } from '../page/store.ts';
import { TypeTable } from '../common/types.ts';
import type { Workshop } from './workshop.ts';

/** Milliseconds after which what takes long is worth a word. */
export const patience = 200;

/** Files that are open at once: each holds its names here, besides what its worker holds. */
const mostFiles = 24;

export class Opener {
  private session: Session | undefined;
  /** Which call of open() is the one that counts; those before it were cancelled. */
  private turn = 0;
  private lastId = Date.now(); // not from 0: ids in the history of a page before a reload mean nothing now

  /** `opened` takes a file that was opened, or was open already; `show`: it is to be looked at. */
  constructor(
    private readonly store: Store<State>,
    private readonly workshop: Workshop,
    private readonly opened: (file: OpenFile, show: boolean) => void,
  ) {}

  /** Opens these, in place of whatever is still being opened. `base`: what they continue. */
  async open(inputs: readonly NamedBlob[], base?: NamedBlob): Promise<void> {
    const turn = this.begin();
    const before = base ? [] : this.store.state.waiting;
    this.store.set({ faults: [], waiting: [] });
    const slow = setTimeout(() => this.progress({ slow: true }), patience);
    try {
      const first = await this.each(turn, inputs, base);
      const lacking = [...before, ...first.lacking];
      const [below] = first.opened.filter(canBeBase);
      const several = first.opened.filter(canBeBase).length > 1;
      if (turn !== this.turn || lacking.length === 0) return;
      // Which is theirs is the user's to say.
      if (!below || several) return this.store.set({ waiting: lacking });
      const second = await this.each(turn, lacking, { blob: below.blob, name: below.name });
      if (turn === this.turn) this.store.set({ waiting: second.lacking }); // for another base
    } finally {
      clearTimeout(slow);
      if (turn === this.turn) this.store.set({ opening: undefined });
    }
  }

  /** Opens these and shows the first that could be; `lacking` are those that continue a base, of which there is none, or another one. */
  private async each(turn: number, inputs: readonly NamedBlob[], base: NamedBlob | undefined): Promise<{ opened: OpenFile[]; lacking: NamedBlob[] }> {
    const opened: OpenFile[] = [];
    const lacking: NamedBlob[] = [];
    for (const [nth, input] of inputs.entries()) {
      const outcome = await this.one(input, base, nth, inputs.length);
      if (turn !== this.turn) break;
      if (outcome === 'split') lacking.push(input);
      else if (outcome) this.opened(outcome, opened.push(outcome) === 1);
    }
    return { opened, lacking };
  }

  /** Stops opening; what was open before, and what is by now, stays. */
  cancel(): void {
    this.begin();
    this.store.set({ opening: undefined });
  }

  private begin(): number {
    const session = this.session;
    this.session = undefined;
    session?.close();
    return ++this.turn;
  }

  /** The open file; nothing when it failed, which is said, or was cancelled. */
  private async one(input: NamedBlob, base: NamedBlob | undefined, nth: number, of: number): Promise<OpenFile | 'split' | undefined> {
    const { files, opening } = this.store.state;
    const open = files.find((file) => isSame(file, input) && (base ? file.base !== undefined && isSame(file.base, base) : !file.base));
    if (open) return open;
    if (files.length >= mostFiles) return this.fault(tooMany(input.name));
    const { blob, name } = input;
    const started = performance.now();
    const session = (this.session = this.workshop.session());
    this.store.set({ opening: { name, nth: nth + 1, of, done: 0, total: blob.size, slow: opening?.slow ?? false } });
    session.onProgress = (done, total) => this.progress({ done, total });
    try {
      const { summary, columns } = await session.open(input, base);
      const below = files.find((file) => base && !file.base && isSame(file, base));
      const types = new TypeTable(columns, below?.types);
      return { id: ++this.lastId, name, blob, base, summary, types, session, milliseconds: performance.now() - started };
    } catch (error) {
      session.close();
      if (this.session !== session) return undefined; // cancelled
      const facts = error instanceof Fault ? error : { code: 'internal', message: String(error) };
      if (isSplit(facts) && !base) return 'split';
      const head = await blob.slice(0, headLength).arrayBuffer().catch(() => new ArrayBuffer(0));
      if (this.session !== session) return undefined;
      this.fault(explain(facts, name, blob.size, new Uint8Array(head), base?.name));
      return isMisfit(facts, base?.name) ? 'split' : undefined;
    } finally {
      if (this.session === session) this.session = undefined;
    }
  }

  private progress(change: Partial<Opening>): void {
    const { opening } = this.store.state;
    if (opening) this.store.set({ opening: { ...opening, ...change } });
  }

  private fault(fault: Explanation): undefined {
    this.store.set({ faults: [...this.store.state.faults, fault] });
  }
}

/** Whether a module can continue it. Objects of BPF programs and what is split itself have nothing that is loaded below it. */
export function canBeBase({ types, summary, base }: OpenFile): boolean {
  const bpf = 247;
  return base === undefined && types.length > 0 && types.id(0) === 1 && summary.elfMachine !== bpf;
}

/** The very same file, as far as its facts tell: not one of that name that was built anew. */
function isSame(one: NamedBlob, other: NamedBlob): boolean {
  const changed = (blob: Blob) => (blob instanceof File ? blob.lastModified : 0);
  return one.name === other.name && one.blob.size === other.blob.size && changed(one.blob) === changed(other.blob);
}

function tooMany(name: string): Explanation {
  return { title: `${name} was not opened`, detail: '', advice: `${mostFiles} files are open, as many as this page holds. Close one of them first.` };
}
