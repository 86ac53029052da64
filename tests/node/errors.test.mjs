// Broken, odd and absent inputs: each gives one clear BtfError, and nothing else ever escapes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Btf, BtfError } from '../../wasm/package/dist/node.js';
import { scratch } from './support/files.mjs';
import { everyKind, makeElf } from './support/make.mjs';

const fails = (bytes, code, message) =>
  assert.throws(() => Btf.fromBytes(bytes), (error) => {
    assert.ok(error instanceof BtfError && error instanceof Error);
    assert.equal(error.name, 'BtfError');
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });

test('empty, random, text', () => {
  fails(new Uint8Array(), 'malformed', /empty/);
  fails(Buffer.from('hello, world'), 'malformed', /neither ELF nor BTF/);
  const random = randomBytes(1000);
  random[0] = 0;
  fails(random, 'malformed', /neither ELF nor BTF/);
});

test('an ELF without BTF', () => {
  fails(makeElf([{ name: '.text', bytes: new Uint8Array(16) }]), 'not_found', /no \.BTF section/);
});

test('every truncation of a raw BTF and of an ELF is an error, with a place', () => {
  for (const whole of [everyKind(), makeElf([{ name: '.BTF', bytes: everyKind() }])])
    for (let length = 0; length < whole.length; length += length < 64 ? 1 : 7)
      assert.throws(() => Btf.fromBytes(whole.subarray(0, length)), (error) => error instanceof BtfError && ['malformed', 'not_found'].includes(error.code), `${length} bytes`);
});

test('a bad record names section, offset and type', () => {
  const bytes = everyKind();
  new DataView(bytes.buffer).setUint32(24 + 16 + 8, 4711, true); // what type 2 points to
  assert.throws(() => Btf.fromBytes(bytes), (error) => {
    assert.deepEqual([error.code, error.section, error.typeId], ['malformed', '.BTF', 2]);
    assert.ok(error.offset >= 40 && error.offset < 52, String(error.offset));
    assert.match(error.message, /4711/);
    return true;
  });
});

test('any single broken byte gives a Btf or a BtfError', () => {
  const whole = makeElf([{ name: '.BTF', bytes: everyKind(true) }], { big: true });
  let opened = 0;
  let refused = 0;
  for (let at = 0; at < whole.length; ++at)
    for (const value of [0, 0xff, whole[at] ^ 0x01]) {
      const bytes = whole.slice();
      bytes[at] = value;
      try {
        const btf = Btf.fromBytes(bytes);
        for (const type of btf.types()) type.toC({ offsets: true }), type.toJSON();
        btf.close();
        ++opened;
      } catch (error) {
        assert.ok(error instanceof BtfError, `byte ${at} = ${value}: ${error.stack}`);
        assert.notEqual(error.code, 'system', `byte ${at} = ${value}: ${error.message}`);
        ++refused;
      }
    }
  assert.ok(opened > 100 && refused > 100, `${opened} opened, ${refused} refused`);
});

test('what is no bytes', () => {
  for (const wrong of ['text', undefined, null, {}, 5, [1, 2]]) assert.throws(() => Btf.fromBytes(wrong), { name: 'BtfError', code: 'invalid_argument' }, String(wrong));
  const bytes = everyKind();
  const within = new Uint8Array([7, ...bytes, 7]);
  for (const fine of [bytes.slice().buffer, Buffer.from(bytes), new DataView(within.buffer, 1, bytes.length)]) Btf.fromBytes(fine).close();
});

test('files: absent, a directory, an URL, a descriptor', () => {
  const path = join(scratch, 'file with blanks.btf');
  writeFileSync(path, everyKind());
  assert.throws(() => Btf.open(join(scratch, 'absent')), { name: 'BtfError', code: 'not_found', message: 'No such file or directory' });
  assert.throws(() => Btf.open(join(path, 'below')), { name: 'BtfError', code: 'not_found' });
  assert.throws(() => Btf.open(scratch), { name: 'BtfError', code: 'invalid_argument', message: /directory/ });
  assert.throws(() => Btf.open(9999), { name: 'BtfError', code: 'system' });
  assert.throws(() => Btf.open(new URL('http://localhost/x')), { name: 'BtfError' });
  assert.equal(Btf.open(path).name, path);
  assert.equal(Btf.open(path, { name: 'mine' }).summary.source, 'mine');
  assert.equal(Btf.open(pathToFileURL(path)).name, path);
  const fd = openSync(path);
  assert.equal(Btf.open(fd).typeCount, 21);
  assert.equal(Btf.open(fd).typeCount, 21);
  closeSync(fd);
});

test('a file without permission', { skip: process.getuid() === 0 && 'root may read everything' }, () => {
  const path = join(scratch, 'locked');
  writeFileSync(path, everyKind(), { mode: 0 });
  assert.throws(() => Btf.open(path), { name: 'BtfError', code: 'permission' });
});

test('an argument of a wrong type is an error, and nothing else is lost', () => {
  const btf = Btf.fromBytes(everyKind());
  for (const wrong of [() => btf.find(undefined), () => btf.named(5), () => btf.inspect({ type: {} }), () => btf.dump({ types: [{}] }), () => btf.dump({ types: [-1] })])
    assert.throws(wrong, (error) => error instanceof BtfError && error.code === 'invalid_argument');
  assert.equal(btf.require('node', 'struct').size, 24);
  assert.equal(btf.find('int', 'unknown'), undefined);
});

test('a damaged BTF is shown in part when asked for', () => {
  const cut = everyKind().subarray(0, 300);
  assert.throws(() => Btf.fromBytes(cut), BtfError);
  const part = Btf.fromBytes(cut, { partial: true });
  assert.equal(part.summary.damage.code, 'malformed');
  assert.equal(part.get(1).kind, 'int');
});
