// What files that are saved are called.
import type { OpenFile } from './state.ts';

export type DumpFormat = 'c' | 'json' | 'raw';

const endings: Record<DumpFormat, string> = { c: 'h', json: 'json', raw: 'txt' };

/** "vmlinux.h", "veth.json" for veth.ko.xz; of one type its own name. */
export function dumpName({ name, types }: OpenFile, format: DumpFormat, id?: number): string {
  const stem = name.replace(/\.(?:xz|gz|zst|lz4|bz2|lzma)$/i, '').replace(/\.(?:btf|ko|o|so|elf|bin|debug)$/i, '') || 'btf';
  if (id === undefined) return `${stem}.${endings[format]}`;
  const row = types.rowOf(id);
  return `${(types.names[row] || `${stem}-type-${id}`).replace(/[^\p{L}\p{N}_.-]+/gu, '_')}.${endings[format]}`;
}

/** Hands a text to the browser, which saves it as the user has it save things. */
export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
