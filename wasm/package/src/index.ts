// What "btfkit" exports, in Node and in browsers alike.
/// <reference lib="esnext.disposable" preserve="true" />
import { platform, type InitOptions } from './engine.js';

export { Btf, type DumpOptions, type InspectOptions } from './btf.js';
export { decodeNames, type Columns } from './columns.js';
export { BtfError, type BtfErrorCode, type BtfErrorInfo } from './error.js';
export { kindName, type Kind } from './kinds.js';
export type { BlobLike, BlobOptions, OpenOptions, Progress } from './load.js';
export type { Output } from './store.js';
export type { Summary } from './summary.js';
export type * from './types.js';
export { version } from './version.js';
export type { InitOptions };

/**
 * Fetches, compiles and starts the WebAssembly module. Needed once in a browser or worker before anything is opened; in Node it
 * does nothing and need not be called. Calling it again is fine; after an error that stopped the module (see `BtfError`) it starts
 * a fresh one, which a browser's main thread may not do synchronously.
 */
export function init(options: InitOptions = {}): Promise<void> {
  return platform().init(options);
}
