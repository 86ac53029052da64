// The base of a module's BTF, where the module's place in Linux's file system tells: for the command. As native/src/base.cpp has it.
import { realpathSync } from 'node:fs';
import { release } from 'node:os';
import { fromCore, parts } from './error.js';
import { Btf, BtfError, type OpenOptions } from './node.js';

/** How messages end whose cause may be a missing base: core's lacks_base(). */
const hint = ': is it split BTF? give its base';

/** Where kernels and modules are looked for: below which root, and what runs. */
export interface Places {
  root: string;
  release: string;
}

/** Files that may hold the base of the split BTF in a file, the surest first; none where its place does not tell. */
export function baseCandidates(file: string, places: Places = { root: '', release: release() }): string[] {
  let path: string;
  try {
    path = realpathSync(file);
  } catch {
    return [];
  }
  const { root } = places;
  if (!path.startsWith(`${root}/`)) return [];
  path = path.slice(root.length);
  const running = `${root}/sys/kernel/btf/vmlinux`;
  if (path.startsWith('/sys/kernel/btf/') && !path.endsWith('/vmlinux')) return [running];
  const version = /^(?:\/usr)?\/lib\/modules\/([^/]+)\//.exec(path)?.[1];
  if (version === undefined) return [];
  const candidates = [
    `/lib/modules/${version}/build/vmlinux`, `/usr/lib/debug/boot/vmlinux-${version}`, `/usr/lib/debug/lib/modules/${version}/vmlinux`,
    `/boot/vmlinux-${version}`, `/lib/modules/${version}/vmlinuz`, `/boot/vmlinuz-${version}`,
  ].map((candidate) => root + candidate);
  return version === places.release ? [running, ...candidates] : candidates;
}

/**
 * As Btf.load; where the BTF is split and no base is given, the first of baseCandidates that has BTF is its base, which `base` names.
 * The base stays open: the module shares its memory.
 */
export async function openOnBase(file: string, options: OpenOptions, places?: Places): Promise<{ btf: Btf; base?: string }> {
  const candidates = options.base ? [] : baseCandidates(file, places);
  if (candidates.length === 0) return { btf: await Btf.load(file, options) };
  try {
    return { btf: await Btf.load(file, { ...options, partial: false }) }; // what is split is not to be taken for damaged
  } catch (error) {
    if (!(error instanceof BtfError) || !parts(error).text.endsWith(hint)) {
      if (options.partial) return { btf: await Btf.load(file, options) };
      throw error;
    }
    for (const base of candidates) {
      const opened = await attempt(() => Btf.load(base, { ...options, partial: false }));
      if (!opened) continue;
      try {
        return { btf: await Btf.load(file, { ...options, base: opened }), base };
      } catch (failure) {
        throw failure instanceof BtfError ? withText(failure, (text) => `${text} (it was found as ${base})`) : failure;
      }
    }
    if (options.partial) return { btf: await Btf.load(file, options) };
    const places = candidates.join(', ').replace(/, (?=[^ ]*$)/, ' or ');
    throw withText(error, (text) => text.replace(hint, `, and there is no BTF of its kernel in ${places}${hint}`));
  }
}

async function attempt(open: () => Promise<Btf>): Promise<Btf | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof BtfError) return undefined;
    throw error;
  }
}

function withText(error: BtfError, change: (text: string) => string): BtfError {
  const { text, typeName = '', ...info } = parts(error);
  return fromCore({ ...info, message: error.message }, { text: change(text), typeName });
}
