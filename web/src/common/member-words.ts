// Where a member is, in words.
import { count, counted } from './format.ts';
import type { MemberFacts } from './messages.ts';

/** "at 1,264 (0x4f0): pid_t, 4 bytes"; of a bitfield "at 128 (0x80), bit 5: 3 bits of __u8" */
export function placeWords({ offset, bitOffset, size, bitfieldSize, type }: MemberFacts): string {
  const at = `at ${count(offset)} (0x${offset.toString(16)})`;
  if (bitfieldSize !== undefined) return `${at}, bit ${bitOffset - offset * 8}: ${counted(bitfieldSize, 'bit')} of ${type}`;
  return `${at}: ${type}, ${counted(size, 'byte')}`;
}
