// What went wrong with a file, in the words of someone who wants to help: what it is, what was found, what to do next.
import type { FaultFacts } from './messages.ts';

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

/** Explains why `name`, which is `size` bytes long and starts with `head`, could not be opened. */
export function explain(fault: FaultFacts, name: string, size: number, head: Uint8Array): Explanation {
  return { title: `${name} could not be opened`, detail: sentence(fault.message), ...advise(fault, name, size, head) };
}

function advise(fault: FaultFacts, name: string, size: number, head: Uint8Array): Partial<Explanation> & { advice: string } {
  switch (fault.code) {
    case 'system':
    case 'permission':
      return { advice: 'The browser could not read it: it may have been moved or changed since, or not be yours to read. Choose it again.' };
    case 'internal':
      return { advice: 'This is a fault of the page, not of the file. Please report it, with the file if you may share it.' };
    case 'too_large':
      return { advice: 'A browser tab cannot hold that much. The native btfkit command may.' };
  }
  if (size === 0) {
    return { title: `${name} is empty`, advice: 'Copy it again. The running kernel’s types can be copied with', command: copyKernel };
  }
  if (isSplit(fault)) {
    return {
      title: `${name} builds on another BTF`,
      advice: 'It is split BTF, as kernel modules have it: its types continue those of the kernel that it was built for. Drop that vmlinux or its BTF, too.',
    };
  }
  const packed = packers.find(({ magic }) => startsWith(head, magic));
  if (packed && fault.code === 'not_supported') {
    return { title: `${name} is compressed with ${packed.name}`, advice: 'Unpack it and open the result:', command: `${packed.command} ${quoted(name)}` };
  }
  if (startsWith(head.subarray(0x202), [0x48, 0x64, 0x72, 0x53])) {
    return {
      title: `${name} is a compressed kernel image`,
      advice: 'Its types are packed inside. If it is the kernel that is running, take them from there:',
      command: copyKernel,
    };
  }
  if (fault.code === 'not_found') {
    return {
      title: `${name} has no BTF`,
      advice: 'BPF objects get it from clang -g. A program or kernel with DWARF debug information gets it from pahole:',
      command: `pahole -J ${quoted(name)}`,
    };
  }
  if (fault.code === 'not_supported') return { advice: 'The file may be sound; this version just cannot read it yet.' };
  const known = packed ? !/\bneither\b/i.test(fault.message) : formats.some((magic) => startsWith(head, magic));
  if (known) {
    return { title: `${name} is damaged`, advice: 'It may have been cut short or changed on its way here. Copy it again and compare the sizes.' };
  }
  return {
    title: `${name} is neither BTF nor ELF`,
    advice: 'Open a vmlinux, a BPF object, any other ELF with BTF, or raw BTF. The running kernel’s types can be copied with',
    command: copyKernel,
  };
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
];

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** For a shell, where the name needs it. */
function quoted(name: string): string {
  return /^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

function sentence(message: string): string {
  const text = message.trim();
  if (text === '') return '';
  return text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}
