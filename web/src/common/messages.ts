// What the page and its workers say to each other. One worker holds one file, so no message needs to name the file.
import type { CodeRange, Columns, ElfSection, Layout, Occupants, Summary } from 'btfkit';
import type { DataSection, FunctionTable, Needs, StringTable } from './part-messages.ts';

/** What can be asked about an open file: with which words, and what comes back. */
export interface Questions {
  /** A type as C, with a comment behind each member. */
  declaration: { about: { id: number }; answer: Declaration };
  /** The first lines of a type's C. */
  glance: { about: { id: number }; answer: string };
  /** How a struct or union lies in memory. `cacheLine`: bytes. */
  layout: { about: { id: number; cacheLine: number }; answer: LaidOut };
  /** What is at an offset (bytes) of a type. */
  at: { about: { id: number; offset: number }; answer: Occupants };
  /** Who refers to a type. */
  usage: { about: { id: number }; answer: Usage };
  /** A type's record. */
  record: { about: { id: number }; answer: RecordText };
  /** Bytes as values of a type, from the byte `at` on; `hex`: integers in hexadecimal. */
  decode: { about: { id: number; bytes: Uint8Array; order: 'little' | 'big' | undefined; at: number; hex: boolean }; answer: Decoded };
  /** Everything as text, or one type and, in C, what it needs. */
  dump: { about: { format: 'c' | 'json' | 'raw'; id?: number }; answer: Blob };
  /** The holes of each struct of the file: ids, and how many each of them has. */
  holes: { about: { withBase: boolean }; answer: { ids: Uint32Array; holes: Uint32Array } };
  /** The ids of the types that have a member or an enumerator with a name, which may be a pattern. */
  having: { about: { what: 'member' | 'value'; name: string; withBase: boolean }; answer: Uint32Array };
  /** Where a member of a type is, by its path. */
  member: { about: { id: number; path: string }; answer: MemberAnswer };
  /** The code of a function of a BPF object. */
  code: { about: { name: string; section: string; offset: number }; answer: CodeRange };
  /** All functions, and the prototypes of some as C. */
  functions: { about: Nothing; answer: FunctionTable };
  prototypes: { about: { ids: readonly number[] }; answer: string[] };
  strings: { about: Nothing; answer: StringTable };
  /** Data sections with their variables. */
  sections: { about: Nothing; answer: DataSection[] };
  /** What an object needs of the kernel and of other objects. */
  needs: { about: Nothing; answer: Needs };
  /** The sections of the ELF. */
  elf: { about: Nothing; answer: readonly ElfSection[] };
}
export type Topic = keyof Questions;

/** Questions without words. */
export type Nothing = Record<string, never>;

export type Request =
  /** Always first. The page compiles the WebAssembly once, the package's reading.wasm; every worker only instantiates it. */
  | { type: 'start'; module: WebAssembly.Module }
  /** `base`: what a split BTF continues. `again`: the page knows its types already; only the questions that follow are answered. */
  | { type: 'open'; input: NamedBlob; base?: NamedBlob; again: boolean }
  | { type: 'ask'; call: number; question: Question };

export interface NamedBlob {
  blob: Blob;
  name: string;
}

/** One question with its words. */
export type Question = { [T in Topic]: { topic: T; about: Questions[T]['about'] } }[Topic];

export type Reply =
  | { type: 'progress'; done: number; total: number }
  | { type: 'opened'; opened: Opened }
  | { type: 'answer'; call: number; answer: unknown }
  /** `call` is absent when opening the file failed. `stopped`: this worker can answer nothing any more. */
  | { type: 'failed'; call?: number; fault: FaultFacts; stopped: boolean };

export interface Opened {
  summary: Summary;
  columns: Columns;
  /** Milliseconds the worker needed to read and check the file. */
  milliseconds: number;
}

/** Bytes as values. */
export interface Decoded {
  /** As C, each value with its number and offset when there are several; a comment says what is in another byte order. */
  text: string;
  /** Bytes of one value. */
  size: number;
  /** Whole values that there are bytes for, and how many of them are in the text. */
  records: number;
  shown: number;
  /** Bytes behind the last whole value. */
  left: number;
}

/** What is shown when a member is opened in place: a struct or union, in an array that of each of its elements. */
export interface Opens {
  id: number;
  /** Of arrays. */
  elements?: number;
}

/** A type as C. Lines count from 0. */
export interface Declaration {
  text: string;
  /** Members that can be opened: the line, and the id of the struct or union. */
  opens: [line: number, id: number][];
  /** Lines with offsets that count from elsewhere: behind a pointer or in an array's element. */
  foreign: number[];
}

export interface RecordText {
  /** A line for each property. */
  json: string;
  /** As bpftool prints it. */
  raw: string;
}

/** A member, or why there is none. */
export type MemberAnswer = MemberFacts | NoMember;

export interface MemberFacts {
  /** As it was asked for, in its usual form. */
  path: string;
  /** Bytes from the start of the type; of a bitfield, those before its first bit. */
  offset: number;
  /** Bits from the start of the type. */
  bitOffset: number;
  /** Bytes of its type. */
  size: number;
  /** Bits. */
  bitfieldSize?: number;
  /** As C. */
  type: string;
}

export interface NoMember {
  /** Empty where the path only has no end yet. */
  why: string;
  /** Paths that lead somewhere: "mm_struct.pgd". */
  instead: string[];
}

/** A layout, and which of its members can be opened, by the id of their type. */
export interface LaidOut {
  layout: Layout;
  opens: Map<number, Opens>;
}

/** How one type serves another. */
export type UseRole = 'member' | 'pointer member' | 'parameter' | 'pointer parameter' | 'return' | 'pointer return' | 'callback' | 'typedef' | 'variable' | 'tag' | 'other' | 'index';

/** Who uses a type, directly or through pointers, arrays and qualifiers without names. */
export interface Usage {
  /** In the order of the roles above; only those that occur. */
  groups: { role: UseRole; count: number; ids: Uint32Array }[];
  /** There are more ways to it than were followed. */
  cut: boolean;
}

/**
 * An error as it crosses from a worker: BtfError's parts, or those of any other error under the code `internal`. Sessions add
 * `stopped`, when the worker gave up or did not answer, and `closed`.
 */
export interface FaultFacts {
  code: string;
  message: string;
}
