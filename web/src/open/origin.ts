// What an ELF says of where it comes from: the banner of a kernel, the magic words of a module. Only a few slices of the file are
// read for it, in the background; packed files are not unpacked again.
import type { OpenFile } from '../page/state.ts';

export interface Origin {
  /** "Linux version 6.12.107+deb13-amd64 (debian-kernel@...) ..." */
  banner?: string;
  /** What .modinfo of a module says, by key; the first of each. */
  module?: Readonly<Record<string, string>>;
}

const piece = 1 << 20;
/** How much of .rodata is searched: the banner is near its start, as init/ is linked first. */
const searched = 32 * piece;
const largestModinfo = 1 << 18;

export async function originOf({ blob, summary, session }: OpenFile): Promise<Origin> {
  const { container, elfMachine, wrappers, kernelImage } = summary;
  if (kernelImage !== undefined) return imageOrigin(blob, wrappers.length > 0);
  if (container !== 'elf' || elfMachine === bpf || wrappers.length > 0) return {};
  const sections = await session.ask('elf', {});
  const modinfo = sections.find(({ name, size }) => name === '.modinfo' && size <= largestModinfo);
  // A kernel keeps what its built-in modules said, each key with the module's name before it.
  const module = modinfo && pairs(await latin1(blob, modinfo.offset, modinfo.size));
  if (module?.['vermagic'] !== undefined) return { module };
  const constants = sections.find(({ name }) => name === '.rodata');
  const banner = constants && (await findBanner(blob, constants));
  return banner === undefined ? {} : { banner };
}

const bpf = 247;

async function findBanner(blob: Blob, { offset, size }: { offset: number; size: number }): Promise<string | undefined> {
  const end = offset + Math.min(size, searched);
  for (let at = offset; at < end; at += piece) {
    const text = await latin1(blob, at, Math.min(piece + 512, end - at)); // some more, for one that the end of a piece cuts
    const found = /Linux version \d[^\n\0]*/.exec(text);
    if (found) return found[0];
  }
  return undefined;
}

/** The boot loader's part of a kernel image is not packed, and most say in it which version the kernel has. */
async function imageOrigin(blob: Blob, packed: boolean): Promise<Origin> {
  const head = await latin1(blob, 0, 1 << 18);
  const version = versions.map((read) => read(head)).find((text) => text !== undefined);
  if (version !== undefined) return { banner: `Linux version ${version}` };
  const banner = packed ? undefined : await findBanner(blob, { offset: 0, size: blob.size });
  return banner === undefined ? {} : { banner };
}

const versions: readonly ((head: string) => string | undefined)[] = [
  // x86: the setup header tells where it stands.
  (head) => (head.slice(0x202, 0x206) === 'HdrS' ? words(head, head.charCodeAt(0x20e) + 256 * head.charCodeAt(0x20f) + 0x200) : undefined),
  // s390: the parameter area does, big-endian; what does not fit into 32 bits is no place in the head.
  (head) => (head.slice(0x10008, 0x1000e) === 'S390EP' ? words(head, [...head.slice(0x1042c, 0x10430)].reduce((sum, byte) => sum * 256 + byte.charCodeAt(0), 0)) : undefined),
  // U-Boot: the name of the image, "Linux-6.1.0".
  (head) => (head.startsWith('\x27\x05\x19\x56') ? /^Linux-(\d[ -~]*)/.exec(head.slice(32, 64))?.[1] : undefined),
];

/** A version at a place: it starts with a digit. */
function words(head: string, at: number): string | undefined {
  return /^\d[ -~]*/.exec(head.slice(at, at + 512))?.[0];
}

function pairs(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split('\0')) {
    const at = line.indexOf('=');
    if (at > 0) found[line.slice(0, at)] ??= line.slice(at + 1);
  }
  return found;
}

async function latin1(blob: Blob, offset: number, length: number): Promise<string> {
  const bytes = await blob.slice(offset, offset + length).arrayBuffer();
  return new TextDecoder('latin1').decode(bytes);
}
