// Assets for the single-file page: the build puts them into the script.
import sample from 'embedded:sample';
import wasm from 'embedded:wasm';
import worker from 'embedded:worker';
import type { Assets } from './assets.ts';
import { bytesOf } from './embedded-bytes.ts';

export async function loadAssets(): Promise<Assets> {
  return { module: await WebAssembly.compile(bytesOf(wasm)), worker, sample };
}
