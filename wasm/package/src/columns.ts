// Of itself: the entry `btfkit/columns` is for threads without a module.

/**
 * Every type of a BTF at a glance, for lists and searches. Index i is the type with id `firstId + i`. The arrays are copies: they
 * outlive the `Btf` and may be transferred to another thread (`postMessage(columns, columnBuffers(columns))`).
 */
export interface Columns {
  /** The id of index 0. */
  firstId: number;
  /** Kinds by number; see `kindName`. */
  kind: Uint8Array<ArrayBuffer>;
  /** Members, values, parameters or variables; of a func its linkage. */
  vlen: Uint32Array<ArrayBuffer>;
  /** Bytes, or the id of the type it refers to, whichever the kind has. Sizes of data sections are as written: often 0 in objects. */
  sizeOrType: Uint32Array<ArrayBuffer>;
  /** Where in `strings` each name starts; it ends at the next NUL. 0: anonymous. */
  nameOffset: Uint32Array<ArrayBuffer>;
  /** The BTF's strings, UTF-8; those of its base come first. */
  strings: Uint8Array<ArrayBuffer>;
  /**
   * One more than there are types. From `memberStart[i]` to `memberStart[i + 1]` the member columns hold the members of a struct or
   * union, or the parameters of a func_proto (without the `...` of a variadic one); other kinds have none there.
   */
  memberStart: Uint32Array<ArrayBuffer>;
  /** Where in `strings` the name of each member or parameter starts. */
  memberName: Uint32Array<ArrayBuffer>;
  /** Type ids. */
  memberType: Uint32Array<ArrayBuffer>;
  /** Bits from the start of the struct; 0 for parameters. */
  memberBitOffset: Uint32Array<ArrayBuffer>;
  /** Bits; 0 for members that are no bitfields. */
  memberBitfieldSize: Uint8Array<ArrayBuffer>;
}

/** The arrays of columns, by name. */
export type ColumnArrays = Omit<Columns, 'firstId'>;

/** What to hand to `postMessage` as the list of what is transferred, not copied. */
export function columnBuffers(columns: Columns): ArrayBuffer[] {
  return Object.values(columns).filter((value) => ArrayBuffer.isView(value)).map((array) => (array as Uint8Array<ArrayBuffer>).buffer);
}

/** How names are read. */
export interface NameOptions {
  /** Bytes that are read of a name; a longer one ends with "…" there. Default: all of it. */
  longest?: number;
}

/**
 * All names, by index. A few milliseconds for a kernel: the strings are decoded once, then cut. A hostile BTF may let every type be
 * named by the rest of one huge string, so give `longest` where that counts.
 */
export function decodeNames(columns: Columns, options: NameOptions = {}): string[] {
  const nameAt = nameReader(columns.strings, options.longest);
  return Array.from(columns.nameOffset, (offset) => nameAt(offset));
}

/** Reads single names out of a string table. */
export function nameReader(strings: Uint8Array, longest = Infinity): (offset: number) => string {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  if (isAscii(strings)) {
    // Each byte is one character, so byte offsets are string indices.
    const text = utf8.decode(strings);
    if (longest === Infinity) return (offset) => text.slice(offset, text.indexOf('\0', offset));
    return (offset) => {
      const name = text.slice(offset, offset + longest + 1);
      const end = name.indexOf('\0');
      if (end < 0 && name.length > longest) return `${name.slice(0, longest)}…`;
      return end < 0 ? name : name.slice(0, end);
    };
  }
  return (offset) => {
    const name = strings.subarray(offset, offset + longest + 1);
    const end = name.indexOf(0);
    if (end < 0 && name.length > longest) return `${utf8.decode(name.subarray(0, longest))}…`;
    return utf8.decode(end < 0 ? name : name.subarray(0, end));
  };
}

function isAscii(bytes: Uint8Array): boolean {
  let seen = 0;
  let at = 0;
  if (bytes.byteOffset % 4 === 0) {
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
    for (let i = 0; i < words.length; ++i) seen |= words[i]!;
    at = words.length * 4;
  }
  for (; at < bytes.length; ++at) seen |= bytes[at]!;
  return (seen & 0x80808080) === 0;
}
