// The functions and methods that core's public headers declare, read from their text.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './files.mjs';

const folder = join(root, 'core/include/btfkit');
const keywords = new Set(['if', 'for', 'while', 'switch', 'return', 'sizeof', 'assert', 'decltype', 'alignof', 'static_cast', 'noexcept', 'requires', 'operator']);

/** { 'spec.hpp': ['Spec::load', 'Spec::first_id', ...], ... }: free functions by their name, methods with their class in front. */
export function declared() {
  const headers = {};
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.hpp')).sort()) {
    const names = new Set();
    const scopes = []; // what each open brace belongs to: a class's name, '' for a namespace, undefined for a body
    let open = '';
    let hidden = 0; // depth from which on a `private:` or namespace detail hides
    for (const raw of readFileSync(join(folder, name), 'utf8').split('\n')) {
      const line = raw.replace(/\/\/.*$/, '').replace(/"(?:[^"\\]|\\.)*"/g, '""');
      if (/^\s*(private|protected):/.test(line)) hidden = scopes.length;
      else if (/^\s*public:/.test(line)) hidden = 0;
      const scope = scopes.at(-1);
      const inside = scopes.length === 0 || (scope !== undefined && !scopes.includes('detail'));
      const found = /^\s*(?:template <[^>]*>\s*)?(?:\[\[nodiscard\]\]\s*)?(?:(?:static|explicit|constexpr|inline|friend)\s+)*(?:[\w:]+(?:<[^()]*>)?(?:\s*const)?[\s&*]+)+(\w+)\(/.exec(line);
      if (found && inside && !(hidden && scopes.length >= hidden) && !keywords.has(found[1]) && !/^\s*(return|using|typedef|else|case)\b/.test(line) && found[1] !== scope && open === '')
        names.add(scope ? `${scope}::${found[1]}` : found[1]);
      open += line;
      for (let at = 0; at < line.length; ++at) {
        if (line[at] === '{') {
          const before = open.slice(0, open.length - line.length + at);
          const type = /(?:class|struct)\s+(\w+)[^;{}()]*$/.exec(before);
          const space = /namespace\s*([\w:]*)\s*$/.exec(before);
          scopes.push(space ? (space[1] === 'detail' ? 'detail' : '') : type ? type[1] : undefined);
          open = line.slice(at + 1);
        } else if (line[at] === '}') {
          scopes.pop();
          if (hidden > scopes.length) hidden = 0;
          open = line.slice(at + 1);
        } else if (line[at] === ';') {
          open = line.slice(at + 1);
        }
      }
      if (open.trim() === '' || /^\s*#/.test(line) || /^\s*(public|private|protected):\s*$/.test(line)) open = '';
      else open += '\n';
    }
    headers[name] = [...names];
  }
  return headers;
}
