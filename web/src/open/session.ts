// Session: one open file, which lives in a worker of its own. What happens to one file can't touch another: ending its worker gives
// back all its memory, whatever it is doing. A worker that stops, or does not answer, is ended; the next question gets a new one,
// which opens the file again. The same way a file that nobody looks at is put to rest.
import type { FaultFacts, NamedBlob, Opened, Question, Questions, Reply, Request, Topic } from '../common/messages.ts';

/** What a failed open or query rejects with. */
export class Fault extends Error {
  readonly code: string;
  constructor(facts: FaultFacts) {
    super(facts.message);
    this.name = 'Fault';
    this.code = facts.code;
  }
}

type Settle<T> = { resolve: (value: T) => void; reject: (fault: Fault) => void };

/** Seconds without a word after which a worker counts as stuck. Unpacking half a gigabyte takes some, any question far less. */
const longestSilence = { opening: 120, answering: 20 };

export class Session {
  /** Called while the file is read; bytes. */
  onProgress: (done: number, total: number) => void = () => {};

  private source: { input: NamedBlob; base?: NamedBlob } | undefined;
  private worker: Worker | undefined;
  private opening: Settle<Opened> | undefined;
  private readonly calls = new Map<number, Settle<unknown>>();
  private lastCall = 0;
  private ended: Fault | undefined;
  private watch: ReturnType<typeof setInterval> | undefined;
  /** Ticks of a second, not a difference of times: a computer that sleeps proves nothing about the worker. */
  private silence = 0;

  /** `hire` gives a worker that has been sent its `start`. */
  constructor(private readonly hire: () => Worker) {}

  /** Opens a file, on the base that it continues if it does; called once. Rejects with a Fault when it cannot be opened or the
   *  session is closed meanwhile. */
  open(input: NamedBlob, base?: NamedBlob): Promise<Opened> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.source = { input, ...(base && { base }) };
      this.opening = { resolve, reject };
      this.start(false);
    });
  }

  /** Asks about the open file. Rejects with a Fault when there is no answer, or the session is closed meanwhile. */
  ask<T extends Topic>(topic: T, about: Questions[T]['about']): Promise<Questions[T]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      const call = ++this.lastCall;
      this.calls.set(call, { resolve: resolve as (answer: unknown) => void, reject });
      if (!this.worker) this.start(true);
      this.send({ type: 'ask', call, question: { topic, about } as Question });
      this.watchOver();
    });
  }

  /** Gives the memory back until the next question, which then takes as long as opening the file did. */
  rest(): void {
    if (!this.opening && this.calls.size === 0) this.dismiss();
  }

  /** Ends the worker at once, whatever it is doing. What is still being waited for is rejected with the code `closed`. */
  close(): void {
    this.end({ code: 'closed', message: 'the file was closed' });
  }

  private start(again: boolean): void {
    const worker = (this.worker = this.hire());
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.worker === worker && this.receive(data);
    worker.onmessageerror = () => this.worker === worker && this.stop({ code: 'stopped', message: 'the parser’s answer could not be read' });
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.worker === worker) this.stop({ code: 'stopped', message: `the parser stopped: ${event.message || 'the browser does not say why'}` });
    };
    this.send({ type: 'open', ...this.source!, again });
    this.watchOver();
  }

  private send(request: Request): void {
    this.worker!.postMessage(request);
  }

  private receive(reply: Reply): void {
    this.silence = 0;
    switch (reply.type) {
      case 'progress':
        this.onProgress(reply.done, reply.total);
        return;
      case 'opened':
        this.opening?.resolve(reply.opened);
        this.opening = undefined;
        return;
      case 'answer':
        this.take(reply.call)?.resolve(reply.answer);
        return;
      case 'failed':
        if (reply.call === undefined) return this.end(reply.fault);
        this.take(reply.call)?.reject(new Fault(reply.fault));
        if (reply.stopped) this.stop(reply.fault);
    }
  }

  private take(call: number): Settle<unknown> | undefined {
    const settle = this.calls.get(call);
    this.calls.delete(call);
    return settle;
  }

  private watchOver(): void {
    this.silence = 0;
    this.watch ??= setInterval(() => {
      const limit = this.opening ? longestSilence.opening : longestSilence.answering;
      if (!this.opening && this.calls.size === 0) this.unwatch();
      else if (++this.silence > limit) this.stop({ code: 'stopped', message: `the parser gave no answer for ${limit} seconds` });
    }, 1000);
  }

  private unwatch(): void {
    clearInterval(this.watch);
    this.watch = undefined;
  }

  /** The worker is of no use any more. A file that was open before stays so: the next question gets a new worker. */
  private stop(facts: FaultFacts): void {
    if (this.opening) return this.end(facts);
    this.dismiss();
    this.reject(new Fault(facts));
  }

  private end(facts: FaultFacts): void {
    if (this.ended) return;
    this.ended = new Fault(facts);
    this.dismiss();
    this.reject(this.ended);
  }

  private dismiss(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.unwatch();
  }

  private reject(fault: Fault): void {
    const calls = [...this.calls.values()];
    this.calls.clear();
    this.opening?.reject(fault);
    this.opening = undefined;
    for (const settle of calls) settle.reject(fault);
  }
}
