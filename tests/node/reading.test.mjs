// reading.wasm, the small module (wasm/reading.cpp): what it has answers as the whole one does; what it has not says so.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { corpus, filesBelow, needs, packageFolder, program, root, scratch, unxz } from './support/files.mjs';
import { everyKind, makeSplit } from './support/make.mjs';

const whole = await import('../../wasm/package/dist/node.js');
// A package of its own: the other one has an instance of the whole module. In Node the browser's entry takes modules too.
const copy = join(scratch, 'dist');
cpSync(join(packageFolder, 'dist'), copy, { recursive: true });
const module = new WebAssembly.Module(readFileSync(join(copy, 'reading.wasm')));
const reading = await import(pathToFileURL(join(copy, 'browser.js')).href);
await reading.init({ module });
const packages = [reading, whole];

/** As JSON; or how it fails. */
function outcome(act) {
  try {
    return JSON.stringify(act(), (_, value) => (typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : value));
  } catch (error) {
    if (!(error && 'code' in error)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

const about = (btf) => {
  const bytes = new Uint8Array(64).map((_, i) => i * 37);
  const step = Math.ceil(btf.typeCount / 300);
  const types = [...btf.types()].filter((_, i) => i % step === 0);
  return {
    summary: () => btf.summary,
    columns: () => [...btf.columns().kind].length,
    search: () => btf.search({ includes: 'e', limit: 200 }).types.map(({ id }) => id),
    query: () => btf.query({ kinds: ['struct'], holes: 1, limit: 50 }),
    c: () => types.map((type) => type.toC({ offsets: true })),
    facts: () => types.map((type) => [type.id, type.kind, type.name, type.members ?? null, type.size ?? null]),
    layouts: () => types.filter(({ kind }) => kind === 'struct' || kind === 'union').map((type) => type.layout({ reorganize: type.id % 2 === 0 })),
    users: () => types.map((type) => type.usedBy()),
    places: () => types.filter(({ kind }) => kind === 'struct').map((type) => outcome(() => btf.at(type, 4))),
    offset: () => btf.offset('node.next'),
    values: () => types.map((type) => [outcome(() => btf.decode(type, bytes, { partial: true })), outcome(() => btf.decodeToC(type, bytes, { partial: true }))]),
    ext: () => btf.ext(),
    code: () => btf.disassemble(),
    sections: () => [btf.sections, btf.symbols],
    dump: () => (btf.typeCount < 20000 ? [btf.toC(), btf.toRaw(), btf.dump({ format: 'json' })] : []),
  };
};

const answered = new Set();

function compare(bytes, name, baseBytes) {
  const opened = packages.map(({ Btf }) => {
    const base = baseBytes && Btf.fromBytes(baseBytes);
    const btf = Btf.fromBytes(bytes, { name, ...(base ? { base } : {}) });
    return { btf, base, questions: about(btf) };
  });
  for (const question of Object.keys(opened[0].questions)) {
    const [small, large] = opened.map(({ questions }) => outcome(questions[question]));
    if (/^[[{\d"]/.test(large)) answered.add(question);
    assert.doesNotMatch(small, /reading\.wasm/, `${name}: ${question}`);
    assert.ok(small === large, `${name}: ${question}: ${small.slice(0, 300)} and ${large.slice(0, 300)}`);
  }
  for (const { btf, base } of opened) btf.close(), base?.close();
}

const golden = filesBelow(join(root, 'tests/golden')).filter((path) => /\.(btf|o)$/.test(path) && !/split|module|partial/.test(basename(path)));
test('the golden files, and made ones', () => {
  assert.ok(golden.length >= 5);
  let compared = 0;
  for (const path of golden) {
    try {
      whole.Btf.fromBytes(readFileSync(path)).close();
    } catch {
      continue; // needs a base, or is broken: both packages have the same core for that
    }
    compare(readFileSync(path), basename(path));
    ++compared;
  }
  assert.ok(compared >= 5, `${compared} of ${golden.length}`);
  for (const big of [false, true]) compare(everyKind(big), 'every kind');
  compare(makeSplit(everyKind()), 'split', everyKind());
  assert.deepEqual(Object.keys(about({ typeCount: 0, types: () => [] })).filter((question) => !answered.has(question)), [], 'every question had an answer once');
});

const kernels = filesBelow(join(corpus, 'kernels')).filter((path) => path.endsWith('.btf.xz'));
test('a kernel', { skip: needs({ [join(corpus, 'kernels')]: existsSync(join(corpus, 'kernels')), xz: program('xz') }) }, () => {
  compare(unxz(kernels[0]), basename(kernels[0]));
});

test('what it has not', () => {
  const { Btf, BtfError } = reading;
  const btf = Btf.fromBytes(everyKind(), { name: 'kinds' });
  const lacking = {
    "'stat'": () => btf.stat(),
    "'rewrite'": () => btf.rewrite({ order: 'big' }),
    "'extract'": () => btf.extract(),
    refusals: () => btf.refusals('6.1'),
    rewrites: () => reading.rewrites(),
    Builder: () => new Btf.Builder(),
  };
  for (const [what, act] of Object.entries(lacking))
    assert.throws(act, (error) => error instanceof BtfError && error.code === 'not_supported' && error.message.includes(`reading.wasm has no ${what}: give init() btf.wasm`), what);
  for (const printed of [btf.run('layout', { args: ['node'] }), btf.inspect()]) {
    assert.equal(printed.exitCode, 1);
    assert.match(printed.err, /^btfkit: kinds: reading\.wasm has no text of '\w+': give init\(\) btf\.wasm\n$/);
  }
  assert.equal(btf.run('layout', { args: ['4'], options: { json: true } }).exitCode, whole.Btf.fromBytes(everyKind()).run('layout', { args: ['4'], options: { json: true } }).exitCode);
  assert.ok(btf.typeCount > 0, 'the instance is as good as before');
});

test('no second part is asked for', async () => {
  assert.deepEqual(WebAssembly.Module.imports(module).filter((each) => each.module === 'placeholder'), []);
  const btf = await reading.Btf.fromBlob(new Blob([everyKind()]));
  assert.ok(btf.layouts().length > 0);
});
