// Where things are, and whether they are there.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const packageFolder = join(root, 'wasm/package');
export const cli = join(packageFolder, 'bin/cli.js');
export const runningKernel = '/sys/kernel/btf/vmlinux';

export const shared = process.env.BTFKIT_SHARED ?? join(root, '../shared');
export const corpus = join(shared, 'corpus');

/** A folder for this test file, gone when it ends. */
export const scratch = mkdtempSync(join(tmpdir(), 'btfkit-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** The path of a program, or undefined. */
export function program(name) {
  const folders = [...process.env.PATH.split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(existsSync);
}

/** The native command, or undefined. */
export const nativeCommand = [process.env.BTFKIT_COMMAND, join(root, 'build/release/native/btfkit')].find((path) => path && existsSync(path));

/** `{ skip: reason }` unless all conditions hold: `{ skip: needs({ 'bpftool': bpftool }) }`. */
export function needs(things) {
  const missing = Object.keys(things).filter((name) => !things[name]);
  return missing.length > 0 && `needs ${missing.join(' and ')}`;
}

/** All files below a folder, by path; none when there is no such folder. */
export function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

export function unxz(path) {
  return execFileSync('xz', ['-dc', path], { maxBuffer: 2 ** 30 });
}

/** A command's { status, stdout, stderr }; texts as Buffers. */
export function run(command, args, options = {}) {
  try {
    return { status: 0, stdout: execFileSync(command, args, { stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 2 ** 30, ...options }), stderr: Buffer.alloc(0) };
  } catch (error) {
    if (error.status === null || error.status === undefined) throw error;
    return { status: error.status, stdout: error.stdout, stderr: error.stderr };
  }
}
