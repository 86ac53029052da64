// Archives: files with files in them, which are to be unpacked first.

export interface Archive {
  /** "a tar archive". */
  name: string;
  /** What unpacks it; the name of the file follows. */
  command: string;
  /** What follows the name. */
  behind?: string;
}

interface Known extends Archive {
  /** What such a file has at the byte `at`. */
  magic: string;
  at?: number;
}

/** In the order in which they are tried. */
const known: readonly Known[] = [
  { name: 'a zip archive', magic: 'PK\x03\x04', command: 'unzip' },
  { name: 'a tar archive', magic: 'ustar', at: 257, command: 'tar -xf' },
  { name: 'a Debian package', magic: '!<arch>\ndebian-binary', command: 'dpkg-deb -x', behind: '.' },
  { name: 'an archive of objects', magic: '!<arch>\n', command: 'ar x' },
  { name: 'an RPM package', magic: '\xed\xab\xee\xdb', command: 'rpm2cpio', behind: '| cpio -idm' },
  { name: 'a cpio archive, as an initial ramdisk is', magic: '07070', command: 'cpio -idm <' },
  { name: 'a squashfs image', magic: 'hsqs', command: 'unsquashfs' },
];

/** Those that are usually compressed as a whole, by the name of the file: some compressions cannot be looked into from here. */
const named = [
  { name: /\.(tar\.\w+|tgz|txz|tzst|tbz2?)$/i, index: 1 },
  { name: /^init(rd|ramfs)\b/i, index: 5 },
];

const headLength = 512;

/** The archive that starts with `head`. */
export function archiveOf(head: Uint8Array): Archive | undefined {
  return known.find(({ magic, at = 0 }) => [...magic].every((letter, i) => head[at + i] === letter.charCodeAt(0)));
}

/** The archive that a compressed file holds, as far as that can be told without unpacking it all. */
export async function packedArchive(blob: Blob, name: string): Promise<Archive | undefined> {
  const magic = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  if (magic[0] === 0x1f && magic[1] === 0x8b) return archiveOf(await unzippedHead(blob));
  const found = named.find((one) => one.name.test(name));
  return found && known[found.index];
}

/** The first bytes that a gzip unpacks to; fewer when it is broken. */
async function unzippedHead(blob: Blob): Promise<Uint8Array> {
  const reader = blob.slice(0, 1 << 16).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const head = new Uint8Array(headLength);
  let size = 0;
  try {
    while (size < headLength) {
      const { done, value } = await reader.read();
      if (done) break;
      head.set(value.subarray(0, headLength - size), size);
      size += value.length;
    }
    await reader.cancel();
  } catch {
    // A slice of a gzip ends early: what came before counts.
  }
  return head.subarray(0, size);
}

/** The command line that unpacks a file of that name, quoted for a shell. */
export function unpackCommand({ command, behind = '' }: Archive, quoted: string): string {
  return [command, quoted, behind].filter(Boolean).join(' ');
}
