// A page of a user of the package; `start` gets the module's address, which every bundler has in another way. What it finds is for
// bundlers.test.mjs: in #answers, a line for each file that was opened.
import { Btf, BtfError, init } from 'btfkit';
import { describe } from './describe.js';

export function start(makeWorker, wasm) {
  const say = (text) => document.body.appendChild(document.createElement('pre')).append(text);
  const attempt = async (body) => {
    try {
      say(await body());
    } catch (error) {
      say(error instanceof BtfError ? `BtfError ${error.code}` : `failed: ${error}`);
    }
  };
  const inWorker = (message) =>
    new Promise((resolve, reject) => {
      const worker = makeWorker();
      worker.onmessage = ({ data }) => (worker.terminate(), resolve(data));
      worker.onerror = (event) => reject(new Error(event.message ?? 'the worker was refused'));
      worker.postMessage(message);
    });
  document.querySelector('input').onchange = async ({ target: { files } }) => {
    const [file] = files;
    await attempt(async () => Btf.fromBytes(new Uint8Array(4)).name); // before init: an error that says so
    await attempt(async () => {
      await Promise.all([init(), init()]);
      return `page: ${describe(await Btf.fromBlob(file))}`;
    });
    await attempt(async () => {
      const module = await WebAssembly.compileStreaming(fetch(wasm));
      return `worker with the page's module: ${await inWorker({ module, file })}`;
    });
    await attempt(async () => `worker with its own: ${await inWorker({ file })}`);
    await attempt(async () => describe(Btf.fromBytes(new TextEncoder().encode('no BTF at all'))));
    say('done');
  };
}
