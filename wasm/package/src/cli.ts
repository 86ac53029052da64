// The `btfkit` command for Node. Verbs, options and their help are core's table; what the verbs print is core's text. Here arguments
// are parsed, inputs opened, and texts written.
import { isatty } from 'node:tty';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { engine } from './engine.js';
import { Btf, BtfError, version, type Output } from './node.js';
import { parts } from './error.js';

interface Verb {
  name: string;
  summary: string;
  positionals: { name: string; help: string; required: boolean }[];
  /** `value`: the placeholder of its value, empty for a flag; `choices`: comma-separated, empty for anything. */
  options: { name: string; letter?: string; value: string; help: string; choices: string }[];
  examples: { arguments: string; meaning: string }[];
}

/** The command was called in a wrong way. */
class UsageError extends Error {}

function columns(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('');
}

function help(verbs: Verb[]): string {
  return (
    'Reads, checks and explains BTF, the type information of Linux kernels and BPF objects.\n\n' +
    'Usage: btfkit VERB [ARGUMENTS]\n\n' +
    `Verbs:\n${columns(verbs.map((verb) => [verb.name, verb.summary]))}\n` +
    `Options:\n${columns([['-h, --help', 'print this, or the help of a verb: btfkit VERB --help'], ['--version', 'print the version']])}`
  );
}

function verbHelp(verb: Verb): string {
  const usage = verb.positionals.map(({ name, required }) => (required ? name : `[${name}]`)).join(' ');
  const options = verb.options.map((option): [string, string] => [
    `${option.letter ? `-${option.letter}, ` : ''}--${option.name}${option.value && ` ${option.value}`}`,
    option.help + (option.choices && `: ${option.choices.split(',').join(', ')}`),
  ]);
  return (
    `${verb.summary}\n\nUsage: btfkit ${verb.name} ${usage} [OPTIONS]\n\n` +
    columns(verb.positionals.map(({ name, help: text }) => [name, text])) +
    `\nOptions:\n${columns([...options, ['-h, --help', 'print this']])}\n` +
    `Examples:\n${verb.examples.map((example) => `  btfkit ${example.arguments}\n      ${example.meaning}\n`).join('')}`
  );
}

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

async function open(file: string): Promise<Btf> {
  if (file !== '-') return Btf.open(file);
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Btf.fromBytes(Buffer.concat(chunks), { name: '-' });
}

async function run(verb: Verb, args: string[]): Promise<Output> {
  const { values, positionals } = parse(verb, args);
  if (values['help']) return { out: verbHelp(verb), err: '', exitCode: 0 };
  const [file, type] = positionals as [string, string?];
  const json = values['json'] === true;
  const when = values['color'] ?? 'auto';
  const color = when === 'auto' ? !process.env['NO_COLOR'] && isatty(1) : when === 'always';
  try {
    const start = performance.now();
    const btf = await open(file);
    return btf.inspect({ json, color, loadMs: performance.now() - start, ...(type !== undefined && { type }) });
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    return JSON.parse(engine().call((glue) => glue.fail(parts(error), file, json))) as Output;
  }
}

async function main(args: string[]): Promise<Output> {
  const { verbs } = JSON.parse(engine().call((glue) => glue.verbs())) as { verbs: Verb[] };
  const [first, ...rest] = args;
  if (first === '--version') return { out: `btfkit ${version}\n`, err: '', exitCode: 0 };
  if (first === '--help' || first === '-h') return { out: help(verbs), err: '', exitCode: 0 };
  const verb = verbs.find(({ name }) => name === first);
  try {
    if (first === undefined) throw new UsageError('a verb is missing');
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
    if (error.code !== 'EPIPE') throw error;
  });

main(process.argv.slice(2)).then(({ out, err, exitCode }) => {
  process.exitCode = exitCode;
  process.stdout.write(out);
  process.stderr.write(err);
});
