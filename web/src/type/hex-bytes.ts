// Hexadecimal digits as people paste them: "0x01 02:03", "\x01\x02", ["0x01"], lines of xxd, hexdump -C and of debuggers, with their
// addresses in front and their characters behind, which are left out. What debuggers print as numbers ("0xffff888100000001", and words
// behind an address of 16 digits, as crash has them) are bytes in the order of the memory that they were read from.

/** The bytes, or what is wrong and where. `little`: the order of the bytes of numbers. */
export function bytesOfHex(text: string, little: boolean): { bytes: Uint8Array<ArrayBuffer>; numbers: boolean } | string {
  const bytes: number[] = [];
  let numbers = false;
  for (const [number, line] of text.split('\n').entries()) {
    const words = /^\s*[0-9a-f]{16}(?:\s*<[^>]*>)?:\s/i.test(line);
    for (const { 0: whole, index: start } of digitsOf(line).matchAll(/[^\s,;:"'[\](){}]+/g)) {
      const word = whole.replace(/^0x/i, '');
      const index = start + whole.length - word.length;
      const place = () => `line ${number + 1}, character ${index + 1}`;
      if (!/^[0-9a-f]+$/i.test(word)) return `${place()}: “${word.slice(0, 20)}” is no hexadecimal number`;
      if (word.length > 1 && word.length % 2 !== 0) return `${place()}: “${word.slice(0, 20)}” has an odd number of digits`;
      const own: number[] = [];
      for (let at = 0; at < word.length; at += 2) own.push(parseInt(word.slice(at, at + 2), 16));
      const isNumber = (words || word !== whole) && [4, 8, 16].includes(word.length);
      numbers ||= isNumber;
      for (const byte of isNumber && little ? own.reverse() : own) bytes.push(byte);
    }
  }
  return { bytes: Uint8Array.from(bytes), numbers };
}

/** A line with blanks for all that is no byte, so that places stay what they are. */
function digitsOf(line: string): string {
  const blank = (found: string) => ' '.repeat(found.length);
  // xxd and debuggers end an address with a colon; what stands behind two blanks then are characters. hexdump -C puts those in bars.
  const listed = line.replace(/^\s*(?:0x)?[0-9a-f]{4,16}(?:\s*<[^>]*>)?:(?=\s)/i, blank);
  const digits = listed === line ? line.replace(/^[0-9a-f]{7,16}(?= {2})/i, blank).replace(/\|.*\|\s*$/, blank) : listed.replace(/(?<=\S) {2,}\S.*$/, blank);
  return digits.replace(/\\x/gi, blank);
}
