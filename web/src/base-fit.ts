// Whether what continues a base was made for this one. Nothing in split BTF says so: on another kernel's it loads all the same, and every
// type has the name and the members of some other. But its names begin where strings of its own base do; in another base most of those
// places are in the middle of one. For the worker.
import type { Columns } from 'btfkit';

/** One name out of so many may be astray: there may be writers that let a string of a base be the end of another. */
const tolerated = 10;

/** What is wrong, as the end of a sentence; undefined when nothing is. `own`: where in `strings` those of the base end. */
export function namesAstray({ nameOffset, memberName, strings }: Columns, own: number): string | undefined {
  let names = 0;
  let astray = 0;
  for (const column of [nameOffset, memberName])
    for (const offset of column)
      if (offset > 0 && offset < own) {
        names++;
        if (strings[offset - 1] !== 0) astray++;
      }
  return astray * tolerated > names ? `${astray} of ${names} names that it takes from there begin in the middle of a word` : undefined;
}
