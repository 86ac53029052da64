// Modules that build.mjs makes up.
declare module 'embedded:wasm' {
  const text: string; // see embedded-bytes.ts
  export default text;
}
declare module 'embedded:object' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module 'embedded:kernel' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module 'embedded:worker' {
  const script: string;
  export default script;
}
