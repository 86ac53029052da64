// Opener: from files that were dropped, chosen or pasted to files that are open. One after the other: what is open stays open
// whatever happens to the next, and what continues another (a module) is opened on the one base that came with it.
import { packedArchive } from './archives.ts';
import { type Explanation, explain, headLength, isMisfit, isSplit } from './fault.ts';
import type { NamedBlob } from '../common/messages.ts';
import { Fault, type Session } from './session.ts';
import type { OpenFile, Opening, State, Waiting } from '../page/state.ts';
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
  /** What waited for a base when open() began, until it ends: what is cancelled or replaced leaves that waiting. */
  private setAside: readonly Waiting[] | undefined;
  private lastId = Date.now(); // not from 0: ids in the history of a page before a reload mean nothing now

  /** `opened` takes a file that was opened, or was open already; `show`: it is to be looked at. */
  constructor(
    private readonly store: Store<State>,
    private readonly workshop: Workshop,
    private readonly opened: (file: OpenFile, show: boolean) => void,
  ) {}

  /** Opens these, in place of whatever is still being opened. `base`: what they continue; others that wait for one go on waiting. */
  async open(inputs: readonly Waiting[], base?: NamedBlob): Promise<void> {
    const turn = this.begin();
    this.setAside ??= this.store.state.waiting;
    const before = this.setAside.filter((file) => !inputs.some((input) => isSame(input, file)));
    this.store.set({ faults: [], waiting: [] });
    const slow = setTimeout(() => this.progress({ slow: true }), patience);
    try {
      const first = await this.each(turn, inputs, base);
      if (turn !== this.turn) return;
      const lacking = [...before, ...first.lacking];
      const bases = base ? [] : first.opened.filter(canBeBase);
      // Which is theirs of several is the user's to say.
      const below = bases.length === 1 ? { blob: bases[0]!.blob, name: bases[0]!.name } : undefined;
      const fitting = lacking.filter((file) => below && !hasRefused(file, below));
      const second = await this.each(turn, fitting, below);
      if (turn === this.turn) this.store.set({ waiting: [...lacking.filter((file) => !fitting.includes(file)), ...second.lacking] });
    } finally {
      clearTimeout(slow);
      if (turn === this.turn) {
        this.setAside = undefined;
        this.store.set({ opening: undefined });
      }
    }
  }

  /** Opens these and shows the first that could be; `lacking` are those that continue a base, of which there is none, or another one. */
  private async each(turn: number, inputs: readonly Waiting[], base: NamedBlob | undefined): Promise<{ opened: OpenFile[]; lacking: Waiting[] }> {
    const opened: OpenFile[] = [];
    const lacking: Waiting[] = [];
    for (const [nth, input] of inputs.entries()) {
      const outcome = await this.one(input, base, nth, inputs.length);
      if (turn !== this.turn) break;
      if (outcome === 'split') lacking.push(base ? { ...input, refused: [...(input.refused ?? []), base] } : input);
      else if (outcome) this.opened(outcome, opened.push(outcome) === 1);
    }
    return { opened, lacking };
  }

  /** Stops opening; what was open before, and what is by now, stays. */
  cancel(): void {
    this.begin();
    this.store.set({ opening: undefined, waiting: this.setAside ?? this.store.state.waiting });
    this.setAside = undefined;
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
      const milliseconds = performance.now() - started;
      // BTF that was found by looking for it, but in no kernel: what it was found in?
      const found = summary.container === 'raw' && summary.wrappers.length > 0 && summary.kernelImage === undefined;
      const archive = found ? await packedArchive(blob, name).catch(() => undefined) : undefined;
      if (this.session !== session) return undefined; // cancelled
      return { id: ++this.lastId, name, blob, base, archive, summary, types, session, milliseconds };
    } catch (error) {
      session.close();
      if (this.session !== session) return undefined; // cancelled
      const facts = error instanceof Fault ? error : { code: 'internal', message: String(error) };
      const archive = await packedArchive(blob, name).catch(() => undefined);
      if (isSplit(facts) && !base && !archive) return this.session === session ? 'split' : undefined;
      const head = new Uint8Array(await blob.slice(0, headLength).arrayBuffer().catch(() => new ArrayBuffer(0)));
      if (this.session !== session) return undefined;
      this.fault(explain(facts, { name, size: blob.size, head, archive, base: base?.name }));
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

/** Whether a file is known not to continue that base. */
export function hasRefused({ refused = [] }: Waiting, base: NamedBlob): boolean {
  return refused.some((one) => isSame(one, base));
}

/** The very same file, as far as its facts tell: not one of that name that was built anew. */
export function isSame(one: NamedBlob, other: NamedBlob): boolean {
  const changed = (blob: Blob) => (blob instanceof File ? blob.lastModified : 0);
  return one.name === other.name && one.blob.size === other.blob.size && changed(one.blob) === changed(other.blob);
}

function tooMany(name: string): Explanation {
  return { title: `${name} was not opened`, detail: '', advice: `${mostFiles} files are open, as many as this page holds. Close one of them first.` };
}
