// The list of types: what can be searched for, sorting, keys, the address that carries a search.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe } from 'node:test';
import * as page from './support.mjs';
import { settled } from './views.mjs';

const { test } = page;

describe('the list of types', () => {
  let session;
  let files;
  let kernel;
  before(async () => {
    if (page.cannotRun) return;
    session = await page.openBrowser();
    files = page.scratch();
    kernel = page.runningKernel(files) ?? page.corpusKernel(files, 's390x-6.12.107');
  });
  after(async () => {
    await session?.close();
    files?.done();
  });

  const said = (tab) => page.status(tab).textContent().then((text) => text.trim().replace(/\s+/g, ' '));
  const note = (tab) => tab.locator('.search-note').textContent().then((text) => text.trim());
  const heading = (tab) => tab.getByRole('heading', { level: 1 }).textContent().then((text) => text.trim().replace(/\s+/g, ' '));
  const sorts = (tab) => tab.getByRole('group', { name: 'Sort by' });
  const found = async (tab) => Number((await said(tab)).split(' ')[0].replaceAll(',', ''));
  /** The rows in the document from the top, as their cells. */
  const rows = (tab) =>
    page.list(tab).locator('.row:not([hidden])').evaluateAll((all) =>
      all
        .sort((a, b) => a.ariaPosInSet - b.ariaPosInSet)
        .map((row) => Object.fromEntries([...row.children].map((cell) => [cell.className.split(' ')[0], cell.firstChild.data]))),
    );
  const number = (text) => Number(text.replaceAll(',', ''));

  async function withKernel(t, body) {
    if (!kernel) return t.skip('there is no kernel BTF to open');
    const tab = await session.page('file');
    await page.openFile(tab, kernel);
    const { Btf } = await page.nodePackage();
    const btf = Btf.open(kernel);
    try {
      await body(tab, btf);
    } finally {
      btf.close();
    }
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  }

  test('each term of a search finds what the package finds', (t) =>
    withKernel(t, async (tab, btf) => {
      const structs = btf.query({ kinds: ['struct'], sort: 'holes', anonymous: true }).types;
      const count = (types, holds) => [...types].filter(holds).length;
      const named = (regex, ...kinds) => btf.search({ regex, kinds }).total;
      const expected = {
        task_struct: named(/task_struct/i),
        'struct task': named(/task/i, 'struct'),
        'STRUCT Task': named(/task/i, 'struct'),
        'union ': count(btf.types('union'), () => true),
        struct: named(/struct/i),
        'task struct': count(btf.types(), ({ name }) => /task/i.test(name) && /struct/i.test(name)),
        'struct union rcu': named(/rcu/i, 'struct', 'union'),
        'enum pid': named(/pid/i, 'enum', 'enum64'),
        'function bpf_': named(/bpf_/i, 'func'),
        '"unsigned int"': named(/unsigned int/),
        'struct size>4096': count(structs, ({ size }) => size > 4096),
        'struct size >= 4k': count(structs, ({ size }) => size >= 4096),
        'size<=0x10 struct': count(structs, ({ size }) => size <= 16),
        'struct size!=8 size<16': count(structs, ({ size }) => size !== 8 && size < 16),
        'struct members=7': count(structs, ({ members }) => members === 7),
        'func members>8': btf.query({ kinds: ['func'] }).types.filter(({ members }) => members > 8).length,
        'holes>0': count(structs, ({ holes }) => holes > 0),
        'holes=0': count(structs, ({ holes }) => holes === 0),
        'struct dev holes>=2 size<2k': count(structs, ({ name, holes, size }) => /dev/i.test(name) && holes >= 2 && size < 2048),
        'id<100': 99,
        '/^bpf_.*_kern$/': named(/^bpf_.*_kern$/),
        '/^BPF_.*_KERN$/i func': named(/^bpf_.*_kern$/i, 'func'),
        '/[/]| x/ size>8': 0,
        '*_ops': named(/^.*_ops$/i),
        'struct i?ode*': named(/^i.ode.*$/i, 'struct'),
      };
      for (const [text, total] of Object.entries(expected)) {
        await page.search(tab).fill(text);
        await page.until(`“${text}” finds ${total}: ${await said(tab)}`, async () => (await found(tab)) === total);
        assert.equal(await note(tab), '', text);
      }
      assert.ok(expected['holes>0'] > 1000 && expected['struct task'] > 10, 'a real kernel');
      // The column of holes is there while holes are searched for.
      await page.search(tab).fill('holes>2 task');
      const shown = (await rows(tab)).map(({ name, holes }) => [name, Number(holes)]);
      const holesOf = new Map(structs.filter(({ name }) => name).map(({ name, holes }) => [name, holes]));
      for (const [name, holes] of shown) assert.equal(holes, holesOf.get(name), name);
      assert.ok(shown.length > 0);
      await sorts(tab).getByRole('button', { name: 'Holes' }).waitFor();
      await page.search(tab).fill('task');
      assert.equal(await sorts(tab).getByRole('button', { name: 'Holes' }).count(), 0);
    }));

  test('what is not understood is said, and the rest still holds', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    const structs = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.summary.kinds.struct);
    const wrong = {
      'struct sise>4': '“sise” is none of size, members, holes, id.',
      'struct size>': '“size>” needs a number: size>4096.',
      'struct size>4x': '“4x” is no number, as 4096, 0x1000 and 4k are.',
      'struct size=>4': '“=>” is none of < <= = != >= >.',
      'struct >4': '“>4” lacks what to compare: size>4.',
      'struct kind=struct': 'Write the kind before the name: struct foo.',
      'struct /(/': '“/(/” is no regular expression: unterminated group.',
      'struct /./x': '“x” are no flags; i ignores case.',
    };
    for (const [text, why] of Object.entries(wrong)) {
      await page.search(tab).fill(text);
      assert.equal(await found(tab), structs, text);
      await page.until(`${text}: ${why}`, async () => (await note(tab)) === why);
      assert.equal(await page.search(tab).getAttribute('aria-invalid'), 'true');
      assert.equal(await page.search(tab).getAttribute('aria-describedby'), await tab.locator('.search-note').getAttribute('id'));
      assert.equal(await tab.locator('.search-note').getAttribute('role'), 'status');
    }
    // An expression without its end already searches.
    await page.search(tab).fill('/^traffic$');
    assert.equal(await found(tab), 2);
    await page.until('that it has no end', async () => (await note(tab)) === '“/^traffic$” has no closing / yet.');
    await page.search(tab).fill('struct size>4');
    assert.equal(await note(tab), '');
    assert.equal(await page.search(tab).getAttribute('aria-invalid'), null);
    // Nothing is said of what was only on its way to be right.
    await page.search(tab).fill('struct size>');
    await page.search(tab).fill('struct size>4');
    await tab.waitForTimeout(700);
    assert.equal(await note(tab), '');
    await page.search(tab).fill('strct traffic');
    await tab.getByText('kinds come first, as in “struct traffic”').waitFor();
    await page.search(tab).fill('struct size>9999');
    await tab.getByText('No type satisfies “struct size>9999”.').waitFor();
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('sorts by each column, both ways, and back', (t) =>
    withKernel(t, async (tab, btf) => {
      const button = (name) => sorts(tab).getByRole('button', { name });
      const ordered = (values, down) => values.every((value, i) => i === 0 || (down ? values[i - 1] >= value : values[i - 1] <= value));
      const column = async (cell) => (await rows(tab)).map((row) => row[cell]);

      await page.search(tab).fill('struct ');
      const total = await found(tab);
      await button('Size').click();
      assert.equal(await button('Size, largest first').getAttribute('aria-pressed'), 'true');
      const largest = btf.query({ kinds: ['struct'], sort: 'size', anonymous: true, limit: 10 }).types.map(({ name, size }) => [name, size]);
      assert.deepEqual((await rows(tab)).slice(0, 10).map(({ name, size }) => [name, number(size)]), largest);
      await button('Size').click();
      assert.equal(await button('Size, smallest first').getAttribute('aria-pressed'), 'true');
      const sizes = (await column('size')).map(number);
      assert.ok(ordered(sizes, false) && sizes[0] === 0, String(sizes));
      assert.equal(await found(tab), total, 'sorting loses nothing');

      await button('Members').click();
      assert.equal(await button('Size').getAttribute('aria-pressed'), 'false');
      assert.ok(ordered((await column('members')).map(number), true));
      await button('Id').click();
      assert.ok(ordered((await column('id')).map(number), false));
      await button('Id').click();
      assert.ok(ordered((await column('id')).map(number), true));
      await button('Id').click();
      assert.equal(await sorts(tab).locator('[aria-pressed=true]').count(), 0, 'a third click sorts no more');

      await button('Name').click();
      const names = (await column('name')).map((name) => name.toLowerCase());
      assert.ok(ordered(names, false), String(names));
      const all = [...btf.types('struct')].map(({ name }) => name.toLowerCase()).filter(Boolean).sort();
      assert.deepEqual(names.slice(0, 10), all.slice(0, 10));
      await button('Name').click();
      assert.deepEqual((await column('name')).slice(0, 10).map((name) => name.toLowerCase()), all.slice(-10).reverse());
      // Those without a name come last either way.
      await page.list(tab).focus();
      await tab.keyboard.press('End');
      assert.equal(await page.list(tab).locator('.is-active .name.is-unnamed').count(), 1);

      // What has no size comes last either way, too; the order stays while the search changes.
      await page.search(tab).fill('');
      await button('Size').click();
      await button('Size').click();
      assert.equal((await column('size')).includes(''), false);
      await page.search(tab).fill('/^task_struct$|^do_exit$/');
      assert.deepEqual((await rows(tab)).map(({ badge, name }) => `${badge} ${name}`), ['struct task_struct', 'func do_exit']);
    }));

  test('holes are counted when they are sorted by, too', (t) =>
    withKernel(t, async (tab, btf) => {
      await page.search(tab).fill('holes>0');
      await sorts(tab).getByRole('button', { name: 'Holes' }).click();
      await page.search(tab).fill('struct sk');
      const most = btf.query({ kinds: ['struct'], sort: 'holes' }).types.filter(({ name }) => /sk/i.test(name)).map(({ holes }) => holes);
      assert.deepEqual((await rows(tab)).slice(0, 10).map(({ holes }) => Number(holes)), most.slice(0, 10));
    }));

  test('chips and expressions hold together', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    const types = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.query({ anonymous: true }).types);
    const large = (kind) => types.filter((type) => type.kind === kind && type.size >= 8).length;
    const chip = (name) => tab.getByRole('group', { name: 'Kinds to show' }).getByRole('button', { name });
    await page.search(tab).fill('size>=8');
    await chip(`struct ${large('struct')}`).click();
    assert.equal(await found(tab), large('struct'));
    await chip(`union ${large('union')}`).click();
    assert.equal(await found(tab), large('struct') + large('union'));
    await page.search(tab).fill('struct size>=8');
    assert.equal(await found(tab), large('struct'));
    await chip('union 0').waitFor();
    await page.search(tab).fill('enum size>=8');
    await tab.getByText('No type satisfies “enum size>=8” among the kinds chosen.').waitFor();
    await tab.context().close();
  });

  test('types without a name say where they stand', (t) =>
    withKernel(t, async (tab, btf) => {
      const found = btf.query({ kinds: ['struct', 'union'], anonymous: true }).types.filter(({ name }) => !name);
      const shown = async (id) => {
        await page.search(tab).fill(`id=${id}`);
        return (await rows(tab))[0].name;
      };
      const [alias] = found.filter((type) => type.alias);
      assert.equal(await shown(alias.id), `anon, typedef ${alias.alias}`);
      const member = btf.require('sk_buff', 'struct').members.find(({ type }) => !type.name && type.kind === 'union');
      assert.equal(await shown(member.type.id), 'anon in sk_buff');
      // By way of a member with a name, which is said.
      const [owner, named] = [...btf.types('struct')].flatMap((type) => (type.name ? type.members.map((each) => [type, each]) : []))
        .find(([, each]) => each.name && !each.type.name && each.type.kind === 'struct' && each.type.usedBy().length === 1);
      assert.equal(await shown(named.type.id), `anon in ${owner.name}.${named.name}`);
      await tab.keyboard.press('Enter');
      await page.until('its view', async () => (await heading(tab)) === `struct anon in ${owner.name}.${named.name}`);
    }));

  test('the address carries the search', async () => {
    const tab = await session.page('file', { hash: '#v=1?q=size%3E%3D16&k=struct,union&sort=-size' });
    await page.drop(tab, page.golden('sample.bpf.o'));
    await page.list(tab).waitFor();
    assert.equal(await page.search(tab).inputValue(), 'size>=16');
    const linked = await rows(tab);
    assert.deepEqual(new Set(linked.map(({ badge }) => badge)), new Set(['struct', 'union']));
    assert.ok(linked.every(({ size }, i) => number(size) >= 16 && (i === 0 || number(size) <= number(linked[i - 1].size))));

    const length = await tab.evaluate(() => history.length);
    await page.search(tab).fill('traffic');
    await page.until('the address', () => tab.evaluate(() => location.hash === '#v=1?q=traffic&k=struct%2Cunion&sort=-size'));
    assert.equal(await tab.evaluate(() => history.length), length, 'typing makes no history');
    await page.row(tab, 'struct', 'traffic').click();
    await page.until('the type', async () => (await heading(tab)) === 'struct traffic');
    assert.ok(tab.url().endsWith('#v=1/t/struct/traffic'));
    await page.search(tab).fill('other');
    await tab.goBack();
    await page.until('the search of then', async () => (await page.search(tab).inputValue()) === 'traffic');

    // What a later version may add, or nobody understands, is left alone.
    await tab.evaluate(() => (location.hash = '#v=1?q=int&k=novel&sort=colour&more=1'));
    await page.until('the new search', async () => (await page.search(tab).inputValue()) === 'int');
    assert.equal(await sorts(tab).locator('[aria-pressed=true]').count(), 0);
    // Another file begins afresh.
    await page.openFile(tab, page.golden('types.o'));
    assert.equal(await page.search(tab).inputValue(), '');
    await page.until('an address without a search', () => tab.evaluate(() => location.hash === '#v=1'));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a link that is followed while the address is about to say what was typed is not lost', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    await page.search(tab).fill('other');
    await tab.evaluate(() => {
      setTimeout(() => (location.hash = '#v=1?q=traffic'));
      const end = performance.now() + 500; // the address is due next, before the page hears of the link
      while (performance.now() < end);
    });
    await page.until('the search of the link', async () => (await page.search(tab).inputValue()) === 'traffic');
    await tab.waitForTimeout(400);
    assert.equal(await tab.evaluate(() => location.hash), '#v=1?q=traffic');
    await tab.context().close();
  });

  test('what is chosen stands among others: some rows are left to the edge, but for the ends of the list', (t) =>
    withKernel(t, async (tab) => {
      const edges = () =>
        page.list(tab).evaluate((list) => {
          const frame = list.getBoundingClientRect();
          const row = list.querySelector('.is-active').getBoundingClientRect();
          return { above: (row.top - frame.top) / row.height, below: (frame.bottom - row.bottom) / row.height };
        });
      await tab.evaluate(() => (location.hash = '#v=1/t/struct/task_struct'));
      await page.until('the row', () => tab.locator('.row[aria-selected=true]').count());
      await settled(tab);
      const { above, below } = await edges();
      assert.ok(above >= 3 && below >= 3, `${above} rows above, ${below} below`);
      await page.list(tab).focus();
      await tab.keyboard.press('End');
      await page.until('the end', async () => Math.abs((await edges()).below) < 0.1);
      await tab.keyboard.press('Home');
      await page.until('the start', async () => Math.abs((await edges()).above) < 0.1);
    }));

  /** Questions to the package by topic, from now on. */
  const watchQuestions = (tab) =>
    tab.evaluate(() => {
      const post = Worker.prototype.postMessage;
      globalThis.questions = [];
      Worker.prototype.postMessage = function (message, ...rest) {
        if (message.type === 'ask') globalThis.questions.push(message.question.topic);
        return post.call(this, message, ...rest);
      };
    });
  /** As a fast typist does. */
  const typeAtOnce = (tab, text) =>
    page.search(tab).evaluate((input, all) => {
      input.focus();
      for (let length = 1; length <= all.length; length++) {
        input.value = all.slice(0, length);
        input.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
    }, text);
  const place = ({ path, offset, bitOffset, size, bitfieldSize, type }) => {
    const at = `${path} is at ${page.english(offset)} (0x${offset.toString(16)})`;
    if (bitfieldSize) return `${at}, bit ${bitOffset - offset * 8}: ${bitfieldSize} bit${bitfieldSize === 1 ? '' : 's'} of ${type}`;
    return `${at}: ${type}, ${page.english(size)} byte${size === 1 ? '' : 's'}`;
  };
  const answer = (tab) => tab.locator('.offset-answer').textContent();

  test('a path leads to a member: where it is, and to the type at that place', (t) =>
    withKernel(t, async (tab, btf) => {
      const bitfield = btf.require('sk_buff', 'struct').member('pkt_type');
      assert.ok(bitfield.bitfieldSize > 0);
      for (const path of ['task_struct.pid', 'task_struct.se.vruntime', 'struct sk_buff.len', 'sk_buff.pkt_type', 'zone.free_area[2].nr_free', 'zone.free_area[0].nr_free', 'task_struct->se.load', 'spinlock_t.rlock']) {
        const [, noun = 'struct', root, member] = /^(?:(\w+) )?(\w+)(?:\.|->)(.*)$/.exec(path);
        const kind = root === 'spinlock_t' ? 'typedef' : noun;
        const where = btf.require(root, kind).member(member);
        await page.search(tab).fill(path);
        assert.deepEqual((await rows(tab)).map(({ badge, name }) => `${badge} ${name}`), [`${kind} ${root}`], path);
        await page.until(path, async () => (await note(tab)) === `In ${kind} ${root}, ${place(where)}.`);
        assert.equal(await page.search(tab).getAttribute('aria-invalid'), null);
        await page.search(tab).press('Enter');
        await page.until(`${path} in the layout`, async () => (await answer(tab)) === place(where));
        assert.match(tab.url(), new RegExp(`#v=1/t/${kind}/${root}\\?tab=layout&at=`));
        // Marked in both, within what it is in, and in view.
        const marked = tab.locator('.layout-table .is-found');
        assert.equal(await marked.count(), 1, path);
        const last = member.split('.').at(-1);
        assert.ok((await marked.textContent()).includes(/\[2\]/.test(member) ? '[1…10]' : last), `${path}: ${await marked.textContent()}`);
        assert.ok((await tab.locator('.box.is-found').count()) > 0, path);
        const top = await tab.locator('.box.is-found').first().evaluate((box) => box.getBoundingClientRect().top);
        assert.ok(top > 0 && top < 720, `${path} at ${top}`);
        await page.search(tab).focus();
      }
      // Another member of the same type, by the address: what was opened stays, the mark moves.
      await tab.evaluate(() => (location.hash = '#v=1/t/struct/task_struct?tab=layout&at=tgid'));
      await page.until('tgid', async () => (await answer(tab)).startsWith('tgid is at'));
      assert.equal(await tab.locator('.layout-table .is-found').count(), 1);
      await tab.goBack();
      await page.until('as it was', async () => (await answer(tab)).startsWith('rlock is at'));
      await tab.evaluate(() => (location.hash = '#v=1/t/struct/task_struct?tab=layout&at=no_such'));
      await page.until('that there is none', async () => (await answer(tab)) === 'struct task_struct has no member “no_such”');
      // Whatever the case of the type; what is no such kind has no such member.
      await page.search(tab).fill('Task_Struct.pid');
      assert.deepEqual((await rows(tab)).map(({ name }) => name), ['task_struct']);
      await page.search(tab).fill('union task_struct.pid');
      assert.equal(await found(tab), 0);
    }));

  test('a path that leads nowhere says where it could go on', (t) =>
    withKernel(t, async (tab) => {
      await watchQuestions(tab);
      await typeAtOnce(tab, 'task_struct.tg');
      const offered = (name) => tab.locator('.search-note').getByRole('button', { name, exact: true });
      await offered('tgid').waitFor();
      assert.deepEqual(await tab.evaluate(() => globalThis.questions), ['member'], 'it is asked once the keyboard rests');
      assert.match(await note(tab), /^Go on: tgid/);
      assert.equal(await page.search(tab).getAttribute('aria-invalid'), null, 'it is only not whole yet');
      await offered('tgid').press('Enter');
      assert.equal(await page.search(tab).inputValue(), 'task_struct.tgid');
      assert.ok(await page.search(tab).evaluate((input) => input === document.activeElement));
      await page.until('its place', async () => /^In struct task_struct, tgid is at /.test(await note(tab)));
      const says = {
        'task_struct.mm.pgd': ['task_struct.mm is a pointer to struct mm_struct. Try mm_struct.pgd', 'mm_struct.pgd'],
        'zone.free_area.nr_free': ['Try zone.free_area[0].nr_free', 'zone.free_area[0].nr_free'],
        'task_struct.pid.x': ['task_struct.pid has no members: it is of type pid_t.'],
        'task_struct.no_such_member': ['struct task_struct has no member “no_such_member”.'],
        'task_struct.comm[99]': ['index 99 is out of range'],
        'task_struct.': ['Go on: thread_info'],
      };
      for (const [path, [text, instead]] of Object.entries(says)) {
        await page.search(tab).fill(path);
        await page.until(`${path}: ${text}`, async () => (await note(tab)).includes(text));
        assert.equal(await page.search(tab).getAttribute('aria-invalid'), path.endsWith('.') ? null : 'true', path);
        if (!instead) continue;
        await offered(instead).click();
        await page.until(`the place of ${instead}`, async () => /^In struct \w+, .* is at /.test(await note(tab)));
      }
      await page.search(tab).fill('no_such_type.pid');
      await tab.getByText('No type has “no_such_type.pid” in its name, and no struct, union or typedef is called “no_such_type”.').waitFor();
    }));

  test('members and values are searched for, together with other terms', (t) =>
    withKernel(t, async (tab, btf) => {
      const types = (conditions) => btf.query({ anonymous: true, ...conditions }).types;
      const locks = types({ withMember: '*_lock' });
      const expected = {
        'member:pid': types({ withMember: 'pid' }).length,
        'member:*_lock': locks.length,
        'member:se.vruntime': 1,
        'members:pid union ': 0,
        'member:*_lock size>1000': locks.filter(({ size }) => size > 1000).length,
        'member:*_lock dev size>1000': locks.filter(({ size, name }) => size > 1000 && /dev/i.test(name)).length,
        'member:*_lock member:pid': locks.filter(({ id }) => types({ withMember: 'pid' }).some((other) => other.id === id)).length,
        'value:PIDTYPE_PID': 1,
        'enumerator:BPF_*': types({ enumerator: 'BPF_*' }).length,
        'value:BPF_* type': types({ enumerator: 'BPF_*' }).filter(({ name }) => /type/i.test(name)).length,
        'member:pid value:PIDTYPE_PID': 0,
      };
      expected['members:pid union '] = types({ withMember: 'pid', kinds: ['union'] }).length;
      for (const [text, total] of Object.entries(expected)) {
        await page.search(tab).fill(text);
        await page.until(`“${text}” finds ${total}: ${await said(tab)}`, async () => (await found(tab)) === total && (await tab.locator('.list-frame').getAttribute('aria-busy')) === 'false');
        assert.equal(await note(tab), '', text);
      }
      assert.ok(expected['member:*_lock'] > 100 && expected['value:BPF_* type'] > 0, 'a real kernel');
      await page.search(tab).fill('member:*_lock');
      await page.until('the list', async () => (await found(tab)) === locks.length);
      await tab.getByRole('group', { name: 'Kinds to show' }).getByRole('button', { name: /^union/ }).click();
      assert.equal(await found(tab), locks.filter(({ kind }) => kind === 'union').length, 'a chip asks nothing again');
      await tab.getByRole('button', { name: 'Show all' }).click();

      // One question for all the keys; Enter waits for its answer, and opens at the member.
      await watchQuestions(tab);
      await typeAtOnce(tab, 'member:vruntime');
      await page.search(tab).press('Enter');
      await page.until('the layout', async () => (await answer(tab).catch(() => '')) === place(btf.require('sched_entity', 'struct').member('vruntime')));
      assert.equal(await heading(tab), 'struct sched_entity');
      assert.deepEqual(await tab.evaluate(() => globalThis.questions.filter((topic) => topic === 'having')), ['having']);
      // A pattern is no member to be opened at.
      await page.search(tab).fill('member:vrunt*');
      await page.until('the pattern', async () => (await tab.locator('.list-frame').getAttribute('aria-busy')) === 'false');
      await page.search(tab).press('Enter');
      await page.code(tab).waitFor();

      await page.search(tab).fill('struct member:');
      await page.until('that a name is missing', async () => (await note(tab)) === '“member:” needs a name: member:pid.');
      assert.equal(await found(tab), btf.summary.kinds.struct);
    }));

  test('an empty list offers members and values', (t) =>
    withKernel(t, async (tab, btf) => {
      const button = (name) => tab.locator('.none').getByRole('button', { name });
      const one = async (text) => {
        await page.until(`“${text}”`, async () => (await page.search(tab).inputValue()) === text);
        assert.ok(await page.search(tab).evaluate((input) => input === document.activeElement));
        await page.until('the answer', async () => (await tab.locator('.list-frame').getAttribute('aria-busy')) === 'false');
      };
      const part = btf.require('task_struct', 'struct').members.map(({ name }) => name.slice(0, -1))
        .find((text) => text.length > 8 && btf.search({ includes: text, ignoreCase: true }).total === 0 && btf.query({ withMember: text }).total === 0);
      await page.search(tab).fill(part);
      await button(`Structs with a member “${part}”`).click();
      await one(`member:${part}`);
      await tab.getByText(`No struct or union has a member “${part}”; capitals count here.`).waitFor();
      await button(`Any member with “${part}” in its name`).press('Enter');
      await one(`member:*${part}*`);
      assert.equal(await found(tab), btf.query({ withMember: `*${part}*`, anonymous: true }).total);
      await page.search(tab).fill('pidtype_max');
      await button('Enums with a value “pidtype_max”').click();
      await one('value:pidtype_max');
      await button('Enums with a value “PIDTYPE_MAX”').click();
      await one('value:PIDTYPE_MAX');
      assert.deepEqual((await rows(tab)).map(({ name }) => name), ['pid_type']);
      // Where they have it, but other terms refuse them, nothing else is offered.
      await page.search(tab).fill('value:PIDTYPE_MAX size>9000');
      await tab.getByText('No type satisfies “value:PIDTYPE_MAX size>9000”.').waitFor();
      assert.equal(await tab.locator('.none').getByRole('button').count(), 0);
    }));

  test('links to members: a search, and a place in a type', async () => {
    const tab = await session.page('file', { hash: '#v=1?q=member%3Alargest' });
    await page.openFile(tab, page.golden('sample.bpf.o'));
    const total = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.query({ withMember: 'largest', anonymous: true }).total);
    assert.ok(total > 0);
    await page.until('what the link asks', async () => (await found(tab)) === total);
    await page.search(tab).fill('value:SEN*');
    await page.until('the address', () => tab.evaluate(() => location.hash === '#v=1?q=value%3ASEN*'));
    await tab.context().close();

    const linked = await session.page('file', { hash: '#v=1/t/struct/traffic?tab=layout&at=largest' });
    await linked.getByText('struct traffic.largest').waitFor();
    await page.drop(linked, page.golden('sample.bpf.o'));
    await page.until('its place', async () => /^largest is at /.test(await answer(linked).catch(() => '')));
    assert.equal(await linked.locator('.layout-table .is-found').count(), 1);
    assert.deepEqual(linked.problems, []);
    await linked.context().close();
  });

  test('the types of the base are listed with those of a module', async () => {
    const { base, module } = await pair(files);
    const tab = await session.page('file');
    await page.drop(tab, base, module);
    await tab.getByRole('heading', { name: 'module.btf', level: 1 }).waitFor();
    const chip = tab.getByRole('button', { name: 'also base.btf 5' });
    const names = async () => (await rows(tab)).map(({ badge, name, id }) => `${id} ${badge} ${name}`);
    assert.equal(await chip.getAttribute('aria-pressed'), 'false');
    const own = ['6 struct private', '7 struct device', '8 enum state'];
    assert.deepEqual(await names(), own);
    await page.search(tab).fill('device');
    assert.equal(await found(tab), 1);
    await chip.press('Enter');
    assert.equal(await chip.getAttribute('aria-pressed'), 'true');
    assert.equal(await said(tab), '2 of 8 types');
    assert.deepEqual(await names(), ['2 struct device', '7 struct device']);
    await page.until('the address', () => tab.evaluate(() => location.hash === '#v=1?q=device&base=1'));

    // All terms hold for all of them.
    for (const [text, expected] of Object.entries({
      '': ['1 int int', '2 struct device', '3 enum mode', '4 struct holed', '5 pointer struct device *', ...own],
      'member:number': ['2 struct device'],
      'member:device': ['6 struct private'],
      'value:ON': ['3 enum mode', '8 enum state'],
      'holes>0': ['4 struct holed'],
      'members=2': ['4 struct holed', '7 struct device'],
      '*vice': ['2 struct device', '7 struct device'],
    })) {
      await page.search(tab).fill(text);
      await page.until(`“${text}” finds ${expected}`, async () => String(await names()) === String(expected));
    }
    await page.search(tab).fill('private.device.number');
    await page.until('its place', async () => (await note(tab)) === 'In struct private, device.number is at 0 (0x0): int, 4 bytes.');
    await page.search(tab).press('Enter');
    await page.until('the module’s', async () => (await answer(tab).catch(() => '')).startsWith('device.number is at 0'));
    assert.equal(await tab.locator('.file.is-shown').innerText().then((text) => text.trim()), 'module.btf');

    // One of the base is shown in the base's own tab, also where the module has one of that name; back leads back.
    await page.search(tab).fill('device');
    await page.until('both', async () => (await names()).length === 2);
    await page.row(tab, 'struct', 'device').first().click();
    await page.until('the base’s', async () => /int number;/.test(await page.code(tab).textContent().catch(() => '')));
    assert.equal(await tab.locator('.file.is-shown').innerText().then((text) => text.trim()), 'base.btf');
    assert.equal(await tab.locator('.chip.is-base').count(), 0, 'the base continues nothing');
    await tab.goBack();
    await page.until('the module again', async () => (await page.search(tab).inputValue()) === 'device');
    assert.equal(await chip.getAttribute('aria-pressed'), 'true');
    await page.row(tab, 'struct', 'device').last().click();
    await page.until('the module’s own', async () => /int name;/.test(await page.code(tab).textContent().catch(() => '')));
    assert.equal(await page.list(tab).locator('.row[aria-selected=true] .id').evaluate((cell) => cell.firstChild.data), '7');
    await chip.click();
    assert.deepEqual(await names(), ['7 struct device']);
    // Also while a search waits for the package.
    await page.search(tab).fill('');
    await typeAtOnce(tab, 'value:ON');
    await chip.click();
    await page.until('both enums', async () => String(await names()) === '3 enum mode,8 enum state');
    await chip.click();
    await page.until('the one', async () => String(await names()) === '8 enum state');
    await page.search(tab).fill('device');
    assert.equal(await page.list(tab).locator('.row[aria-selected=true] .id').evaluate((cell) => cell.firstChild.data), '7');
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a base that was closed is said to be', async () => {
    const { base, module } = await pair(files);
    const tab = await session.page('file');
    await page.drop(tab, base, module);
    await tab.getByRole('heading', { name: 'module.btf', level: 1 }).waitFor();
    await tab.getByRole('button', { name: 'Close base.btf' }).click();
    await tab.locator('.chip.is-base').click();
    await page.row(tab, 'struct', 'device').first().click();
    await tab.getByRole('alert').filter({ hasText: 'base.btf is not open any more' }).waitFor();
    assert.equal(await heading(tab), 'module.btf');
    // The advice is good: open again, its types can be seen.
    await page.openFile(tab, base);
    await tab.getByRole('button', { name: 'module.btf', exact: true }).click();
    await page.row(tab, 'struct', 'device').first().click();
    await tab.getByRole('heading', { level: 1 }).filter({ hasText: 'struct device' }).waitFor();
    assert.match(await tab.title(), /^device · base\.btf · /);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('what was entered before its answer opens nothing once something else is looked at', async () => {
    const { base } = await pair(files);
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('types.o'));
    await page.openFile(tab, base);
    // Answers about members come when they are let go.
    await tab.evaluate(() => {
      const post = Worker.prototype.postMessage;
      globalThis.held = [];
      Worker.prototype.postMessage = function (message, ...rest) {
        if (message.question && !['type', 'c'].includes(message.question.topic)) held.push(() => post.call(this, message, ...rest));
        else post.call(this, message, ...rest);
      };
    });
    const enter = async (text) => {
      await page.search(tab).fill(text);
      await page.search(tab).press('Enter');
      await page.until('the question', () => tab.evaluate(() => held.length > 0));
    };
    const answer = () => tab.evaluate(() => held.splice(0).forEach((ask) => ask()));
    await enter('member:number');
    await tab.getByRole('button', { name: 'types.o', exact: true }).click();
    await answer();
    await tab.getByRole('button', { name: 'base.btf', exact: true }).click();
    await page.until('found', async () => (await rows(tab)).length === 1);
    assert.equal(await heading(tab), 'base.btf');
    assert.doesNotMatch(tab.url(), /\/t\//);
    // Without anything between, it is opened.
    await page.search(tab).fill('');
    await enter('member:a');
    await answer();
    await tab.getByRole('heading', { level: 1 }).filter({ hasText: 'struct holed' }).waitFor();
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a module of the corpus is searched with its kernel', async (t) => {
    const vmlinux = page.corpusKernel(files, 'amd64-6.12.107');
    const module = page.corpusFile('modules/amd64-6.12.107/veth.ko.xz');
    if (!vmlinux || !module) return t.skip('there is no corpus');
    const tab = await session.page('file', { hash: '#v=1?q=%2F%5Eveth_priv%24%7C%5Etask_struct%24%2F&base=1' });
    await page.drop(tab, module, vmlinux);
    await tab.getByRole('heading', { name: 'veth.ko.xz', level: 1 }).waitFor();
    const total = await page.withBtf(vmlinux, (btf) => [...btf.types()].length);
    await page.until('both', async () => {
      const names = (await rows(tab)).map(({ name }) => name);
      return names.includes('task_struct') && names.includes('veth_priv');
    });
    assert.ok(Number((await said(tab)).split(' ')[2].replaceAll(',', '')) > total);
    await page.search(tab).fill('member:xdp_napi.poll_list');
    await page.until('in a type of the kernel’s within one of the module’s', async () => (await rows(tab)).some(({ name }) => name === 'veth_rq'));
    await page.search(tab).fill('veth_rq.xdp_napi.poll_list');
    await page.until('its place', async () => /^In struct veth_rq, xdp_napi\.poll_list is at .*: struct list_head, 16 bytes\.$/.test(await note(tab)));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('an expression that may take forever with one name is refused', async () => {
    const name = `${'a'.repeat(3000)}b`;
    const strings = Buffer.from(`\0${name}\0aab\0`);
    const types = [1, 2 + name.length].map((offset) => [offset, 1 << 24, 4, 1 << 24 | 32]).flat();
    const bytes = Buffer.alloc(24 + types.length * 4 + strings.length);
    bytes.writeUInt16LE(0xeb9f, 0);
    bytes.writeUInt8(1, 2);
    [24, 0, types.length * 4, types.length * 4, strings.length, ...types].forEach((value, i) => bytes.writeUInt32LE(value >>> 0, 4 + 4 * i));
    strings.copy(bytes, 24 + types.length * 4);
    const tab = await session.page('file');
    await page.openFile(tab, files.write('names.btf', bytes));
    for (const source of ['(a+)+$', '(a*)*c', '(?:a|a)*c', '(?:a|ab?)+$', '^(?:a?){2,9}c', '(a{1,9})*c', '((?<x>a)|a)+c', '(([a]+))*c', '(?=(a+)*c)', '([\\]a]|a)*c']) {
      await page.search(tab).fill(`/${source}/`);
      await page.until(source, async () => (await note(tab)) === `“/${source}/” may take forever: it repeats what itself repeats or varies.`);
      assert.equal(await page.search(tab).getAttribute('aria-invalid'), 'true');
      assert.equal(await found(tab), 2, 'the rest holds');
    }
    for (const source of ['(a?){30}a{30}', '.*.*.*.*.*.*.*.*.*.*.*.*.*.*c', '(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)c']) {
      await page.search(tab).fill(`/${source}/`);
      await page.until(source, async () => (await note(tab)) === `“/${source}/” may take forever: it repeats and chooses too often.`);
    }
    // What only looks like it is not. Of the long name 512 characters are seen, none of which is a b.
    for (const [source, total] of Object.entries({ '(a{2})+b': 1, '(aa|b)+': 2, '^[(+)*]+': 0, '\\(+\\)*c': 0, '(?:ab)+$': 1, '^a.*b$': 1, '^(?:aab|c+)$': 1, '(?<as>a)\\k<as>b': 1 })) {
      await page.search(tab).fill(`/${source}/`);
      assert.equal(await found(tab), total, source);
    }
    // Long names are seen as far as there is time for; how far is said.
    await page.search(tab).fill('/.*.*.*.*c/');
    await page.until('how far', async () => /^The expression may be slow: it saw no more of a name than \d+ characters\.$/.test(await note(tab)));
    assert.equal(await found(tab), 0);
    // Globs see all of it.
    for (const [glob, total] of Object.entries({ '*a*b': 2, 'a*a*a*a*a*a*a*a*a*a*a*b': 1, '*a*a*a*a*a*a*a*a*a*c*': 0, 'a?b': 1, '?*b': 2, 'A*B': 2 })) {
      await page.search(tab).fill(glob);
      assert.equal(await found(tab), total, glob);
      assert.equal(await note(tab), '');
    }
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('an expression that would take forever is stopped', (t) =>
    withKernel(t, async (tab) => {
      await page.search(tab).fill('/(.*)(.*)(.*)(.*)(.*)(.*)zz$/');
      await page.until('that it is too slow', async () => /^The expression is too slow: it saw the first [\d,]+ types?\.$/.test(await note(tab)));
      await page.search(tab).fill('struct task_struct');
      assert.equal((await rows(tab))[0].name, 'task_struct');
      assert.equal(await note(tab), '');
    }));

  test('a list that is too high for a browser is scrolled to its end', async () => {
    const types = 700_000;
    const bytes = Buffer.alloc(24 + types * 12 + 1);
    bytes.writeUInt16LE(0xeb9f, 0);
    bytes.writeUInt8(1, 2);
    [24, 0, types * 12, types * 12, 1].forEach((value, i) => bytes.writeUInt32LE(value, 4 + 4 * i));
    for (let i = 0; i < types; i++) bytes.writeUInt32LE(2 << 24, 24 + i * 12 + 4); // void *
    const tab = await session.page('file');
    await page.openFile(tab, files.write('long.btf', bytes));
    const inView = (id) =>
      page.list(tab).evaluate((list, wanted) => {
        const row = [...list.querySelectorAll('.row:not([hidden])')].find((each) => each.querySelector('.id').firstChild.data === wanted);
        const [box, frame] = [row?.getBoundingClientRect(), list.getBoundingClientRect()];
        return row !== undefined && box.top >= frame.top - 2 && box.bottom <= frame.bottom + 2;
      }, String(id));
    const middle = () => page.list(tab).evaluate((list) => {
      const frame = list.getBoundingClientRect();
      // NaN until the rows of a new place are drawn.
      return Number(document.elementFromPoint(frame.left + 20, frame.top + frame.height / 2)?.closest('.row')?.querySelector('.id').firstChild.data);
    });
    await page.list(tab).focus();
    await tab.keyboard.press('End');
    await page.until('the last', () => inView(types));
    await tab.keyboard.press('PageUp');
    await tab.keyboard.press('ArrowUp');
    const at = Number(await page.list(tab).locator('.is-active .id').evaluate((cell) => cell.firstChild.data));
    await page.until('the one further up', () => inView(at));
    assert.ok(at < types - 5);
    for (const share of [0.5, 0.123, 1, 0]) {
      await page.list(tab).evaluate((list, to) => (list.scrollTop = (list.scrollHeight - list.clientHeight) * to), share);
      await page.until(`the types at ${share}`, async () => Math.abs((await middle()) - types * share) < 30);
    }
    await tab.keyboard.press('ArrowDown');
    await page.until('the active one again', () => inView(at + 1));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('j, k and page keys walk through the list', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    const place = async () => Number(await page.list(tab).locator('.is-active').getAttribute('aria-posinset'));
    const focused = () => tab.evaluate(() => document.activeElement.getAttribute('role'));
    await tab.locator('body').press('j'); // from anywhere
    assert.equal(await focused(), 'listbox');
    assert.equal(await place(), 2);
    await tab.keyboard.press('j');
    await tab.keyboard.press('k');
    await tab.keyboard.press('ArrowDown');
    assert.equal(await place(), 3);
    await tab.keyboard.press('PageDown');
    const far = await place();
    assert.ok(far > 10, String(far));
    assert.ok(await page.list(tab).locator('.is-active').isVisible());
    await tab.keyboard.press('PageUp');
    assert.equal(await place(), 3);
    await tab.keyboard.press('Home');
    await tab.keyboard.press('k');
    assert.equal(await place(), 1, 'there is nothing above the first');
    await tab.keyboard.press('Enter');
    await page.code(tab).waitFor();
    assert.equal(await focused(), 'listbox');
    await tab.goBack();
    await page.until('the file again', async () => (await heading(tab)) === 'sample.bpf.o');
    // In the search they are letters.
    await tab.keyboard.press('/');
    await tab.keyboard.type('jk?/');
    assert.equal(await page.search(tab).inputValue(), 'jk?/');
    assert.equal(await tab.locator('dialog[open]').count(), 0);
    await tab.context().close();
  });

  test('? shows all keys, and gives the focus back', async () => {
    const tab = await session.page('file');
    await tab.keyboard.press('?');
    const sheet = tab.getByRole('dialog', { name: 'Search and keys' });
    await sheet.waitFor();
    assert.equal(await sheet.getByRole('button', { name: 'size>4096' }).count(), 0, 'there is nothing to search yet');
    await tab.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });

    await page.openFile(tab, page.golden('sample.bpf.o'));
    await page.list(tab).focus();
    await tab.keyboard.press('Enter');
    await page.code(tab).waitFor();
    const title = await heading(tab);
    await tab.keyboard.press('?');
    await sheet.waitFor();
    for (const key of ['/', 'j', 'Enter', 'Esc']) assert.ok((await sheet.locator(`kbd:text-is("${key}")`).count()) > 0, key);
    await tab.keyboard.press('j');
    await tab.keyboard.press('/');
    await tab.keyboard.press('Escape');
    await sheet.waitFor({ state: 'hidden' });
    assert.equal(await tab.evaluate(() => document.activeElement.getAttribute('role')), 'listbox');
    assert.equal(await heading(tab), title, 'Escape closed the sheet alone');
    assert.equal(await page.list(tab).locator('.is-active').getAttribute('aria-posinset'), '1');

    const button = tab.getByRole('button', { name: 'What can be searched for, and keys' });
    await button.click();
    await tab.mouse.click(5, 5); // beside it
    await sheet.waitFor({ state: 'hidden' });
    assert.ok(await button.evaluate((element) => element === document.activeElement));
    await button.click();
    await sheet.getByRole('button', { name: 'struct task' }).click();
    await sheet.waitFor({ state: 'hidden' });
    assert.equal(await page.search(tab).inputValue(), 'struct task');
    assert.ok(await page.search(tab).evaluate((element) => element === document.activeElement));
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('every example of the sheet is understood', async () => {
    const tab = await session.page('file');
    await page.openFile(tab, page.golden('sample.bpf.o'));
    await tab.keyboard.press('?');
    const examples = await tab.locator('.example').allTextContents();
    assert.ok(examples.length > 5);
    await tab.keyboard.press('Escape');
    for (const example of examples) {
      await page.search(tab).fill(`${example} sise>0`); // the first problem would be the example's
      await page.until(example, async () => (await note(tab)).startsWith('“sise”'));
    }
    await tab.context().close();
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
      test(`axe finds nothing: ${colorScheme}, ${width} px`, async () => {
        const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
        const tab = await session.page('file', { colorScheme, viewport: { width, height: 740 }, bypassCSP: true });
        await tab.evaluate(axe);
        await page.openFile(tab, page.golden('sample.bpf.o'));
        const clean = async (where) => {
          const violations = await tab.evaluate(async () => {
            const result = await globalThis.axe.run(document, { resultTypes: ['violations'] });
            return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
          });
          assert.deepEqual(violations, [], where);
          const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(overflow <= 0, `${where}: ${overflow} px wider than the screen`);
        };
        await page.search(tab).fill('holes>=0 sise>2');
        await sorts(tab).getByRole('button', { name: 'Holes' }).click();
        await page.until('the note', async () => (await note(tab)) !== '');
        await clean('a search that is not understood');
        await page.search(tab).fill('traffic.c');
        await tab.locator('.search-note button').first().waitFor();
        await clean('members that are offered');
        await page.search(tab).fill('no_such');
        await tab.locator('.none button').first().waitFor();
        await clean('an empty list');
        const { base, module } = await pair(files);
        await page.drop(tab, base, module);
        await tab.getByRole('heading', { name: 'module.btf', level: 1 }).waitFor();
        await tab.locator('.chip.is-base').click();
        await clean('a module with its base');
        await tab.getByRole('button', { name: 'What can be searched for, and keys' }).click();
        await tab.getByRole('dialog').waitFor();
        await clean('the sheet');
        await tab.context().close();
      });
    }
  }
});

/** A base and what continues it, as a kernel and its module do. */
async function pair({ write }) {
  const { Btf } = await page.nodePackage();
  const builder = new Btf.Builder();
  const int = builder.add({ kind: 'int', name: 'int', size: 4, encoding: ['signed'] });
  const member = (name, typeId, bitOffset = 0) => ({ name, typeId, bitOffset });
  const device = builder.add({ kind: 'struct', name: 'device', size: 4, members: [member('number', int)] });
  builder.add({ kind: 'enum', name: 'mode', size: 4, values: [{ name: 'ON', value: 1 }] });
  builder.add({ kind: 'struct', name: 'holed', size: 12, members: [member('a', int), member('b', int, 64)] });
  builder.add({ kind: 'pointer', typeId: device });
  const base = builder.build();
  const split = new Btf.Builder({ base });
  split.add({ kind: 'struct', name: 'private', size: 4, members: [member('device', device)] });
  split.add({ kind: 'struct', name: 'device', size: 8, members: [member('name', int), member('age', int, 32)] });
  split.add({ kind: 'enum', name: 'state', size: 4, values: [{ name: 'ON', value: 2 }] });
  return { base: write('base.btf', base.marshal()), module: write('module.btf', split.toBytes()) };
}
