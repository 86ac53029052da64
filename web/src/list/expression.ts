// Expression: what is typed into the search box, taken apart. Terms stand side by side and all must hold:
//   task               the name contains it, whatever the case; "with quotes" also what has spaces or signs in it
//   struct task        a kind, written before the name as in C; "struct " alone is a kind, too, once a space follows
//   task_*             * and ?: a pattern for the whole name
//   /^task_.*info$/i   a regular expression for a part of the name
//   size>4096          size, members, holes or id, compared by < <= = != >= >
//   member:pid         structs and unions with such a member, a path (se.vruntime) or a pattern (*_lock); value:NAME: enums
//   task_struct.pid    the type, to be opened at that member; also a part of a name with dots in it
// What is not understood stops nothing: the other terms hold, and `problem` says what to write instead.
import { kindsCalled } from '../common/kinds.ts';
import { Glob } from './glob.ts';
import { reachOf } from './regex-cost.ts';

export const fields = ['size', 'members', 'holes', 'id'] as const;
export type Field = (typeof fields)[number];

export type Comparison = '<' | '<=' | '=' | '!=' | '>=' | '>';

export interface Condition {
  field: Field;
  comparison: Comparison;
  value: number;
}

/** What types have in them: structs and unions a member, enums a value. */
export const insides = ['member', 'value'] as const;
export type Inside = (typeof insides)[number];

/** Has to be asked of the package: see Findings. */
export interface Having {
  what: Inside;
  /** Also a pattern; of a member also a path. */
  name: string;
}

/** "task_struct.se.vruntime" */
export interface MemberPath {
  /** What comes before the first dot. */
  root: string;
  /** What comes behind it; empty while that is still to be typed. */
  member: string;
}

/** Something that a whole name must satisfy. */
export interface Pattern {
  test(name: string): boolean;
  /** Characters of a name that it may be given; see regex-cost.ts. */
  reach: number;
}

export interface Expression {
  /** Parts of the name; quotes are gone. */
  words: readonly string[];
  /** Kind numbers, any of them; empty: all. */
  kinds: readonly number[];
  patterns: readonly Pattern[];
  /** Texts, in small letters, without which no name fits the patterns: they are found faster. */
  parts: readonly string[];
  conditions: readonly Condition[];
  having: readonly Having[];
  /** The only word may be one, too. */
  path?: MemberPath;
  /** The first thing that was not understood, as a sentence. */
  problem?: string;
}

const fieldNames = new Map<string, Field>([
  ...fields.map((field) => [field, field] as const),
  ...(['member', 'fields', 'values', 'variables', 'parameters', 'params'] as const).map((name) => [name, 'members'] as const),
  ['bytes', 'size'],
  ['hole', 'holes'],
]);
const comparisons: Record<string, Comparison> = { '<': '<', '<=': '<=', '=': '=', '==': '=', '!=': '!=', '>=': '>=', '>': '>' };

const regexTerm = /\/((?:[^\\/[]|\\.|\[(?:[^\]\\]|\\.)*\])*)(?:\/(\S*))?/y;
const quotedTerm = /"([^"]*)"?/y;
const comparedTerm = /([\p{L}_][\p{L}\p{N}_]*)?(\s*)([<>=!:~]+)\s*(\S*)/uy;
const havingTerm = /(members?|fields?|values?|enumerators?):(?![<>=!~])(\S*)/iy;
const wordTerm = /\S+/y;
const memberPath = /^([\p{L}_][\p{L}\p{N}_]*)(?:\.|->)([\p{L}\p{N}_.[\]>-]*)$/u;

export function parseExpression(text: string): Expression {
  const words: string[] = [];
  const kinds: number[] = [];
  const patterns: Pattern[] = [];
  const parts: string[] = [];
  const conditions: Condition[] = [];
  const having: Having[] = [];
  let problem: string | undefined;
  const wrong = (why: string) => void (problem ??= why);

  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const take = (term: RegExp) => {
      term.lastIndex = at;
      const found = term.exec(text);
      if (found) at = term.lastIndex;
      return found;
    };
    let term;
    if ((term = take(regexTerm))) {
      const pattern = regex(term[0], term[1]!, term[2], wrong);
      if (pattern) patterns.push(pattern);
    } else if ((term = take(quotedTerm))) {
      if (term[1]) words.push(term[1]);
    } else if ((term = take(havingTerm))) {
      const what = /^[ve]/i.test(term[1]!) ? 'value' : 'member';
      if (term[2]) having.push({ what, name: term[2] });
      else wrong(`“${term[0]}” needs a name: ${what}:${what === 'member' ? 'pid' : 'PIDTYPE_*'}.`);
    } else if ((term = take(comparedTerm)) && (term[2] === '' || fieldNames.has(term[1]!.toLowerCase()))) {
      const condition = compare(term[0].trim(), term[1] ?? '', term[3]!, term[4]!, wrong);
      if (condition) conditions.push(condition);
    } else {
      if (term) at = term.index; // "struct >4": two terms, the second of which lacks something
      const first = at === skipSpace(text, 0);
      const word = take(wordTerm)![0];
      // The last word may be the start of a name ("struct", of "structure"), as long as nothing else was typed.
      const called = words.length === 0 && (!first || at < text.length) ? kindsCalled(word.toLowerCase()) : undefined;
      if (called) kinds.push(...called);
      else if (/[*?]/.test(word)) {
        patterns.push(new Glob(word));
        parts.push(...word.toLowerCase().split(/[*?]+/).filter(Boolean));
      } else words.push(word);
    }
  }
  const [, root, member] = (words.length === 1 && memberPath.exec(words[0]!)) || [];
  return {
    words, kinds, patterns, parts, conditions, having,
    ...(root !== undefined && member !== undefined ? { path: { root, member } } : {}),
    ...(problem === undefined ? {} : { problem }),
  };
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && /\s/.test(text[at]!)) at++;
  return at;
}

function compare(term: string, name: string, sign: string, operand: string, wrong: (why: string) => void): Condition | undefined {
  const field = fieldNames.get(name.toLowerCase());
  const comparison = comparisons[sign];
  if (name === '') return void wrong(`“${term}” lacks what to compare: size${sign}${operand || 4096}.`);
  if (name.toLowerCase() === 'kind' || kindsCalled(name.toLowerCase())) return void wrong('Write the kind before the name: struct foo.');
  if (!field) return void wrong(`“${name}” is none of size, members, holes, id.`);
  if (!comparison) return void wrong(`“${sign}” is none of < <= = != >= >.`);
  if (operand === '') return void wrong(`“${term}” needs a number: ${field}${sign}${field === 'size' ? 4096 : 2}.`);
  const value = number(operand);
  if (value === undefined) return void wrong(`“${operand}” is no number, as 4096, 0x1000 and 4k are.`);
  return { field, comparison, value };
}

/** Decimal or hexadecimal, digits in groups if you like; k, M and G are 1024 and its powers. */
function number(text: string): number | undefined {
  const plain = text.replace(/(?<=\d)[,_](?=\d)/g, '');
  if (/^0x[0-9a-f]+$/i.test(plain)) return Number(plain);
  const [, digits, unit = ''] = /^(\d+)([kmg]?)(?:i?b)?$/i.exec(plain) ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** ' kmg'.indexOf(unit.toLowerCase() || ' ');
}

function regex(term: string, source: string, flags: string | undefined, wrong: (why: string) => void): Pattern | undefined {
  if (flags === undefined) wrong(`“${term}” has no closing / yet.`);
  if (source === '') return undefined;
  try {
    // Without memory of where it was.
    const pattern = new RegExp(source, (flags ?? '').replace(/[gy]/g, ''));
    pattern.test(''); // engines find only now that one is too large
    const reach = reachOf(source, pattern.flags);
    if (typeof reach === 'number') return { test: (name) => pattern.test(name), reach };
    wrong(`“${term}” may take forever: it ${reach}.`);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    if (/flags/i.test(why)) wrong(`“${flags}” are no flags; i ignores case.`);
    else wrong(`“${term}” is no regular expression: ${why.slice(why.lastIndexOf(': ') + 2).toLowerCase()}.`);
    return undefined;
  }
}
