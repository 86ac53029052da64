import { Btf, init } from 'btfkit';
import { describe } from './describe.js';

onmessage = async ({ data: { module, file } }) => {
  await init(module && { module });
  postMessage(describe(await Btf.fromBlob(file)));
};
