// Code of BPF objects, and objects without BTF: what the command prints is what the native one prints.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Btf, BtfError } from '../../wasm/package/dist/node.js';
import { cli, nativeCommand, needs, root, run, scratch } from './support/files.mjs';
import { makeElf } from './support/make.mjs';

// r0 = 2; exit
const code = Uint8Array.from([0xb7, 0, 0, 0, 2, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]);
const withoutBtf = join(scratch, 'without-btf.o');
writeFileSync(withoutBtf, makeElf([{ name: 'xdp', bytes: code, flags: 6 }, { name: 'license', bytes: Buffer.from('GPL\0') }]));

test('disasm, and verbs on an object without BTF: the same bytes as the native command', { skip: needs({ 'the native command (./dev build)': nativeCommand }) }, () => {
  const timeless = (text) => text.toString().replace(/loaded in [\d.]+ ms/, 'loaded in some ms');
  const lines = [
    ...['sample.bpf.o', 'sample.bpf.eb.o', 'types.o', 'types.btf'].flatMap((name) => [[], ['--json'], ['--hex', '--no-source', '--color', 'always'], ['on_sent'], ['nothing']].map((args) => ['disasm', join(root, 'tests/golden', name), ...args])),
    ...['inspect', 'disasm', 'dump', 'stat'].flatMap((verb) => [[verb, withoutBtf], [verb, withoutBtf, '--json']]),
    ['inspect', withoutBtf, 'node'], ['disasm', withoutBtf, 'xdp'], ['disasm', withoutBtf, 'nothing'],
  ];
  for (const line of lines) {
    const [ours, native] = [run(process.execPath, [cli, ...line]), run(nativeCommand, line)];
    assert.deepEqual([ours.status, timeless(ours.stdout), ours.stderr.toString()], [native.status, timeless(native.stdout), native.stderr.toString()], line.join(' '));
  }
});

test('an object without BTF opens when that is asked for', () => {
  const refused = (error) => error instanceof BtfError && error.code === 'not_found' && /no \.BTF section: it was compiled without -g, or stripped/.test(error.message);
  assert.throws(() => Btf.open(withoutBtf), refused);
  const btf = Btf.open(withoutBtf, { withoutBtf: true });
  assert.deepEqual([btf.summary.specs, btf.summary.typeCount, btf.summary.kinds], [0, 0, {}]);
  btf.close();
});

test('disasm', () => {
  const { status, stdout } = run(process.execPath, [cli, 'disasm', withoutBtf]);
  assert.equal(status, 0);
  assert.match(stdout.toString(), /^; no symbols[^\n]*\n; no \.BTF[^\n]*\n\n\(no function is known here\):\n; section xdp, 16 bytes\n    0  r0 = 2\n    1  exit\n$/);
});
