// Bytes within a script, as text: see asText() in build.mjs, which writes what this reads.

/** The text's first 256 characters are the bytes 0 to 255; the rest is what was written with them. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const byteOf = new Uint8Array(0x200);
  for (let byte = 0; byte < 256; byte++) byteOf[text.charCodeAt(byte)] = byte;
  const bytes = new Uint8Array(text.length - 256);
  for (let i = 0; i < bytes.length; i++) bytes[i] = byteOf[text.charCodeAt(256 + i)];
  return bytes;
}
