// Small inputs made by hand, in either byte order: a BTF with every kind, and ELFs around whatever a test likes.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** Bytes written number by number. */
class Writer {
  #bytes = [];
  constructor(big) {
    this.big = big;
  }
  put(size, ...numbers) {
    for (const number of numbers) {
      const at = Array.from({ length: size }, (_, i) => Number((BigInt(number) >> BigInt(8 * i)) & 255n));
      this.#bytes.push(...(this.big ? at.reverse() : at));
    }
    return this;
  }
  text(...parts) {
    for (const part of parts) this.#bytes.push(...Buffer.from(part));
    return this;
  }
  get length() {
    return this.#bytes.length;
  }
  get bytes() {
    return Uint8Array.from(this.#bytes);
  }
}

/** A BTF of the types that `define` adds: add(kind, name, { vlen, flag, third }, ...tail words), which gives the id. */
export function makeBtf(define, { big = false } = {}) {
  const types = new Writer(big);
  const strings = new Writer(big).text('\0');
  const offsets = new Map([['', 0]]);
  const name = (text) => {
    if (!offsets.has(text)) {
      offsets.set(text, strings.length);
      strings.text(text, '\0');
    }
    return offsets.get(text);
  };
  let id = 0;
  define((kind, text, { vlen = 0, flag = 0, third = 0 } = {}, ...tail) => {
    types.put(4, name(text), (flag * 2 ** 31 + kind * 2 ** 24 + vlen) >>> 0, third, ...tail);
    return ++id;
  }, name);
  const header = new Writer(big).put(2, 0xeb9f).put(1, 1, 0).put(4, 24, 0, types.length, types.length, strings.length);
  return Uint8Array.from([...header.bytes, ...types.bytes, ...strings.bytes]);
}

/** A split BTF on `base`: one typedef, `module_t`, of the base's type 1. */
export function makeSplit(base) {
  const strings = new DataView(base.buffer, base.byteOffset).getUint32(20, true);
  const types = new Writer(false).put(4, strings, 8 * 2 ** 24, 1); // its name is the first string behind the base's
  const names = new Writer(false).text('module_t\0');
  const header = new Writer(false).put(2, 0xeb9f).put(1, 1, 0).put(4, 24, 0, types.length, types.length, names.length);
  return Uint8Array.from([...header.bytes, ...types.bytes, ...names.bytes]);
}

/** Every kind once or twice; the test that uses it says what must come out. */
export function everyKind(big = false) {
  return makeBtf(
    (add, name) => {
      add(1, 'int', { third: 4 }, 0x01000020); // 1: signed
      add(2, '', { third: 6 }); // 2: struct node *
      add(3, '', {}, 1, 1, 8); // 3: int[8]
      add(1, 'unsigned long', { third: 8 }, 64); // 4
      add(5, '', { vlen: 2, third: 8 }, name('whole'), 4, 0, name('half'), 1, 0); // 5: anonymous union
      add(4, 'node', { vlen: 4, third: 24, flag: 1 }, name('next'), 2, 0, name(''), 5, 64, name('low'), 1, 128 + 3 * 2 ** 24, name('high'), 1, 131 + 5 * 2 ** 24); // 6
      add(6, 'colour', { vlen: 2, third: 4, flag: 1 }, name('RED'), -1n & 0xffffffffn, name('BLUE'), 7); // 7
      add(7, 'opaque', { flag: 1 }); // 8: union opaque;
      add(8, 'size_t', { third: 4 }); // 9
      add(9, '', { third: 1 }); // 10: volatile int
      add(10, '', { third: 1 }); // 11: const int
      add(11, '', { third: 2 }); // 12: restrict
      add(13, '', { vlen: 2, third: 1 }, name('format'), 2, 0, 0); // 13: int (struct node *format, ...)
      add(12, 'print', { vlen: 1, third: 13 }); // 14: global
      add(14, 'counter', { third: 4 }, 1); // 15: global
      add(15, '.bss', { vlen: 1, third: 8 }, 15, 0, 8); // 16
      add(16, 'double', { third: 8 }); // 17
      add(17, 'tagged', { third: 6 }, 1); // 18: on member 1
      add(18, 'user', { third: 6, flag: 1 }); // 19: an attribute
      add(19, 'wide', { vlen: 2, third: 8 }, name('SMALL'), 1, 0, name('HUGE'), 0, 0x80000000); // 20: unsigned
      add(8, 'node', { third: 6 }); // 21: typedef struct node node
    },
    { big },
  );
}

/**
 * A 64-bit ELF, for BPF unless `machine` says else, with the sections { name, bytes, type?, flags?, hole? }; the section table comes
 * last. `hole` (bytes) is the size of a section instead of `bytes`, of which nothing is written. `pieces` are what to write where.
 */
export function elfPieces(sections, { big = false, machine = 247 } = {}) {
  const nothing = new Uint8Array();
  const all = [{ name: '', type: 0 }, ...sections, { name: '.shstrtab', type: 3 }];
  const names = new Writer(big);
  const nameOffsets = all.map(({ name }) => {
    const at = names.length;
    names.text(name, '\0');
    return at;
  });
  all.at(-1).bytes = names.bytes;
  let at = 64;
  const pieces = [];
  const table = new Writer(big);
  all.forEach(({ bytes = nothing, hole, type = 1, flags = 0 }, i) => {
    const size = hole ?? bytes.length;
    if (bytes.length > 0) pieces.push({ at, bytes });
    table.put(4, nameOffsets[i], type).put(8, flags, 0, i === 0 ? 0 : at, size).put(4, 0, 0).put(8, 8, 0);
    at += Math.ceil(size / 8) * 8;
  });
  const header = new Writer(big).text('\x7fELF').put(1, 2, big ? 2 : 1, 1, 0).put(8, 0).put(2, 1, machine).put(4, 1);
  header.put(8, 0, 0, at).put(4, 0).put(2, 64, 0, 0, 64, all.length, all.length - 1);
  pieces.push({ at: 0, bytes: header.bytes }, { at, bytes: table.bytes });
  return { pieces, size: at + table.length };
}

/** A vmlinux with debug information around a BTF: half a gigabyte in a sparse file, which takes no more room than the BTF. */
export function writeSparseKernel(path, btf, { debugInfo = 250e6 } = {}) {
  const sections = [
    { name: '.text', hole: 20e6, flags: 6 }, { name: '.BTF', bytes: btf, flags: 2 }, { name: '.BTF_ids', hole: 4096, flags: 2 },
    ...Object.entries({ '.debug_info': debugInfo, '.debug_line': 80e6, '.debug_str': 50e6, '.debug_loclists': 100e6 }).map(([name, hole]) => ({ name, hole })),
    { name: '.strtab', hole: 9e6, type: 3 },
  ];
  const { pieces, size } = elfPieces(sections, { machine: 62 });
  const fd = openSync(path, 'w');
  ftruncateSync(fd, size);
  for (const { at, bytes } of pieces) writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
  return path;
}

export function makeElf(sections, options) {
  const { pieces, size } = elfPieces(sections, options);
  const bytes = new Uint8Array(size);
  for (const piece of pieces) bytes.set(piece.bytes, piece.at);
  return bytes;
}

/** A compressed section's bytes behind their header (Elf64_Chdr): type 1 is zlib, 2 zstd. Its section has flag 0x800. */
export function compressedSection(type, packed, unpackedSize, big = false) {
  return Uint8Array.from([...new Writer(big).put(4, type, 0).put(8, unpackedSize, 8).bytes, ...packed]);
}
