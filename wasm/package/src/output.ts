// The file that a verb's bytes go to. Nobody ever sees half of it.
import { accessSync, closeSync, constants, existsSync, fchmodSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { BtfError } from './error.js';
import { guarded } from './system.js';

/** A new file beside the one that is meant, whose place it takes in the end. Devices and pipes are written directly. */
export class OutputFile {
  readonly #target: string;
  readonly #temporary: string | undefined;
  #fd: number | undefined;

  /** Errors: `not_found`, `permission`, `system`, `invalid_argument` (a directory). */
  constructor(path: string) {
    const there = existsSync(path) ? guarded(() => statSync(path)) : undefined;
    if (there?.isDirectory()) throw new BtfError('invalid_argument', 'is a directory; give a file');
    this.#target = path;
    if (there && !there.isFile()) {
      this.#fd = guarded(() => openSync(path, constants.O_WRONLY | constants.O_TRUNC));
      return;
    }
    if (there) {
      guarded(() => accessSync(path, constants.W_OK)); // replacing it would get around that
      this.#target = realpathSync(path); // a link is to stay one
    }
    const temporary = `${this.#target}.${process.pid}-${Math.random().toString(36).slice(2)}`;
    this.#temporary = temporary;
    const fd = (this.#fd = guarded(() => openSync(temporary, 'wx')));
    if (there) guarded(() => fchmodSync(fd, there.mode & 0o7777));
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
    guarded(() => closeSync(fd));
  }
}
