// The state of the page: all that the views show.
import type { Summary } from 'btfkit';
import type { Explanation } from './fault.ts';
import type { TypeRoute } from './route.ts';
import type { Session } from './session.ts';
import type { TypeTable } from './types.ts';

export interface OpenFile {
  name: string;
  summary: Summary;
  types: TypeTable;
  session: Session;
  /** Milliseconds from the drop to here. */
  milliseconds: number;
}

export interface Opening {
  name: string;
  done: number;
  total: number;
  /** Whether it takes long enough to be worth a word. */
  slow: boolean;
}

export interface Declaration {
  file: OpenFile;
  row: number;
  text?: string;
  fault?: string;
}

export interface State {
  file?: OpenFile | undefined;
  opening?: Opening | undefined;
  fault?: Explanation | undefined;
  route?: TypeRoute | undefined;
  /** The type that is shown; it stays until the text of the next has arrived. */
  declaration?: Declaration | undefined;
}
