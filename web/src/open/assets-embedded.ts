// Assets for the single-file page: the build puts them into the script, the samples compressed.
import kernel from 'embedded:kernel';
import object from 'embedded:object';
import wasm from 'embedded:wasm';
import worker from 'embedded:worker';
import { type Assets, type Sample, sampleNames } from './assets.ts';
import { bytesOf } from './embedded-bytes.ts';

export async function loadAssets(): Promise<Assets> {
  return { module: await WebAssembly.compile(bytesOf(wasm)), worker, samples: { object: sample('object', object), kernel: sample('kernel', kernel) } };
}

function sample(kind: keyof typeof sampleNames, packed: Uint8Array<ArrayBuffer>): Sample {
  const unpacked = () => new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')));
  return { name: sampleNames[kind], bytes: async () => new Uint8Array(await unpacked().arrayBuffer()) };
}
