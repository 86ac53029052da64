// The file that a verb's bytes go to. Nobody ever sees half of it.
import { accessSync, closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeSync, type Stats } from 'node:fs';
import { BtfError } from './error.js';
import { guarded } from './system.js';

/** Whether a new file may stand in for this one: nobody else's, no other name's, not what somebody mounted or a descriptor's. */
function isReplaceable(there: Stats): boolean {
  return there.isFile() && there.nlink === 1 && (there.mode & 0o7000) === 0 && (process.geteuid === undefined || there.uid === process.geteuid());
}

/** Whether the file itself is mounted, as containers like to do: nothing can be put in its place. */
function isMounted(path: string): boolean {
  const mounts = attempt(() => readFileSync('/proc/self/mountinfo', 'utf8')) ?? '';
  const spelled = path.replace(/[ \t\n\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return mounts.split('\n').some((line) => line.split(' ')[4] === spelled);
}

/** Whether it is the one that standard output goes to. */
function isOutput(there: Stats): boolean {
  const output = attempt(() => fstatSync(1));
  return output !== undefined && process.platform !== 'win32' && output.dev === there.dev && output.ino === there.ino;
}

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/**
 * A new file beside the one that is meant, whose place it takes in the end. What no new file may stand in for, as devices, pipes and
 * links, is written in place, as the shell's `>` does.
 */
export class OutputFile {
  #target: string;
  #temporary: string | undefined;
  #fd: number | undefined;

  /** Errors: `not_found`, `permission`, `system`, `invalid_argument` (a directory). */
  constructor(path: string) {
    this.#target = path;
    const there = attempt(() => statSync(path));
    if (there?.isDirectory()) throw new BtfError('invalid_argument', 'is a directory; give a file');
    if (there) guarded(() => accessSync(path, constants.W_OK)); // replacing it would get around that
    if (there && isOutput(there)) {
      this.#fd = 1; // which has its place in it
      return;
    }
    const isNew = !there && !attempt(() => lstatSync(path)); // and no link to nowhere
    const target = there ? attempt(() => realpathSync(path)) : path; // a link is to stay one
    const temporary = `${target}.${process.pid}-${Math.random().toString(36).slice(2)}`;
    const replaces = target !== undefined && (isNew || (there !== undefined && isReplaceable(there) && !isMounted(target)));
    this.#fd = replaces ? attempt(() => openSync(temporary, 'wx')) : undefined;
    if (this.#fd === undefined) { // its folder may not be ours to write
      this.#fd = guarded(() => openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC));
      return;
    }
    this.#target = target!;
    this.#temporary = temporary;
    if (there) guarded(() => fchmodSync(this.#fd!, there.mode & 0o777));
  }

  /** Errors: `system`. */
  readonly write = (bytes: Uint8Array): boolean => {
    for (let at = 0; at < bytes.length; ) at += guarded(() => writeSync(this.#fd!, bytes, at));
    return true;
  };

  /** Puts the file in its place. */
  finish(): void {
    this.#close();
    if (this.#temporary !== undefined) guarded(() => renameSync(this.#temporary!, this.#target));
  }

  /** Leaves what was there as it was. */
  discard(): void {
    this.#close();
    if (this.#temporary !== undefined) rmSync(this.#temporary, { force: true });
  }

  #close(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== 1) guarded(() => closeSync(fd));
  }
}
