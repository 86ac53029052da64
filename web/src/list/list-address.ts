// What is asked of the list, in the address of the file's view: a link to a search. Like all of the address it names kinds by
// their words.
//   #v=1?q=size>4096&k=struct,union&sort=-size     "-": largest, or last, first
//   #v=1?q=task&base=1                             also the types that a module continues
import { fields } from './expression.ts';
import { kindFacts, kindOrder } from '../common/kinds.ts';
import { LateAddress } from '../page/late-address.ts';
import type { Sort } from './order.ts';
import { fileHash } from '../page/route.ts';
import { type ListQuery, type TypeList, everything } from './type-list.ts';

export class ListAddress {
  private readonly address = new LateAddress(() => this.hash());

  /** `current` is the list on screen; undefined: none yet. */
  constructor(private readonly current: () => TypeList | undefined) {
    addEventListener('hashchange', () => this.read());
  }

  /** What the link asks that the page was opened with. */
  linked(): ListQuery {
    return readQuery(location.hash) ?? everything;
  }

  /** Something else is asked of the list: the address will say so. */
  changed(): void {
    this.address.changed();
  }

  private read(): void {
    const list = this.current();
    const query = readQuery(location.hash);
    // A plain address is that of the file; the list stays as it is, and the address comes to say so.
    if (!query) this.changed();
    else if (list && queryHash(query) !== queryHash(list.query)) list.ask(query);
  }

  private hash(): string | undefined {
    const list = this.current();
    if (!list || !isFile(location.hash)) return undefined;
    const hash = queryHash(list.query);
    return hash === fileHash && location.hash === '' ? undefined : hash;
  }
}

function isFile(hash: string): boolean {
  return hash === '' || hash === fileHash || hash.startsWith(`${fileHash}?`);
}

function queryHash({ text, kinds, sort, withBase }: ListQuery): string {
  const options = new URLSearchParams();
  if (text.trim() !== '') options.set('q', text);
  const nouns = kindOrder.filter((kind) => kinds.has(kind)).map((kind) => kindFacts(kind).noun);
  if (nouns.length > 0) options.set('k', nouns.join(','));
  if (sort) options.set('sort', `${sort.down ? '-' : ''}${sort.by}`);
  if (withBase) options.set('base', '1');
  const query = options.toString();
  return query ? `${fileHash}?${query}` : fileHash;
}

/** Undefined when the address asks nothing of the list. What it says beyond this version's words is ignored. */
function readQuery(hash: string): ListQuery | undefined {
  if (!hash.startsWith(`${fileHash}?`)) return undefined;
  const options = new URLSearchParams(hash.slice(fileHash.length + 1));
  const nouns = new Set(options.get('k')?.split(','));
  return {
    text: options.get('q') ?? '',
    kinds: new Set(kindOrder.filter((kind) => nouns.has(kindFacts(kind).noun))),
    sort: readSort(options.get('sort') ?? ''),
    withBase: options.get('base') === '1',
  };
}

function readSort(text: string): Sort | undefined {
  const down = text.startsWith('-');
  const by = ([...fields, 'name'] as const).find((known) => known === text.slice(down ? 1 : 0));
  return by && { by, down };
}
