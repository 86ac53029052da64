// What the page and its workers say to each other. One worker holds one file, so no message needs to name the file.
import type { Columns, Summary } from 'btfkit';

export type Request =
  /** Always first. The page compiles the WebAssembly once; every worker only instantiates it. */
  | { type: 'start'; module: WebAssembly.Module }
  | { type: 'open'; blob: Blob; name: string }
  | { type: 'declare'; call: number; id: number };

export type Reply =
  | { type: 'progress'; done: number; total: number }
  | { type: 'opened'; opened: Opened }
  | { type: 'declared'; call: number; text: string }
  /** `call` is absent when opening the file failed. */
  | { type: 'failed'; call?: number; fault: FaultFacts };

export interface Opened {
  summary: Summary;
  columns: Columns;
  /** Milliseconds the worker needed to read and check the file. */
  milliseconds: number;
}

/** An error as it crosses from a worker: BtfError's parts, or those of any other error under the code `internal`. */
export interface FaultFacts {
  code: string;
  message: string;
}
