// What the worker answers to each question about the file that is open in it.
import { type Btf, BtfError, type CodeRange } from 'btfkit';
import { decode } from './answer-decode.ts';
import { functionTable, prototypes } from './answer-functions.ts';
import { needsOf } from './answer-needs.ts';
import { memberAnswer, typesHaving } from './answer-search.ts';
import { dataSections } from './answer-sections.ts';
import { stringTable } from './answer-strings.ts';
import { declaration, glance, laidOut } from './members.ts';
import type { Questions, Topic } from '../common/messages.ts';
import { usage } from './usage.ts';

export const answers: { [T in Topic]: (btf: Btf, about: Questions[T]['about']) => Questions[T]['answer'] } = {
  declaration: (btf, { id }) => declaration(btf.get(id)),
  glance: (btf, { id }) => glance(btf.get(id), 9),
  layout: (btf, { id, cacheLine }) => laidOut(btf.get(id).layout({ cacheLine }), (each) => btf.get(each)),
  at: (btf, { id, offset }) => btf.at(id, offset),
  usage: (btf, { id }) => usage(btf, btf.get(id)),
  record: (btf, { id }) => ({ json: JSON.stringify(btf.get(id).toJSON(), null, 2), raw: btf.dump({ format: 'raw', types: [id] }).trimEnd() }),
  decode,
  dump: (btf, { format, id }) => new Blob([btf.dump({ format, types: id === undefined ? [] : [id], pretty: format === 'json' })], { type: 'text/plain' }),
  holes,
  having: typesHaving,
  member: memberAnswer,
  code: (btf, { name, section, offset }) => code(btf, name, section, offset),
  functions: functionTable,
  prototypes: (btf, { ids }) => prototypes(btf, ids),
  strings: stringTable,
  sections: dataSections,
  needs: needsOf,
  elf: (btf) => btf.sections,
};

function holes(btf: Btf, { withBase }: Questions['holes']['about']): Questions['holes']['answer'] {
  // In files with several BTFs the page shows the first.
  const structs = btf.query({ kinds: ['struct'], sort: 'holes', anonymous: true, withBase }).types.filter(({ btf: number = 1, holes }) => number === 1 && holes !== undefined);
  return { ids: Uint32Array.from(structs, ({ id }) => id), holes: Uint32Array.from(structs, ({ holes }) => holes!) };
}

/** Functions of several sections may share a name; of two in one section, the place decides. */
function code(btf: Btf, name: string, section: string, offset: number): CodeRange {
  const ranges = btf.disassemble(name);
  const found = ranges.find((range) => range.section === section && range.offset === offset) ?? ranges[0];
  if (!found) throw new BtfError('not_found', `there is no code of '${name}'`);
  return found;
}
