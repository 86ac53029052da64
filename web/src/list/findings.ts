// Findings: what a search asks of the package, as names alone do not tell it: which types have a member or a value, and where a member
// is. Asked once the keyboard rests, and kept, so that what else is typed does not ask again.
import type { MemberAnswer } from '../common/messages.ts';
import type { TypeTable } from '../common/types.ts';
import { Fault, type Session } from '../open/session.ts';
import type { Having } from './expression.ts';

/** Milliseconds without a key press. */
const rest = 150;
/** Answers that are kept. */
const most = 24;

/** By row: 1 where it holds. */
export type RowSet = Uint8Array;

interface Question {
  ask(): Promise<RowSet | MemberAnswer>;
  /** Rows depend on it, not only what is said of them. */
  lists: boolean;
}

export class Findings {
  private readonly answers = new Map<string, RowSet | MemberAnswer | Fault>();
  private readonly underway = new Set<string>();
  /** What the present search asks and does not know. */
  private readonly lacking = new Map<string, Question>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `withBase`: `types` has those of the base, too. `changed` is called when something that is still wanted has arrived. */
  constructor(
    private readonly session: Session,
    private readonly types: TypeTable,
    private readonly withBase: boolean,
    private readonly changed: (lists: boolean) => void,
  ) {}

  /** Another search begins: what it wants to know it asks next. */
  begin(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.lacking.clear();
    for (const [key, answer] of this.answers) if (answer instanceof Fault && answer.code === 'stopped') this.answers.delete(key);
    for (const key of this.answers.keys()) if (this.answers.size > most) this.answers.delete(key); // the oldest first
  }

  /** The types that have it; undefined: not known yet. */
  having({ what, name }: Having): RowSet | Fault | undefined {
    const { types, withBase } = this;
    const ask = async () => {
      const set = new Uint8Array(types.length);
      for (const id of await this.session.ask('having', { what, name, withBase })) set[types.rowOf(id)] = 1;
      return set;
    };
    return this.look(`${what}:${name}`, { ask, lists: true }) as RowSet | Fault | undefined;
  }

  /** Where a member of the type of a row is; undefined: not known yet. */
  member(row: number, path: string): MemberAnswer | Fault | undefined {
    const id = this.types.id(row);
    return this.look(`${id} ${path}`, { ask: () => this.session.ask('member', { id, path }), lists: false }) as MemberAnswer | Fault | undefined;
  }

  /** Does not wait for the keyboard to rest. */
  hurry(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [key, { ask, lists }] of this.lacking) {
      if (this.underway.has(key)) continue;
      this.underway.add(key);
      const settle = (answer: RowSet | MemberAnswer | Fault) => {
        this.underway.delete(key);
        this.answers.set(key, answer);
        if (this.lacking.delete(key)) this.changed(lists);
      };
      ask().then(settle, (fault: Fault) => settle(fault));
    }
  }

  private look(key: string, question: Question): RowSet | MemberAnswer | Fault | undefined {
    const answer = this.answers.get(key);
    if (answer !== undefined) return answer;
    this.lacking.set(key, question);
    this.timer ??= setTimeout(() => this.hurry(), rest);
    return undefined;
  }
}
