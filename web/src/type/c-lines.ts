// C text of a type with members opened in place: what lines become when the type of a member is written out within them. Text only.
import type { Declaration } from '../common/messages.ts';

/** The part of a text that a struct's members take. */
export interface Body {
  lines: string[];
  /** In these lines, the member that can be opened: the id of its type. */
  opens: Map<number, number>;
  /** Where comments begin, but for those of lines that are longer. */
  column: number;
}

const place = /^(.*\S)? *(\/\* +)(\d+)((?::[ \d]\d)? +(?:\d+|\?)(?: bits?)? \*\/)$/;

/** A whole text as lines. */
export function wholeBody({ text, opens }: Declaration): Body {
  const lines = text.split('\n');
  const columns = lines.flatMap((line) => {
    const comment = place.exec(line);
    return comment ? [widthOf(line.slice(0, -commentOf(comment).length))] : [];
  });
  return { lines, opens: new Map(opens), column: columns.reduce((least, column) => Math.min(least, column), Infinity) };
}

/** The lines between the braces of a type's own text, for a member at `offset` (bytes) in a line with so many tabs. */
export function innerBody({ text, opens, foreign }: Declaration, offset: number, tabs: number, column: number): Body {
  const lines = text.split('\n');
  const end = lines.findLastIndex((line) => line.startsWith('}'));
  const foreigners = new Set(foreign);
  const openLines = new Map(opens);
  const body: Body = { lines: [], opens: new Map(), column };
  for (let at = 1; at < end; at++) {
    const line = lines[at]!;
    if (line === '' || line.startsWith('\t/* size: ')) continue; // the footer is about the type as a whole
    const id = openLines.get(at);
    if (id !== undefined) body.opens.set(body.lines.length, id);
    const [, words, start, bytes, rest] = place.exec(line) ?? [];
    const indent = '\t'.repeat(tabs);
    if (start === undefined) body.lines.push(indent + line);
    else {
      const moved = foreigners.has(at) ? Number(bytes) : Number(bytes) + offset;
      body.lines.push(aligned(indent + words, `/* ${String(moved).padStart(5)}${rest}`, column));
    }
  }
  return body;
}

/** A member's line as it is when its type is written out: what stands before its members, and behind them. */
export interface OpenLine {
  before: string;
  behind: string;
  tabs: number;
  /** Bytes. */
  offset: number;
}

const member = /^(\t*)((?:(?:const|volatile) )*)(struct |union )?([\p{L}_$][\p{L}\p{N}_$]*) ?(.*)$/u;

/** `struct foo bar; /* 8 16 *\/` with the text of foo: `struct foo {`, `} bar; /* 8 16 *\/`. */
export function openLine(line: string, text: string, column: number): OpenLine | undefined {
  const found = place.exec(line);
  const parts = member.exec(found?.[1] ?? '');
  if (!found || !parts) return undefined;
  const [, indent = '', qualifiers = '', keyword, name = '', declarator = ''] = parts;
  return {
    before: `${indent}${qualifiers}${keyword ? '' : `/* typedef ${name} */ `}${text.slice(0, text.indexOf('\n'))}`,
    behind: aligned(`${indent}} ${declarator}`, commentOf(found), column),
    tabs: indent.length,
    offset: Number(found[3]),
  };
}

/** The member that a line declares. */
export function memberName(line: string): string {
  return /([\p{L}\p{N}_$]+)[^\p{L}\p{N}_$]*(?:\[\d*\])*; *\/\*/u.exec(line)?.[1] ?? '';
}

function commentOf([, , start, bytes, rest]: RegExpExecArray): string {
  return `${start}${bytes}${rest}`;
}

function aligned(words: string, comment: string, column: number): string {
  return words + ' '.repeat(Math.max(1, column - widthOf(words))) + comment;
}

/** Columns that a text takes, with tabs of eight. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width = character === '\t' ? (width | 7) + 1 : width + 1;
  return width;
}
