import type { Gate, Refusal } from '../../gate/index.js';
import type { Vocabulary } from '../../model/index.js';
import { refusalOf } from '../support/refusal-of.js';

/** How a call is ended. */
export interface CallStatus {
  readonly code: number;
  readonly details: string;
}

/** Nothing of what went wrong is told. */
const INTERNAL: CallStatus = Object.freeze({ code: 13, details: 'internal error' });
export const NOT_OPEN: CallStatus = Object.freeze({
  code: 7,
  details: 'the method is not open to anyone',
});

/** Error codes of gRPC: 1 to 16. */
const LAST_CODE = 16;
/** Of the details, in UTF-16 code units: they travel in a header. */
const MAX_DETAILS = 1024;
const SURROGATES = /\p{Cs}/gu;

/**
 * The status that tells a client of `error`. Never rejects.
 *
 * SECURITY: never 0 (OK), whatever the gate answers; and INTERNAL without a word of the error when
 * the gate fails.
 */
export async function statusOf(
  gate: Gate<Vocabulary>,
  error: unknown,
  onError?: (error: unknown) => unknown,
  operation?: string,
): Promise<CallStatus> {
  const { grpc } = await refusalOf(gate, error, onError, operation);
  const { code, message } = (grpc ?? {}) as Partial<Refusal['grpc']>;
  if (!isWhole(code) || code < 1 || code > LAST_CODE || typeof message !== 'string') {
    return INTERNAL;
  }
  // Half of a surrogate pair cannot be written into a header, and ends the process that tries.
  return { code, details: message.slice(0, MAX_DETAILS).replace(SURROGATES, '\ufffd') };
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}
