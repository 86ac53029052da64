// What a view keeps of a file, made when first needed and gone with the file.
import type { OpenFile } from '../page/state.ts';

export function perFile<T>(make: (file: OpenFile) => T): (file: OpenFile) => T {
  const kept = new WeakMap<OpenFile, T>();
  return (file) => {
    let one = kept.get(file);
    if (one === undefined) kept.set(file, (one = make(file)));
    return one;
  };
}
