// The state of the page: all that the views show.
import type { Summary } from 'btfkit';
import type { Explanation } from '../open/fault.ts';
import type { NamedBlob, Questions, Topic } from '../common/messages.ts';
import type { Route } from './route.ts';
import type { Session } from '../open/session.ts';
import type { TypeTable } from '../common/types.ts';

export interface OpenFile {
  /** Its own as long as the page lives. */
  id: number;
  name: string;
  blob: Blob;
  /** What it was opened on, when it continues another. */
  base?: NamedBlob | undefined;
  summary: Summary;
  types: TypeTable;
  session: Session;
  /** Milliseconds from the drop to here. */
  milliseconds: number;
}

export interface Opening {
  name: string;
  /** Which of how many. */
  nth: number;
  of: number;
  /** Bytes. */
  done: number;
  total: number;
  /** Whether it takes long enough to be worth a word. */
  slow: boolean;
}

/** What a view was asked for, and what came back. */
export interface Shown<T extends Topic = Topic> {
  file: OpenFile;
  route: Route;
  /** Of a type: its row. */
  row: number;
  topic: T;
  /** Missing when there is a fault. */
  answer?: Questions[T]['answer'];
  fault?: string;
}

export interface State {
  /** All that are open, in the order of their tabs. */
  files: readonly OpenFile[];
  /** The one of them that is shown. */
  file?: OpenFile | undefined;
  opening?: Opening | undefined;
  /** The name of a file that is being written, once that takes long enough to be worth a word. */
  saving?: string | undefined;
  /** What went wrong since the last thing that was opened. */
  faults: readonly Explanation[];
  /** Files that continue another, which is not known yet. */
  waiting: readonly NamedBlob[];
  route?: Route | undefined;
  /** The type or function that is shown; it stays until the answer about the next has arrived. */
  shown?: Shown | undefined;
  /** Bytes of a cache line in drawings. */
  cacheLine: number;
}
