// App: what can be done on this page. It changes the state; the views only show it.
import { sampleName } from './assets.ts';
import { explain, headLength, isSplit } from './fault.ts';
import { whenIdle } from './idle.ts';
import type { NamedBlob, Questions, Topic } from './messages.ts';
import { type Route, type Tab, fileHash, parseRoute, resolve, typeHash } from './route.ts';
import { type DumpFormat, dumpName, saveBlob } from './saving.ts';
import { searchPreparations } from './search.ts';
import { Fault, type Session } from './session.ts';
import type { OpenFile, Shown, State } from './state.ts';
import { Store } from './store.ts';
import { TypeTable } from './types.ts';
import type { Workshop } from './workshop.ts';

/** Milliseconds after which opening a file is worth a word. */
const patience = 200;

export class App {
  readonly store = new Store<State>({ cacheLine: 64 });
  private opening: Session | undefined;

  constructor(
    private readonly workshop: Workshop,
    private readonly sample: Uint8Array<ArrayBuffer>,
  ) {
    this.readAddress();
    addEventListener('hashchange', () => this.readAddress());
  }

  /**
   * Opens a file in place of the one that is open, which stays if this fails or is cancelled. A file that continues another waits for
   * that one: the next that is opened, unless something else is done.
   */
  async open(blob: Blob, name: string, base?: NamedBlob): Promise<void> {
    this.cancel();
    const started = performance.now();
    const session = this.workshop.session();
    this.opening = session;
    this.store.set({ fault: undefined, waiting: undefined, opening: { name, done: 0, total: blob.size, slow: false } });
    const slow = setTimeout(() => this.progress({ slow: true }), patience);
    session.onProgress = (done, total) => this.progress({ done, total });
    try {
      const { summary, columns } = await session.open({ blob, name }, base);
      const types = new TypeTable(columns);
      const before = this.store.state.file;
      this.show({ name, blob, base, summary, types, session, milliseconds: performance.now() - started });
      before?.session.close();
    } catch (error) {
      session.close();
      if (this.opening !== session) return;  // cancelled, or another file was opened meanwhile
      await this.fail(error, blob, name);
    } finally {
      clearTimeout(slow);
      if (this.opening === session) {
        this.opening = undefined;
        this.store.set({ opening: undefined });
      }
    }
  }

  /** Opens what was dropped or chosen: one file, or one and the base that it continues, in either order. */
  async openAll(files: readonly File[]): Promise<void> {
    const [first, second] = files;
    const { waiting } = this.store.state;
    if (!first) return;
    if (files.length > 2) return this.refuse(`${files.length} files were dropped`, 'This page shows one file at a time: drop the one to look at, together with its base if it needs one.');
    if (second) return this.openPair(first, second);
    await this.open(first, first.name);
    const { fault, file } = this.store.state;
    if (waiting && !fault && file?.blob === first) await this.open(waiting.blob, waiting.name, { blob: first, name: first.name });
  }

  /** Which of the two continues the other shows when they are opened. */
  private async openPair(first: File, second: File): Promise<void> {
    await this.open(first, first.name);
    const { waiting, fault } = this.store.state;
    if (waiting) return this.open(first, first.name, { blob: second, name: second.name });
    if (fault) return;
    await this.open(second, second.name);
    if (this.store.state.waiting) return this.open(second, second.name, { blob: first, name: first.name });
    if (!this.store.state.fault) this.refuse(`${first.name} and ${second.name} are two files of their own`, `Neither continues the other. ${second.name} is the one that is open now.`);
  }

  /** Opens the file that waits for its base on the one that is open. */
  useAsBase(): void {
    const { waiting, file } = this.store.state;
    if (waiting && file) void this.open(waiting.blob, waiting.name, { blob: file.blob, name: file.name });
  }

  /** Saves everything, or one type, as a file of the user's; resolves to its name, or undefined when that failed. */
  async save(format: DumpFormat, id?: number): Promise<string | undefined> {
    const { file } = this.store.state;
    if (!file) return undefined;
    const name = dumpName(file, format, id);
    const slow = setTimeout(() => this.store.set({ saving: name }), patience);
    try {
      saveBlob(await file.session.ask('dump', { format, ...(id === undefined ? {} : { id }) }), name);
      return name;
    } catch (error) {
      this.refuse(`${name} could not be written`, error instanceof Error ? error.message : String(error));
      return undefined;
    } finally {
      clearTimeout(slow);
      if (this.store.state.saving === name) this.store.set({ saving: undefined });
    }
  }

  /** Has the holes of the open file's structs counted, which only the package can. */
  async countHoles(types: TypeTable): Promise<void> {
    const { file } = this.store.state;
    if (file?.types === types) types.setHoles(await file.session.ask('holes', {}));
  }

  openSample(): Promise<void> {
    return this.open(new Blob([this.sample]), sampleName);
  }

  /** Stops opening a file; the one before stays. */
  cancel(): void {
    const session = this.opening;
    this.opening = undefined;
    session?.close();
    this.store.set({ opening: undefined });
  }

  /** Says what is wrong with what was dropped before anything was read. */
  refuse(title: string, advice: string): void {
    this.store.set({ fault: { title, detail: '', advice } });
  }

  dismissFault(): void {
    this.store.set({ fault: undefined, waiting: undefined });
  }

  /** Shows a type of the open file, as one more step of the history. */
  showType(row: number): void {
    const { file } = this.store.state;
    if (file) location.hash = typeHash(file.types, row);
  }

  /** Draws layouts in cache lines of so many bytes. */
  useCacheLine(cacheLine: number): void {
    this.store.set({ cacheLine });
    this.readAddress();
  }

  showFile(): void {
    location.hash = fileHash;
  }

  private progress(change: Partial<State['opening'] & object>): void {
    const { opening } = this.store.state;
    if (opening) this.store.set({ opening: { ...opening, ...change } });
  }

  private show(file: OpenFile): void {
    this.store.set({ file, shown: undefined });
    this.look(file, this.store.state.route);
    // Once the list is on screen: the first search and the first link need not wait for it.
    whenIdle([...file.types.preparations(), ...searchPreparations(file.types)]);
  }

  private async fail(error: unknown, blob: Blob, name: string): Promise<void> {
    const facts = error instanceof Fault ? error : { code: 'internal', message: String(error) };
    const head = await blob.slice(0, headLength).arrayBuffer().catch(() => new ArrayBuffer(0));
    const waiting = isSplit(facts) ? { blob, name } : undefined;
    this.store.set({ waiting, fault: explain(facts, name, blob.size, new Uint8Array(head)) });
  }

  private readAddress(): void {
    const route = parseRoute(location.hash);
    this.store.set({ route });
    const { file } = this.store.state;
    if (file) this.look(file, route);
  }

  /** Asks what the view at `route` has to show. */
  private look(file: OpenFile, route: Route | undefined): void {
    const question = route && this.question(file, route);
    if (!route || !question) return this.store.set({ shown: undefined });
    const { topic, about, row } = question;
    const settle = (outcome: Partial<Shown>) => {
      if (this.store.state.file === file && this.store.state.route === route) this.store.set({ shown: { file, route, row, topic, ...outcome } });
    };
    file.session.ask(topic, about as Questions[Topic]['about']).then(
      (answer) => settle({ answer }),
      (fault: Fault) => settle({ fault: fault.message }),
    );
  }

  private question(file: OpenFile, route: Route): { topic: Topic; about: Questions[Topic]['about']; row: number } | undefined {
    if (route.view === 'type') {
      const row = resolve(file.types, route);
      if (row < 0) return undefined;
      const id = file.types.id(row);
      const { cacheLine } = this.store.state;
      return { topic: topics[route.tab], about: { id, cacheLine }, row };
    }
    if (route.view === 'variables') return { topic: 'sections', about: {}, row: -1 };
    if (route.view === 'relocations') return { topic: 'needs', about: {}, row: -1 };
    if (route.view !== 'programs' || route.name === undefined) return undefined;
    const program = file.summary.programs?.find(({ name }) => name === route.name);
    return program && { topic: 'code', about: { name: program.name, section: program.section, offset: program.offset }, row: -1 };
  }
}

const topics: Record<Tab, Topic> = { c: 'declaration', layout: 'layout', uses: 'usage', decode: 'declaration', record: 'record' };
