// One level of a BTF, its own types or those of its base, as columns: copied out when it is first looked at, shared by a base and all
// that is split on it.
import { nameReader, type ColumnArrays } from './columns.js';
import { kindName, type Kind } from './kinds.js';

/** @internal */
export class Level {
  readonly firstId: number;
  /** One more than the last id. */
  readonly endId: number;
  /** undefined: not yet copied. Shared: not to be handed out. */
  columns: ColumnArrays | undefined;
  #nameAt: ((offset: number) => string) | undefined;
  #names: readonly string[] | undefined;

  constructor(firstId: number, endId: number) {
    this.firstId = firstId;
    this.endId = endId;
  }

  // For these the columns must be there.

  kind(id: number): Kind {
    return kindName(this.columns!.kind[id - this.firstId]!);
  }

  name(id: number): string {
    return this.nameAt(this.columns!.nameOffset[id - this.firstId]!);
  }

  /** The string at an offset of this level's strings or a lower one's. */
  nameAt(offset: number): string {
    return offset === 0 ? '' : (this.#nameAt ??= nameReader(this.columns!.strings))(offset);
  }

  /** By index. */
  names(): readonly string[] {
    return (this.#names ??= Array.from(this.columns!.nameOffset, (offset) => this.nameAt(offset)));
  }
}
