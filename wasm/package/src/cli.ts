// The `btfkit` command for Node. Verbs, options and their help are core's table; what the verbs print is core's text. Here arguments
// are parsed, inputs opened, and texts written.
import { isatty } from 'node:tty';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { engine } from './engine.js';
import { Btf, BtfError, version, type OpenOptions, type Output } from './node.js';
import { parts } from './error.js';

interface Verb {
  name: string;
  positionals: { name: string; help: string; required: boolean }[];
  /** `value`: the placeholder of its value, empty for a flag; `choices`: comma-separated, empty for anything. */
  options: { name: string; letter?: string; value: string; help: string; choices: string }[];
}

/** The command was called in a wrong way. */
class UsageError extends Error {}

function parse(verb: Verb, args: string[]): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  const options: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } };
  for (const { name, letter, value } of verb.options) options[name] = { type: value ? 'string' : 'boolean', ...(letter && { short: letter }) };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (cause) {
    throw new UsageError((cause as Error).message.split('. ')[0]!);
  }
  const values = parsed.values as Record<string, string | boolean | undefined>;
  if (values['help']) return { values, positionals: parsed.positionals };
  for (const { name, choices } of verb.options) {
    const value = values[name];
    if (choices && value !== undefined && !choices.split(',').includes(value as string))
      throw new UsageError(`--${name}: '${String(value)}' is none of ${choices.split(',').join(', ')}`);
  }
  const missing = verb.positionals.filter(({ required }) => required)[parsed.positionals.length];
  if (missing) throw new UsageError(`${missing.name} is missing`);
  const extra = parsed.positionals[verb.positionals.length];
  if (extra !== undefined) throw new UsageError(`'${extra}' is one argument too many`);
  return { values, positionals: parsed.positionals };
}

const help = (verb: string): string => engine().call((glue) => glue.help(verb));

async function open(file: string, options: OpenOptions): Promise<Btf> {
  if (file !== '-') return Btf.open(file, options);
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Btf.fromBytes(Buffer.concat(chunks), { ...options, name: '-' });
}

async function run(verb: Verb, args: string[]): Promise<Output> {
  const { values, positionals } = parse(verb, args);
  if (values['help']) return { out: help(verb.name), err: '', exitCode: 0 };
  const [file, type] = positionals as [string, string?];
  const json = values['json'] === true;
  const when = values['color'] ?? 'auto';
  const color = when === 'auto' ? !process.env['NO_COLOR'] && isatty(1) : when === 'always';
  const options: OpenOptions = values['pointer-size'] ? { pointerSize: values['pointer-size'] === '4' ? 4 : 8 } : {};
  if (values['partial']) options.partial = true;
  let source = file; // the one that an error speaks of
  try {
    const start = performance.now();
    if (values['base']) {
      source = String(values['base']);
      options.base = await open(source, options);
      source = file;
    }
    const btf = await open(file, options);
    return btf.inspect({ json, color, loadMs: performance.now() - start, ...(type && { type }) });
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    return JSON.parse(engine().call((glue) => glue.fail(parts(error), source, json))) as Output;
  }
}

async function main(args: string[]): Promise<Output> {
  const { verbs } = JSON.parse(engine().call((glue) => glue.verbs())) as { verbs: Verb[] };
  const [first, ...rest] = args;
  if (first === '--version') return { out: `btfkit ${version}\n`, err: '', exitCode: 0 };
  if (first === '--help' || first === '-h') return { out: help(''), err: '', exitCode: 0 };
  if (first === undefined) return { out: '', err: help(''), exitCode: 2 };
  const verb = verbs.find(({ name }) => name === first);
  try {
    if (!verb) throw new UsageError(first.startsWith('-') ? `unknown option '${first}'` : `no verb '${first}'`);
    return await run(verb, rest);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { out: '', err: `btfkit: ${error.message}\nTry 'btfkit ${verb ? `${verb.name} ` : ''}--help'.\n`, exitCode: 2 };
  }
}

// A reader that went away (`| head`) is no failure.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream === process.stdout) process.stderr.write(`btfkit: standard output: ${error.message}\n`);
    process.exitCode = 1;
  });

main(process.argv.slice(2)).then(({ out, err, exitCode }) => {
  process.exitCode = exitCode;
  process.stdout.write(out);
  process.stderr.write(err);
});
