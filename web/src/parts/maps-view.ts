// The maps that an object defines.
import type { MapDefinition, MapInfo } from 'btfkit';
import { html, nothing } from 'lit-html';
import { cLine } from '../type/c-links.ts';
import { bytes, count } from '../common/format.ts';
import { problem } from './part-table.ts';
import type { OpenFile } from '../page/state.ts';

export function mapList({ summary, types }: OpenFile) {
  return (summary.maps ?? []).map((map) => mapCard(map, types));
}

function mapCard(map: MapInfo, types: OpenFile['types']) {
  const marks = [map.legacy && 'legacy', map.extern && 'of another object', map.pinnedByName && 'pinned by name', map.holdsPrograms && 'holds programs'].filter(Boolean);
  return html`<section class="map">
    <h2>${map.name} ${marks.map((mark) => html`<span class="mark">${mark}</span>`)}</h2>
    ${definition(map, types)} ${problem(map.error)}
    ${map.inner ? html`<h3>Maps in it</h3>${definition(map.inner, types)}` : nothing}
    ${map.slots.length > 0 ? html`<p class="remark">Filled with ${map.slots.map(({ index, name }, i) => html`${i > 0 ? ', ' : ''}<code>[${index}] ${name}</code>`)}</p>` : nothing}
    ${map.unknown.length > 0 ? html`<p class="remark">Not understood: ${map.unknown.map((name) => html`<code>${name}</code> `)}</p>` : nothing}
  </section>`;
}

function definition(map: MapDefinition, types: OpenFile['types']) {
  const fact = (term: string, className: string, value: unknown) => html`<div class=${className}><dt>${term}</dt><dd>${value}</dd></div>`;
  return html`<dl class="map-facts">
    ${fact('Type', 'map-type', map.typeName || `number ${count(map.type)}`)}
    ${map.key === undefined && map.keySize === 0 ? nothing : fact('Key', 'map-key', html`${map.key === undefined ? '' : cLine(types, map.key)} <small>${bytes(map.keySize)}</small>`)}
    ${map.value === undefined && map.valueSize === 0 ? nothing : fact('Value', 'map-value', html`${map.value === undefined ? '' : cLine(types, map.value)} <small>${bytes(map.valueSize)}</small>`)}
    ${map.maxEntries === 0 ? nothing : fact('Entries', 'map-entries', count(map.maxEntries))}
    ${map.flags === 0 ? nothing : fact('Flags', 'map-flags', html`<code class="c-line">${map.flagNames.join(' ') || `0x${map.flags.toString(16)}`}</code>`)}
  </dl>`;
}
