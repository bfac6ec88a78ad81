import { addSecretRedaction, defaultRedactor } from '../redaction/index.js';

/** Characters that the redaction asks of a secret. */
export const MIN_SECRET_LENGTH = 8;

/** Something that must not appear in a log. */
export interface IdentitySecret {
  /** What it is, for the mask: never the secret itself. */
  readonly name: string;
  readonly value: string;
  /** How long it has to be masked, in seconds; for good where it is not given. */
  readonly lifetimeSeconds?: number | undefined;
}

/** Where secrets are registered to be masked. A function that it returns takes the secret back. */
export type SecretRegistry = (secret: IdentitySecret) => unknown;

interface Passing {
  readonly expiresAt: number;
  readonly remove: () => void;
}

/** What ends, by what is masked of it. */
const passing = new Map<string, Passing>();
/**
 * What is more than this the redaction forgets by itself, once it has ended and the room is needed.
 */
const MAX_PASSING = 50_000;
const SWEEP_INTERVAL_MS = 1000;
let sweptAt = 0;

/** How long what was just accepted is masked at least. */
export const MIN_MASKED_SECONDS = 60;

/**
 * Registers a secret that passes through identity, so that no log shows it. An empty one counts as
 * missing.
 *
 * @param registry in place of the process-wide redaction
 * @param lifetimeSeconds how long it has to be masked; for good unless given. Of several ends the
 *   last one counts.
 * @returns takes back what is masked for good; what has an end is masked until then
 */
export function addIdentitySecret(
  registry: SecretRegistry | undefined,
  name: string,
  value: string,
  lifetimeSeconds?: number,
): () => void {
  if (value === '') return () => {};
  const remove = (registry ?? addToProcess)({ name, value, lifetimeSeconds });
  return () => {
    if (lifetimeSeconds === undefined && typeof remove === 'function') remove();
  };
}

/**
 * Registers a token that a caller sent and that was accepted. The redaction of the process keeps
 * room for tokens apart, so that a stream of callers leaves secrets masked.
 *
 * @param registry replaces the redaction of the process
 */
export function addAcceptedToken(
  registry: SecretRegistry | undefined,
  value: string,
  lifetimeSeconds: number,
): void {
  if (registry !== undefined) {
    addIdentitySecret(registry, 'token', value, lifetimeSeconds);
  } else if (value.length >= MIN_SECRET_LENGTH) {
    const expiresAt = Date.now() + lifetimeSeconds * 1000;
    defaultRedactor.addToken({ name: 'token', value, expiresAt });
  }
}

/**
 * Of a signed token the signature is masked: without it the token is worth nothing, and many fit
 * where few whole ones would. What cannot be masked (less than 8 characters, or more than there is
 * room for) refuses no request.
 */
function addToProcess({ name, value, lifetimeSeconds }: IdentitySecret): (() => void) | undefined {
  const now = Date.now();
  forgetEnded(now);
  const masked = /^[\w-]+\.[\w-]+\.([\w-]{32,})$/.exec(value)?.[1] ?? value;
  try {
    if (lifetimeSeconds === undefined) return addSecretRedaction({ name, value: masked });
    addPassing(name, masked, now + lifetimeSeconds * 1000);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
  }
  return undefined;
}

function addPassing(name: string, value: string, expiresAt: number): void {
  const known = passing.get(value);
  if (known !== undefined && known.expiresAt >= expiresAt) return;
  const remove = addSecretRedaction({ name, value, expiresAt });
  known?.remove();
  passing.delete(value);
  if (passing.size < MAX_PASSING) passing.set(value, { expiresAt, remove });
}

/**
 * Looks at all of them, as a long life may stand before many short ones, but not with every
 * request.
 */
function forgetEnded(now: number): void {
  // A clock that was set back does not put it off.
  if (now >= sweptAt && now < sweptAt + SWEEP_INTERVAL_MS) return;
  sweptAt = now;
  for (const [value, { expiresAt, remove }] of passing) {
    if (expiresAt > now) continue;
    remove();
    passing.delete(value);
  }
}
