// Assets for the single-file page: the build puts them into the script.
import more from 'embedded:more';
import sample from 'embedded:sample';
import wasm from 'embedded:wasm';
import worker from 'embedded:worker';
import type { Assets } from './assets.ts';

export async function loadAssets(): Promise<Assets> {
  return { module: await WebAssembly.compile(wasm), more: await WebAssembly.compile(more), worker, sample };
}
