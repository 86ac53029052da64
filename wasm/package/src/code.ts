// The code of BPF objects: what `btfkit disasm --json` prints.
import type { BtfErrorInfo } from './error.js';
import type { CoreKind } from './object.js';

/** What an instruction refers to. */
export interface CodeReference {
  readonly kind: 'function' | 'kfunc' | 'extern' | 'map' | 'variable' | 'common' | 'absolute';
  readonly name: string;
  /** Bytes behind what `name` names. */
  readonly offset: number;
  /** The name of the section that it is in; left out for externs. */
  readonly section?: string;
  /** Bytes from the start of that section. */
  readonly place?: number;
  /** The beginning of a string that is there, for constants. */
  readonly text?: string;
}

/** The fields of an instruction. */
export interface InstructionFields {
  /** Its number, in units of 8 bytes from the start of the function. */
  readonly index: number;
  /** Bytes from the start of the section. */
  readonly offset: number;
  readonly opcode: number;
  readonly class: 'ld' | 'ldx' | 'st' | 'stx' | 'alu' | 'jmp' | 'jmp32' | 'alu64';
  /** "add", "jsgt", "atomic_fetch_or": as RFC 9669 has it. */
  readonly operation: string;
  /** Registers; some operations use them for other things. */
  readonly dst: number;
  readonly src: number;
  readonly off: number;
  readonly imm: number;
  /** Of a load of 64 bits: both words. */
  readonly imm64?: bigint;
  /** Bits that are computed, loaded, stored or compared; 0: none. */
  readonly width: number;
  /** One line: "r1 = *(u64 *)(r1 + 8)". */
  readonly text: string;
  /** Fields that it does not use are not zero: the kernel refuses it. */
  readonly unusedFields?: true;
}

/** An instruction of an object and what is known of it. */
export interface Instruction extends InstructionFields {
  /** Hexadecimal digits. */
  readonly bytes: string;
  /** Where a jump goes to. */
  readonly label?: string;
  /** Of a jump or call within the object: bytes from the start of the section, and the number of the instruction in the function. */
  readonly target?: { readonly offset: number; readonly index: number };
  readonly reference?: CodeReference;
  /** The CO-RE relocation that adjusts it. */
  readonly core?: { readonly kind: CoreKind; readonly typeId: number; readonly access: string; readonly text: string; readonly error?: never } | { readonly error: BtfErrorInfo };
  /** The line of source that begins here. */
  readonly source?: { readonly file: string; readonly line: number; readonly column: number; readonly text: string };
}

/** A function, or code that no function is known for. */
export interface CodeRange {
  /** Empty where none is known. */
  readonly name: string;
  readonly section: string;
  /** Bytes from the start of the section. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** As C. */
  readonly prototype?: string;
  /** A func. */
  readonly typeId?: number;
  readonly instructions: readonly Instruction[];
  /** There are more instructions than anybody reads. */
  readonly cut?: true;
  /** Why some of it can't be shown. */
  readonly error?: BtfErrorInfo;
}

/** How code is disassembled. */
export interface DisassembleOptions {
  /** false: leave out the lines of source. */
  source?: boolean;
}

/** @internal */
export function rangeFrom(range: CodeRange): CodeRange {
  const instructions = range.instructions.map((instruction) =>
    instruction.imm64 === undefined ? instruction : Object.freeze({ ...instruction, imm64: BigInt(instruction.imm64) }),
  );
  return Object.freeze({ ...range, instructions: Object.freeze(instructions) });
}
