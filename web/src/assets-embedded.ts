// Assets for the single-file page: the build puts them into the script, what is binary compressed, which base64 would undo later.
import kernel from 'embedded:kernel';
import object from 'embedded:object';
import wasm from 'embedded:wasm';
import worker from 'embedded:worker';
import { type Assets, type Sample, sampleNames } from './assets.ts';

export async function loadAssets(): Promise<Assets> {
  const module = await WebAssembly.compileStreaming(unpacked(wasm, 'application/wasm'));
  return { module, worker, samples: { object: sample('object', object), kernel: sample('kernel', kernel) } };
}

function sample(kind: keyof typeof sampleNames, packed: Uint8Array<ArrayBuffer>): Sample {
  return { name: sampleNames[kind], bytes: async () => new Uint8Array(await unpacked(packed).arrayBuffer()) };
}

function unpacked(packed: Uint8Array<ArrayBuffer>, type = 'application/octet-stream'): Response {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream, { headers: { 'Content-Type': type } });
}
