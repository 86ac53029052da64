// The worker: one file, parsed and kept here so that the page never waits for it.
import { Btf, BtfError, type Summary, columnBuffers, init } from 'btfkit';
import { answers } from './answers.ts';
import type { FaultFacts, Question, Questions, Reply, Request, Topic } from '../common/messages.ts';

// The DOM library describes a window; these are the three things that a worker has and this file uses.
interface Scope {
  postMessage(message: Reply, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}
const scope = self as unknown as Scope;

let ready: Promise<void> | undefined;
let opened: Promise<Btf> | undefined;

scope.onmessage = ({ data: request }) => {
  handle(request).catch((error: unknown) => {
    const call = request.type === 'ask' ? { call: request.call } : {};
    if (request.type === 'open' && request.again) return; // the questions that follow say so
    scope.postMessage({ type: 'failed', fault: facts(error), stopped: stopped(error), ...call });
  });
};

async function handle(request: Request): Promise<void> {
  switch (request.type) {
    case 'start':
      ready = Promise.resolve(init({ module: request.module }));
      await ready;
      return;
    case 'open':
      opened = open(request);
      await opened;
      return;
    case 'ask': {
      const btf = await opened;
      if (!btf) throw new Error('no file is open in this worker');
      scope.postMessage({ type: 'answer', call: request.call, answer: answer(btf, request.question) });
    }
  }
}

function answer<T extends Topic>(btf: Btf, { topic, about }: Question & { topic: T }): Questions[T]['answer'] {
  return (answers[topic] as (btf: Btf, about: unknown) => Questions[T]['answer'])(btf, about);
}

async function open({ input, base, again }: Extract<Request, { type: 'open' }>): Promise<Btf> {
  await ready;
  const start = performance.now();
  const onProgress = ({ readBytes, needed }: { readBytes: number; needed: number }) =>
    scope.postMessage({ type: 'progress', done: readBytes, total: needed });
  const below = base && (await Btf.fromBlob(base.blob, { name: base.name, onProgress }));
  const btf = await Btf.fromBlob(input.blob, { name: input.name, onProgress, ...(below && { base: below }) });
  if (again) return btf;
  const summary = warned(btf);
  const columns = btf.columns();
  const milliseconds = performance.now() - start;
  scope.postMessage({ type: 'opened', opened: { summary, columns, milliseconds } }, columnBuffers(columns) as Transferable[]);
  return btf;
}

/** The summary; also of an ELF that has .BTF more than once, which linkers do not make, but other tools: the first is read. */
function warned(btf: Btf): Summary {
  const { summary } = btf;
  const count = summary.container === 'elf' ? btf.sections.filter(({ name }) => name === '.BTF').length : 0;
  if (count < 2) return summary;
  const warning = { code: 'not_supported' as const, message: `the ELF has ${count} sections called .BTF; this shows the first`, section: '.BTF' };
  return { ...summary, warnings: [warning, ...summary.warnings] };
}

function facts(error: unknown): FaultFacts {
  const text = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
  const cause = error instanceof BtfError ? error.cause : error;
  // What the engines say when they can't make an array or a string as large as asked for, and what the module says.
  const full = (cause instanceof RangeError && /alloc|invalid .*length/i.test(cause.message)) || text(cause).startsWith('Aborted(');
  if (full) return { code: 'too_large', message: 'the parser ran out of memory' };
  if (cause instanceof WebAssembly.RuntimeError || /call stack|recursion/i.test(text(cause))) return { code: 'stopped', message: `the parser stopped: ${text(cause)}` };
  return error instanceof BtfError ? { code: error.code, message: error.message } : { code: 'internal', message: text(error) };
}

/** What the package refuses on its own has no cause; with one, the WebAssembly may have stopped, or the file have changed. */
function stopped(error: unknown): boolean {
  return !(error instanceof BtfError) || error.cause !== undefined;
}
