// Real files: what the API gives is the native command's JSON, byte for byte.
import assert from 'node:assert/strict';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { Btf } from '../../wasm/package/dist/node.js';
import { corpus, filesBelow, nativeCommand, needs, program, root, scratch, unxz } from './support/files.mjs';
import { native, opened, ours } from './support/native.mjs';

const golden = filesBelow(join(root, 'tests/golden')).filter((path) => /\.(o|btf)$/.test(path));
const files = filesBelow(corpus).filter((path) => !/\.(xz|c|cpp|rs|h|md)$/.test(path) && statSync(path).size < 4_000_000);

async function sameAsNative(path) {
  const { btf, failed } = await opened(path, { withoutBtf: true }); // as the command opens for some of these verbs
  const verbs = btf?.programs.length > 0 ? ['inspect', 'stat', 'layout', 'disasm'] : ['inspect', 'layout'];
  for (const verb of verbs) {
    const theirs = native(verb, path);
    if (!btf) {
      assert.deepEqual(failed, theirs, `${path}: ${verb}`);
      return 'refused';
    }
    assert.deepEqual(ours(btf, verb), theirs, `${path}: ${verb}`);
  }
  btf.close();
  return 'opened';
}

for (const [name, paths] of [['golden files', golden], ['the small files of the corpus', files]])
  test(`${name}: summaries, statistics, layouts and code`, { skip: needs({ [name]: paths.length > 0, 'the native command (./dev build)': nativeCommand }) }, async (t) => {
    const verdicts = [];
    for (const path of paths) verdicts.push(await sameAsNative(path));
    const count = verdicts.filter((verdict) => verdict === 'opened').length;
    t.diagnostic(`${count} of ${paths.length} opened`);
    assert.ok(count > paths.length / 2, `${count} of ${paths.length} opened`);
  });

const kernels = [['amd64-7.3.4-cloud', 'little', 8], ['i386-6.1.176-pae-dbg-pahole132', 'little', 4], ['s390x-6.12.107', 'big', 8]];
for (const [name, byteOrder, pointerSize] of kernels) {
  const packed = join(corpus, 'kernels', `${name}.btf.xz`);
  test(`${name}: every verb`, { skip: needs({ 'the corpus': existsSync(packed), xz: program('xz'), 'the native command (./dev build)': nativeCommand }) }, () => {
    const path = join(scratch, `${name}.btf`);
    writeFileSync(path, unxz(packed));
    const btf = Btf.open(path);
    assert.deepEqual([btf.byteOrder, btf.pointerSize], [byteOrder, pointerSize]);
    const data = join(scratch, 'value');
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => i * 7);
    writeFileSync(data, bytes);
    for (const [verb, args, options] of [
      ['inspect'], ['inspect', ['task_struct']], ['stat'], ['layout', ['task_struct', 'sk_buff']], ['layout', ['task_struct'], { expand: true, 'cache-line': 128 }],
      ['layout', ['task_struct'], { reorganize: true }], ['offset', ['task_struct.se.vruntime', 'task_struct.comm[3]', 'task_struct.nothing']], ['at', ['task_struct', '100', '0x5a8']],
      ['find', ['tcp_*sock']], ['find', [], { packable: true, limit: 20 }], ['find', [], { contains: 'list_head', kind: 'struct', sort: 'size' }], ['find', [], { tag: 'bpf_kfunc' }], ['find', ['nothing_is_called_so']],
      ['dump', [], { type: 'task_struct' }], ['layout', ['nothing']],
    ])
      assert.deepEqual(ours(btf, verb, args, options), native(verb, path, args, options), `${verb} ${args?.join(' ') ?? ''}`);
    const plain = (value) => JSON.parse(JSON.stringify(value));
    const theirs = (...question) => JSON.parse(native(...question).out);
    assert.deepEqual(plain(btf.require('task_struct', 'struct').layout({ cacheLine: 128 })), theirs('layout', path, ['struct task_struct'], { 'cache-line': 128 })[0]);
    const { query, ...place } = plain(btf.require('task_struct', 'struct').member('se.vruntime'));
    const { query: asked, ...found } = theirs('offset', path, ['task_struct.se.vruntime'])[0];
    assert.deepEqual(place, found);
    assert.equal(btf.offset('task_struct.se.vruntime'), found.offset);
    assert.notEqual(query, asked);
    assert.deepEqual(plain(btf.at('struct task_struct', 100)), theirs('at', path, ['struct task_struct', '100'])[0]);
    assert.deepEqual(plain(btf.stat()), theirs('stat', path));
    assert.deepEqual(plain(btf.query({ name: 'tcp_*sock', kinds: ['struct'], sort: 'size' })), theirs('find', path, ['tcp_*sock'], { kind: 'struct', sort: 'size' }));
    const printed = btf.run('decode', { args: ['list_head'], data: bytes, options: { json: true } });
    assert.equal(printed.out, native('decode', path, ['list_head'], { data }).out);
    btf.close();
  });

  test(`${name}: columns and JSON say the same of every type`, { skip: needs({ 'the corpus': existsSync(packed), xz: program('xz') }) }, () => {
    const btf = Btf.fromBytes(unxz(packed));
    const { types } = btf.toJSON();
    let at = 0;
    let members = 0;
    for (const type of btf.types()) {
      const record = types[at++];
      const sizes = ['struct', 'union', 'int', 'float', 'enum', 'enum64'].includes(type.kind) ? [type.size] : [undefined];
      assert.deepEqual([type.id, type.name, ...sizes], [record.id, record.name === '(anon)' ? '' : record.name, sizes[0] && record.size], `type ${type.id}`);
      if (type.kind === 'struct' || type.kind === 'union') {
        for (const [i, member] of type.members.entries()) {
          const { name, type_id, bits_offset } = record.members[i];
          if (member.name !== (name === '(anon)' ? '' : name) || member.typeId !== type_id || member.bitOffset !== bits_offset) assert.fail(`type ${type.id}, member ${i}: ${JSON.stringify(member)}`);
        }
        members += type.members.length;
        assert.equal(type.members.length, record.members.length);
      } else if (type.kind === 'func_proto') {
        const params = record.params.filter(({ name, type_id }) => type_id !== 0 || name !== '(anon)');
        assert.deepEqual(type.params.map(({ typeId }) => typeId), params.map(({ type_id }) => type_id));
        assert.equal(type.variadic, params.length > 0 && params.length < record.params.length);
        assert.equal(type.returnTypeId, record.ret_type_id);
      } else if (record.type_id !== undefined) {
        assert.equal(type.typeId, record.type_id);
      }
    }
    assert.equal(at, types.length);
    assert.ok(members > 40_000, `${members} members`);
  });
}

const modules = join(corpus, 'modules');
const pairs = filesBelow(modules).filter((path) => /\.(btf|ko)$/.test(path)).slice(0, 12);
test('modules of the corpus: the same verdict as native without a base', { skip: needs({ 'modules in the corpus': pairs.length > 0, 'the native command (./dev build)': nativeCommand }) }, async () => {
  for (const path of pairs) {
    const { btf, failed } = await opened(path);
    assert.deepEqual(btf ? ours(btf, 'inspect') : failed, native('inspect', path), basename(path));
  }
});
