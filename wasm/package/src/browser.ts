// Browsers and workers: the module is fetched and compiled by init(); after that everything is as synchronous as in Node.
import { hasPlaceholders, startEngine, usePlatform, type InitOptions } from './engine.js';
import { BtfError } from './error.js';

export * from './index.js';

let compiled: WebAssembly.Module | undefined;
let starting: Promise<void> | undefined;
let more: WebAssembly.Module | undefined;
/** Where the second part is, as far as init was told: its address, or that of the first part beside it. */
let moreAddress: string | undefined;
let firstAddress: string | undefined;
let fetchingMore: Promise<void> | undefined;

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
  more: () => (more ??= readMore()),
  expectMore: () => {
    if (more || !compiled || !hasPlaceholders(compiled)) return Promise.resolve();
    return (fetchingMore ??= fetchMore().finally(() => (fetchingMore = undefined)));
  },
  open: () => {
    throw new BtfError('not_supported', 'a browser has no paths to open: use Btf.fromBlob(file) or Btf.fromBytes(bytes)');
  },
});

type Address = string | { readonly href: string };
const isAddress = (value: object | string): value is Address => typeof value === 'string' || 'href' in value;
const text = (address: Address): string => (typeof address === 'string' ? address : address.href);

async function start({ url, module, more: given }: InitOptions): Promise<void> {
  if (given !== undefined && !isAddress(given)) more = given as WebAssembly.Module;
  else if (given !== undefined) moreAddress = text(given);
  if (url !== undefined) firstAddress = text(url);
  compiled ??= (module as WebAssembly.Module | undefined) ?? (await fetchModule(firstAddress ?? new URL('./btf.wasm', import.meta.url).href));
  await startEngine(compiled);
}

async function fetchModule(address: string): Promise<WebAssembly.Module> {
  const response = await fetch(address);
  if (!response.ok) throw new BtfError('system', `${fileName(address)} can't be loaded from ${response.url}: ${response.status} ${response.statusText}`);
  const type = response.headers.get('content-type') ?? '';
  // compileStreaming insists on the MIME type; servers that don't know it are common.
  return type.startsWith('application/wasm') ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

const fileName = (address: string): string => address.slice(address.lastIndexOf('/') + 1);

// ---- the second part

/** Throws where there is nothing to be beside of, such as a module from a `data:` URL. */
function addressOfMore(): string {
  if (moreAddress !== undefined) return moreAddress;
  if (firstAddress !== undefined) return new URL('more.wasm', new URL(firstAddress, globalThis.location?.href)).href;
  return new URL('./more.wasm', import.meta.url).href;
}

async function fetchMore(): Promise<void> {
  try {
    more ??= await fetchModule(addressOfMore());
  } catch {
    // Asked for again, and complained of, when it is needed.
  }
}

/** The one way to wait for bytes in the middle of a call, for what does not wait for expectMore(): `Btf.fromBytes` and at once a layout. */
function readMore(): WebAssembly.Module {
  const why = (reason: string, cause?: unknown) =>
    new BtfError('system', `more.wasm, the second part of the module, can't be loaded: ${reason}; see init's \`more\``, { cause });
  let request;
  try {
    request = new XMLHttpRequest();
    request.open('GET', addressOfMore(), false);
    request.overrideMimeType('text/plain; charset=x-user-defined'); // bytes as characters: a window's synchronous answers are texts
    request.send();
  } catch (cause) {
    throw why(String(cause), cause);
  }
  if (request.status !== 200) throw why(`${request.responseURL}: ${request.status} ${request.statusText}`);
  return new WebAssembly.Module(Uint8Array.from(request.responseText, (character) => character.charCodeAt(0)));
}
