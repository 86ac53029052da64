// Instances of the WebAssembly module. There is one at a time, shared by everything that is open. A trap (out of memory, or a
// defect) leaves an instance in no state to go on: it is dropped, what it held is lost, and the next open gets a fresh one.
//
// The build splits the module in two by what scripts/training.mjs uses (binaryen's wasm-split): btf.wasm has what opens, lists,
// searches and prints a type; the functions of more.wasm are behind placeholders there, the first of which to be called brings them in.
import { BtfError } from './error.js';
import createGlue, { type Glue, type GlueOptions } from './glue.js';

/** Where the browser finds the module; Node needs none of it. */
export interface InitOptions {
  /** Address of btf.wasm, or of reading.wasm, which needs no second part and has all that explores, but no Builder, `stat`, `marshal`,
   *  `rewrite`, `rewrites`, `extract` and `refusals` (`not_supported`) and no text of `run` and `inspect`. Default: btf.wasm beside this package's own files. */
  url?: string | { readonly href: string };
  /** A `WebAssembly.Module` that was compiled before, for instance on the main thread and posted to a worker. */
  module?: object;
  /** The second part of the module, more.wasm, which is loaded when something is opened: an address, or compiled before. Default:
   *  beside `url`, or beside this package's own files. */
  more?: string | { readonly href: string } | object;
}

/** What differs between Node and browsers. @internal */
export interface Platform {
  init(options: InitOptions): Promise<void>;
  /** The compiled module, at once; throws a BtfError when there is none yet. */
  module(): WebAssembly.Module;
  /** The compiled second part, at once; throws a BtfError when it can't be had. */
  more(): WebAssembly.Module;
  /** Starts loading the second part where that takes time. Never rejects: whether it matters shows when it is needed. */
  expectMore(): Promise<void>;
  open(path: string | { readonly href: string } | number): Input;
}

/** Something to be opened: `read` fills `room` with the bytes at `offset`, or throws a BtfError. @internal */
export interface Input {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  read(offset: number, room: Uint8Array): void;
  close?(): void;
}

let chosen: Platform | undefined;
let current: Engine | undefined;

/** @internal */
export function usePlatform(platform: Platform): void {
  chosen = platform;
}

/** @internal */
export function platform(): Platform {
  if (!chosen) throw new BtfError('system', 'import "btfkit", not one of its inner modules');
  return chosen;
}

/** The second part can't be had: its caller, in the middle of the module, can't go on. */
class MorePartMissing extends Error {}

/** @internal */
export class Engine {
  #glue: Glue | undefined;

  constructor(glue: Glue) {
    this.#glue = glue;
  }

  get alive(): boolean {
    return this.#glue !== undefined;
  }

  /** Runs calls into the module. A trap ends this instance; an argument that Embind refuses is only an `invalid_argument`. */
  call<T>(body: (glue: Glue) => T): T {
    if (!this.#glue) throw new BtfError('system', 'the WebAssembly instance that held this has stopped after a failure: open the input again');
    try {
      return body(this.#glue);
    } catch (cause) {
      if (cause instanceof BtfError) throw cause;
      const missing = cause instanceof MorePartMissing;
      // A stack that is full is a RangeError, or Firefox's InternalError.
      const stopped = cause instanceof WebAssembly.RuntimeError || typeof cause === 'number' || /Aborted\(|call stack|too much recursion/.test(String(cause));
      const trapped = missing || stopped;
      // Embind refuses arguments of a wrong type before anything runs: the instance is as good as before.
      if (!trapped) throw new BtfError('invalid_argument', cause instanceof Error ? cause.message : String(cause), { cause });
      this.#glue = undefined;
      if (current === this) current = undefined;
      const why = cause instanceof Error ? cause.message : String(cause);
      const lost = 'what was open is lost, new inputs can be opened';
      if (missing) throw new BtfError('system', `${why}; ${lost}`, { cause: cause.cause });
      // With no exceptions and no assertions, the one way to abort() is memory that can't be had.
      if (why.startsWith('Aborted(')) throw new BtfError('too_large', `WebAssembly's memory is exhausted; ${lost}`, { cause });
      throw new BtfError('system', `the WebAssembly instance stopped (${why}); ${lost}`, { cause });
    }
  }
}

/** The instance that new inputs go into. @internal */
export function engine(): Engine {
  return (current ??= new Engine(instantiate(platform().module())));
}

/** As engine(), for places where only asynchronous instantiation is allowed (a browser's main thread). @internal */
export async function startEngine(module: WebAssembly.Module): Promise<void> {
  if (current) return;
  const options: Partial<GlueOptions> = { printErr: () => undefined };
  await new Promise<void>((resolve, reject) => {
    options.instantiateWasm = (imports, ready) => {
      const whole = withPlaceholders(imports);
      WebAssembly.instantiate(module, whole.imports).then((instance) => {
        whole.started(instance);
        ready(instance, module);
        resolve();
      }).catch(reject);
      return {};
    };
    createGlue(options as GlueOptions).catch(reject);
  });
  current ??= new Engine(complete(options));
}

function instantiate(module: WebAssembly.Module): Glue {
  // The glue swallows what its hook throws.
  let failure: unknown;
  const options: GlueOptions = {
    printErr: () => undefined,
    instantiateWasm(imports, ready) {
      try {
        const whole = withPlaceholders(imports);
        const instance = new WebAssembly.Instance(module, whole.imports);
        whole.started(instance);
        ready(instance, module);
        return instance.exports;
      } catch (cause) {
        failure = cause;
        return {};
      }
    },
  };
  createGlue(options).catch(() => undefined);
  if (failure !== undefined) throw new BtfError('system', `btf.wasm can't be started: ${String(failure)}`, { cause: failure });
  return complete(options);
}

/**
 * The imports of the first part: a placeholder is named after the place in the table of functions that the second part fills when it
 * is instantiated. Embind keeps the placeholders it has met.
 */
function withPlaceholders(imports: WebAssembly.Imports): { imports: WebAssembly.Imports; started(instance: WebAssembly.Instance): void } {
  type Function = (...args: unknown[]) => unknown;
  let first: WebAssembly.Exports | undefined;
  let table: WebAssembly.Table | undefined;
  const filled = (): WebAssembly.Table => {
    if (table) return table;
    try {
      new WebAssembly.Instance(platform().more(), { primary: first! });
    } catch (cause) {
      throw new MorePartMissing(cause instanceof BtfError ? cause.message : `more.wasm can't be started: ${String(cause)}`, { cause });
    }
    return (table = Object.values(first!).find((value) => value instanceof WebAssembly.Table)!);
  };
  const placeholder = new Proxy({}, { get: (_, place) => (...args: unknown[]) => (filled().get(Number(place)) as Function)(...args) });
  return { imports: { ...imports, placeholder: placeholder as WebAssembly.ModuleImports }, started: (instance) => (first = instance.exports) };
}

/** Whether a module is a first part: reading.wasm needs no second one. @internal */
export const hasPlaceholders = (module: WebAssembly.Module): boolean => WebAssembly.Module.imports(module).some((each) => each.module === 'placeholder');

function complete(options: Partial<GlueOptions>): Glue {
  if (!options.Opening || !options.fact || !options.fail) throw new BtfError('system', 'btf.wasm does not fit this version of btfkit');
  return options as Glue;
}
