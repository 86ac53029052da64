// What a link leads to, in words, and what must be open for it.
import type { ListName, Route } from './route.ts';

export interface RouteWords {
  /** "struct task_struct", "functions that take sk_buff". */
  what: string;
  /** "a file that has it": what to drop. */
  wanted: string;
}

export function routeWords(route: Route): RouteWords {
  if (route.view === 'type') {
    const member = route.at === undefined ? '' : `.${route.at}`;
    const what = `${route.noun} ${route.name ? route.name + member : `without a name (id ${route.id})`}`;
    return { what, wanted: route.name ? 'a kernel, module or object that has it' : 'the very file that the link was made with' };
  }
  const { view, name, filter = {} } = route;
  if (name !== undefined) return { what: `${singular[view]} ${name}`, wanted: 'the BPF object that has it' };
  const narrowed = [filter['q'] && `with “${filter['q']}”`, filter['takes'] && `that take ${filter['takes']}`, filter['returns'] && `that return ${filter['returns']}`].filter(Boolean).join(', ');
  return { what: `the ${view} of a file${narrowed && ` ${narrowed}`}`, wanted: wanted[view] };
}

const singular: Record<ListName, string> = {
  programs: 'program', maps: 'map', variables: 'variable', needs: 'need', functions: 'function', strings: 'string',
};
const object = 'a BPF object (.o)';
const wanted: Record<ListName, string> = {
  programs: object, maps: object, needs: object,
  variables: 'a BPF object or a kernel', functions: 'a kernel, module or object', strings: 'any file with BTF',
};
