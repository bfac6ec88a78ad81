import { addSecretRedaction } from '../redaction/index.js';

/** Something that must not appear in a log. */
export interface IdentitySecret {
  /** What it is, for the mask: never the secret itself. */
  readonly name: string;
  readonly value: string;
  /** How long it has to be masked, in seconds; for good where it is not given. */
  readonly lifetimeSeconds?: number | undefined;
}

/** Where secrets are registered to be masked. */
export type SecretRegistry = (secret: IdentitySecret) => unknown;

/** What ends, in about the order in which it does. */
const passing = new Map<string, { readonly expiresAt: number; readonly remove: () => void }>();

/**
 * Registers a secret that passes through identity, so that no log shows it. An empty one is none.
 *
 * @param registry in place of the process-wide redaction
 * @param lifetimeSeconds how long it has to be masked; for good unless given
 */
export function addIdentitySecret(
  registry: SecretRegistry | undefined,
  name: string,
  value: string,
  lifetimeSeconds?: number,
): void {
  if (value !== '') (registry ?? addToProcess)({ name, value, lifetimeSeconds });
}

/**
 * Of a signed token the signature is masked: without it the token is worth nothing, and many fit where few whole ones
 * would. What cannot be masked (less than 8 characters, or more than there is room for) refuses no request.
 */
function addToProcess({ name, value, lifetimeSeconds }: IdentitySecret): void {
  const now = Date.now();
  forgetEnded(now);
  const masked = /^[\w-]+\.[\w-]+\.([\w-]{32,})$/.exec(value)?.[1] ?? value;
  if (passing.has(masked)) return;
  try {
    if (lifetimeSeconds === undefined) {
      addSecretRedaction({ name, value: masked });
    } else {
      const expiresAt = now + lifetimeSeconds * 1000;
      passing.set(masked, {
        expiresAt,
        remove: addSecretRedaction({ name, value: masked, expiresAt }),
      });
    }
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
  }
}

function forgetEnded(now: number): void {
  for (const [value, { expiresAt, remove }] of passing) {
    if (expiresAt > now) return;
    remove();
    passing.delete(value);
  }
}
