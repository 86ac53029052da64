// What wasm/bindings.cpp exports through Embind, as glue.js hands it out. Views (Uint8Array, Uint32Array) show WebAssembly memory:
// they are good until the next call into the module.
import type { ColumnArrays } from './columns.js';

/** Takes a piece of text as UTF-8, or of data; false: nobody wants more. Must not throw, nor call into the module. */
export type Write = (bytes: Uint8Array) => boolean;

/** Bytes that are read in pieces. `read` answers with null, or with why it can't; it must not throw, nor call into the module. */
export interface Data {
  name: string;
  size: number;
  read(offset: number, room: Uint8Array): object | null;
}

/** An opened input. `delete()` frees it. */
export interface Opened {
  firstId(): number;
  endId(): number;
  /** `options`: name, value, name, value... `columns`: of the terminal, 0 for none. `loadMs` below 0: not known. Returns the exit code. */
  run(verb: string, args: readonly string[], options: readonly string[], color: boolean, columns: number, loadMs: number, data: Data | null, out: Write, err: Write, output: Write | null): number;
  dump(format: string, types: readonly (string | number)[], byId: boolean, pretty: boolean, defects: boolean, write: Write): string;
  /** One question, answered as JSON (C for "c" and "declaration") or {"error"}; bytes go to `write`. See wasm/answers.cpp. */
  ask(what: string, text: string, id: number, index: number, write: Write): string;
  /** `flags`: 1 prefix, 2 ignore case, 4 ranked, 8 own types only; `kinds`: a bit for each, 0: all; `limit` 0: none. A view of ids. */
  search(text: string, flags: number, kinds: number, limit: number): { ids: Uint32Array; total: number };
  /** Of the own types, or of all below them. */
  columns(base: boolean): ColumnArrays;
  dropColumns(): void;
  /** This one moved from its distilled base onto another's types: {"mapped", "problems"} and perhaps "error"; the BTF goes to `write`. */
  rebase(onto: Opened, write: Write): string;
  delete(): void;
}

/** An input on its way in. */
export interface Opening {
  setBase(base: Opened): void;
  setPartial(): void;
  setWithoutBtf(): void;
  step(): string;
  packed(): Uint8Array<ArrayBuffer>;
  prepare(length: number): boolean;
  buffer(): Uint8Array<ArrayBuffer>;
  feed(): void;
  fail(error: object): void;
  take(name: string): Opened;
  delete(): void;
}

/** A BTF that is being built. */
export interface Building {
  /** Carries out definitions (see wasm/building.cpp); the id of the last one. */
  apply(recipe: Uint8Array, names: Uint8Array): number;
  /** The id of the copy. */
  copy(from: Opened, id: number): number;
  /** "" or {"error"}; the BTF goes to `write`. */
  build(write: Write): string;
  delete(): void;
}

export interface Glue {
  Opening: new (size: number, pointerSize: number, maxDecoded: number) => Opening;
  /** Not in reading.wasm. */
  Building?: new (base: Opened | null, maxElements: number, shareSuffixes: boolean, pointerSize: number) => Building;
  /** What needs no input: see wasm/answers.cpp. */
  fact(what: string, text: string, number: number): string;
  fail(error: object, source: string, json: boolean): string;
}

export interface GlueOptions extends Partial<Glue> {
  /** Where the runtime announces that it aborts; the exception says it too. */
  printErr(text: string): void;
  instantiateWasm(
    imports: WebAssembly.Imports,
    ready: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): WebAssembly.Exports;
}

/** Fills `options` with the exports; they are there once `ready` has been called. */
export default function createGlue(options: GlueOptions): Promise<Glue>;
