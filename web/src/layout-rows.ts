// A layout as what is drawn and listed: one row for each member, hole and padding, one segment for each thing that takes space.
import type { Layout, LayoutMember } from 'btfkit';

/** A line of the table. */
export interface Row {
  kind: 'member' | 'open' | 'hole' | 'padding';
  /** How many structs and unions it is in. */
  depth: number;
  /** Bits from the start of the type. */
  start: number;
  bits: number;
  name: string;
  /** "se.vruntime"; empty for holes. */
  path: string;
  /** As C; of something shown in place its keyword. */
  type: string;
  typeId: number;
}

/** A stretch of the drawing. Unions are one stretch: what is in them lies side by side in the table. */
export interface Segment {
  kind: 'member' | 'hole' | 'padding';
  /** Bits from the start of the type. */
  start: number;
  end: number;
  name: string;
  typeId: number;
  /** The row of the table that says more. */
  row: number;
}

export interface Rows {
  rows: Row[];
  segments: Segment[];
  /** Not all members are known. */
  cut: boolean;
}

export function rowsOf(layout: Layout): Rows {
  const rows: Row[] = [];
  const segments: Segment[] = [];
  let cut = layout.membersCut === true;

  const space = (kind: 'hole' | 'padding', start: number, bits: number, depth: number, drawn: boolean) => {
    if (bits <= 0) return;
    rows.push({ kind, depth, start, bits, name: kind, path: '', type: '', typeId: 0 });
    if (drawn) segments.push({ kind, start, end: start + bits, name: bits % 8 === 0 ? `${bits / 8}` : '', typeId: 0, row: rows.length - 1 });
  };

  const add = (member: LayoutMember, depth: number, path: string, drawn: boolean) => {
    const name = member.name ?? '';
    const here = [path, name].filter(Boolean).join('.');
    const bitfield = member.bitfieldSize ?? 0;
    const start = member.offset * 8 + (bitfield ? (member.bitPosition ?? 0) : 0);
    const bits = bitfield || member.size * 8;
    const shown = member.shown && !member.pointee ? member.shown : undefined;
    cut ||= member.cut === true || member.membersCut === true;
    const type = shown ? `${shown.kind}${shown.name && ` ${shown.name}`}` : (member.type ?? '');
    rows.push({ kind: shown ? 'open' : 'member', depth, start, bits, name, path: here, type, typeId: member.typeId });
    const row = rows.length - 1;
    const inStruct = shown?.kind === 'struct' && (member.members?.length ?? 0) > 0;
    if (drawn && !inStruct) segments.push({ kind: 'member', start, end: start + bits, name: name || type, typeId: member.typeId, row });
    if (shown) {
      space('hole', start, (shown.preHole ?? 0) * 8 + (shown.preBitHole ?? 0), depth + 1, drawn && inStruct);
      for (const inner of member.members ?? []) add(inner, depth + 1, here, drawn && inStruct);
      space('padding', start + bits - shown.padding * 8, shown.padding * 8, depth + 1, drawn && inStruct);
    }
    const hole = (member.hole ?? 0) * 8;
    const bitHole = member.bitHole ?? 0;
    space('hole', start + bits, bitHole + hole, depth, drawn);
  };

  space('hole', 0, layout.preHole * 8 + layout.preBitHole, 0, true);
  const union = layout.kind === 'union';
  for (const member of layout.members) add(member, 0, '', !union);
  if (union) for (const [row, { depth, kind, start, bits, name, type, typeId }] of rows.entries()) if (depth === 0 && kind !== 'hole') segments.push({ kind: 'member', start, end: start + bits, name: name || type, typeId, row });
  const { padding, bitPadding } = layout.summary;
  if (!union) space('padding', layout.size * 8 - padding * 8 - bitPadding, padding * 8 + bitPadding, 0, true);
  return { rows, segments, cut };
}

/** What is at a byte: the innermost rows, outer ones left out. */
export function rowsAt({ rows }: Rows, byte: number): Row[] {
  const covering = rows.filter(({ start, bits }) => start < byte * 8 + 8 && start + bits > byte * 8);
  return covering.filter(({ kind }) => kind !== 'open');
}
