// A row of the list of types. Made by hand, not by a template: this runs for every row that scrolls past.
import { count } from '../common/format.ts';
import { kindFacts } from '../common/kinds.ts';
import type { TypeTable } from '../common/types.ts';

/** In the order in which they are read, and what those hear whom the head of a column tells nothing. */
const cells: readonly [name: string, unit: string][] = [
  ['badge', ''],
  ['name', ''],
  ['holes', ' holes'],
  ['members', ' members'],
  ['size', ' bytes'],
  ['id', ' is the id'],
];

/** Fills an element that is empty, or that showed another row. */
export function fillRow(element: HTMLElement, types: TypeTable, row: number): void {
  if (element.childElementCount === 0) element.append(...cells.map(makeCell));
  const { label, family } = kindFacts(types.kind(row));
  const texts = [
    label,
    types.label(row),
    number(types.value('holes', row)),
    number(types.value('members', row)),
    number(types.value('size', row)),
    String(types.id(row)),
  ];
  const spans = element.children as unknown as HTMLElement[];
  for (let i = 0; i < texts.length; i++) {
    (spans[i].firstChild as Text).data = texts[i];
    const unit = spans[i].lastElementChild;
    if (unit) (unit.firstChild as Text).data = texts[i] === '' ? '' : cells[i][1];
  }
  spans[0].dataset['family'] = family;
  spans[1].classList.toggle('is-unnamed', types.names[row] === '');
}

function number(value: number | undefined): string {
  return value === undefined ? '' : count(value);
}

function makeCell([name, unit]: (typeof cells)[number]): HTMLElement {
  const cell = document.createElement('span');
  cell.className = name;
  cell.append('');
  if (unit) {
    const unseen = document.createElement('span');
    unseen.className = 'unseen';
    unseen.append('');
    cell.append(unseen);
  }
  return cell;
}
