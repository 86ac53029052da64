// The same question to both: the native command, and the package's API.
import { spawnSync } from 'node:child_process';
import { engine } from '../../../wasm/package/dist/engine.js';
import { parts } from '../../../wasm/package/dist/error.js';
import { Btf, BtfError } from '../../../wasm/package/dist/node.js';
import { nativeCommand } from './files.mjs';

/** What `btfkit VERB PATH ARGS --json` gives natively: { exitCode, out, err }. */
export function native(verb, path, args = [], options = {}) {
  const line = [verb, path, ...args, ...Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, String(value)])), '--json'];
  const { status, stdout, stderr, error } = spawnSync(nativeCommand, line, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (error) throw error;
  return { exitCode: status, out: stdout, err: stderr };
}

/** An error as the command shows it. */
export function shown(error, path) {
  if (!(error instanceof BtfError)) throw error;
  return JSON.parse(engine().call((glue) => glue.fail(parts(error), path, true)));
}

/** The same of the API, over what is open. */
export function ours(btf, verb, args = [], options = {}) {
  const { exitCode, out, err } = btf.run(verb, { args, options: { ...options, json: true } });
  return { exitCode, out, err };
}

/** Opens a file; the Btf, or what the command would show. */
export async function opened(path, options) {
  try {
    return { btf: await Btf.load(path, options) };
  } catch (error) {
    return { failed: shown(error, path) };
  }
}
