import { inspect } from 'node:util';
import { expect } from 'vitest';
import type { IdentitySecret } from '../../../src/net/mask-secrets.js';
import { holdsSecret } from '../find-secret.js';

/** Keeps what is registered to be masked. */
export interface WatchedSecrets {
  readonly redaction: (secret: IdentitySecret) => void;
  readonly registered: IdentitySecret[];
  readonly values: () => readonly string[];
}

export function watchSecrets(): WatchedSecrets {
  const registered: IdentitySecret[] = [];
  return {
    redaction: (secret) => {
      registered.push(secret);
    },
    registered,
    values: () => registered.map(({ value }) => value),
  };
}

/**
 * What a promise rejects with. Its message, its fields and its causes must hold none of `secrets`.
 */
export async function failureWithout(
  promise: Promise<unknown>,
  secrets: readonly string[],
): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  const shown = inspect(error, { depth: 10, showHidden: true });
  expect(secrets.filter((secret) => holdsSecret(secret, shown))).toEqual([]);
  return error as Error;
}
