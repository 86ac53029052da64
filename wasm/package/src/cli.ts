// The `btfkit` command for Node. Verbs, options and their help are core's table; what the verbs print is core's text. Here arguments
// are parsed, inputs opened, and texts written, piece by piece as core makes them.
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { openOnBase } from './base.js';
import { runVerb } from './btf.js';
import { engine, platform, type Input } from './engine.js';
import { Btf, BtfError, version, type OpenOptions, type Output } from './node.js';
import { parts } from './error.js';
import { OutputFile } from './output.js';

interface Verb {
  name: string;
  /** The option that names a file of bytes for the verb, which come on standard input otherwise. */
  dataOption?: string;
  /** The option that names the file for the bytes that the verb makes, which go to standard output otherwise. */
  outputOption?: string;
  /** Opens inputs as `--partial` does. */
  damaged?: boolean;
  /** Opens BPF objects without BTF too. */
  withoutBtf?: boolean;
  /** Only the last may be repeatable. */
  positionals: { name: string; help: string; required: boolean; repeatable?: boolean }[];
  /** `value`: the placeholder of its value, empty for a flag; `choices`: comma-separated, empty for anything. */
  options: { name: string; letter?: string; value: string; help: string; choices: string; repeatable?: boolean }[];
}

/** A verb's parsed arguments: each option as often as it was given, in the table's order; a flag's value is empty. */
interface Arguments {
  positionals: string[];
  options: [name: string, value: string][];
  help: boolean;
}

/** The command was called in a wrong way. */
class UsageError extends Error {}

// ---- output

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Standard output or error. Writes at once: nothing gathers in memory, however slow the reader. */
class Stream {
  /** A full disk and the like; a reader that went away (`| head`) is no failure. */
  failed = false;
  #closed = false;
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** False once nothing can be written any more. */
  readonly write = (bytes: Uint8Array): boolean => {
    for (let at = 0; at < bytes.length && !this.#closed; ) {
      try {
        at += writeSync(this.#fd, bytes, at);
      } catch (error) {
        this.#wait(error as NodeJS.ErrnoException);
      }
    }
    return !this.#closed;
  };

  /** After a write that failed: waits a moment where that is all it takes, closes otherwise. */
  #wait({ code, message }: NodeJS.ErrnoException): void {
    if (code === 'EAGAIN') {
      Atomics.wait(clock, 0, 0, 2); // somebody made it non-blocking
      return;
    }
    this.#closed = true;
    if (code === 'EPIPE' || code === 'ECONNRESET' || code === 'EOF' || this !== out) return; // a socket's, Windows's EPIPE
    this.failed = true;
    const why = message.replace(/^E\w+: /, '').replace(/, write$/, '');
    err.print(`btfkit: standard output: ${why.charAt(0).toUpperCase()}${why.slice(1)}\n`);
  }

  print(text: string): void {
    this.write(Buffer.from(text));
  }
}

const out = new Stream(1);
const err = new Stream(2);

// ---- arguments

/** What is wrong with a command line is said in the words of native/cli/arguments.cpp, to the byte. */
function parse(verb: Verb, args: string[]): Arguments {
  const config: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const { name, letter, value } of verb.options)
    config[name] = { type: value ? 'string' : 'boolean', multiple: true, ...(letter && { short: letter }) };
  const { tokens } = parseArgs({ args, options: config, allowPositionals: true, strict: false, tokens: true });
  const given = new Map<string, string[]>();
  let unknown: string | undefined;
  let strange = -1; // where it is: letters behind it in the same word are not looked at
  for (const token of tokens) {
    if (token.kind !== 'option' || token.index === strange) continue;
    const type = config[token.name]?.type;
    if (type === undefined) {
      unknown ??= args[token.index]!.replace(/=.*/s, '');
      strange = token.index;
    } else if (type === 'boolean' && token.value !== undefined) throw new UsageError(`--${token.name} takes no value`);
    else if (type === 'string' && token.value === undefined) throw new UsageError(`--${token.name} needs a value`);
    else given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? '']);
  }
  if (given.has('help')) return { positionals: [], options: [], help: true };
  if (unknown !== undefined) throw new UsageError(`unknown option '${unknown}'`);

  const options: Arguments['options'] = [];
  for (const { name, value, choices, repeatable } of verb.options) {
    const values = given.get(name) ?? [];
    if (value && !repeatable && values.length > 1) throw new UsageError(`--${name} is given ${values.length} times`);
    for (const text of values) {
      if (choices && !choices.split(',').includes(text)) throw new UsageError(`--${name}: '${text}' is none of ${choices.replaceAll(',', ', ')}`);
      options.push([name, text]);
    }
  }
  const positionals = tokens.flatMap((token) => (token.kind === 'positional' && token.value !== '' ? [token.value] : []));
  const missing = verb.positionals.slice(positionals.length).find(({ required }) => required);
  if (missing) throw new UsageError(`${missing.name} is missing`);
  const extra = positionals[verb.positionals.length];
  if (extra !== undefined && !verb.positionals.at(-1)?.repeatable) throw new UsageError(`'${extra}' is one argument too many`);
  return { positionals, options, help: false };
}

// ---- running

const help = (verb: string): string => engine().call((glue) => glue.fact('help', verb, 0));

/** What is at a path, or comes on standard input; a split BTF's base where it is not given but found. */
async function open(file: string, options: OpenOptions): Promise<{ btf: Btf; base?: string }> {
  if (file !== '-') return openOnBase(file, options);
  return { btf: await Btf.load(await standardInput(), { ...options, name: '-' }) };
}

async function standardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** Bytes that a verb interprets. */
async function openData(file: string): Promise<Input> {
  if (file !== '-') return platform().open(file);
  const bytes = await standardInput();
  return { name: 'standard input', size: bytes.length, read: (offset, room) => room.set(bytes.subarray(offset, offset + room.length)) };
}

/** Runs a verb and prints; its exit code. */
async function run(verb: Verb, { positionals, options }: Arguments): Promise<number> {
  const value = (option: string): string | undefined => options.find(([name]) => name === option)?.[1];
  const [file, ...args] = positionals as [string, ...string[]];
  const when = value('color') ?? 'auto';
  const color = when === 'auto' ? !process.env['NO_COLOR'] && isatty(1) : when === 'always';
  const pointerSize = value('pointer-size');
  const load: OpenOptions = { partial: verb.damaged === true || value('partial') !== undefined };
  if (pointerSize) load.pointerSize = pointerSize === '4' ? 4 : 8;
  let source = file; // the one that an error speaks of
  const outputPath = verb.outputOption ? (value(verb.outputOption) ?? '-') : '-';
  if (outputPath === '') {
    err.print(`btfkit: --${verb.outputOption!}: the name of the file is empty\n`);
    return 2;
  }
  if (verb.outputOption && outputPath === '-' && isatty(1)) {
    err.print(`btfkit: what this makes is no text for a terminal: give --${verb.outputOption} FILE\n`);
    return 2;
  }
  let output: OutputFile | undefined;
  try {
    const start = performance.now();
    const base = value('base');
    if (base) {
      source = base;
      load.base = (await open(base, load)).btf;
      source = file;
    }
    let data: Input | undefined;
    if (verb.dataOption) {
      source = value(verb.dataOption) || '-';
      if (source === '-' && file === '-') {
        err.print(`btfkit: standard input can't be both FILE and the bytes: give --${verb.dataOption} FILE\n`);
        return 2;
      }
      data = await openData(source);
      source = file;
    }
    const opened = await open(file, { ...load, withoutBtf: verb.withoutBtf === true });
    const loadMs = performance.now() - start;
    // A base that was found on disk is worth a line: it may not be the one that its user thinks of.
    if (opened.base !== undefined && opened.base !== '/sys/kernel/btf/vmlinux') err.print(`btfkit: its base is ${opened.base}\n`);
    source = outputPath;
    if (source !== '-') output = new OutputFile(source);
    const code = runVerb(opened.btf, { verb: verb.name, args, options, color, columns: isatty(1) ? process.stdout.columns : 0, loadMs, data, output: output?.write }, out.write, err.write);
    if (code === 0) output?.finish();
    return code;
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    const json = value('json') !== undefined || value('format') === 'json';
    const failed = JSON.parse(engine().call((glue) => glue.fail(parts(error), source, json))) as Output;
    out.print(failed.out);
    err.print(failed.err);
    return failed.exitCode;
  } finally {
    output?.discard();
  }
}

async function main(args: string[]): Promise<number> {
  const { verbs } = JSON.parse(engine().call((glue) => glue.fact('verbs', '', 0))) as { verbs: Verb[] };
  if (args[0] === 'help') args = [...args.slice(1), '--help'];
  const [first, ...rest] = args;
  if (first === undefined) {
    err.print(help(''));
    return 2;
  }
  const print = (text: string): number => (out.print(text), 0);
  if (first === '--version') return print(`btfkit ${version}\n`);
  if (first === '--help' || first === '-h') return print(help(''));
  const verb = verbs.find(({ name }) => name === first);
  try {
    if (!verb) throw new UsageError(first.startsWith('-') ? `unknown option '${first}'` : `no verb '${first}'`);
    const parsed = parse(verb, rest);
    return parsed.help ? print(help(verb.name)) : await run(verb, parsed);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    err.print(`btfkit: ${error.message}\nTry 'btfkit ${verb ? `${verb.name} ` : ''}--help'.\n`);
    return 2;
  }
}

// No await here: the command is bundled as CommonJS.
void main(process.argv.slice(2)).then((code) => (process.exitCode = out.failed ? 1 : code));
