// What a file has besides types: which lists there are, and what is shown of each.
import { html, nothing } from 'lit-html';
import { functionsView } from './functions-view.ts';
import { mapList } from './maps-view.ts';
import { needCount, needsView } from './needs-view.ts';
import type { DataSection, Needs } from '../common/part-messages.ts';
import { programList, programView } from './programs-view.ts';
import { type ListName, type ListRoute, lists } from '../page/route.ts';
import { sectionsView } from './sections-view.ts';
import type { OpenFile, Shown } from '../page/state.ts';
import { stringsView } from './strings-view.ts';

const titles: Record<ListName, string> = {
  programs: 'Programs',
  maps: 'Maps',
  variables: 'Variables',
  needs: 'Needs',
  functions: 'Functions',
  strings: 'Strings',
};

const func = 12;
const variable = 14;

/** Which lists a file has something in, with how much. */
export function listsOf({ summary, types }: OpenFile): { name: ListName; title: string; count: number }[] {
  const counts: Record<ListName, number> = {
    programs: summary.programs?.length ?? 0,
    maps: summary.maps?.length ?? 0,
    variables: summary.variableSections?.reduce((sum, { variables }) => sum + variables.length, 0) ?? types.counts[variable],
    needs: needCount(summary),
    functions: types.counts[func],
    strings: summary.strings.count,
  };
  return lists.filter((name) => counts[name] > 0).map((name) => ({ name, title: titles[name], count: counts[name] }));
}

export function objectView(file: OpenFile, route: ListRoute, shown: Shown | undefined) {
  const listed = listsOf(file).some(({ name }) => name === route.view);
  if (route.view === 'programs' && route.name !== undefined) return programView(file, route.name, shown);
  if (route.view === 'functions' && listed) return functionsView(file, route);
  if (route.view === 'strings' && listed) return stringsView(file, route);
  return html`<article class="card object" aria-labelledby="list-title">
    <h1 id="list-title">${titles[route.view]}</h1>
    ${listed ? content(file, route, shown) : html`<p class="remark"><code>${file.name}</code> has none.</p>`}
    ${file.summary.cut ? html`<p class="remark">The list ends early: there is more than anybody reads.</p>` : nothing}
  </article>`;
}

function content(file: OpenFile, { view }: ListRoute, shown: Shown | undefined) {
  if (shown?.fault !== undefined) return html`<p class="remark" role="alert">This cannot be shown: ${shown.fault}</p>`;
  switch (view) {
    case 'programs':
      return programList(file);
    case 'maps':
      return mapList(file);
    case 'variables':
      return shown?.topic === 'sections' ? sectionsView(file, shown.answer as DataSection[]) : nothing;
    default:
      return shown?.topic === 'needs' ? needsView(file, shown.answer as Needs) : nothing;
  }
}
