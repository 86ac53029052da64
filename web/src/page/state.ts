// The state of the page: all that the views show.
import type { Summary } from 'btfkit';
import type { Archive } from '../open/archives.ts';
import type { Explanation } from '../open/fault.ts';
import type { NamedBlob, Questions, Topic } from '../common/messages.ts';
import type { Remark } from './address.ts';
import type { Route } from './route.ts';
import type { Saving } from './saver.ts';
import type { Session } from '../open/session.ts';
import type { TypeTable } from '../common/types.ts';

export interface OpenFile {
  /** Its own as long as the page lives. */
  id: number;
  name: string;
  blob: Blob;
  /** What it was opened on, when it continues another. */
  base?: NamedBlob | undefined;
  /** The archive that its BTF was found in. */
  archive?: Archive | undefined;
  summary: Summary;
  types: TypeTable;
  session: Session;
  /** Milliseconds from the drop to here. */
  milliseconds: number;
}

/** A file that continues another, which is not known yet. */
export interface Waiting extends NamedBlob {
  /** Those that it was found not to continue. */
  refused?: readonly NamedBlob[];
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
  /** What is being written. */
  saving: readonly Saving[];
  /** What went wrong since the last thing that was opened. */
  faults: readonly Explanation[];
  waiting: readonly Waiting[];
  route?: Route | undefined;
  /** What is odd about the link that was followed. */
  remark?: Remark | undefined;
  /** The type or function that is shown; it stays until the answer about the next has arrived. */
  shown?: Shown | undefined;
  /** Bytes of a cache line in drawings. */
  cacheLine: number;
}
