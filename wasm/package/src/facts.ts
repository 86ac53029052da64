// What needs no input: core's tables.
import type { InstructionFields } from './code.js';
import { engine } from './engine.js';
import { BtfError, fromCore } from './error.js';
import { freeze, isFailed, parseJson, type Failed } from './json.js';
import type { RewriteName } from './marshal.js';

function fact<T>(what: string, text = '', number = 0): T {
  const answer = parseJson(engine().call((glue) => glue.fact(what, text, number))) as T | Failed;
  if (isFailed(answer)) throw fromCore(answer.error);
  return answer;
}

/** What the name of a program's section says of it. */
export interface ProgramKind {
  /** As the kernel's BPF_PROG_TYPE_*: "tracing"; empty: libbpf knows no such section. */
  readonly type: string;
  /** As BPF_*: "trace_fexit"; may be empty. */
  readonly attachType: string;
  /** What stands behind the slash: "tcp_sendmsg"; may be empty. */
  readonly target: string;
  readonly sleepable: boolean;
  readonly fragments: boolean;
  readonly autoload: boolean;
}

/** What the name of a section says of the programs in it: `programKind('fexit.s/tcp_sendmsg')`. libbpf's rules. */
export function programKind(section: string): ProgramKind {
  return fact('program_kind', section);
}

/** "bpf_map_lookup_elem" for 1; empty for a number that no helper has. */
export function helperName(id: number): string {
  return fact('helper', '', id);
}

/** "hash" for 1, as libbpf spells BPF_MAP_TYPE_*; empty for types newer than this package. */
export function mapTypeName(type: number): string {
  return fact('map_type', '', type);
}

/** "BPF_F_MMAPABLE" for bit 10; empty for bits newer than this package. */
export function mapFlagName(bit: number): string {
  return fact('map_flag', '', bit);
}

/** A name without its flavor: "task_struct" of "task_struct___v5". libbpf's rule. */
export function essentialName(name: string): string {
  return fact('essential_name', name);
}

/** The numbers of a kernel's release. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The numbers of "6.12.107-cloud-amd64". Errors: `invalid_argument`. */
export function parseKernelVersion(text: string): KernelVersion {
  return fact('kernel_version', text);
}

/** One rewrite. */
export interface RewriteInfo {
  readonly name: RewriteName;
  /** The first kernel version that does not need it; left out: every kernel needs it. */
  readonly until?: string;
  /** One line for people. */
  readonly effect: string;
  /** The same. */
  readonly why: string;
}

/** All rewrites, in the order in which they are done. */
export function rewrites(): readonly RewriteInfo[] {
  return fact('rewrites');
}

/** One instruction without an object around it. */
export interface BareInstruction extends InstructionFields {
  /** Bytes: 8, or 16 of a load of 64 bits. */
  readonly length: number;
  /** Of a jump or call: bytes from the start of the code. */
  readonly target?: number;
}

/** The instructions of bare code, as `bpftool prog dump` writes them to a file. */
export function decodeInstructions(code: Uint8Array, order: 'little' | 'big' = 'little'): readonly BareInstruction[] {
  if (order !== 'little' && order !== 'big') throw new BtfError('invalid_argument', `there is no byte order '${String(order)}': little or big`);
  const digits = Array.from(code, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return freeze(
    fact<BareInstruction[]>('instructions', digits, order === 'big' ? 1 : 0).map((instruction) =>
      instruction.imm64 === undefined ? instruction : { ...instruction, imm64: BigInt(instruction.imm64) },
    ),
  );
}
