// One line of C that declares something, whose name leads to its own view.
import { cLine } from './c-links.ts';
import type { TypeTable } from '../common/types.ts';

export function declaredLine(types: TypeTable, text: string, name: string, href: string): Node {
  const line = cLine(types, text);
  // The declared name is the first plain word that is it: types before it are links, or coloured.
  for (const node of line.childNodes) {
    if (node.nodeType !== Node.TEXT_NODE) continue;
    const at = wordAt(node.textContent ?? '', name);
    if (at < 0) continue;
    const rest = (node as Text).splitText(at);
    rest.deleteData(0, name.length);
    rest.before(nameLink(name, href));
    break;
  }
  return line;
}

export function nameLink(name: string, href: string): HTMLAnchorElement {
  const link = document.createElement('a');
  link.className = 'c-name';
  link.href = href;
  link.textContent = name;
  return link;
}

function wordAt(text: string, word: string): number {
  return new RegExp(`(?<![\\w$])${word.replace(/\W/g, '\\$&')}(?![\\w$])`).exec(text)?.index ?? -1;
}
