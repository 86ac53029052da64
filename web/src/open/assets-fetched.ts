// Assets for the page that a server hands out: fetched from beside it, all at the start, after which the page is sealed.
import { type Assets, type Sample, sampleNames } from './assets.ts';

export async function loadAssets(): Promise<Assets> {
  const [module, worker, object, kernel] = await Promise.all([
    get('reading.wasm').then(compile),
    get('worker.js').then((response) => response.text()),
    sample('object'),
    sample('kernel'),
  ]);
  seal();
  return { module, worker, samples: { object, kernel } };
}

async function sample(kind: keyof typeof sampleNames): Promise<Sample> {
  const name = sampleNames[kind];
  const bytes = new Uint8Array(await (await get(name)).arrayBuffer());
  return { name, bytes: async () => bytes };
}

async function get(path: string): Promise<Response> {
  const response = await fetch(new URL(path, import.meta.url));
  if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
  return response;
}

/** Compiles while the bytes arrive; a server that does not know the type of .wasm costs the wait for the last byte. */
async function compile(response: Response): Promise<WebAssembly.Module> {
  if (response.headers.get('content-type')?.startsWith('application/wasm')) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Forbids every connection from here on. Policies only ever add up: nothing can take this one back. */
function seal(): void {
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = "connect-src 'none'";
  document.head.append(policy);
}
