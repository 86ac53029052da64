// What "btfkit" exports, in Node and in browsers alike.
/// <reference lib="esnext.disposable" preserve="true" />
import { platform, type InitOptions } from './engine.js';

export { Btf, type DumpOptions, type HeaderOptions, type InspectOptions, type Rebased, type RunOptions, type RunResult } from './btf.js';
export type { Builder, BuilderOptions, Definition, MemberDefinition } from './builder.js';
export type { CodeRange, CodeReference, DisassembleOptions, Instruction, InstructionFields } from './code.js';
export { columnBuffers, decodeNames, type ColumnArrays, type Columns, type NameOptions } from './columns.js';
export { BtfError, type BtfErrorCode, type BtfErrorInfo } from './error.js';
export {
  decodeInstructions, essentialName, helperName, mapFlagName, mapTypeName, parseKernelVersion, programKind, rewrites, type BareInstruction,
  type KernelVersion, type ProgramKind, type RewriteInfo,
} from './facts.js';
export { kindName, type Kind } from './kinds.js';
export type { Layout, LayoutMember, LayoutOptions, LayoutSummary } from './layout.js';
export type { BlobLike, BlobOptions, OpenOptions, Progress } from './load.js';
export type * from './marshal.js';
export type {
  Contents, CoreKind, CoreRelocation, DataReference, ElfRelocation, ElfSection, ElfSymbol, ExtPlace, ExtRecord, ExtSection, Extern, FuncInfo,
  FunctionInfo, LineInfo, MapDefinition, MapInfo, Program, RelocationInfo, SectionedVariable, VariableInfo, VariableSection,
} from './object.js';
export type { FoundType, Query, QueryResult, SearchOptions, SearchResult } from './search.js';
export type { Amount, BtfStatistics, ExtStatistics, Statistics } from './statistics.js';
export type { Output } from './store.js';
export type { Summary } from './summary.js';
export type * from './types.js';
export type { DecodeOptions, DecodeTextOptions, Value } from './value.js';
export { version } from './version.js';
export type { Gap, Located, MemberPlace, Occupants, PathStep } from './where.js';
export type { InitOptions };

/**
 * Fetches, compiles and starts the WebAssembly module. Needed once in a browser or worker before anything is opened; in Node it
 * does nothing and need not be called. Calling it again is fine; after an error that stopped the module (see `BtfError`) it starts
 * a fresh one, which a browser's main thread may not do synchronously.
 */
export function init(options: InitOptions = {}): Promise<void> {
  return platform().init(options);
}
