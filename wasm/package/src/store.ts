// One opened input: the handle into WebAssembly, and what was copied out of it. Btf and all its types share it.
import { nameReader, type Columns } from './columns.js';
import type { Engine, Input } from './engine.js';
import { BtfError, fromCore, parts, type BtfErrorInfo } from './error.js';
import { makeType } from './flyweights.js';
import type { Data, Opened, Write } from './glue.js';
import { kindName, type Kind } from './kinds.js';
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
  loadMs?: number | undefined;
  /** For verbs that interpret bytes. */
  data?: Input | undefined;
  /** For verbs that make bytes: where they go; standard output without it. */
  output?: Write | undefined;
}

interface Held extends Loaded {
  freed: boolean;
}

/** Frees what nobody closed. A safety net: it runs when the garbage collector likes, never inside one synchronous run. */
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
  if (held.engine.alive) held.engine.call(() => held.opened.delete());
}

/** @internal */
export class Store {
  readonly firstId: number;
  readonly endId: number;
  readonly #held: Held;
  #columns: Columns | undefined;
  #nameAt: ((offset: number) => string) | undefined;

  constructor(loaded: Loaded) {
    this.#held = { ...loaded, freed: false };
    this.firstId = this.#call((opened) => opened.firstId());
    this.endId = this.#call((opened) => opened.endId());
    forgotten.register(this, this.#held, this.#held);
  }

  close(): void {
    forgotten.unregister(this.#held);
    this.#columns = this.#nameAt = undefined;
    free(this.#held);
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

  /** A copy of the columns, shared by everything here: not to be handed out. */
  columns(): Columns {
    this.assertOpen();
    return (this.#columns ??= this.copyColumns());
  }

  copyColumns(): Columns {
    return this.#call((opened) => {
      const { kind, vlen, sizeOrType, nameOffset, strings } = opened.columns();
      const copy: Columns = {
        firstId: this.firstId,
        kind: kind.slice(),
        vlen: vlen.slice(),
        sizeOrType: sizeOrType.slice(),
        nameOffset: nameOffset.slice(),
        strings: strings.slice(),
      };
      opened.dropColumns();
      return copy;
    });
  }

  kind(id: number): Kind {
    if (id === 0) return 'void';
    if (id >= this.firstId) return kindName(this.columns().kind[id - this.firstId]!);
    return (JSON.parse(this.json(id)) as { kind: Kind }).kind; // a base's type
  }

  name(id: number): string {
    const columns = this.columns();
    if (id === 0) return '';
    if (id < this.firstId) return (JSON.parse(this.json(id)) as { name: string }).name;
    return this.nameAt(columns.nameOffset[id - this.firstId]!);
  }

  nameAt(offset: number): string {
    if (offset === 0) return '';
    return (this.#nameAt ??= nameReader(this.columns().strings))(offset);
  }

  /** The type with an id that exists. */
  type(id: number): BtfType {
    return makeType(this, id, this.kind(id));
  }

  json(id: number): string {
    return this.#call((opened) => opened.type(id));
  }

  c(id: number, offsets: boolean): string {
    return this.#call((opened) => opened.c(id, offsets));
  }

  find(name: string, kind: string): number | BtfError {
    const answer = JSON.parse(this.#call((opened) => opened.find(name, kind))) as { id: number } | { error: BtfErrorInfo };
    return 'error' in answer ? fromCore(answer.error) : answer.id;
  }

  named(name: string): number[] {
    return JSON.parse(this.#call((opened) => opened.named(name))) as number[];
  }

  /** Runs a verb of the command; its exit code. The bytes that `out` and `err` get are good during that call only. */
  run({ verb, args = [], options = [], color = false, loadMs = -1, data, output }: Request, out: Write, err: Write): number {
    const failures: unknown[] = [];
    const flat = options.flat() as string[];
    const write = output ? guarded(output, failures) : null;
    const exitCode = this.#call((opened) =>
      opened.run(verb, args, flat, color, loadMs, data ? readable(data) : null, guarded(out, failures), guarded(err, failures), write),
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
    this.#append(this.#decoder.decode(bytes, { stream: true }));
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
