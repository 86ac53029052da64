// Modules that build.mjs makes up.
declare module 'embedded:wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module 'embedded:more' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module 'embedded:sample' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module 'embedded:worker' {
  const script: string;
  export default script;
}
