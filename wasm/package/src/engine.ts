// Instances of the WebAssembly module. There is one at a time, shared by everything that is open. A trap (out of memory, or a
// defect) leaves an instance in no state to go on: it is dropped, what it held is lost, and the next open gets a fresh one.
import { BtfError } from './error.js';
import createGlue, { type Glue, type GlueOptions } from './glue.js';

/** Where the browser finds the module; Node needs none of it. */
export interface InitOptions {
  /** Address of btf.wasm; default: beside this package's own files. */
  url?: string | { readonly href: string };
  /** A `WebAssembly.Module` that was compiled before, for instance on the main thread and posted to a worker. */
  module?: object;
}

/** What differs between Node and browsers. @internal */
export interface Platform {
  init(options: InitOptions): Promise<void>;
  /** The compiled module, at once; throws a BtfError when there is none yet. */
  module(): WebAssembly.Module;
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
      // A stack that is full is a RangeError, or Firefox's InternalError.
      const trapped = cause instanceof WebAssembly.RuntimeError || typeof cause === 'number' || /Aborted\(|call stack|too much recursion/.test(String(cause));
      // Embind refuses arguments of a wrong type before anything runs: the instance is as good as before.
      if (!trapped) throw new BtfError('invalid_argument', cause instanceof Error ? cause.message : String(cause), { cause });
      this.#glue = undefined;
      if (current === this) current = undefined;
      const why = cause instanceof Error ? cause.message : String(cause);
      const lost = 'what was open is lost, new inputs can be opened';
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
      WebAssembly.instantiate(module, imports).then((instance) => {
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
        const instance = new WebAssembly.Instance(module, imports);
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

function complete(options: Partial<GlueOptions>): Glue {
  if (!options.Opening || !options.fact || !options.fail) throw new BtfError('system', 'btf.wasm does not fit this version of btfkit');
  return options as Glue;
}
