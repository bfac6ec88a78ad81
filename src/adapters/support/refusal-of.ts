import { notify } from '../../foundation/notify.js';
import type { Gate, Refusal } from '../../gate/index.js';
import type { Vocabulary } from '../../model/index.js';

/** What is answered where the gate itself does not say. */
const INTERNAL: Refusal = Object.freeze({
  status: 500,
  headers: Object.freeze({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  }),
  body: '{"type":"about:blank","title":"Internal error","status":500}',
  grpc: Object.freeze({ code: 13, message: 'internal error' }),
});

/** A token of RFC 9110 5.6.2, in lower case. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** What stands in a field of RFC 9110 5.5, in printable ASCII. */
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/**
 * How `error` is answered: by `gate.refuse`, and with a bare 500 where that fails or returns
 * something else than a refusal. Never rejects.
 *
 * @param gate undefined: no gate is known
 * @param onError told of what is answered with 500 or more, and not waited for
 * @param operation the method and the route, as far as they are known
 */
export async function refusalOf<V extends Vocabulary>(
  gate: Gate<V> | undefined,
  error: unknown,
  onError?: (error: unknown) => unknown,
  operation?: string,
): Promise<Refusal> {
  const refusal = await askGate(gate, error, operation);
  if (refusal.status >= 500) notify(onError, error);
  return refusal;
}

async function askGate<V extends Vocabulary>(
  gate: Gate<V> | undefined,
  error: unknown,
  operation: string | undefined,
): Promise<Refusal> {
  try {
    const given: unknown = gate?.refuse(error, { operation });
    const refusal = await given;
    return isRefusal(refusal) ? refusal : INTERNAL;
  } catch {
    return INTERNAL;
  }
}

// SECURITY: a refusal with a status of success would tell a client, or a cache before it, that it
// was served.
function isRefusal(value: unknown): value is Refusal {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, body } = value as Partial<Refusal>;
  return (
    Number.isInteger(status) &&
    (status as number) >= 400 &&
    (status as number) < 600 &&
    typeof body === 'string' &&
    typeof headers === 'object' &&
    headers !== null &&
    Object.entries(headers).every(
      ([name, text]) =>
        HEADER_NAME.test(name) && typeof text === 'string' && HEADER_VALUE.test(text),
    )
  );
}
