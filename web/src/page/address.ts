// Address: what the part behind # asks for, also when this page did not make it: another version of it did, it was cut short, or
// mistyped. What can be understood is shown; what cannot is said, never passed over.
import { type Route, fileHash, parseRoute, tabs, version } from './route.ts';
import { routeWords } from './route-words.ts';

/** What is odd about an address. */
export interface Remark {
  title: string;
  detail: string;
}

export interface Address {
  /** As this version spells it, where it understands another's. */
  hash: string;
  route: Route | undefined;
  remark?: Remark;
}

export function readAddress(hash: string): Address {
  if (hash === '' || hash === '#') return { hash, route: undefined };
  const [, made, rest = ''] = /^#v=(\w*)(.*)$/s.exec(hash) ?? [];
  if (made === undefined) return { hash, route: undefined, remark: { title: notUnderstood, detail: `Addresses of this page go on with ${fileHash}; this one goes on with ${shortened(hash)}.` } };
  const today = `${fileHash}${rest}`;
  const route = parseRoute(today);
  const list = /^(\?.*)?\/?$/s.test(rest);
  const detail = route || list ? oddity(rest, route) : fault(rest);
  if (made === version) return { hash, route, ...(detail && { remark: { title: route ? partly : notUnderstood, detail } }) };
  const whose = `It is of ${made ? `version ${made}` : 'no version'}; this page reads and makes version ${version}.`;
  const got = route || list ? `This much was understood: ${what(route, rest)}. There may be more to it.` : `Nothing else in it was understood. ${detail}`;
  return {
    hash: route || list ? today : hash,
    route,
    remark: { title: 'This link was made by another version of this page', detail: `${whose} ${got}${route && detail ? ` ${detail}` : ''}` },
  };
}

const notUnderstood = 'This link is not understood';
const partly = 'This link is only understood in part';

function what(route: Route | undefined, rest: string): string {
  if (!route) return new URLSearchParams(rest.slice(1)).get('q') ? 'a search in the list of types' : 'the list of types';
  const words = routeWords(route).what;
  return route.view === 'type' && route.tab !== 'c' ? `${words}, its ${sides[route.tab]}` : words;
}

const sides = { layout: 'layout', uses: 'users', decode: 'values', record: 'record' };

/** What is left of an address that was understood. */
function oddity(rest: string, route: Route | undefined): string {
  const tab = new URLSearchParams(/\?(.*)$/s.exec(rest)?.[1]).get('tab');
  if (route?.view !== 'type' || tab === null || tabs.some((known) => known === tab)) return '';
  return `It asks for the side “${shortened(tab)}” of ${routeWords(route).what}, which this page does not have. Its C is shown.`;
}

/** Why there is no route. */
function fault(rest: string): string {
  const [, view = '', noun = '', name = ''] = rest.split('?')[0]!.split('/');
  if (view === 't' && name === '' && /^\w*$/.test(noun)) return `It names no ${noun || 'type'}: it ends where the name should be, as if it had been cut short.`;
  return /%(?![0-9a-f]{2})/i.test(rest) ? 'It was changed or cut short on its way here: a % in it stands for no character.' : `There is nothing called “${shortened(rest.replace(/^\//, ''))}” here.`;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
