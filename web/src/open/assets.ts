// What the page needs beside its own script. The build picks where it comes from: assets-fetched.ts or assets-embedded.ts.

export interface Assets {
  /** The package's reading.wasm, compiled. */
  module: WebAssembly.Module;
  /** The worker's script. */
  worker: string;
  /** To try the page with. */
  samples: { object: Sample; kernel: Sample };
}

export interface Sample {
  name: string;
  bytes: () => Promise<Uint8Array<ArrayBuffer>>;
}

export const sampleNames = { object: 'sample.bpf.o', kernel: 'kernel.btf' };
