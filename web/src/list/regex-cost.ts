// What a regular expression may cost. The browser's engine goes back and tries again: a repetition within a repetition, as in (a+)+,
// doubles its work with each character, and nothing stops it once it has begun with a name. So such expressions are refused before,
// and the others see only as much of a name as they can be done with.

/** Steps for one name: a tenth of a second or two. */
const mostSteps = 2e7;
/** Characters of a name that any expression sees; those of files made to annoy go on for megabytes. */
const longest = 512;
/** What sees less than this of a name is of no use. */
const shortest = 16;

/** How many characters of a name it may see; or what it does that it may not, in words. */
export type Reach = number | string;

interface Cost {
  /** Repetitions without a bound, or with a high one: each may end anywhere. */
  loops: number;
  /** Places where there are two ways on. */
  choices: number;
}

interface Group extends Cost {
  /** What it is in, as far as that was read. */
  alternatives: number;
  /** What its alternatives begin with; undefined when that is no plain character. */
  starts: (string | undefined)[];
}

const header = /\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]*:)/y;
const quantifier = /(?:[*+?]|\{(\d+)(,)?(\d*)\})\??/y;
const atom = /\\(?:[pPu]\{[^}]*\}|k<[^>]*>|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|[\s\S])|[\s\S]/uy;

/** `source` is a regular expression that the browser understands. */
export function reachOf(source: string, flags: string): Reach {
  const open: Group[] = [group()];
  for (let at = 0; at < source.length; ) {
    const take = (term: RegExp) => {
      term.lastIndex = at;
      const found = term.exec(source);
      if (found) at = term.lastIndex;
      return found;
    };
    const inner = open.at(-1)!;
    let cost: Cost = { loops: 0, choices: 0 };
    let start: string | undefined;
    if (source[at] === '(') {
      at++;
      take(header);
      open.push(group());
      continue;
    }
    if (source[at] === '|') {
      at++;
      while (inner.starts.length < inner.alternatives) inner.starts.push(undefined);
      inner.alternatives++;
      continue;
    }
    if (source[at] === ')') {
      at++;
      if (open.length === 1) return longest; // not understood here after all: only the time is watched
      open.pop();
      cost = closed(inner);
    } else if (source[at] === '[') at = behindClass(source, at, flags.includes('v'));
    else {
      const [text] = take(atom)!;
      if (!/^[.^$\\]/u.test(text)) start = flags.includes('i') ? text.toLowerCase() : text;
    }
    const owner = open.at(-1)!;
    const times = take(quantifier);
    if (times) {
      const repeated = repeat(cost, times);
      if (!repeated) return 'repeats what itself repeats or varies';
      cost = repeated;
      if (cost.choices > 0 || cost.loops > 0) start = undefined;
    }
    if (owner.starts.length < owner.alternatives) owner.starts.push(start);
    owner.loops += cost.loops;
    owner.choices += cost.choices;
  }
  const whole = closed(open[0]!);
  // Without ^ it is tried from each character on.
  const anchored = source.startsWith('^') && open[0]!.alternatives === 1;
  return fitting({ ...whole, loops: whole.loops + (anchored ? 0 : 1) });
}

function group(): Group {
  return { loops: 0, choices: 0, alternatives: 1, starts: [] };
}

/** Alternatives that begin with different letters are decided at once. */
function closed({ loops, choices, alternatives, starts }: Group): Cost {
  const decided = alternatives === 1 || (starts.length === alternatives && !starts.includes(undefined) && new Set(starts).size === alternatives);
  return { loops, choices: choices + (decided ? 0 : Math.ceil(Math.log2(alternatives))) };
}

/** Undefined: it would be a repetition of something that itself can be read in several ways. */
function repeat({ loops, choices }: Cost, [text, from, comma, to]: RegExpExecArray): Cost | undefined {
  if (text.startsWith('?')) return { loops, choices: choices + 1 };
  const least = Number(from ?? 0);
  if (from !== undefined && (!comma || Number(to) === least)) return { loops: loops * least, choices: choices * least };
  if (comma && to === '1') return { loops, choices: choices + 1 };
  return loops + choices > 0 ? undefined : { loops: 1, choices: 0 };
}

/** The longest name that is done with in time: so many loops can share it out among them in so many ways. */
function fitting({ loops, choices }: Cost): Reach {
  const steps = (length: number) => {
    let ways = 2 ** choices;
    for (let loop = 1; loop <= loops; loop++) ways *= (length + loop) / loop;
    return ways;
  };
  let length = longest;
  while (length > shortest && steps(length) > mostSteps) length--;
  return steps(length) > mostSteps ? 'repeats and chooses too often' : length;
}

function behindClass(source: string, at: number, nested: boolean): number {
  let depth = 0;
  for (; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[' && (nested || depth === 0)) depth++;
    else if (source[at] === ']' && --depth === 0) return at + 1;
  }
  return at;
}
