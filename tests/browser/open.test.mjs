// Opening files: what is dropped becomes the open file; what cannot be opened is explained, and the open file stays.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe } from 'node:test';
import { gzipSync } from 'node:zlib';
import { everyKind, makeSplit } from '../node/support/make.mjs';
import * as page from './support.mjs';

const { test } = page;

describe('open a file', () => {
  const { session, files } = page.setUp();

  for (const way of page.ways) {
    test(`the sample is one click away (${way})`, async () => {
      const tab = await session.page(way);
      await page.openSample(tab);
      const summary = await page.withBtf(page.golden('sample.bpf.o'), (btf) => btf.summary);
      const facts = await page.facts(tab);
      assert.equal(facts.Types, page.english(summary.typeCount));
      assert.equal(facts['Byte order'], 'little');
      assert.equal(await page.status(tab).textContent().then((text) => text.trim()), `${page.english(summary.typeCount)} types`);
      assert.equal(await tab.locator('.eyebrow').textContent(), 'BPF object, 64-bit ELF');
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });

    test(`a dropped object of the other byte order (${way})`, async () => {
      const tab = await session.page(way);
      await page.openFile(tab, page.golden('sample.bpf.eb.o'));
      assert.equal((await page.facts(tab))['Byte order'], 'big');
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });

    test(`what cannot be opened is explained, and the open file stays (${way})`, async () => {
      const tab = await session.page(way);
      await page.openSample(tab);
      const types = await page.status(tab).textContent();
      for (const [path, title, advice] of bad(files)) {
        await page.drop(tab, path);
        const alert = tab.getByRole('alert').filter({ hasText: title });
        await alert.waitFor();
        assert.match(await alert.textContent(), advice);
        assert.match(await alert.textContent(), /sample\.bpf\.o is still open/);
        assert.equal(await page.status(tab).textContent(), types);
      }
      // Of the last one, and of the split BTF that still waits for its base.
      for (let left = 2; left > 0; left--) await tab.getByRole('button', { name: 'Dismiss' }).first().click();
      assert.equal(await tab.getByRole('alert').count(), 0);
      // The worker of the file that stayed still answers.
      await page.search(tab).fill('traffic_key');
      await page.row(tab, 'struct', 'traffic_key').click();
      await page.code(tab).waitFor();
      assert.deepEqual(tab.problems, []);
      await tab.context().close();
    });
  }

  test('a failure before any file is open leaves the drop zone', async () => {
    const tab = await session.page('file');
    await page.drop(tab, files.write('empty.o', ''));
    await tab.getByRole('alert').waitFor();
    assert.doesNotMatch(await tab.getByRole('alert').textContent(), /still open/);
    assert.ok(await tab.getByRole('button', { name: 'Choose a file' }).isVisible());
    await tab.context().close();
  });

  test('folders are refused; the files that came with them open', async () => {
    const tab = await session.page('file');
    await page.drop(tab, files.folder, page.golden('types.o'));
    await tab.getByRole('alert').filter({ hasText: 'is a folder' }).waitFor();
    await tab.getByRole('heading', { name: 'types.o', level: 1 }).waitFor();
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a module and its kernel: together in either order, one after the other, on the open file', async () => {
    const { base, module } = await pair(files);
    const tab = await session.page('file');
    const opened = async () => {
      await tab.getByRole('heading', { name: 'module.btf', level: 1 }).waitFor();
      await tab.getByText('Its types continue those of base.btf.').waitFor();
      assert.equal((await page.facts(tab)).Types, '1');
      assert.equal(await tab.getByRole('alert').count(), 0);
    };
    await page.drop(tab, module, base);
    await opened();
    await page.openFile(tab, page.golden('sample.bpf.o'));
    await page.drop(tab, base, module);
    await opened();

    await page.openFile(tab, base);
    await page.drop(tab, module);
    await tab.getByRole('alert').filter({ hasText: 'module.btf builds on another BTF' }).waitFor();
    await tab.getByRole('button', { name: 'Open on base.btf' }).click();
    await opened();
    // Its types are C that names those of the kernel.
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/private'));
    await page.code(tab).waitFor();
    assert.match(await page.code(tab).textContent(), /struct device device;/);

    await tab.evaluate(() => (location.hash = '#v=1'));
    await page.openFile(tab, page.golden('types.o'));
    await page.drop(tab, module);
    await tab.getByRole('alert').filter({ hasText: 'module.btf builds on another BTF' }).waitFor();
    await page.drop(tab, base);
    await opened();
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('a module of the corpus, as it is shipped, on its kernel', async (t) => {
    const kernel = page.corpusKernel(files, 'amd64-6.12.107');
    const module = page.corpusFile('modules/amd64-6.12.107/veth.ko.xz');
    if (!kernel || !module) return t.skip('there is no corpus');
    const tab = await session.page('file');
    await page.drop(tab, module, kernel);
    await tab.getByRole('heading', { name: 'veth.ko.xz', level: 1 }).waitFor();
    await tab.evaluate(() => (location.hash = '#v=1/t/struct/veth_priv'));
    await page.code(tab).waitFor();
    assert.match(await page.code(tab).textContent(), /struct net_device \*peer;|struct net_device __rcu \*peer;/);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('the file button opens the browser’s dialog', async () => {
    const tab = await session.page('file');
    const [chooser] = await Promise.all([
      tab.waitForEvent('filechooser'),
      tab.getByRole('button', { name: 'Choose a file' }).click(),
    ]);
    await chooser.setFiles(page.golden('sample.bpf.btf'));
    await tab.getByRole('heading', { name: 'sample.bpf.btf', level: 1 }).waitFor();
    assert.equal(await tab.locator('.eyebrow').textContent(), 'Raw BTF');
    await tab.context().close();
  });

  test('a slow file shows progress and can be cancelled; the open file stays', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    const spare = await page.until('the spare worker', () => tab.workers().at(-1));
    // Keeps the worker that the next file will get busy, as a file that takes minutes would.
    spare.evaluate(() => {
      const end = Date.now() + 60_000;
      while (Date.now() < end);
    }).catch(() => {});
    await page.drop(tab, page.golden('types.o'));
    await tab.getByRole('progressbar').waitFor();
    await tab.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await tab.getByRole('progressbar').count(), 0);
    assert.equal(await tab.getByRole('heading', { level: 1 }).textContent(), 'sample.bpf.o');
    // The next one opens at once, in a worker of its own.
    await page.openFile(tab, page.golden('types.o'));
    await tab.context().close();
  });

  test('what waits for its base goes on waiting when another file is cancelled', async () => {
    const tab = await session.page('file');
    await page.openSample(tab);
    await page.drop(tab, files.write('split.btf', makeSplit(everyKind())));
    const panel = tab.getByRole('heading', { name: 'split.btf builds on another BTF' });
    await panel.waitFor();
    const spare = await page.until('the spare worker', () => tab.workers().at(-1));
    spare.evaluate(() => {
      const end = Date.now() + 60_000;
      while (Date.now() < end);
    }).catch(() => {});
    await page.drop(tab, page.golden('types.o'));
    await tab.getByRole('progressbar').waitFor();
    await tab.getByRole('button', { name: 'Cancel' }).click();
    await panel.waitFor();
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('kernel images as they are shipped: which kind, how packed, and of which version', async (t) => {
    const images = {
      's390x-6.12.107.vmlinuz': ['Kernel image (s390 image), packed with zstd', /^Linux version 6\.12\.107\+deb13-s390x \(.*\(2026-08-29\)$/],
      'amd64-6.1.176-cloud.vmlinuz': ['Kernel image (x86 bzImage), packed with lz4', /^Linux version 6\.1\.0-50-cloud-amd64 \(.*\(2026-07-02\)$/],
    };
    if (Object.keys(images).some((name) => !page.kernelImage(name))) return t.skip('there are no kernel images');
    const tab = await session.page('file');
    for (const [name, [kind, banner]] of Object.entries(images)) {
      await page.openFile(tab, page.kernelImage(name));
      assert.equal(await tab.locator('.eyebrow').textContent(), kind);
      await page.until('the banner', async () => banner.test(await tab.locator('.origin').textContent()));
    }
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('BTF in a packed archive opens, and the card says where it was found', async () => {
    const tab = await session.page('file');
    const tar = (...args) => execFileSync('tar', [...args, '-C', page.golden('.'), 'sample.bpf.btf']);
    for (const [name, kind, command, bytes] of [
      ['one.btf.tar.xz', 'Raw BTF, found in a tar archive, packed with xz', 'tar -xf one.btf.tar.xz', tar('-cJf', '-')],
      ['renamed.gz', 'Raw BTF, found in a tar archive, packed with gzip', 'tar -xf renamed.gz', tar('-czf', '-')],
    ]) {
      await page.openFile(tab, files.write(name, bytes));
      assert.equal(await tab.locator('.eyebrow').textContent(), kind);
      assert.equal(await tab.locator('.remark .command').textContent(), command);
      assert.equal((await page.facts(tab)).Types, '47');
    }
    // What is packed alone is no archive.
    await page.openFile(tab, files.write('alone.btf.gz', gzipSync(readFileSync(page.golden('sample.bpf.btf')))));
    assert.equal(await tab.locator('.eyebrow').textContent(), 'Raw BTF, packed with gzip');
    assert.equal(await tab.locator('.remark').count(), 0);
    assert.deepEqual(tab.problems, []);
    await tab.context().close();
  });

  test('the facts leave no cell empty', async () => {
    for (const width of [1600, 1280, 900, 360]) {
      const tab = await session.page('file', { viewport: { width, height: 740 } });
      await page.openSample(tab);
      const gaps = await tab.locator('.facts').evaluate((facts) => {
        const right = facts.getBoundingClientRect().right;
        const rows = new Map([...facts.children].map((cell) => [cell.offsetTop, cell.getBoundingClientRect().right]));
        return [...rows.values()].map((end) => Math.round(right - end)).filter((gap) => gap > 2);
      });
      assert.deepEqual(gaps, [], `${width} px`);
      await tab.context().close();
    }
  });

  test('every warning of the file is shown', async (t) => {
    const tab = await session.page('file');
    const path = withTrailingHeader(files);
    const warnings = await page.withBtf(path, (btf) => btf.summary.warnings);
    if (warnings.length === 0) return t.skip('the package gives no warning for non-zero extra header bytes');
    await page.openFile(tab, path);
    const shown = await tab.getByRole('region', { name: 'Warnings' }).getByRole('listitem').allTextContents();
    assert.deepEqual(shown, warnings.map(({ message }) => message));
    await tab.context().close();
  });
});

/** Files that cannot be opened: [path, title, advice]. */
function bad({ write }) {
  const random = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 2654435761 + 97) >>> 13 & 0xff));
  const gzip = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(60, 7)]);
  const xz = Buffer.concat([Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), Buffer.alloc(60, 7)]);
  const bzip2 = Buffer.concat([Buffer.from('BZh9'), Buffer.from([0x31, 0x41, 0x59, 0x26, 0x53, 0x59]), Buffer.alloc(60, 7)]);
  const lzma = Buffer.concat([Buffer.from([0x5d, 0, 0, 0x80, 0]), Buffer.alloc(8, 0xff), Buffer.from([0]), Buffer.alloc(60, 7)]);
  const sample = readFileSync(page.golden('sample.bpf.o'));
  const tar = Buffer.concat([Buffer.from('vmlinux'.padEnd(257, '\0')), Buffer.from('ustar'), Buffer.alloc(1000)]);
  const kernelImage = Buffer.alloc(1024);
  kernelImage.write('MZ', 0);
  kernelImage.write('HdrS', 0x202);
  const arm64Image = Buffer.alloc(4096);
  arm64Image.write('ARM\x64', 0x38);
  const uImage = Buffer.concat([Buffer.alloc(64), bzip2, Buffer.alloc(4096)]);
  uImage.writeUInt32BE(0x27051956, 0);
  uImage.writeUInt32BE(4096, 12);
  uImage.set([5, 22, 2, 2], 28); // Linux, arm64, a kernel, bzip2
  return [
    [write('random.bin', random), 'random.bin is neither BTF nor ELF', /cp \/sys\/kernel\/btf\/vmlinux/],
    [write('empty.btf', ''), 'empty.btf is empty', /Copy it again/],
    [write('plain.bpf.o', withoutBtf('sample.bpf.o')), 'plain.bpf.o is a BPF object without BTF', /clang -g -O2 -target bpf -c plain\.bpf\.c/],
    [write('plain.eb.o', withoutBtf('sample.bpf.eb.o')), 'plain.eb.o is a BPF object without BTF', /clang -g -O2 -target bpf -c plain\.eb\.c/],
    [write('dwarf.bpf.o', elfWithoutBtf(247, '.debug_info')), 'dwarf.bpf.o is a BPF object without BTF', /DWARF only.*clang -g/],
    [write('dwarf', elfWithoutBtf(62, '.debug_info')), 'dwarf has DWARF, but no BTF', /writes it into the file: pahole -J dwarf/],
    [write('program', elfWithoutBtf(62)), 'program has no BTF', /Compile it with -g; pahole then/],
    [write('plain.ko', elfWithoutBtf(62)), 'plain.ko has no BTF', /CONFIG_DEBUG_INFO_BTF_MODULES/],
    [write('cut.o', sample.subarray(0, 3000)), 'cut.o is damaged', /Copy it again/],
    [write('cut.o.gz', gzipSync(sample).subarray(0, 900)), 'cut.o.gz is damaged', /Copy it again/],
    [write('packed.o.lzma', lzma), 'packed.o.lzma is compressed with lzma', /unlzma -k packed\.o\.lzma/],
    [write('with space.o.bz2', bzip2), 'with space.o.bz2 is compressed with bzip2', /bunzip2 -k 'with space\.o\.bz2'/],
    [write('all.zip', Buffer.concat([Buffer.from('PK\x03\x04'), random])), 'all.zip is a zip archive', /unzip all\.zip/],
    [write('all.tar', tar), 'all.tar is a tar archive', /tar -xf all\.tar/],
    [write('all.tar.gz', gzipSync(tar)), 'all.tar.gz is a tar archive', /tar -xf all\.tar\.gz/],
    [write('all.tar.bz2', bzip2), 'all.tar.bz2 is a tar archive', /tar -xf all\.tar\.bz2/],
    [write('linux-image.deb', Buffer.concat([Buffer.from('!<arch>\ndebian-binary'), random])), 'linux-image.deb is a Debian package', /dpkg-deb -x linux-image\.deb \./],
    [write('all.a', Buffer.concat([Buffer.from('!<arch>\nall.o/'), random])), 'all.a is an archive of objects', /ar x all\.a/],
    [write('kernel.rpm', Buffer.concat([Buffer.from([0xed, 0xab, 0xee, 0xdb]), random])), 'kernel.rpm is an RPM package', /rpm2cpio kernel\.rpm \| cpio -idm/],
    [write('initrd', Buffer.concat([Buffer.from('070701'), random])), 'initrd is a cpio archive', /cpio -idm < initrd/],
    // A module in a ramdisk waits for no base: it is not the module that was dropped.
    [write('ramdisk.gz', gzipSync(Buffer.concat([Buffer.from('070701'.padEnd(512, '0')), splitBtf()]))), 'ramdisk.gz is a cpio archive', /cpio -idm < ramdisk\.gz/],
    [write('core.snap', Buffer.concat([Buffer.from('hsqs'), random])), 'core.snap is a squashfs image', /unsquashfs core\.snap/],
    [write('picture.png', Buffer.concat([Buffer.from([0x89]), Buffer.from('PNG\r\n')])), 'picture.png is neither BTF nor ELF', /Open a vmlinux/],
    [write('cut.btf', Buffer.from([0x9f, 0xeb, 1, 0, 24, 0, 0, 0])), 'cut.btf is damaged', /Copy it again/],
    [write('broken.ko.xz', xz), 'broken.ko.xz is damaged', /Copy it again/],
    [write('packed.ko.bz2', bzip2), 'packed.ko.bz2 is compressed with bzip2', /bunzip2 -k packed\.ko\.bz2/],
    [write('broken.gz', gzip), 'broken.gz is damaged', /Copy it again/],
    [write('split.btf', splitBtf()), 'split.btf builds on another BTF', /kernel modules/],
    [write('Image', arm64Image), 'Image is a kernel without BTF', /^\s*Image is .*BTF\s+arm64 Image: .*CONFIG_DEBUG_INFO_BTF/s],
    [write('uImage', uImage), 'uImage is a compressed kernel image', /cp \/sys\/kernel\/btf\/vmlinux/],
    [write('vmlinuz', kernelImage), 'vmlinuz is a compressed kernel image', /cp \/sys\/kernel\/btf\/vmlinux/],
  ];
}

/** A real object whose .BTF is called otherwise, as if it had been compiled without -g. */
function withoutBtf(name) {
  const object = readFileSync(page.golden(name));
  for (let at = object.indexOf('.BTF'); at >= 0; at = object.indexOf('.BTF', at + 1)) object.write('.etc', at);
  return object;
}

/** The smallest sound ELF of a machine: a header, a section table with its names, and a section. */
function elfWithoutBtf(machine, name = '.shstrtab') {
  const names = `\0.shstrtab\0${name}\0`;
  const at = 64 + 3 * 64;
  const elf = Buffer.alloc(at + names.length);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(1, 16);
  elf.writeUInt16LE(machine, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(64n, 40);
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(64, 58);
  elf.writeUInt16LE(3, 60);
  elf.writeUInt16LE(1, 62);
  elf.writeUInt32LE(1, 128);
  elf.writeUInt32LE(3, 132);
  elf.writeBigUInt64LE(BigInt(at), 128 + 24);
  elf.writeBigUInt64LE(BigInt(names.length), 128 + 32);
  elf.writeUInt32LE(11, 192); // the second section is of that name, and has a byte of the first
  elf.writeUInt32LE(1, 196);
  elf.writeBigUInt64LE(BigInt(at), 192 + 24);
  elf.writeBigUInt64LE(1n, 192 + 32);
  elf.write(names, at);
  return elf;
}

/** A sound BTF of one int whose header is longer than known headers, with something in the part that nobody knows. */
function withTrailingHeader({ write }) {
  const btf = btfOfOneInt(40, '\0int\0');
  btf.writeUInt32LE(0x5a5a5a5a, 36);
  return write('odd-header.btf', btf);
}

/** As a kernel module has it: its strings continue those of another BTF, and so do not start with the empty one. */
/** A base and what continues it, as a kernel and its module do. */
async function pair({ write }) {
  const { Btf } = await page.nodePackage();
  const builder = new Btf.Builder();
  const int = builder.add({ kind: 'int', name: 'int', size: 4, encoding: ['signed'] });
  builder.add({ kind: 'struct', name: 'device', size: 4, members: [{ name: 'number', typeId: int, bitOffset: 0 }] });
  const base = builder.build();
  const device = base.require('device', 'struct').id;
  const split = new Btf.Builder({ base });
  split.add({ kind: 'struct', name: 'private', size: 4, members: [{ name: 'device', typeId: device, bitOffset: 0 }] });
  return { base: write('base.btf', base.marshal()), module: write('module.btf', split.toBytes()) };
}

function splitBtf() {
  return btfOfOneInt(24, 'int\0');
}

function btfOfOneInt(header, strings) {
  const btf = Buffer.alloc(header + 16 + strings.length);
  btf.writeUInt16LE(0xeb9f, 0);
  btf[2] = 1;
  btf.writeUInt32LE(header, 4);
  btf.writeUInt32LE(0, 8);
  btf.writeUInt32LE(16, 12);
  btf.writeUInt32LE(16, 16);
  btf.writeUInt32LE(strings.length, 20);
  btf.writeUInt32LE(1, header);
  btf.writeUInt32LE(1 << 24, header + 4);
  btf.writeUInt32LE(4, header + 8);
  btf.writeUInt32LE(0x01000020, header + 12);
  btf.write(strings, header + 16);
  return btf;
}
