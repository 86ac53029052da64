/**
 * What went wrong, as a program sees it. The spelling is the same in the C++ library and in the command's JSON.
 *
 * - `not_found`: no such type, name, section or file
 * - `ambiguous`: more than one answer; the message lists them
 * - `malformed`: the input breaks a rule of its format
 * - `not_supported`: legal, but this package or platform can't do it
 * - `invalid_argument`: the caller asked for something that makes no sense, or used a closed `Btf`
 * - `too_large`: a limit of the format, of an option or of memory is exceeded
 * - `permission`: the operating system refused
 * - `system`: any other failure of the platform
 */
export type BtfErrorCode =
  | 'not_found'
  | 'ambiguous'
  | 'malformed'
  | 'not_supported'
  | 'invalid_argument'
  | 'too_large'
  | 'permission'
  | 'system';

/** A failure or a warning as plain data. */
export interface BtfErrorInfo {
  readonly code: BtfErrorCode;
  /** One line for people, place included. */
  readonly message: string;
  /** Where: ".BTF", "ELF header"... */
  readonly section?: string;
  /** Bytes from the start of `section`. */
  readonly offset?: number;
  readonly typeId?: number;
}

/** The bare cause and the place's type name, which `message` has already put together. Only the command needs them apart. @internal */
export interface Cause {
  text: string;
  typeName?: string;
}

const causes = new WeakMap<BtfError, Cause>();

/**
 * The only error this package throws on purpose. Should the WebAssembly module stop (`too_large` when memory is exhausted, `system` for
 * a defect), everything that was open is lost and says so; the next `Btf` opened starts a fresh module.
 */
export class BtfError extends Error {
  override readonly name = 'BtfError';
  readonly code: BtfErrorCode;
  /** Where: ".BTF", "ELF header"... */
  declare readonly section?: string;
  /** Bytes from the start of `section`. */
  declare readonly offset?: number;
  declare readonly typeId?: number;

  constructor(code: BtfErrorCode, message: string, details: { cause?: unknown; section?: string; offset?: number; typeId?: number } = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    if (details.section !== undefined) this.section = details.section;
    if (details.offset !== undefined) this.offset = details.offset;
    if (details.typeId !== undefined) this.typeId = details.typeId;
  }
}

/** An error that core reported. @internal */
export function fromCore(info: BtfErrorInfo, cause?: Cause): BtfError {
  const error = new BtfError(info.code, info.message, info);
  if (cause) causes.set(error, cause);
  return error;
}

/** The parts of an error that core's `command::fail` puts together again. @internal */
export function parts(error: BtfError): Cause & { code: BtfErrorCode; section?: string; offset?: number; typeId?: number } {
  const cause = causes.get(error);
  if (!cause) return { code: error.code, text: error.message };
  return {
    ...cause,
    code: error.code,
    ...(error.section !== undefined && { section: error.section }),
    ...(error.offset !== undefined && { offset: error.offset }),
    ...(error.typeId !== undefined && { typeId: error.typeId }),
  };
}
