// App: what can be done on this page. It changes the state; the views only show it.
import type { Sample } from '../open/assets.ts';
import { whenIdle } from './idle.ts';
import type { Questions, Topic } from '../common/messages.ts';
import { listsOf } from '../parts/object-views.ts';
import { Opener, hasRefused, isSame } from '../open/opener.ts';
import { readAddress } from './address.ts';
import { type Route, type Tab, fileHash, resolve, typeHash } from './route.ts';
import { Saver } from './saver.ts';
import { type DumpFormat, dumpName } from './saving.ts';
import { searchPreparations } from '../list/search.ts';
import type { Fault } from '../open/session.ts';
import { setting } from './settings.ts';
import type { OpenFile, Shown, State } from './state.ts';
import { Store } from './store.ts';
import { sideOf } from '../type/sides.ts';
import { toggleTheme } from './theme.ts';
import type { Workshop } from '../open/workshop.ts';

const cacheLine = setting('cache line', 64, [32, 64, 128, 256]);

export class App {
  readonly store = new Store<State>({ files: [], faults: [], waiting: [], saving: [], cacheLine: cacheLine.get() });
  private readonly opener: Opener;
  private readonly saver: Saver;
  /** Where each file was last looked at: a hash. */
  private readonly places = new WeakMap<OpenFile, string>();

  /** The hash that was read last. */
  private read: string | undefined;

  constructor(private readonly workshop: Workshop) {
    this.opener = new Opener(this.store, workshop, (file, show) => this.opened(file, show));
    this.saver = new Saver(this.store, workshop);
    this.readAddress();
    addEventListener('popstate', ({ state }) => this.travelled(state as { file?: number } | null));
    // Browsers tell both of a followed link; one that only told the second would be heard as well.
    addEventListener('hashchange', () => location.hash !== this.read && this.readAddress());
  }

  /** Opens what was dropped, chosen or pasted. */
  async openAll(files: readonly File[]): Promise<void> {
    if (files.length > 0) await this.opener.open(files.map((file) => ({ blob: file, name: file.name })));
  }

  async openSample({ name, bytes }: Sample): Promise<void> {
    await this.opener.open([{ blob: new Blob([await bytes()]), name }]);
  }

  /** Opens the files that wait for a base on this one, but those that it is known not to be the base of. */
  async useAsBase({ blob, name }: OpenFile): Promise<void> {
    const base = { blob, name };
    await this.opener.open(this.store.state.waiting.filter((file) => !hasRefused(file, base)), base);
  }

  /** Looks at an open file, where it was last looked at. */
  choose(file: OpenFile): void {
    if (file === this.store.state.file) return this.showFile();
    this.remember();
    history.pushState({ file: file.id }, '', this.places.get(file) ?? fileHash);
    this.look(file);
  }

  /** Closes a file; its neighbour takes its place. */
  closeFile(file: OpenFile): void {
    const { files, file: current } = this.store.state;
    const at = files.indexOf(file);
    const left = files.filter((other) => other !== file);
    file.session.close();
    this.workshop.closed(file.session);
    this.store.set({ files: left });
    if (file !== current) return;
    const next = left[Math.min(at, left.length - 1)];
    if (next) return this.choose(next);
    this.store.set({ file: undefined, shown: undefined });
    location.hash = fileHash;
  }

  /** The next open file, or the one before (-1). */
  chooseNext(step: 1 | -1): void {
    const { files, file } = this.store.state;
    if (file && files.length > 1) this.choose(files[(files.indexOf(file) + step + files.length) % files.length]!);
  }

  /** Saves everything, or one type, as a file of the user's; resolves to its name, or undefined when it was not saved. */
  async save(format: DumpFormat, id?: number): Promise<string | undefined> {
    const { file } = this.store.state;
    if (!file) return undefined;
    try {
      return await this.saver.save(file, format, id);
    } catch (error) {
      this.refuse(`${dumpName(file, format, id)} could not be written`, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** Stops opening; what is open stays. */
  cancel(): void {
    this.opener.cancel();
  }

  /** Says what is wrong with what was dropped before anything was read. */
  refuse(title: string, advice: string, detail = ''): void {
    this.store.set({ faults: [...this.store.state.faults, { title, detail, advice }] });
  }

  dismissFaults(): void {
    this.store.set({ faults: [] });
  }

  /** Forgets the files that wait for a base. */
  dismissWaiting(): void {
    this.store.set({ waiting: [] });
  }

  /** What is odd about the link was read. */
  dismissRemark(): void {
    this.store.set({ remark: undefined });
  }

  toggleTheme(): void {
    toggleTheme();
    this.store.set({});
  }

  /** Shows a type of the open file, or of what that continues, as one more step of the history. `member`: its path. */
  showType(id: number, member?: string): void {
    const { file } = this.store.state;
    const types = file && (file.types.rowOf(id) < 0 ? file.types.below : file.types);
    if (!types) return;
    const hash = typeHash(types, types.rowOf(id), member === undefined ? 'c' : 'layout', member);
    const other = types === file.types ? undefined : this.baseOf(file);
    if (types !== file.types && !other) return this.refuse(`${file.base?.name ?? 'Its base'} is not open any more`, 'Open it again to see its types.');
    if (!other) return void (location.hash = hash);
    this.remember();
    history.pushState({ file: other.id }, '', hash);
    this.look(other);
  }

  /** Draws layouts in cache lines of so many bytes. */
  useCacheLine(bytes: number): void {
    cacheLine.set(bytes as 64);
    this.store.set({ cacheLine: bytes });
    this.readAddress();
  }

  showFile(): void {
    location.hash = fileHash;
  }

  private opened(file: OpenFile, show: boolean): void {
    const { files, file: before, route } = this.store.state;
    const known = files.includes(file);
    if (!known) this.store.set({ files: [...files, file] });
    if (!show) return;
    if (known) return file === before ? undefined : this.choose(file);
    this.remember();
    // A link that was followed here is to be shown; beside other files, only what the new one has, too.
    if (!before) history.replaceState({ file: file.id }, '');
    else history.pushState({ file: file.id }, '', has(file, route) ? location.hash : fileHash);
    this.look(file);
    // Once the list is on screen: the first search and the first link need not wait for it.
    whenIdle([...file.types.preparations(), ...searchPreparations(file.types)]);
  }

  /** The file that is left is found again where it was looked at last. */
  private remember(): void {
    const { file } = this.store.state;
    if (file) this.places.set(file, location.hash);
  }

  /** Shows what the address names, of this file. */
  private look(file: OpenFile): void {
    this.store.set({ file, shown: undefined });
    this.workshop.used(file.session);
    this.readAddress();
  }

  /** The address changed. A step through the history may lead to another file. */
  private travelled(entry: { file?: number } | null): void {
    const { files, file } = this.store.state;
    const there = files.find(({ id }) => id === entry?.file);
    if (there && there !== file) this.look(there);
    else this.readAddress();
  }

  private readAddress(): void {
    const again = location.hash === this.read;
    const { hash, route, remark } = readAddress(location.hash);
    // What another version wrote stands there as this one would write it: all that reads addresses understands it.
    if (hash !== location.hash) history.replaceState(history.state, '', hash);
    // A file was opened for the link, or its type is drawn anew: what was said of it stays said.
    this.store.set(again ? { route } : { route, remark });
    this.read = hash;
    const { file } = this.store.state;
    if (!file) return;
    const base = this.baseWith(file, route);
    if (base) return this.look(base);
    this.remember();
    if ((history.state as { file?: number } | null)?.file !== file.id) history.replaceState({ file: file.id }, '');
    this.ask(file, route);
  }

  /** The open file that this one continues, when that alone has the type. */
  private baseWith(file: OpenFile, route: Route | undefined): OpenFile | undefined {
    const { types } = file;
    if (route?.view !== 'type' || !types.below || resolve(types, route) >= 0 || resolve(types.below, route) < 0) return undefined;
    return this.baseOf(file);
  }

  /** The open file that this one continues. It may have been closed and opened again since. */
  private baseOf({ base }: OpenFile): OpenFile | undefined {
    return base && this.store.state.files.find((file) => !file.base && isSame(file, base));
  }

  /** Asks what the view at `route` has to show. */
  private ask(file: OpenFile, route: Route | undefined): void {
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
      return { topic: topics[sideOf(file.types, row, route.tab)], about: { id, cacheLine }, row };
    }
    if (route.view === 'variables') return { topic: 'sections', about: {}, row: -1 };
    if (route.view === 'needs') return { topic: 'needs', about: {}, row: -1 };
    if (route.view !== 'programs' || route.name === undefined) return undefined;
    const program = file.summary.programs?.find(({ name }) => name === route.name);
    return program && { topic: 'code', about: { name: program.name, section: program.section, offset: program.offset }, row: -1 };
  }
}

const topics: Record<Tab, Topic> = { c: 'declaration', layout: 'layout', uses: 'usage', decode: 'declaration', record: 'record' };

/** Whether there is something of this file to see. */
function has(file: OpenFile, route: Route | undefined): boolean {
  if (!route) return true;
  return route.view === 'type' ? resolve(file.types, route) >= 0 : listsOf(file).some(({ name }) => name === route.view);
}
