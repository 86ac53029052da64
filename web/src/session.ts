// Session: one open file, which lives in a worker of its own. Closing a session ends its worker, and with it all its memory;
// nothing that happens while another file is opened can touch it.
import type { FaultFacts, NamedBlob, Opened, Parts, Question, Questions, Reply, Request, Topic } from './messages.ts';

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

export class Session {
  /** Called while the file is read; bytes. */
  onProgress: (done: number, total: number) => void = () => {};

  private opening: Settle<Opened> | undefined;
  private readonly calls = new Map<number, Settle<unknown>>();
  private lastCall = 0;
  private ended: Fault | undefined;

  constructor(
    private readonly worker: Worker,
    { module, more }: Parts,
  ) {
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.end({ code: 'internal', message: event.message || 'the parser stopped unexpectedly' });
    };
    this.send({ type: 'start', module, more });
  }

  /** Opens a file, on the base that it continues if it does; called once. Rejects with a Fault when it cannot be opened or the
   *  session is closed meanwhile. */
  open(input: NamedBlob, base?: NamedBlob): Promise<Opened> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.opening = { resolve, reject };
      this.send({ type: 'open', input, ...(base && { base }) });
    });
  }

  /** Asks about the open file. Rejects with a Fault when there is no answer, or the session is closed meanwhile. */
  ask<T extends Topic>(topic: T, about: Questions[T]['about']): Promise<Questions[T]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      const call = ++this.lastCall;
      this.calls.set(call, { resolve: resolve as (answer: unknown) => void, reject });
      this.send({ type: 'ask', call, question: { topic, about } as Question });
    });
  }

  /** Ends the worker at once, whatever it is doing. What is still being waited for is rejected with the code `closed`. */
  close(): void {
    this.end({ code: 'closed', message: 'the file was closed' });
  }

  private send(request: Request): void {
    this.worker.postMessage(request);
  }

  private receive(reply: Reply): void {
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
        if (reply.call === undefined) this.end(reply.fault);
        else this.take(reply.call)?.reject(new Fault(reply.fault));
    }
  }

  private take(call: number): Settle<unknown> | undefined {
    const settle = this.calls.get(call);
    this.calls.delete(call);
    return settle;
  }

  private end(facts: FaultFacts): void {
    if (this.ended) return;
    this.ended = new Fault(facts);
    this.worker.terminate();
    this.opening?.reject(this.ended);
    for (const settle of this.calls.values()) settle.reject(this.ended);
    this.calls.clear();
  }
}
