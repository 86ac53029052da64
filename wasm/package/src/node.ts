// Node: the module's parts are compiled when they are needed first, synchronously, so that nothing has to be awaited.
import { closeSync, fstatSync, openSync, readFileSync, readSync, statfsSync, type Stats } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { usePlatform, type Input } from './engine.js';
import { BtfError } from './error.js';
import { guarded } from './system.js';

export * from './index.js';

const compile = (name: string): WebAssembly.Module => new WebAssembly.Module(readFileSync(new URL(name, import.meta.url)));
let compiled: WebAssembly.Module | undefined;
let more: WebAssembly.Module | undefined;

usePlatform({
  init: () => Promise.resolve(),
  module: () => (compiled ??= compile('./btf.wasm')),
  more: () => (more ??= compile('./more.wasm')),
  expectMore: () => Promise.resolve(),
  open: (path) => {
    if (typeof path === 'number') return guarded(() => input(path, `descriptor ${path}`));
    const name = typeof path === 'string' ? path : guarded(() => fileURLToPath(path.href));
    const fd = guarded(() => openSync(name, 'r'));
    try {
      return { ...guarded(() => input(fd, name)), close: () => closeSync(fd) };
    } catch (cause) {
      closeSync(fd);
      throw cause;
    }
  },
});

function input(fd: number, name: string): Input {
  const stat = fstatSync(fd);
  if (stat.isDirectory()) throw new BtfError('invalid_argument', 'is a directory; give a file');
  if (!sizeIsTrue(fd, stat)) {
    const bytes = readFileSync(fd);
    return { name, size: bytes.length, read: (offset, room) => room.set(bytes.subarray(offset, offset + room.length)) };
  }
  return { name, size: stat.size, read: (offset, room) => guarded(() => readExactly(fd, offset, room)) };
}

/**
 * Whether a file's size is what can be read from it: not so for pipes and devices, nor in procfs and of the texts in sysfs, which have
 * a page's (64 KiB at most). They are read whole.
 */
function sizeIsTrue(fd: number, stat: Stats): boolean {
  if (!stat.isFile()) return false;
  if (process.platform !== 'linux') return true;
  const sysfs = 0x62656572;
  const procfs = 0x9fa0;
  const { type } = statfsSync(`/proc/self/fd/${fd}`);
  return type === sysfs ? stat.size > 65536 : type !== procfs;
}

function readExactly(fd: number, offset: number, room: Uint8Array): void {
  for (let at = 0; at < room.length; ) {
    const got = readSync(fd, room, at, room.length - at, offset + at);
    if (got === 0) throw new BtfError('system', `ends at byte ${offset + at}, ${room.length - at} before it should: has the file changed?`);
    at += got;
  }
}
