// What is said beneath the search box: what was not understood or took too long, and where the member is that a path leads to.
import { counted } from '../common/format.ts';
import { kindFacts } from '../common/kinds.ts';
import { placeWords } from '../common/member-words.ts';
import type { MemberAnswer } from '../common/messages.ts';
import type { TypeTable } from '../common/types.ts';
import { Fault } from '../open/session.ts';
import type { Expression, Having } from './expression.ts';
import type { Findings } from './findings.ts';
import type { Note } from './search-note.ts';
import { type Matches, isRoot } from './search.ts';

/** Types of one name whose members are asked for. */
const mostRoots = 4;

export class Remarks {
  /** Of the path that is being typed. */
  private place: Note | undefined;

  /** Undefined: there is nothing to remark. */
  about(types: TypeTable, findings: Findings, expression: Expression, matches: Matches): Note | undefined {
    const place = this.placeNote(types, findings, expression, matches);
    const { problem, having } = expression;
    const { cut, clipped } = matches;
    if (problem !== undefined) return { text: problem, wrong: true };
    for (const term of having) {
      const fault = findings.having(term);
      if (fault instanceof Fault) return havingNote(term, fault);
    }
    if (place) return place;
    if (cut !== undefined) return { text: `The expression is too slow: it saw the first ${counted(cut, 'type')}.`, wrong: true };
    if (clipped !== undefined) return { text: `The expression may be slow: it saw no more of a name than ${counted(clipped, 'character')}.`, wrong: true };
    return undefined;
  }

  /** Where the member is that a path leads to: in the first of several types that has it. */
  private placeNote(types: TypeTable, findings: Findings, { path }: Expression, { rows }: Matches): Note | undefined {
    if (!path) return (this.place = undefined);
    const roots = [...rows.subarray(0, 64)].filter((row) => isRoot(types, row, path)).slice(0, mostRoots);
    const answers = roots.map((row) => ({ row, answer: findings.member(row, path.member) }));
    const known = answers.flatMap(({ row, answer }) => (answer ? [{ row, answer }] : []));
    const best = known.find(({ answer }) => 'offset' in answer) ?? known[0];
    // While the answer is on its way the line stays as it is: the list beneath would jump at every key press.
    if (roots.length === 0) this.place = undefined;
    else if (best && known.length === roots.length) this.place = memberNote(`${kindFacts(types.kind(best.row)).noun} ${types.names[best.row]}`, best.answer);
    return this.place;
  }
}

/** `owner`: "struct task_struct". */
function memberNote(owner: string, answer: MemberAnswer | Fault): Note {
  if (answer instanceof Fault) return { text: `The member could not be looked for: ${answer.message}.`, wrong: true, now: true };
  if (!('why' in answer)) return { text: `In ${owner}, ${answer.path} is ${placeWords(answer)}.`, wrong: false, now: true };
  const { why, instead } = answer;
  const last = (search: string) => search.slice(search.lastIndexOf('.') + 1);
  if (why === '') return { text: 'Go on:', wrong: false, instead: instead.map((search) => ({ search, label: last(search) })), now: true };
  return { text: instead.length > 0 ? `${why}. Try` : `${why}.`, wrong: true, instead: instead.map((search) => ({ search, label: search })), now: true };
}

function havingNote({ what, name }: Having, fault: Fault): Note {
  return { text: `“${what}:${name}” could not be looked for: ${fault.message.replace(/^--[\w-]+: /, '')}.`, wrong: true, now: true };
}
