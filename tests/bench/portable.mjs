// Runs portable.cpp's two builds, turn about, and prints them beside each other: node portable.mjs NATIVE WASM.js FILE
import { execFileSync } from 'node:child_process';

const [native, wasm, file] = process.argv.slice(2);
const run = (command, args) => JSON.parse(execFileSync(command, args, { encoding: 'utf8' }));
const runs = Array.from({ length: 5 }, () => ({ native: run(native, [file]), wasm: run(process.execPath, [wasm, file]) }));
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

console.log(`\n${'operation (best ms, median of 5 processes)'.padEnd(42)} ${'native'.padStart(12)} ${'wasm'.padStart(12)}   wasm / native`);
for (const [key, name] of [
  ['load', 'load from memory, all checks'], ['walk', 'walk all members'], ['search', 'search all names by substring'], ['dump', 'whole C dump'],
]) {
  const ours = median(runs.map((r) => r.native[key]));
  const theirs = median(runs.map((r) => r.wasm[key]));
  const ratio = median(runs.map((r) => r.wasm[key] / r.native[key]));
  console.log(`${name.padEnd(42)} ${ours.toFixed(4).padStart(12)} ${theirs.toFixed(4).padStart(12)}   ${ratio.toFixed(2).padStart(8)}`);
}
