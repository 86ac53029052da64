// C text with colours and links. The text comes from the package; this only marks what it is made of.

const keywords = new Set(
  'struct union enum typedef const volatile restrict static extern inline register'.split(' '),
);
const basic = new Set(
  ('void char short int long signed unsigned float double _Bool bool __int128 _Float128 size_t').split(' '),
);
const tagged: Record<string, readonly string[]> = {
  struct: ['struct', 'forward'],
  union: ['union', 'forward'],
  enum: ['enum', 'enum64', 'forward'],
};
/** Marks after which a name may be a type: at the start of a member, a parameter, a declaration. */
const typeMayFollow = new Set(['', '{', ';', '(', ',', 'const', 'volatile', 'restrict', 'typedef', 'static', 'extern']);

const token = /(\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*)|("(?:[^"\\\n]|\\.)*"?)|(\b(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)[uUlL]*\b)|([\p{L}_$][\p{L}\p{N}_$]*)|(\s+)|([\s\S])/gu;

/** The address of a type's view; undefined when the file has no such type. */
export type Linker = (nouns: readonly string[], name: string) => string | undefined;

/** Beyond this, marking costs more than it gives. */
const longestMarked = 300_000;

export function markC(text: string, link: Linker): DocumentFragment {
  const out = document.createDocumentFragment();
  if (text.length > longestMarked) {
    out.append(text);
    return out;
  }
  let plain = '';
  const flush = () => {
    if (plain !== '') out.append(plain);
    plain = '';
  };
  const mark = (className: string, content: string) => {
    flush();
    const span = document.createElement('span');
    span.className = className;
    span.textContent = content;
    out.append(span);
  };

  let before = '';
  for (const [whole, comment, string, number, word] of text.matchAll(token)) {
    if (comment) {
      mark(/^\/\* (?:hole|padding)\b/.test(comment) ? 'c-comment c-hole' : 'c-comment', comment);
      continue;
    }
    if (whole.trim() === '') {
      plain += whole;
      continue;
    }
    if (string) mark('c-string', string);
    else if (number) mark('c-number', number);
    else if (!word) plain += whole;
    else if (keywords.has(word)) mark('c-keyword', word);
    else if (basic.has(word)) mark('c-basic', word);
    else {
      const nouns = tagged[before] ?? (typeMayFollow.has(before) ? ['typedef'] : undefined);
      const href = nouns && link(nouns, word);
      if (href) {
        flush();
        const anchor = document.createElement('a');
        anchor.className = 'c-type';
        anchor.href = href;
        anchor.textContent = word;
        out.append(anchor);
      } else plain += word;
    }
    before = whole;
  }
  flush();
  return out;
}
