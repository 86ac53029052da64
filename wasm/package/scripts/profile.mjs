// Runs training.mjs in dist/, whose module is instrumented, and writes which functions ran: node profile.mjs FILE.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { train } from './training.mjs';

const instances = [];
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(Instance, args) {
    const instance = new Instance(...args);
    instances.push(instance);
    return instance;
  },
});
const tests = new URL('../../../tests/', import.meta.url);
const golden = ['types.btf', 'types.o', 'types.eb.o', 'sample.bpf.o', 'values.x86_64.o'].map((name) => readFileSync(new URL(`golden/${name}`, tests)));
const { everyKind, makeBtf, makeElf, makeSplit } = await import(new URL('node/support/make.mjs', tests).href);
/** Many types, which are sorted and indexed in other ways, and names, sizes and places that C has to take trouble over. */
const many = makeBtf((add, name) => {
  const int = add(1, 'int', { third: 4 }, 32);
  const long = add(1, 'long long', { third: 8 }, 64);
  const odd = add(1, 'core::num', { third: 16 }, 128);
  const longs = add(3, '', {}, long, int, 4);
  add(4, 'packed', { vlen: 4, third: 53 }, name('a'), int, 0, name('b'), long, 32, name('c'), longs, 96, name('d'), odd, 352);
  add(4, 'aligned', { vlen: 2, third: 64 }, name('a'), int, 0, name('b'), long, 256);
  add(6, 'byte', { vlen: 2, third: 1 }, name('ONE'), 1, name('MINUS'), 0xffffffff);
  add(19, 'wide', { vlen: 1, third: 8, flag: 1 }, name('LEAST'), 0, 0x80000000);
  for (let i = 0; i < 1500; ++i) add(8, `t${(i * 7919) % 1009}`, { third: i % 3 === 0 ? int : i });
});
/** What is to be put right when it is opened. */
const configured = makeBtf((add, name) => {
  const int = add(1, 'int', { third: 4 }, 32);
  const text = add(3, '', {}, int, int, 4);
  const variables = ['CONFIG_B', 'CONFIG_A'].map((name) => add(14, name, { third: text }, 2));
  add(15, '.kconfig', { vlen: 2 }, ...variables.flatMap((id) => [id, 0, 0]));
});
const useless = [makeElf([{ name: '.text', bytes: new Uint8Array(8) }]), new TextEncoder().encode('no file of any known sort')];
train(await import('../dist/node.js'), [...golden, gzipSync(golden[0]), everyKind(), everyKind(true), many, makeElf([{ name: '.BTF', bytes: configured }])], { base: everyKind(), split: makeSplit(everyKind()) }, useless);

const [{ exports }] = instances;
const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
const length = exports.__write_profile(0, 0);
const at = memory.buffer.byteLength;
memory.grow(Math.ceil(length / 65536));
exports.__write_profile(at, length);
writeFileSync(process.argv[2], new Uint8Array(memory.buffer, at, length));
