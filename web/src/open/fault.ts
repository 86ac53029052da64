// What went wrong with a file, in the words of someone who wants to help: what it is, what was found, what to do next.
import { type Archive, archiveOf, unpackCommand } from './archives.ts';
import type { FaultFacts } from '../common/messages.ts';

export interface Explanation {
  title: string;
  /** The parser's own message: the place and the numbers. */
  detail: string;
  /** What to do next; a `command` is shown as one. */
  advice: string;
  command?: string;
}

/** The start of a file that could not be opened. Enough for every magic number below. */
export const headLength = 1024;

/** Whether what is missing is the BTF that it continues. */
export function isSplit(fault: FaultFacts): boolean {
  return /\bsplit BTF\b/.test(fault.message);
}

/** Whether another base may do. */
export function isMisfit(fault: FaultFacts, base: string | undefined): boolean {
  return base !== undefined && fault.code === 'malformed';
}

/** A file that could not be opened. */
export interface Refused {
  name: string;
  /** Bytes. */
  size: number;
  /** How it starts. */
  head: Uint8Array;
  /** The archive that is packed in it. */
  archive: Archive | undefined;
  /** The name of what it was opened on. */
  base: string | undefined;
}

export function explain(fault: FaultFacts, file: Refused): Explanation {
  return { title: `${file.name} could not be opened`, detail: sentence(fault.message), ...advise(fault, file) };
}

type Advice = Partial<Explanation> & { advice: string };

function advise(fault: FaultFacts, { name, size, head, archive: packedArchive, base }: Refused): Advice {
  switch (fault.code) {
    case 'system':
    case 'permission':
      return { advice: 'The browser could not read it: it may have been moved or changed since, or not be yours to read. Choose it again.' };
    case 'internal':
      return { advice: 'This is a fault of the page, not of the file. Please report it, with the file if you may share it.' };
    case 'stopped':
      return {
        title: `${name} stopped the parser`,
        advice: 'A new one was started, and nothing else is affected. Please report this, with the file if you may share it.',
      };
    case 'too_large':
      return { title: `${name} is too large`, advice: 'A browser tab cannot hold that much. The btfkit command may.' };
  }
  if (size === 0) {
    return { title: `${name} is empty`, advice: 'Copy it again. The running kernel’s types can be copied with', command: copyKernel };
  }
  if (isMisfit(fault, base)) {
    return {
      title: `${name} does not continue ${base}`,
      advice: 'A module’s types continue those of the very kernel build that it was made for. Open it on that one; its version is in the name of the module’s folder, /lib/modules/VERSION.',
    };
  }
  const archive = archiveOf(head) ?? packedArchive;
  if (archive) return { title: `${name} is ${archive.name}`, detail: '', advice: 'Unpack it and open the kernel, module or object in it:', command: unpackCommand(archive, quoted(name)) };
  const packed = packers.find(({ magic }) => startsWith(head, magic));
  const image = isKernelImage(head, fault.message);
  if (fault.code === 'not_supported') {
    if (packed) return { title: `${name} is compressed with ${packed.name}`, advice: 'Unpack it and open the result:', command: `${packed.command} ${quoted(name)}` };
    if (image) return kernelImage(name);
    return { advice: 'The file may be sound; this version just cannot read it yet.' };
  }
  if (fault.code === 'not_found') {
    if (image) return { title: `${name} is a kernel without BTF`, advice: 'It was built without CONFIG_DEBUG_INFO_BTF. Take one that has it, or its vmlinux with debug information and' , command: 'pahole -J vmlinux' };
    return withoutBtf(fault, name, head);
  }
  const cut = /\btruncated\b/.test(fault.message);
  if (image && !cut) return kernelImage(name);
  const known = cut || (packed ? !/\bneither\b/i.test(fault.message) : formats.some((magic) => startsWith(head, magic)));
  if (known) {
    return { title: `${name} is damaged`, advice: 'It may have been cut short or changed on its way here. Copy it again and compare the sizes.' };
  }
  return {
    title: `${name} is neither BTF nor ELF`,
    advice: 'Open a vmlinux, a BPF object, any other ELF with BTF, or raw BTF. The running kernel’s types can be copied with',
    command: copyKernel,
  };
}

/** What kind of ELF it is decides where its BTF would come from. */
function withoutBtf(fault: FaultFacts, name: string, head: Uint8Array): Advice {
  const title = `${name} has no BTF`;
  const dwarf = /\bDWARF\b/.test(fault.message);
  if (isBpf(head) || /\bwithout -g\b/.test(fault.message)) {
    return {
      title: `${name} is a BPF object without BTF`,
      advice: dwarf
        ? 'Its compiler wrote DWARF only, or its BTF was stripped. Compile it with clang -g, which writes both:'
        : 'Its BTF comes with debug information, and stays when llvm-strip -g takes that away. Compile it with -g:',
      command: `clang -g -O2 -target bpf -c ${quoted(name.replace(/(\.bpf)?\.o(\.\w+)?$/, '$1.c'))}`,
    };
  }
  if (dwarf) {
    return { title: `${name} has DWARF, but no BTF`, advice: 'BTF can be made of its debug information; this writes it into the file:', command: `pahole -J ${quoted(name)}` };
  }
  if (/\.ko(\.|$)/.test(name)) {
    return { title, advice: 'Its kernel was built without CONFIG_DEBUG_INFO_BTF_MODULES, or it was stripped. Take it from a kernel package that has it, as those of distributions do.' };
  }
  return { title, advice: 'It has no debug information to make it of either. Compile it with -g; pahole then makes BTF of that and writes it into the file:', command: `pahole -J ${quoted(name)}` };
}

/** An ELF for the machine 247. */
function isBpf(head: Uint8Array): boolean {
  const machine = head[5] === 2 ? [0, 247] : [247, 0];
  return startsWith(head, formats[0]!) && startsWith(head.subarray(18), machine);
}

function kernelImage(name: string): Advice {
  return {
    title: `${name} is a compressed kernel image`,
    advice: 'Its types are packed inside, in a way that this page cannot unpack. If it is the kernel that is running, take them from there:',
    command: copyKernel,
  };
}

/** By the "HdrS" of an x86 boot header, or the kind of image that the parser found: "s390 image: ...". */
function isKernelImage(head: Uint8Array, message: string): boolean {
  return startsWith(head.subarray(0x202), [0x48, 0x64, 0x72, 0x53]) || /^(?:[\w-]+ \w*image|EFI \w+ image|boot ELF)\b/i.test(message);
}

export const copyKernel = 'cp /sys/kernel/btf/vmlinux ~/vmlinux.btf';

/** ELF, and raw BTF of either byte order. */
const formats = [
  [0x7f, 0x45, 0x4c, 0x46],
  [0x9f, 0xeb],
  [0xeb, 0x9f],
];

const packers = [
  { name: 'gzip', magic: [0x1f, 0x8b], command: 'gunzip -k' },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], command: 'unxz -k' },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], command: 'unzstd' },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68], command: 'bunzip2 -k' },
  { name: 'lz4', magic: [0x04, 0x22, 0x4d, 0x18], command: 'lz4 -d' },
  { name: 'lzma', magic: [0x5d, 0x00, 0x00], command: 'unlzma -k' },
  { name: 'lzop', magic: [0x89, 0x4c, 0x5a, 0x4f], command: 'lzop -d' },
];

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** For a shell, where the name needs it. */
export function quoted(name: string): string {
  return /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

function sentence(message: string): string {
  const text = message.trim();
  if (text === '') return '';
  // Words such as "s390" have no capitals.
  return text.replace(/^[a-z]+(?![\w-])/, (word) => word[0]!.toUpperCase() + word.slice(1)) + (/[.!?]$/.test(text) ? '' : '.');
}
