// The parts of a file with real files: functions, strings, data sections, what an object needs of the kernel, bytes as values, and
// what is said of the file itself; each against what the package says under Node.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe } from 'node:test';
import * as page from './support.mjs';

const { test } = page;

describe('the parts of a file', () => {
  let session;
  let files;
  let kernel;
  before(async () => {
    if (page.cannotRun) return;
    session = await page.openBrowser();
    files = page.scratch();
    kernel = page.corpusKernel(files, 'amd64-7.3.4-cloud');
  });
  after(async () => {
    await session?.close();
    files?.done();
  });

  const go = (tab, hash) => tab.evaluate((to) => (location.hash = to), hash);
  const status = (tab) => tab.locator('.part .found [role=status]').textContent().then((text) => text.trim());
  const said = (tab, text) => page.until(`“${text}”`, async () => (await status(tab)) === text);
  const hash = (tab) => tab.evaluate(() => location.hash);
  const field = (tab, label) => tab.locator('.part').getByLabel(label, { exact: true });
  const rows = (tab) => tab.locator('.rows tbody tr:not(.rows-space)');
  const cells = (tab, cell) => tab.locator(`.rows tbody .${cell}`).allTextContents();
  const done = async (tab) => {
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  };
  const noCorpus = 'no corpus of real files (../shared/corpus)';
  const unpacked = (path) => {
    const packed = page.corpusPath(path);
    return packed && files.write(basename(path, '.xz'), execFileSync('xz', ['-dc', packed], { maxBuffer: 1 << 28 }));
  };

  /** Names of the functions that take, or return, a type by that name, through qualifiers, arrays, typedefs and so many pointers. */
  function functionsOf(btf, wanted, parts, stars) {
    const leads = (type, pointers = 0, left = 64) =>
      left > 0 && ((type.name === wanted && (stars === undefined || stars === pointers))
        || (['pointer', 'const', 'volatile', 'restrict', 'typedef', 'type_tag', 'array'].includes(type.kind) && leads(type.target, pointers + Number(type.kind === 'pointer'), left - 1)));
    return [...btf.types('func')].filter(({ target }) => parts(target).some((type) => leads(type))).map(({ name }) => name);
  }

  test('a kernel’s functions: prototypes, by name, by the types they take and return, by tag', async (t) => {
    if (!kernel) return t.skip(noCorpus);
    const known = await page.withBtf(kernel, (btf) => ({
      all: btf.summary.kinds.func,
      takes: functionsOf(btf, 'sk_buff', ({ params }) => params.map(({ type }) => type)),
      pointed: Object.fromEntries(['*', '**'].map((stars) => [stars, functionsOf(btf, 'sk_buff', ({ params }) => params.map(({ type }) => type), stars.length)])),
      returns: functionsOf(btf, 'sock', ({ returnType }) => [returnType]),
      kfuncs: [...btf.types('decl_tag')].filter(({ name, target }) => name === 'bpf_kfunc' && target.kind === 'func').map(({ target }) => target.name),
      prototype: btf.require('tcp_sendmsg', 'func').target.declaration('tcp_sendmsg'),
      names: [...btf.types('func')].map(({ name }) => name),
    }));
    assert.ok(known.takes.length > 1000 && known.pointed['*'].length > 1000 && known.pointed['**'].length > 5 && known.returns.length > 10 && known.kfuncs.length > 100);
    const count = page.english;
    const tab = await session.page('file');
    await page.openFile(tab, kernel);
    await tab.getByRole('link', { name: /^Functions/ }).click();
    await said(tab, `${count(known.all)} functions`);
    assert.ok((await rows(tab).count()) < 80);
    assert.equal(await tab.locator('.rows-table').getAttribute('aria-rowcount'), String(known.all + 1));

    await field(tab, 'Name').fill('tcp_sendmsg');
    await page.until('the prototype', async () => (await cells(tab, 'prototype'))[0] === known.prototype);
    await page.until('the address', async () => (await hash(tab)) === '#v=1/functions?q=tcp_sendmsg');
    const links = await rows(tab).first().locator('a').evaluateAll((all) => all.map((one) => [one.textContent, one.getAttribute('href')]));
    assert.deepEqual(links.slice(0, 3), [['tcp_sendmsg', '#v=1/t/func/tcp_sendmsg'], ['sock', '#v=1/t/struct/sock'], ['msghdr', '#v=1/t/struct/msghdr']]);

    // To the type and back again: the list is filtered as before.
    await tab.getByRole('link', { name: 'msghdr', exact: true }).first().click();
    await tab.getByRole('heading', { name: 'msghdr' }).waitFor();
    await tab.goBack();
    await page.until('the search again', async () => (await field(tab, 'Name').inputValue().catch(() => '')) === 'tcp_sendmsg');
    await tab.getByRole('button', { name: 'Show all' }).click();
    await said(tab, `${count(known.all)} functions`);

    const takes = field(tab, 'Takes');
    for (const text of ['sk_buff', 'struct sk_buff', 'const struct sk_buff']) {
      await takes.fill(text);
      await said(tab, `${count(known.takes.length)} of ${count(known.all)} functions, taking struct sk_buff`);
    }
    // Stars are pointers, as many as are written.
    for (const [stars, ...texts] of [['*', 'sk_buff *', 'struct sk_buff*', 'const struct sk_buff *', 'struct sk_buff const * const'], ['**', 'sk_buff **', 'struct sk_buff * *']])
      for (const text of texts) {
        await takes.fill(text);
        await said(tab, `${count(known.pointed[stars].length)} of ${count(known.all)} functions, taking struct sk_buff ${stars}`);
      }
    await takes.fill('sk_buff ****');
    await said(tab, `0 of ${count(known.all)} functions: no function takes “sk_buff ****”`);
    await takes.fill('sk_buff');
    await tab.getByRole('button', { name: /^bpf_kfunc/ }).click();
    const both = known.takes.filter((name) => known.kfuncs.includes(name));
    await said(tab, `${both.length} of ${count(known.all)} functions, taking struct sk_buff`);
    await page.until('all prototypes', async () => (await cells(tab, 'prototype')).every((text) => text.includes('(')));
    assert.deepEqual((await cells(tab, 'prototype')).map((text) => /(\w+)\(/.exec(text)[1]).sort(), both.sort());
    assert.ok((await cells(tab, 'marks')).every((text) => text.includes('bpf_kfunc')));
    await takes.fill('union sk_buff');
    await said(tab, `0 of ${count(known.all)} functions: no function takes “union sk_buff”`);

    await go(tab, '#v=1/functions?returns=sock');
    await said(tab, `${count(known.returns.length)} of ${count(known.all)} functions, returning struct sock`);

    // The very end of the list.
    await go(tab, '#v=1/functions');
    await said(tab, `${count(known.all)} functions`);
    await tab.locator('.rows').evaluate((list) => (list.scrollTop = list.scrollHeight));
    await page.until('the last function', async () => (await tab.locator(`.rows tr[aria-rowindex="${known.all + 1}"] .prototype`).textContent({ timeout: 100 }).catch(() => '')).includes('('));
    assert.match(await tab.locator(`.rows tr[aria-rowindex="${known.all + 1}"] .prototype`).textContent(), new RegExp(`\\b${known.names.at(-1)}\\b`));
    await done(tab);
  });

  test('the functions of a module take types of its base', async (t) => {
    const module = unpacked('modules/amd64-7.3.4-cloud/wireguard.ko.xz');
    if (!kernel || !module) return t.skip(noCorpus);
    const { Btf } = await page.nodePackage();
    const base = Btf.open(kernel);
    const btf = Btf.open(module, { base });
    const expected = functionsOf(btf, 'sk_buff', ({ params }) => params.map(({ type }) => type));
    const all = btf.summary.kinds.func;
    btf.close();
    base.close();
    assert.ok(expected.length > 5);
    const tab = await session.page('server');
    await page.drop(tab, module, kernel);
    await tab.getByText('Its types continue those of').waitFor();
    assert.match(await tab.locator('.eyebrow').textContent(), /^Kernel module, 64-bit ELF for x86-64$/);
    await page.until('what it was built for', async () => /built for 7\.3\.4\S*/.test((await tab.locator('.origin').textContent()) ?? ''));
    await go(tab, '#v=1/functions?takes=sk_buff');
    await said(tab, `${expected.length} of ${all} functions, taking struct sk_buff`);
    await page.until('prototypes', async () => (await cells(tab, 'prototype')).filter((text) => text.includes('struct sk_buff *')).length > 5);
    await done(tab);
  });

  test('a module is not shown on the kernel of another build; its types lead to those of its own', async (t) => {
    const module = unpacked('modules/amd64-6.12.107/nf_conntrack.ko.xz');
    const own = page.corpusKernel(files, 'amd64-6.12.107');
    if (!kernel || !module || !own) return t.skip(noCorpus);
    const tab = await session.page('file');
    await page.drop(tab, module, kernel); // loads, and every name is another's
    await tab.getByRole('alert').filter({ hasText: 'nf_conntrack.ko does not continue amd64-7.3.4-cloud.btf' }).waitFor();
    assert.equal(await tab.getByRole('button', { name: 'Open on amd64-7.3.4-cloud.btf' }).count(), 0, 'what was refused is offered again');
    await page.drop(tab, own); // it was waiting for this one
    const heading = (name) => tab.getByRole('heading', { name, exact: true, level: 1 }).waitFor();
    await tab.getByRole('link', { name: 'nf_conntrack.ko' }).or(tab.getByRole('button', { name: 'nf_conntrack.ko', exact: true })).first().click();
    await heading('nf_conntrack.ko');
    assert.equal(await tab.getByRole('alert').count(), 0);
    assert.equal(await page.list(tab).getByText(/\btype \d+/).count(), 0); // types of the kernel by their names

    await go(tab, '#v=1/t/struct/nf_conntrack_net');
    const link = page.code(tab).getByRole('link', { name: 'atomic_t' });
    await link.hover();
    await tab.locator('.hover-card').getByText('4 bytes').waitFor();
    await link.click();
    await tab.getByRole('heading', { level: 1 }).filter({ hasText: 'atomic_t' }).waitFor();
    assert.match(await tab.title(), /^atomic_t · amd64-6\.12\.107\.btf · /);
    await tab.goBack();
    await tab.getByRole('heading', { level: 1 }).filter({ hasText: 'nf_conntrack_net' }).waitFor();
    assert.match(await tab.title(), /^nf_conntrack_net · nf_conntrack\.ko · /);
    await done(tab);
  });

  for (const [name, path] of [['objects/own/clang14-el/10_tags.o'], ['objects/own/clang14-eb/10_tags.o']].map(([at]) => [at, page.corpusPath(at)]))
    test(`tags and linkage of an object’s functions (${name})`, async (t) => {
      if (!path) return t.skip(noCorpus);
      const known = await page.withBtf(path, (btf) => ({
        tags: [...new Set([...btf.types('decl_tag')].filter(({ target }) => target.kind === 'func').map((tag) => tag.name))],
        linkages: [...new Set([...btf.types('func')].map(({ linkage }) => linkage))],
      }));
      assert.ok(known.tags.length > 0);
      const tab = await session.page('file');
      await page.openFile(tab, path);
      await go(tab, '#v=1/functions');
      await tab.locator('.part .chips').waitFor();
      const chips = (await tab.locator('.part .chip').allTextContents()).map((text) => text.trim().replace(/\s+[\d,]+$/, ''));
      for (const tag of known.tags) assert.ok(chips.includes(tag), `${tag} in ${chips}`);
      if (known.linkages.length > 1) for (const linkage of known.linkages) assert.ok(chips.includes(linkage), `${linkage} in ${chips}`);
      await done(tab);
    });

  for (const name of ['sample.bpf.o', 'sample.bpf.eb.o'])
    test(`all functions of an object (${name})`, async () => {
      const path = page.golden(name);
      const expected = await page.withBtf(path, (btf) => [...btf.types('func')].map(({ name: own, target, linkage }) => [target.declaration(own), linkage]));
      assert.ok(expected.length > 1);
      const tab = await session.page('server', { hash: '#v=1/functions' });
      await page.drop(tab, path);
      await page.until('the prototypes', async () => (await cells(tab, 'prototype')).filter((text) => text.includes('(')).length === expected.length);
      const shown = await rows(tab).evaluateAll((all) => all.map((row) => [row.querySelector('.c-line').textContent, row.querySelector('.marks .badge')?.textContent]));
      const several = new Set(expected.map(([, linkage]) => linkage)).size > 1;
      assert.deepEqual(shown, expected.map(([text, linkage]) => [text, several ? linkage : undefined]));
      await done(tab);
    });

  test('a kernel’s strings: places, lengths, what they are for', async (t) => {
    if (!kernel) return t.skip(noCorpus);
    const known = await page.withBtf(kernel, (btf) => {
      const { strings } = btf.columns();
      const texts = new TextDecoder().decode(strings).split('\0').slice(0, -1);
      const offset = Buffer.from(strings).indexOf('\0task_struct\0') + 1;
      return { count: texts.length, offset, vruntime: texts.filter((text) => text.toLowerCase().includes('vruntime')), longest: texts.toSorted((a, b) => b.length - a.length)[0] };
    });
    const count = page.english;
    const tab = await session.page('file', { hash: '#v=1/strings?q=vruntime' });
    await tab.getByText('This link leads to the strings of a file with “vruntime”. Drop any file with BTF').waitFor();
    await page.drop(tab, kernel);
    await tab.getByRole('heading', { name: 'Strings' }).waitFor();
    await page.until('the strings', async () => (await status(tab)).startsWith(`${known.vruntime.length} of ${count(known.count)} strings, `));
    assert.deepEqual(await cells(tab, 'text'), known.vruntime);
    await field(tab, 'Text').fill('task_struct');
    await page.until('task_struct', async () => (await cells(tab, 'text')).includes('task_struct'));
    const row = rows(tab).filter({ has: tab.locator('td.text', { hasText: /^task_struct$/ }) });
    assert.deepEqual((await row.locator('td').allTextContents()).slice(0, 3), [count(known.offset), '11', 'task_struct']);
    assert.match(await row.locator('td.user').textContent(), /^type.* task_struct/);
    await tab.getByRole('button', { name: 'Show all' }).click();
    await tab.locator('.part').getByLabel('Order').selectOption('longest first');
    await page.until('the longest', async () => (await cells(tab, 'text'))[0] === known.longest);
    await page.until('the address', async () => (await hash(tab)) === '#v=1/strings?sort=length');
    await tab.getByRole('button', { name: /^enumerators/ }).click();
    await page.until('enumerators alone', async () => (await cells(tab, 'user')).every((text) => text.includes('enumerator')));
    await done(tab);
  });

  test('the strings of an object are those of its source, too', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    await go(tab, '#v=1/strings?role=source+line');
    const lines = await page.withBtf(page.golden('sample.bpf.o'), (btf) => new Set(btf.ext().flatMap(({ lines }) => lines.map(({ text }) => text)).filter((text) => text !== '')));
    await page.until('the lines', async () => (await rows(tab).count()) === lines.size);
    assert.deepEqual((await cells(tab, 'text')).sort(), [...lines].map((line) => line.replaceAll('\t', '\\t')).sort());
    await done(tab);
  });

  test('per-CPU variables of a kernel', async (t) => {
    if (!kernel) return t.skip(noCorpus);
    const section = await page.withBtf(kernel, (btf) => {
      const { name, size, variables } = btf.require('.data..percpu', 'datasec');
      return { name, size, variables: variables.map(({ offset, size: bytes, type }) => [page.english(offset), page.english(bytes), type.target.declaration(type.name)]) };
    });
    const tab = await session.page('server');
    await page.openFile(tab, kernel);
    await go(tab, '#v=1/variables');
    await tab.locator('.variables').waitFor();
    assert.deepEqual(
      await tab.locator('.variables tbody tr').evaluateAll((all) => all.map(({ cells: [offset, size, declaration] }) => [offset.textContent.trim().split(/\s/)[0], size.textContent.trim(), declaration.querySelector('code').textContent])),
      section.variables,
    );
    assert.match(await tab.locator('.section-name').textContent(), new RegExp(`${section.variables.length} variables, ${page.english(section.size)} bytes`));
    await done(tab);
  });

  for (const order of ['el', 'eb'])
    test(`initial values of an object (${order})`, async (t) => {
      const path = page.corpusPath(`objects/own/clang14-${order}/02_globals.o`);
      if (!path) return t.skip(noCorpus);
      const tab = await session.page('file');
      await page.openFile(tab, path);
      await go(tab, '#v=1/variables');
      await tab.locator('.variables').first().waitFor();
      const values = Object.fromEntries(
        await tab.locator('.variables tbody tr').evaluateAll((all) => all.map(({ cells: [, , declaration, value] }) => [declaration.querySelector('code').textContent, value.textContent.trim().replace(/\s+/g, ' ')])),
      );
      for (const [declaration, value] of [
        ['__u64 init_counter', '42'], ['struct cfg cfgs[4]', '{{}, {}, {.level = 9}, {}}'], ['volatile const struct cfg cfg', '{.level = 3, .name = "default"}'],
        ['char LICENSE[13]', '"Dual BSD/GPL"'], ['enum mode mode', 'M_B'], ['volatile const bool_t targ_verbose', 'true'], ['const char *ptr_to_str', 'address of "hello"'], ['struct cfg cfgs_bss[3]', '{}'],
      ]) assert.equal(values[declaration], value, declaration);
      await done(tab);
    });

  test('what the loader fills in is told by member', async (t) => {
    const path = page.corpusPath('objects/own/clang14-el/15_structops.o');
    if (!path) return t.skip(noCorpus);
    const tab = await session.page('file');
    await page.openFile(tab, path);
    await go(tab, '#v=1/variables');
    const row = tab.locator('.variables tr').filter({ hasText: 'tcp_congestion_ops' });
    await page.until('the members', async () => (await row.locator('.address').count()) > 0);
    assert.deepEqual(
      (await row.locator('.address').allTextContents()).map((text) => text.trim()),
      ['.init: address of my_init', '.ssthresh: address of my_ssthresh', '.cong_avoid: address of my_avoid', '.undo_cwnd: address of my_undo'],
    );
    await done(tab);
  });

  test('floats and truth values among initial values', async (t) => {
    const [rust, real] = [page.corpusPath('objects/own/extra/22_rust-bpfel.o'), page.corpusPath('objects/real/execsnoop.bpf.o')];
    if (!rust || !real) return t.skip(noCorpus);
    const tab = await session.page('file');
    await page.openFile(tab, rust);
    await go(tab, '#v=1/variables');
    await tab.locator('.variables').first().waitFor();
    const union = tab.locator('.variables tr').filter({ hasText: 'union Un UN' }).locator('td').last();
    assert.equal((await union.textContent()).trim(), '{.i = 1, .f = 1e-45}');
    assert.deepEqual(await union.locator('.c-number').allTextContents(), ['1', '1e-45']);
    await go(tab, '#v=1');
    await page.openFile(tab, real);
    await go(tab, '#v=1/variables');
    const value = (name) => tab.locator('.variables tr').filter({ hasText: name }).locator('td').last().textContent();
    await page.until('false', async () => (await value('filter_cg')).trim() === 'false');
    assert.equal((await value('ignore_failed')).trim(), 'true');
    await done(tab);
  });

  for (const folder of ['clang14-el', 'clang14-eb', 'gccbpf14-el'])
    test(`string literals stand where they are, not among the variables of .rodata (${folder})`, async (t) => {
      const path = page.corpusPath(`objects/own/${folder}/02_globals.o`);
      if (!path) return t.skip(noCorpus);
      const literal = ({ flags }) => (flags & 0x32n) === 0x32n; // SHF_ALLOC, SHF_MERGE, SHF_STRINGS
      const known = await page.withBtf(path, (btf) =>
        btf.sections.filter(literal).map(({ name, index }) => ({
          name,
          texts: Buffer.from(btf.contents(index)).toString().split('\0').slice(0, -1).map((text) => JSON.stringify(text)),
          named: btf.variables.filter(({ liesIn }) => liesIn === name).map(({ declaration }) => declaration),
        })));
      assert.ok(known.length > 0 && known.every(({ texts }) => texts.length > 0));
      const tab = await session.page('file');
      await page.openFile(tab, path);
      await go(tab, '#v=1/variables');
      await tab.locator('.literals').first().waitFor();
      const shown = await tab.locator('section:has(> .table-frame > .literals)').evaluateAll((all) => all.map((section) => ({
        name: section.querySelector('h2').textContent.trim().split(/\s/)[0],
        texts: [...section.querySelectorAll('tbody tr')].map(({ cells }) => cells[2].textContent.trim()),
        named: [...section.querySelectorAll('tbody td:last-child code')].map((code) => code.textContent),
      })));
      assert.deepEqual(shown, known);
      const elsewhere = await tab.locator('.variables:not(.literals) td:nth-child(3) code').allTextContents();
      for (const { named } of known) for (const one of named) assert.ok(!elsewhere.includes(one), one);
      await done(tab);
    });

  test('what an object needs of the kernel, by type', async (t) => {
    const path = page.corpusPath('objects/own/clang14-el/19_vmlinux_core.o');
    if (!path) return t.skip(noCorpus);
    const relocations = await page.withBtf(path, (btf) => btf.relocations.map(({ text, typeId }) => ({ text, type: btf.get(typeId).declaration() })));
    const tab = await session.page('file');
    await page.openFile(tab, path);
    await go(tab, '#v=1/relocations');
    await tab.locator('.needs').first().waitFor();
    const shown = await tab.locator('.object section').evaluateAll((all) =>
      all.map((section) => [section.querySelector('h2').firstElementChild.textContent, [...section.querySelectorAll('tbody tr')].flatMap((row) => row.cells[0].title.split('\n'))]),
    );
    const expected = relocations.reduce((map, one) => map.set(one.type, [...(map.get(one.type) ?? []), one]), new Map());
    assert.deepEqual(new Map(shown.map(([type, texts]) => [type, texts.sort()])), new Map([...expected].map(([type, all]) => [type, [...new Set(all.map(({ text }) => text))].sort()])));
    const first = tab.locator('.needs tbody tr').filter({ hasText: 'the offset of se.exec_start' });
    assert.match(await first.textContent(), /offset 216\s*\w+\s*at\s12/);
    await first.getByRole('link').click();
    await tab.locator('.disasm-table').waitFor();
    await done(tab);
  });

  for (const folder of ['clang14-el', 'clang14-eb', 'gccbpf14-el'])
    test(`what an object declares extern is needed, too (${folder})`, async (t) => {
      const path = page.corpusPath(`objects/own/${folder}/03_kconfig_ksyms.o`);
      if (!path) return t.skip(noCorpus);
      // Who asks, out of the code itself: llvm-objdump's own view of these is what disassemble() was compared with.
      const known = await page.withBtf(path, (btf) => ({
        externs: btf.externs,
        askers: new Map(btf.externs.map(({ name }) => [name, btf.disassemble().flatMap(({ instructions }) => instructions.filter(({ reference }) => reference?.name === name).map(({ index }) => index))])),
      }));
      const tab = await session.page('file');
      await page.openFile(tab, path);
      const link = tab.getByRole('navigation', { name: 'Parts of this file' }).getByRole('link', { name: /^Needs/ });
      assert.equal(await link.getAttribute('href'), '#v=1/needs');
      await go(tab, '#v=1/externs'); // as links had it
      await tab.locator('.needs').first().waitFor();
      assert.match(await link.textContent(), new RegExp(`^\\s*Needs\\s*${known.externs.length}\\s*$`));
      const rowsShown = await tab.locator('.needs tbody tr').evaluateAll((all) => all.map(({ cells: [need, by] }) => [...need.children, by].map((each) => each.textContent.trim().replace(/\s+/g, ' '))));
      assert.deepEqual(rowsShown.map(([, declared]) => declared).sort(), known.externs.map(({ declaration }) => declaration).sort());
      for (const sentence of [
        'CONFIG_HZ, an int, of the kernel’s configuration',
        'LINUX_KERNEL_VERSION, the version of the running kernel, which libbpf finds out',
        `CONFIG_MISSING, ${folder.startsWith('gcc') ? 'a long unsigned int' : 'an unsigned long'}, of the kernel’s configuration; 0 where that does not set it (weak)`,
        'CONFIG_DEFAULT_HOSTNAME, a string, of the kernel’s configuration',
        'bpf_task_from_pid, a kernel function',
        'bpf_rcu_read_unlock, a kernel function; the program loads without it (weak)',
        'missing_ksym, the address of a kernel symbol; the program loads without it (weak)',
        'runqueues, a kernel variable',
      ]) assert.ok(rowsShown.some(([need]) => need === sentence), `${sentence}\n${rowsShown.map(([need]) => need).join('\n')}`);
      for (const [need, , by] of rowsShown) {
        const asked = known.askers.get(/^\w+/.exec(need)[0]);
        assert.equal(by, asked.length === 0 ? '' : `${by.split(' ')[0]} at ${asked.join(', ')}`, need);
      }
      assert.ok([...known.askers.values()].flat().length > 5);
      await done(tab);
    });

  test('the five relocations of a bitfield are one thing that is needed; what is tested may be missing', async (t) => {
    const path = page.corpusPath('objects/real/bindsnoop.bpf.o');
    if (!path) return t.skip(noCorpus);
    const tab = await session.page('file');
    await page.openFile(tab, path);
    await go(tab, '#v=1/relocations');
    const row = tab.locator('.needs tbody tr').filter({ hasText: 'freebind' }).first();
    assert.equal((await row.locator('td').first().textContent()).trim().replace(/\s+/g, ' '), 'whether it has freebind, and its offset, size, signedness and bits may be missing');
    assert.equal((await row.locator('td').nth(1).textContent()).trim(), 'bit 0, 1 byte');
    const kinds = (await row.locator('td').first().getAttribute('title')).split('\n').map((text) => /<(\w+)>/.exec(text)[1]);
    assert.deepEqual(kinds.sort(), ['byte_off', 'byte_sz', 'field_exists', 'lshift_u64', 'rshift_u64', 'signed']);
    await done(tab);
  });

  test('every real object shows every part of it', async (t) => {
    const folder = page.corpusPath('objects/real');
    if (!folder) return t.skip(noCorpus);
    const tab = await session.page('server');
    const names = readdirSync(folder).filter((name) => name.endsWith('.o'));
    assert.ok(names.length > 10);
    for (const name of names) {
      await go(tab, '#v=1');
      await page.openFile(tab, join(folder, name));
      const hashes = await tab.getByRole('navigation', { name: 'Parts of this file' }).getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
      for (const part of hashes.slice(1)) {
        await go(tab, part);
        await page.until(`${name} ${part}`, () => tab.evaluate((at) => location.hash === at && document.querySelectorAll('.object tbody tr:not(.rows-space), .map').length > 0, part));
        assert.equal(await tab.locator('.object [role=alert]').count(), 0, `${name} ${part}`);
        if (part === '#v=1/needs') {
          const { length } = await tab.locator('.needs tbody tr').all();
          const told = await tab.getByRole('navigation', { name: 'Parts of this file' }).getByRole('link', { name: /^Needs/ }).textContent();
          assert.equal(Number(/[\d,]+/.exec(told)[0].replace(',', '')), length, `${name}: as many rows as the tab says`);
        }
      }
    }
    await done(tab);
  });

  test('the code of a large program: all of it, soon, as narrow as the screen; where it begins', async (t) => {
    const [large, inlined] = ['execsnoop', 'klockstat'].map((name) => page.corpusPath(`objects/real/${name}.bpf.o`));
    if (!large || !inlined) return t.skip(noCorpus);
    const known = await page.withBtf(large, (btf) => {
      const [{ name }] = btf.programs.toSorted((a, b) => b.instructions - a.instructions);
      return { name, instructions: btf.disassemble(name)[0].instructions.map(({ index, text }) => [String(index), text]) };
    });
    assert.ok(known.instructions.length > 1500);
    const tab = await session.page('file', { viewport: { width: 360, height: 720 } });
    await page.openFile(tab, large);
    await go(tab, `#v=1/programs/${known.name}`);
    const code = tab.locator('.disasm-table');
    await code.waitFor();
    await page.until('all of it', async () => (await code.getAttribute('aria-busy')) === null);
    assert.deepEqual(await code.evaluate((all) => [...all.querySelectorAll('tr:has(.operation)')].map(({ cells }) => [cells[0].textContent, cells[2].textContent])), known.instructions);
    assert.ok(await tab.getByRole('region', { name: 'Instructions' }).evaluate((frame) => frame.scrollWidth <= frame.clientWidth));
    // What is not on screen is not laid out, and is there all the same.
    const last = code.getByText(known.instructions.at(-1)[1], { exact: true }).last();
    assert.ok(!(await last.evaluate((one) => one.checkVisibility({ contentVisibilityAuto: true }))));
    await last.scrollIntoViewIfNeeded();
    await page.until('the end', () => last.evaluate((one) => one.checkVisibility({ contentVisibilityAuto: true })));
    // The same again when one comes back: nothing is made twice.
    await code.evaluate((all) => (all.dataset.same = 'yes'));
    await tab.getByRole('button', { name: /theme|dark|light/i }).click();
    assert.equal(await code.getAttribute('data-same'), 'yes');

    await go(tab, '#v=1');
    await page.openFile(tab, inlined);
    await go(tab, '#v=1/programs/lock_released'); // functions that stand above it in the file are inlined
    await page.until('where it begins', async () => /klockstat\.bpf\.c:231$/.test((await tab.locator('.program .type-facts').textContent()).trim()));
    assert.equal((await tab.locator('.disasm-table .source .number').first().textContent()).trim(), '231');
    await done(tab);
  });

  test('bytes: a dropped file, an array of records, from somewhere on, as another type', async () => {
    const tab = await session.page('file');
    const path = page.golden('sample.bpf.o');
    await page.openFile(tab, path);
    await go(tab, '#v=1/t/struct/traffic_key?tab=decode');
    const value = tab.getByRole('region', { name: 'Value' });
    const output = tab.locator('.decode-said');
    const bytes = Uint8Array.from({ length: 20 }, (_, i) => i % 8 === 0 ? i + 1 : 0);
    const dump = files.write('records.bin', bytes);
    const box = await tab.getByLabel('Bytes').boundingBox();
    const devtools = await tab.context().newCDPSession(tab);
    const data = { items: [], files: [dump], dragOperationsMask: 1 };
    const at = { x: box.x + 40, y: box.y + 20 };
    for (const type of ['dragEnter', 'dragOver']) await devtools.send('Input.dispatchDragEvent', { type, ...at, data });
    await tab.getByText('Drop it here to read it as struct traffic_key').waitFor();
    await devtools.send('Input.dispatchDragEvent', { type: 'drop', ...at, data });
    await page.until('the file', async () => (await output.textContent()) === '20 bytes of records.bin · 2 values of 8 bytes · 4 bytes left over');
    assert.deepEqual(await tab.locator('.file-name').allTextContents(), ['sample.bpf.o'], 'it was not opened');
    assert.equal(await tab.evaluate(() => document.documentElement.className), '');
    const all = await page.withBtf(path, (btf) => btf.decodeToC('struct traffic_key', bytes.subarray(0, 16), { count: 'all', zeros: true }));
    assert.ok((await value.textContent()).startsWith(all.trimEnd()));
    assert.match(await value.textContent(), /\/\* 2 at 0x10: only 4 of 8 bytes \*\//);

    await tab.getByLabel('From byte').fill('0x8');
    await page.until('the second', async () => (await output.textContent()).startsWith('20 bytes of records.bin · 1 value of 8 bytes'));
    assert.match(await value.textContent(), /\.pid = \(__u32\)9\b/);
    await tab.getByLabel('From byte').fill('20');
    await page.until('nothing there', async () => (await output.textContent()) === 'There is no byte 20: there are 20');
    await tab.getByLabel('From byte').fill('');

    // The bytes stay when another type is chosen for them.
    await tab.getByLabel('As a value of type').fill('struct traffic');
    await page.until('the other type', async () => (await hash(tab)) === '#v=1/t/struct/traffic?tab=decode');
    await page.until('too few bytes', async () => /one value has 48: the end of it is missing$/.test(await output.textContent()));
    await tab.goBack();
    await page.until('the key again', async () => /2 values of 8 bytes/.test(await output.textContent()));
    await done(tab);
  });

  test('bytes are read as tools print them; what is none is named by its place', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    await go(tab, '#v=1/t/struct/traffic_key?tab=decode');
    const output = tab.locator('.decode-said');
    const value = tab.getByRole('region', { name: 'Value' });
    const good = [
      '2a00000001000000', '2a 00 00 00 01 00 00 00', '0x2a, 0x00, 0, 0, 1, 0, 0, 0', '["0x2a","0x00","0x00","0x00","0x01","0x00","0x00","0x00"]', '\\x2a\\x00\\x00\\x00\\x01\\x00\\x00\\x00',
      '00000000: 2a00 0000 0100 0000                      *.......', // xxd
      '00000000  2a 00 00 00 01 00 00 00                           |*.......|\n00000008', // hexdump -C
      '0x7ffe1230:\t0x2a\t0x00\t0x00\t0x00\n0x7ffe1234 <key+4>:\t0x01\t0x00\t0x00\t0x00', // gdb x/xb
    ];
    for (const text of good) {
      await tab.getByLabel('Bytes').fill('');
      await page.until('nothing', async () => (await value.count()) === 0);
      await tab.getByLabel('Bytes').fill(text.replace(/\n00000008$/, ''));
      await page.until(text, async () => (await output.textContent()) === '8 bytes');
      await page.until(text, async () => /\.pid = \(__u32\)42/.test(await value.textContent({ timeout: 500 }).catch(() => '')));
    }
    // Numbers, as debuggers print them: their bytes are the other way round in memory.
    for (const text of ['0x7ffe1230:\t0x0000002a\t0x00000001', '0x7ffe1230 <key>:\t0x000000010000002a', 'ffff888012345678:  000000010000002a   *.......']) {
      await tab.getByLabel('Bytes').fill(text);
      await page.until(text, async () => (await output.textContent()) === '8 bytes, numbers taken as little-endian' && /\.pid = \(__u32\)42/.test(await value.textContent()));
    }
    for (const [text, fault] of [
      ['00 01\n02 xy 03', 'line 2, character 4: “xy” is no hexadecimal number'],
      ['00000000: 2a00 000\n', 'line 1, character 16: “000” has an odd number of digits'],
    ]) {
      await tab.getByLabel('Bytes').fill(text);
      await page.until(fault, async () => (await output.textContent()) === fault);
    }
    await done(tab);
  });

  test('integers in hexadecimal, to the last bit; strings, indices, names stay; remembered', async (t) => {
    const path = page.corpusPath('objects/own/clang14-eb/02_globals.o');
    if (!kernel || !path) return t.skip(noCorpus);
    const tab = await session.page('file');
    await page.openFile(tab, path);
    await go(tab, '#v=1/t/struct/cfg?tab=decode');
    const value = tab.getByRole('region', { name: 'Value' });
    const shows = (text) => page.until(text, async () => (await value.textContent({ timeout: 500 }).catch(() => '')).trim() === text);
    await tab.getByLabel('Bytes').fill('31'.repeat(24));
    const lines = (level, a, b, c) => `(struct cfg){\n\t.level = (__u32)${level},\n\t.name = "1111111111111111",\n\t.flags = {\n\t\t.a = (__u8)${a},\n\t\t.b = (__u8)${b},\n\t\t.c = (__u16)${c},\n\t},\n}`;
    await shows(lines(825307441, 1, 17, 787));
    await tab.getByLabel('Integers in hex').check();
    await shows(lines('0x31313131', '0x1', '0x11', '0x313'));

    // In another tab of the browser, of another file: what is negative, 64 bits wide, in arrays; against the bytes themselves.
    const other = await tab.context().newPage();
    other.problems = [];
    await other.goto(tab.url().replace(/#.*/, ''));
    await other.getByRole('button', { name: 'Try a sample' }).waitFor();
    await page.openFile(other, kernel);
    await go(other, '#v=1/t/struct/timespec64?tab=decode');
    assert.ok(await other.getByLabel('Integers in hex').isChecked());
    const there = other.getByRole('region', { name: 'Value' });
    for (const [type, hex, expected] of [
      ['timespec64', '83a8cdf2173c6186 ffffffffffffffff', /\.tv_sec = \(time64_t\)0x86613c17f2cda883,\s*\.tv_nsec = \(long int\)0xffffffffffffffff,/],
      ['bpf_insn', '83 a8 00ff fdffffff', /\.code = \(__u8\)0x83,\s*\.dst_reg = \(__u8\)0x8,\s*\.src_reg = \(__u8\)0xa,\s*\.off = \(__s16\)0xff00,\s*\.imm = \(__s32\)0xfffffffd,/],
      ['ethhdr', '00112233445566778899aabb0800', /\.h_dest = \{0x0, 0x11, 0x22, 0x33, 0x44, 0x55\},/],
      ['rb_root_cached', '00'.repeat(16), /\(struct rb_node \*\)0x0/],
    ]) {
      await go(other, `#v=1/t/struct/${type}?tab=decode`);
      await other.getByRole('heading', { level: 1 }).filter({ hasText: type }).waitFor();
      await other.getByLabel('Bytes').fill(hex);
      await page.until(`${type} ${expected}`, async () => expected.test(await there.textContent({ timeout: 500 }).catch(() => '')));
    }
    await other.close();
    await tab.getByLabel('Integers in hex').uncheck();
    await shows(lines(825307441, 1, 17, 787));
    await done(tab);
  });

  for (const order of ['little', 'big'])
    test(`members of __be types are told in network order, too (${order}-endian)`, async (t) => {
      const path = order === 'little' ? kernel : page.corpusKernel(files, 's390x-6.12.107');
      if (!path) return t.skip(noCorpus);
      const bytes = Buffer.from('01bbc350 00000001 fffffffe 5018 0400 abcd 0000'.replaceAll(' ', ''), 'hex');
      const tab = await session.page('file');
      await page.openFile(tab, path);
      await go(tab, '#v=1/t/struct/tcphdr?tab=decode');
      await tab.getByLabel('Bytes').fill(bytes.toString('hex'));
      const value = tab.getByRole('region', { name: 'Value' });
      await value.waitFor();
      const text = await value.textContent();
      const read = (width, at) => (width === 2 ? bytes[order === 'little' ? 'readUInt16LE' : 'readUInt16BE'](at) : bytes[order === 'little' ? 'readUInt32LE' : 'readUInt32BE'](at));
      for (const [name, type, width, at] of [['source', '__be16', 2, 0], ['dest', '__be16', 2, 2], ['seq', '__be32', 4, 4], ['ack_seq', '__be32', 4, 8], ['window', '__be16', 2, 14], ['check', '__sum16', 2, 16]]) {
        const meant = width === 2 ? bytes.readUInt16BE(at) : bytes.readUInt32BE(at);
        const line = `\t.${name} = (${type})${read(width, at)},${order === 'little' ? ` /* ${meant} in network order */` : ''}\n`;
        assert.ok(text.includes(line), `${line} in ${text}`);
      }
      assert.ok(text.includes('\t.urg_ptr = (__be16)0,\n'), text); // the same in both
      if (order === 'big') {
        await tab.getByLabel('Byte order').selectOption('little-endian');
        await page.until('the other order', async () => (await value.textContent()).includes(`.source = (__be16)${bytes.readUInt16LE(0)}, /* 443 in network order */`));
      } else {
        await go(tab, '#v=1/t/struct/in6_addr?tab=decode');
        await tab.getByRole('heading', { level: 1, name: 'in6_addr' }).waitFor();
        await tab.getByLabel('Bytes').fill('20010db8000000000000000000000001');
        await page.until('an array', async () => (await value.textContent()).includes(', 16777216}, /* 536939960, 0, 0, 1 in network order */\n'));
      }
      await done(tab);
    });

  test('saving says that it takes a while, and calls files what they are of', async (t) => {
    if (!kernel) return t.skip(noCorpus);
    const named = join(files.folder, 'vmlinux-7.3.4');
    copyFileSync(kernel, named);
    const tab = await session.page('file');
    await page.openFile(tab, named);
    // The worker hears of it when the test says so: this is the slow machine.
    await tab.evaluate(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (message, ...rest) {
        if (message.question?.topic === 'dump') globalThis.release = () => post.call(this, message, ...rest);
        else post.call(this, message, ...rest);
      };
    });
    await tab.getByRole('button', { name: 'JSON', exact: true }).click();
    await tab.getByText('Writing vmlinux-7.3.4.json').waitFor();
    const [download] = await Promise.all([tab.waitForEvent('download'), tab.evaluate(() => globalThis.release())]);
    assert.equal(download.suggestedFilename(), 'vmlinux-7.3.4.json');
    const { types } = JSON.parse(readFileSync(await download.path(), 'utf8'));
    await page.until('the end', async () => (await tab.getByText('Writing').count()) === 0);
    assert.equal(types.length, await page.withBtf(kernel, (btf) => btf.typeCount));
    await done(tab);
  });

  test('the card of a kernel of the other byte order', async (t) => {
    const path = page.corpusKernel(files, 's390x-6.12.107');
    if (!path) return t.skip(noCorpus);
    const { summary } = await page.withBtf(path, (btf) => ({ summary: btf.summary }));
    const tab = await session.page('file');
    await page.openFile(tab, path);
    const facts = await page.facts(tab);
    assert.deepEqual(
      [facts['Types'], facts['Strings'], facts['Byte order'], facts['Pointers'], facts['BTF header']],
      [page.english(summary.typeCount), page.english(summary.strings.count), 'big', '8 bytes', '24 bytes'],
    );
    assert.equal(await tab.locator('.eyebrow').textContent(), 'Raw BTF');
    const bars = await tab.locator('.kind-count').allTextContents();
    assert.equal(bars.map((text) => Number(text.replaceAll(',', ''))).reduce((a, b) => a + b), summary.typeCount);
    await done(tab);
  });

  test('a kernel’s banner is found in its ELF', async () => {
    const { summary } = await page.withBtf(page.golden('types.o'), (btf) => ({ summary: btf.summary }));
    assert.equal(summary.container, 'elf');
    const banner = 'Linux version 6.12.107+deb13-amd64 (debian-kernel@lists.debian.org) #1 SMP';
    const path = files.write('vmlinux', elfWith(['.rodata', Buffer.from(`\0\0%s version %s\0${banner}\n\0`)], ['.BTF', readBtf(page.golden('sample.bpf.o'))]));
    const tab = await session.page('file');
    await page.openFile(tab, path);
    await page.until('the banner', async () => (await tab.locator('.origin').textContent()) === banner);
    await done(tab);
  });

  test('of several BTFs in one file, the first is shown, and that is said', async (t) => {
    const linked = page.corpusPath('userspace/gcc16-gbtf-two-objects-linked-x86_64');
    if (!linked) return t.skip(noCorpus);
    const [one, other] = ['sample.bpf.o', 'types.o'].map((name) => readBtf(page.golden(name)));
    const { typeCount } = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.summary);
    assert.equal(await page.withBtf(linked, (btf) => btf.summary.specs), 2);
    const tab = await session.page('file');
    const warnings = () => tab.getByRole('region', { name: 'Warnings' }).textContent();
    for (const [path, text] of [
      [linked, 'It holds 2 BTFs, one behind the other; this shows the first.'],
      [files.write('both.btf', Buffer.concat([one, other])), 'It holds 2 BTFs, one behind the other; this shows the first.'],
    ]) {
      await page.openFile(tab, path);
      await tab.locator('.card').getByText(text).waitFor();
      assert.match(await warnings(), /2 BTFs one after the other/);
    }
    const twice = files.write('twice', elfWith(['.BTF', one], ['.BTF', other]));
    await page.openFile(tab, twice);
    await page.until('the warning', async () => (await warnings()).includes('the ELF has 2 sections called .BTF; this shows the first'));
    assert.equal((await page.facts(tab))['Types'], page.english(typeCount));
    await page.openFile(tab, files.write('once', elfWith(['.BTF', one])));
    assert.ok(!(await tab.locator('.card').textContent()).includes('this shows the first'));
    await done(tab);
  });

  test('a long list is of use at 400 %', async (t) => {
    if (!kernel) return t.skip(noCorpus);
    const tab = await session.page('file', { viewport: { width: 320, height: 256 }, hash: '#v=1/functions' });
    await page.drop(tab, kernel);
    await page.until('the functions', async () => (await rows(tab).count()) > 4);
    assert.ok((await rows(tab).count()) < 40);
    const list = tab.locator('.rows');
    await list.scrollIntoViewIfNeeded();
    assert.ok((await list.boundingBox()).height > 120);
    assert.ok((await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
    await done(tab);
  });

  test('parts are there by keyboard alone', async (t) => {
    if (!kernel) return t.skip(noCorpus);
    const tab = await session.page('file');
    await page.openFile(tab, kernel);
    await go(tab, '#v=1/functions');
    await page.until('the functions', async () => /functions$/.test(await status(tab)));
    await tab.keyboard.press('/');
    await tab.keyboard.type('vfs_read');
    await page.until('vfs_read', async () => (await cells(tab, 'prototype'))[0]?.includes('vfs_read('));
    await tab.getByRole('region', { name: 'Functions' }).focus();
    await tab.keyboard.press('Tab'); // ssize_t
    await tab.keyboard.press('Tab');
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { level: 1 }).filter({ hasText: 'vfs_read' }).waitFor();
    await done(tab);
  });
});

/** The .BTF section of an ELF as raw BTF. */
function readBtf(path) {
  const elf = readFileSync(path);
  const at = elf.indexOf(Buffer.from([0x9f, 0xeb, 0x01, 0x00]));
  return elf.subarray(at, at + elf.readUInt32LE(at + 4) + elf.readUInt32LE(at + 16) + elf.readUInt32LE(at + 20));
}

/** A little 64-bit x86-64 ELF with sections of data: `[name, content]`. */
function elfWith(...sections) {
  const called = [...sections.map(([name]) => name), '.shstrtab'];
  const names = Buffer.from(`\0${called.join('\0')}\0`);
  const parts = [...sections.map(([, content]) => content), names];
  const offsets = [];
  let end = 64;
  for (const part of parts) {
    offsets.push(end);
    end += Math.ceil(part.length / 8) * 8;
  }
  const file = Buffer.alloc(end + (parts.length + 1) * 64);
  file.write('\x7fELF\x02\x01\x01', 'latin1');
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(62, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(BigInt(end), 40);
  for (const [at, value] of [[52, 64], [58, 64], [60, parts.length + 1], [62, parts.length]]) file.writeUInt16LE(value, at);
  parts.forEach((part, i) => {
    part.copy(file, offsets[i]);
    const header = end + (i + 1) * 64;
    file.writeUInt32LE(names.indexOf(`\0${called[i]}\0`) + 1, header);
    file.writeUInt32LE(i === parts.length - 1 ? 3 : 1, header + 4);
    file.writeBigUInt64LE(BigInt(offsets[i]), header + 24);
    file.writeBigUInt64LE(BigInt(part.length), header + 32);
    file.writeBigUInt64LE(1n, header + 48);
  });
  return file;
}
