// What the page needs beside its own script. The build picks where it comes from: assets-fetched.ts or assets-embedded.ts.
import type { Parts } from './messages.ts';

export interface Assets extends Parts {
  /** The worker's script. */
  worker: string;
  /** A small BPF object to try the page with. */
  sample: Uint8Array<ArrayBuffer>;
}

export const sampleName = 'sample.bpf.o';
