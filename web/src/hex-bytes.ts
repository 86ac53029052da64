// Hexadecimal digits as people paste them: "0x01 02:03", "\x01\x02", ["0x01"], lines of xxd, hexdump -C and of debuggers, with their
// addresses in front and their characters behind, which are left out.

/** The bytes, or what is wrong and where. */
export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> | string {
  const bytes: number[] = [];
  for (const [number, line] of text.split('\n').entries()) {
    for (const { 0: word, index } of digitsOf(line).matchAll(/[^\s,;:"'[\](){}]+/g)) {
      const place = () => `line ${number + 1}, character ${index + 1}`;
      if (!/^[0-9a-f]+$/i.test(word)) return `${place()}: “${word.slice(0, 20)}” is no hexadecimal number`;
      if (word.length > 1 && word.length % 2 !== 0) return `${place()}: “${word.slice(0, 20)}” has an odd number of digits`;
      for (let at = 0; at < word.length; at += 2) bytes.push(parseInt(word.slice(at, at + 2), 16));
    }
  }
  return Uint8Array.from(bytes);
}

/** A line with blanks for all that is no byte, so that places stay what they are. */
function digitsOf(line: string): string {
  const blank = (found: string) => ' '.repeat(found.length);
  // xxd and debuggers end an address with a colon; what stands behind two blanks then are characters. hexdump -C puts those in bars.
  const listed = line.replace(/^\s*(?:0x)?[0-9a-f]{4,16}(?:\s*<[^>]*>)?:(?=\s)/i, blank);
  const digits = listed === line ? line.replace(/^[0-9a-f]{7,16}(?= {2})/i, blank).replace(/\|.*\|\s*$/, blank) : listed.replace(/(?<=\S) {2,}\S.*$/, blank);
  return digits.replace(/\\x|\b0x/gi, blank);
}
