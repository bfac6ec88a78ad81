import {
  AuthzError,
  IdentityInvalidError,
  IdentityMissingError,
  IdentityUnavailableError,
} from '../model/index.js';
import { createRedactor, MIN_SECRET_LENGTH, type Redactor } from '../redaction/index.js';

/** Room for one token with its parts, whatever its length. */
const MAX_BYTES = 2 ** 18;
/** Causes of causes that are looked at one by one. */
const MAX_CAUSES = 8;
/** Of a token: three, or five where it is encrypted. */
const MAX_PARTS = 6;

const IDENTITY_ERRORS = [IdentityMissingError, IdentityInvalidError, IdentityUnavailableError];

/**
 * An error of an authenticator, without the token that it was asked about: such an error may repeat
 * what it was given, and goes to a log.
 *
 * @returns the error itself where it is one of this package and the token is not in it; a copy of
 *   any other
 */
export function withoutToken(error: unknown, token: string): unknown {
  try {
    // Some errors repeat one part alone.
    const secrets = [token, ...token.split('.', MAX_PARTS)].filter(
      ({ length }) => length >= MIN_SECRET_LENGTH,
    );
    if (error instanceof AuthzError && !mayHold(error, secrets)) return error;
    const redactor = createRedactor({ maxBytes: MAX_BYTES });
    for (const value of new Set(secrets)) redactor.add({ name: 'token', value });
    return copyOf(error, redactor);
  } catch {
    return new Error('an error of the authenticator could not be read');
  }
}

function mayHold(error: unknown, secrets: readonly string[]): boolean {
  let one = error;
  for (let depth = 0; depth < MAX_CAUSES && one !== undefined; depth++) {
    if (!(one instanceof Error)) return true;
    for (const name of Object.getOwnPropertyNames(one)) {
      const value: unknown = name === 'cause' ? undefined : Reflect.get(one, name);
      if (typeof value === 'object' && value !== null) return true;
      if (typeof value === 'string' && secrets.some((secret) => value.includes(secret))) {
        return true;
      }
    }
    one = one.cause;
  }
  return one !== undefined;
}

function copyOf(error: unknown, redactor: Redactor): unknown {
  const copy = redactor.error(error);
  // What is answered follows from the class.
  const kind = IDENTITY_ERRORS.find((one) => error instanceof one);
  return kind === undefined ? copy : new kind(copy.message, { cause: copy.cause });
}
