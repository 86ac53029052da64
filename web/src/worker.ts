// The worker: one file, parsed and kept here so that the page never waits for it.
import { Btf, BtfError, columnBuffers, init } from 'btfkit';
import { answers } from './answers.ts';
import type { FaultFacts, NamedBlob, Question, Questions, Reply, Request, Topic } from './messages.ts';

// The DOM library describes a window; these are the three things that a worker has and this file uses.
interface Scope {
  postMessage(message: Reply, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}
const scope = self as unknown as Scope;

let ready: Promise<void> | undefined;
let btf: Btf | undefined;

scope.onmessage = ({ data: request }) => {
  const call = request.type === 'ask' ? request.call : undefined;
  handle(request).catch((error: unknown) => {
    scope.postMessage({ type: 'failed', fault: facts(error), ...(call === undefined ? {} : { call }) });
  });
};

async function handle(request: Request): Promise<void> {
  switch (request.type) {
    case 'start':
      ready = Promise.resolve(init({ module: request.module, more: request.more }));
      await ready;
      return;
    case 'open':
      await ready;
      await open(request.input, request.base);
      return;
    case 'ask':
      if (!btf) throw new Error('no file is open in this worker');
      scope.postMessage({ type: 'answer', call: request.call, answer: answer(btf, request.question) });
  }
}

function answer<T extends Topic>(btf: Btf, { topic, about }: Question & { topic: T }): Questions[T]['answer'] {
  return (answers[topic] as (btf: Btf, about: unknown) => Questions[T]['answer'])(btf, about);
}

async function open(input: NamedBlob, base: NamedBlob | undefined): Promise<void> {
  const start = performance.now();
  const onProgress = ({ readBytes, needed }: { readBytes: number; needed: number }) =>
    scope.postMessage({ type: 'progress', done: readBytes, total: needed });
  const below = base && (await Btf.fromBlob(base.blob, { name: base.name, onProgress }));
  btf = await Btf.fromBlob(input.blob, { name: input.name, onProgress, ...(below && { base: below }) });
  const summary = btf.summary;
  const columns = btf.columns();
  const milliseconds = performance.now() - start;
  scope.postMessage({ type: 'opened', opened: { summary, columns, milliseconds } }, columnBuffers(columns) as Transferable[]);
}

function facts(error: unknown): FaultFacts {
  if (error instanceof BtfError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
