// What wasm/bindings.cpp exports through Embind, as glue.js hands it out. Views (Uint8Array, Uint32Array) show WebAssembly memory:
// they are good until the next call into the module.

/** Takes a piece of text as UTF-8; false: nobody wants more. Must not throw, nor call into the module. */
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
  /** `options`: name, value, name, value... `loadMs` below 0: not known. Returns the exit code. */
  run(verb: string, args: readonly string[], options: readonly string[], color: boolean, loadMs: number, data: Data | null, out: Write, err: Write, output: Write | null): number;
  dump(format: string, types: readonly (string | number)[], byId: boolean, pretty: boolean, defects: boolean, write: Write): string;
  type(id: number): string;
  c(id: number, offsets: boolean): string;
  find(name: string, kind: string): string;
  named(name: string): string;
  columns(): { kind: Uint8Array; vlen: Uint32Array; sizeOrType: Uint32Array; nameOffset: Uint32Array; strings: Uint8Array };
  dropColumns(): void;
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

export interface Glue {
  Opening: new (size: number, pointerSize: number, maxDecoded: number) => Opening;
  verbs(): string;
  help(verb: string): string;
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
