// Core's JSON as plain data.
import type { BtfErrorInfo } from './error.js';

/** What core answers instead of anything else. @internal */
export interface Failed {
  readonly error: BtfErrorInfo;
}

/** Whether an answer is nothing but an error. @internal */
export function isFailed(answer: unknown): answer is Failed {
  return typeof answer === 'object' && answer !== null && 'error' in answer && !('id' in answer);
}

const large = /\d{16}/;

/** As JSON.parse, frozen; integers that a number can't hold exactly are decimal strings. @internal */
export function parseJson(text: string): unknown {
  if (!large.test(text)) return freeze(JSON.parse(text) as unknown);
  // Strings are matched too, so that what looks like a number within them is left alone.
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![.eE\d])/g, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
  );
  return freeze(JSON.parse(exact) as unknown);
}

/** Freezes plain data all the way down. @internal */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
}
