// One level of a BTF, its own types or those of its base, as columns: fetched when it is first looked at, shared by a base and all
// that is split on it.
import { nameReader, type Columns } from './columns.js';
import { kindName, type Kind } from './kinds.js';

/** @internal */
export class Level {
  readonly firstId: number;
  /** One more than the last id. */
  readonly endId: number;
  #columns: Columns | undefined;
  #nameAt: ((offset: number) => string) | undefined;
  #names: string[] | undefined;

  constructor(firstId: number, endId: number) {
    this.firstId = firstId;
    this.endId = endId;
  }

  /** Shared by everything here: not to be handed out. */
  columns(fetch: () => Columns): Columns {
    return (this.#columns ??= fetch());
  }

  kind(id: number, fetch: () => Columns): Kind {
    return kindName(this.columns(fetch).kind[id - this.firstId]!);
  }

  name(id: number, fetch: () => Columns): string {
    return this.nameAt(this.columns(fetch).nameOffset[id - this.firstId]!, fetch);
  }

  nameAt(offset: number, fetch: () => Columns): string {
    if (offset === 0) return '';
    return (this.#nameAt ??= nameReader(this.columns(fetch).strings))(offset);
  }

  /** By index. */
  names(fetch: () => Columns): readonly string[] {
    return (this.#names ??= Array.from(this.columns(fetch).nameOffset, (offset) => this.nameAt(offset, fetch)));
  }
}
