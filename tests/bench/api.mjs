// The package's API over one BTF: node api.mjs FILE. Each row is the best and the median of many rounds in one process, each with a
// Btf of its own; `cpu` is the best round's processor time, which other programs on the machine disturb less.
import { Btf } from '../../wasm/package/dist/node.js';

const file = process.argv[2] ?? '/sys/kernel/btf/vmlinux';
const rounds = Number(process.argv[3] ?? 15);
const rows = new Map();

function measure(name, body) {
  const before = process.cpuUsage();
  const start = process.hrtime.bigint();
  const result = body();
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  const { user, system } = process.cpuUsage(before);
  if (!rows.has(name)) rows.set(name, []);
  rows.get(name).push({ wall, cpu: (user + system) / 1000 });
  return result;
}

/** Every type, and every member's name and type: keeps the work from being optimised away. */
function walk(btf) {
  let sum = 0;
  for (const type of btf.types()) {
    sum += type.id;
    if (type.kind === 'struct' || type.kind === 'union') for (const member of type.members) sum += member.name.length + member.type.id;
  }
  return sum;
}

const found = new Set();
for (let round = 0; round < rounds; ++round) {
  const btf = measure('open', () => Btf.open(file));
  measure('copy the columns, decode the strings', () => btf.string(1));
  found.add(measure('walk all types and members', () => walk(btf)));
  measure('search: prefix, the first', () => btf.search({ prefix: 'tcp_' }));
  measure('search: substring', () => btf.search({ includes: 'sock' }));
  measure('search: regular expression, the first', () => btf.search({ regex: /tcp.*sock/i }));
  measure('search: regular expression', () => btf.search({ regex: /sk_.*queue/ }));
  measure('one layout', () => btf.require('task_struct', 'struct').layout());
  measure('one offset', () => btf.offset('task_struct.se.vruntime'));
  btf.close();
}
if (found.size !== 1) throw new Error('two walks gave different sums');

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
console.log(`\n${`the JavaScript API over ${file} (ms)`.padEnd(52)} ${'best'.padStart(8)} ${'median'.padStart(8)} ${'cpu'.padStart(8)}`);
for (const [name, all] of rows) {
  const numbers = [Math.min(...all.map(({ wall }) => wall)), median(all.map(({ wall }) => wall)), Math.min(...all.map(({ cpu }) => cpu))];
  console.log(`${name.padEnd(52)} ${numbers.map((number) => number.toFixed(2).padStart(8)).join(' ')}`);
}
