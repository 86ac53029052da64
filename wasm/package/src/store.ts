// One opened input: the handle into WebAssembly, and what was copied out of it. Btf and all its types share it.
import type { ColumnArrays, Columns } from './columns.js';
import type { Engine, Input } from './engine.js';
import { BtfError, fromCore, parts, type BtfErrorInfo } from './error.js';
import { hold, release, type Held } from './held.js';
import { makeType } from './flyweights.js';
import type { Data, Opened, Write } from './glue.js';
import { isFailed, parseJson, type Failed } from './json.js';
import type { Kind } from './kinds.js';
import { Level } from './level.js';
import type { Loaded } from './load.js';
import type { BtfType } from './types.js';

/** What a verb of the command prints, and how it ends. */
export interface Output {
  /** For stdout. */
  out: string;
  /** For stderr. */
  err: string;
  /** 0; 1 when it failed or found nothing; 2 for wrong usage. */
  exitCode: number;
}

/** A verb of the command and what it was given; a flag's value is empty. @internal */
export interface Request {
  verb: string;
  args?: readonly string[];
  options?: readonly (readonly [name: string, value: string])[];
  color?: boolean;
  /** Of the terminal that the text goes to. */
  columns?: number | undefined;
  loadMs?: number | undefined;
  /** For verbs that interpret bytes. */
  data?: Input | undefined;
  /** For verbs that make bytes: where they go; standard output without it. */
  output?: Write | undefined;
}

/** Whom a question is about: see wasm/answers.hpp. @internal */
export interface Asked {
  text?: string;
  id?: number;
  index?: number;
}

type HeldInput = Held & Loaded;

/** @internal */
export class Store {
  readonly firstId: number;
  readonly endId: number;
  readonly #held: HeldInput;
  readonly #own: Level;
  readonly #below: Level | undefined;
  /** Core's JSON of types that were asked for more than the columns have, by id. */
  details: Record<number, Record<string, unknown>> = {};

  /** `base`: the levels below, where they belong to another store. */
  constructor(loaded: Loaded, base?: Store) {
    this.#held = { ...loaded, handle: loaded.opened, freed: false };
    this.firstId = this.#call((opened) => opened.firstId());
    this.endId = this.#call((opened) => opened.endId());
    this.#own = new Level(this.firstId, this.endId);
    if (base && base.firstId === 1 && base.endId === this.firstId) this.#below = base.#own;
    else if (this.firstId > 1) this.#below = new Level(1, this.firstId);
    hold(this, this.#held);
  }

  close(): void {
    this.details = {};
    release(this.#held);
  }

  get closed(): boolean {
    return this.#held.freed;
  }

  /** What a split BTF that continues this one needs. */
  loaded(): Loaded {
    this.assertOpen();
    return this.#held;
  }

  assertOpen(): Opened {
    if (this.#held.freed) throw new BtfError('invalid_argument', 'this Btf is closed');
    return this.#held.opened;
  }

  #call<T>(body: (opened: Opened) => T): T {
    const opened = this.assertOpen();
    return this.#engine.call(() => body(opened));
  }
  get #engine(): Engine {
    return this.#held.engine;
  }

  // ---- columns

  /** The level that an id is in, with its columns. */
  level(id: number): Level {
    if (this.#held.freed) this.assertOpen();
    const level = id < this.firstId && this.#below ? this.#below : this.#own;
    if (!level.columns) level.columns = this.#copy(level !== this.#own);
    return level;
  }

  copyColumns(): Columns {
    return { firstId: this.firstId, ...this.#copy(false) };
  }

  #copy(base: boolean): ColumnArrays {
    return this.#call((opened) => {
      const columns = opened.columns(base);
      const copy: Record<string, unknown> = {};
      for (const [name, view] of Object.entries(columns)) copy[name] = view.slice();
      opened.dropColumns();
      return copy as unknown as ColumnArrays;
    });
  }

  kind(id: number): Kind {
    return id === 0 ? 'void' : this.level(id).kind(id);
  }

  name(id: number): string {
    const level = this.level(id);
    return id === 0 ? '' : level.name(id);
  }

  /** The type with an id that exists. Kept nowhere: a hundred thousand short-lived objects cost less than as many that stay. */
  type(id: number): BtfType {
    const level = this.level(id);
    return makeType(this, id, id === 0 ? 0 : level.columns!.kind[id - level.firstId]!);
  }

  // ---- questions

  /** The answer to one question (see glue.d.ts) as it comes. */
  text(what: string, { text = '', id = 0, index = -1 }: Asked = {}, write: Write = () => true): string {
    const failures: unknown[] = [];
    const answer = this.#call((opened) => opened.ask(what, text, id, index, guarded(write, failures)));
    if (failures.length > 0) throw failures[0];
    return answer;
  }

  /** The answer, which is JSON. Errors: those that it speaks of. */
  ask<T>(what: string, asked?: Asked): T {
    const answer = parseJson(this.text(what, asked)) as T | Failed;
    if (isFailed(answer)) throw fromCore(answer.error);
    return answer;
  }

  find(name: string, kind: number): number | BtfError {
    const answer = parseJson(this.text('find', { text: name, index: kind })) as [number] | Failed;
    return isFailed(answer) ? fromCore(answer.error) : answer[0];
  }

  search(text: string, flags: number, kinds: number, limit: number): { ids: number[]; total: number } {
    return this.#call((opened) => {
      const { ids, total } = opened.search(text, flags, kinds, limit);
      const found = { ids: Array.from(ids), total };
      opened.dropColumns();
      return found;
    });
  }

  /** A distilled base exchanged for another's types: the BTF that comes out, and what was found. */
  rebase(onto: Store): { bytes: Uint8Array; report: { mapped: [number, number][]; problems: BtfErrorInfo[]; error?: BtfErrorInfo } } {
    const { engine, opened: other } = onto.loaded();
    if (engine !== this.#engine) throw new BtfError('system', 'the WebAssembly instance that held one of them has stopped: open it again');
    let bytes = new Uint8Array();
    const write = (piece: Uint8Array): boolean => ((bytes = piece.slice()), true);
    const report = this.#call((opened) => opened.rebase(other, write));
    return { bytes, report: JSON.parse(report) as ReturnType<Store['rebase']>['report'] };
  }

  // ---- verbs

  /** Runs a verb of the command; its exit code. The bytes that `out` and `err` get are good during that call only. */
  run({ verb, args = [], options = [], color = false, columns = 0, loadMs = -1, data, output }: Request, out: Write, err: Write): number {
    const failures: unknown[] = [];
    const flat = options.flat() as string[];
    const write = output ? guarded(output, failures) : null;
    const exitCode = this.#call((opened) =>
      opened.run(verb, args, flat, color, columns, loadMs, data ? readable(data) : null, guarded(out, failures), guarded(err, failures), write),
    );
    if (failures.length > 0) throw failures[0];
    return exitCode;
  }

  dump(format: string, types: readonly (string | number)[], byId: boolean, pretty: boolean, defects: boolean): string {
    const out = new Text();
    const failures: unknown[] = [];
    const answer = this.#call((opened) => opened.dump(format, types, byId, pretty, defects, guarded(out.write, failures)));
    if (failures.length > 0) throw failures[0];
    if (answer) throw fromCore((JSON.parse(answer) as { error: BtfErrorInfo }).error);
    return out.end();
  }

  /** As run(); what it printed as strings. */
  output(request: Request): Output {
    const out = new Text();
    const err = new Text();
    const exitCode = this.run(request, out.write, err.write);
    return { out: out.end(), err: err.end(), exitCode };
  }

  /** What a verb prints with --json. Errors: the one that it ends with; `invalid_argument` for a wrong use. */
  data<T>(verb: string, args: readonly string[] = [], options: readonly (readonly [string, string])[] = [], more: Partial<Request> = {}): T {
    const { out, err, exitCode } = this.output({ verb, args, options: [...options, ['json', '']], ...more });
    const answer = out === '' ? undefined : (parseJson(out) as T | Failed);
    if (answer !== undefined && isFailed(answer)) throw fromCore(answer.error);
    if (exitCode === 2 || answer === undefined) throw new BtfError('invalid_argument', err.split('\n')[0]!.replace(/^btfkit: /, ''));
    return answer;
  }

  /** As data(), of the text that a verb prints without --json. */
  plain(verb: string, args: readonly string[], options: readonly (readonly [string, string])[], more: Partial<Request> = {}): string {
    const { out, err, exitCode } = this.output({ verb, args, options, ...more });
    if (exitCode === 0) return out;
    this.data(verb, args, options, more); // it says the error as data
    throw new BtfError('invalid_argument', err.split('\n')[0]!.replace(/^btfkit: /, ''));
  }

  /** As data(), of verbs that make bytes. */
  bytes<T>(verb: string, options: readonly (readonly [string, string])[]): { bytes: Uint8Array; report: T } {
    const pieces: Uint8Array[] = [];
    const report = this.data<T>(verb, [], options, { output: (piece) => (pieces.push(piece.slice()), true) });
    return { bytes: joined(pieces), report };
  }
}

/** The pieces one behind the other. @internal */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** What a function throws must not unwind the module's frames: it is kept, and no more text is taken. */
function guarded(write: Write, failures: unknown[]): Write {
  return (bytes) => {
    try {
      return write(bytes);
    } catch (failure) {
      failures.push(failure);
      return false;
    }
  };
}

/** As guarded(): what reading throws is answered. */
function readable({ name, size, read }: Input): Data {
  return {
    name,
    size,
    read(offset, room) {
      try {
        read(offset, room);
        return null;
      } catch (error) {
        return error instanceof BtfError ? parts(error) : { code: 'system', text: String(error) };
      }
    },
  };
}

/** Puts a text together from pieces of UTF-8 that may end within a character. */
class Text {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #text = '';

  readonly write = (bytes: Uint8Array): boolean => {
    // A piece may end within a character; where it can't, decoders are several times quicker.
    if (bytes.length > 0) this.#append(this.#decoder.decode(bytes, { stream: bytes[bytes.length - 1]! >= 0x80 }));
    return true;
  };

  end(): string {
    this.#append(this.#decoder.decode());
    return this.#text;
  }

  #append(text: string): void {
    try {
      this.#text += text;
    } catch (cause) {
      throw new BtfError('too_large', 'the text is longer than a JavaScript string can be', { cause });
    }
  }
}
