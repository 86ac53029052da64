// What the operating system refuses, as BtfErrors.
import { BtfError } from './error.js';

const codes: Record<string, BtfError['code']> = { ENOENT: 'not_found', ENOTDIR: 'not_found', EACCES: 'permission', EPERM: 'permission' };

/** Runs file operations; their errors become BtfErrors. */
export function guarded<T>(body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (cause instanceof BtfError) throw cause;
    const { code = '', message } = cause as NodeJS.ErrnoException;
    // "ENOENT: no such file or directory, open '/x'" as the C library has it: "No such file or directory".
    const text = message.replace(/^E\w+: /, '').replace(/, \w+( '.*')?$/s, '');
    throw new BtfError(codes[code] ?? 'system', text.charAt(0).toUpperCase() + text.slice(1), { cause });
  }
}
