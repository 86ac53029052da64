// C text in which every name that the file, or what it continues, has a type for leads to it.
import { markC } from './c-text.ts';
import { typeHash } from '../page/route.ts';
import type { TypeTable } from '../common/types.ts';

/** `row`: the type that the text is about, which needs no link to itself; -1: none. */
export function linkedC(types: TypeTable, text: string, row = -1): DocumentFragment {
  return markC(text, (nouns, name) => {
    for (let level: TypeTable | undefined = types; level; level = level.below)
      for (const noun of nouns) {
        const found = level.find(noun, name)[0];
        if (found !== undefined) return level === types && found === row ? undefined : typeHash(level, found);
      }
    return undefined;
  });
}

/** One line of C: a declaration, a prototype. */
export function cLine(types: TypeTable, text: string): HTMLElement {
  const code = document.createElement('code');
  code.className = 'c-line';
  code.append(linkedC(types, text));
  return code;
}

/** One that is broken before its parameters rather than within a word. */
export function cWrapped(types: TypeTable, text: string): HTMLElement {
  const line = cLine(types, text);
  for (const node of [...line.childNodes])
    if (node.nodeType === Node.TEXT_NODE) {
      const at = (node as Text).data.indexOf('(');
      if (at >= 0) (node as Text).splitText(at + 1).before(document.createElement('wbr'));
    }
  return line;
}
