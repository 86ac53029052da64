// Browsers and workers: the module is fetched and compiled by init(); after that everything is as synchronous as in Node.
import { startEngine, usePlatform, type InitOptions } from './engine.js';
import { BtfError } from './error.js';

export * from './index.js';

let compiled: WebAssembly.Module | undefined;
let starting: Promise<void> | undefined;

usePlatform({
  init: (options) =>
    (starting ??= start(options)
      .catch((cause: unknown) => {
        throw cause instanceof BtfError ? cause : new BtfError('system', `btf.wasm can't be loaded: ${String(cause)}`, { cause });
      })
      .finally(() => (starting = undefined))),
  module: () => {
    if (!compiled) throw new BtfError('invalid_argument', 'call `await init()` once before opening anything');
    return compiled;
  },
  open: () => {
    throw new BtfError('not_supported', 'a browser has no paths to open: use Btf.fromBlob(file) or Btf.fromBytes(bytes)');
  },
});

async function start(options: InitOptions): Promise<void> {
  compiled ??= (options.module as WebAssembly.Module | undefined) ?? (await fetchModule(options.url));
  await startEngine(compiled);
}

async function fetchModule(url: InitOptions['url']): Promise<WebAssembly.Module> {
  const address = url === undefined ? new URL('./btf.wasm', import.meta.url) : typeof url === 'string' ? url : url.href;
  const response = await fetch(address);
  if (!response.ok) throw new BtfError('system', `btf.wasm can't be loaded from ${response.url}: ${response.status} ${response.statusText}`);
  const type = response.headers.get('content-type') ?? '';
  // compileStreaming insists on the MIME type; servers that don't know it are common.
  return type.startsWith('application/wasm') ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}
