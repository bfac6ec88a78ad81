import { addAcceptedToken, MIN_MASKED_SECONDS, type SecretRegistry } from '../../net/index.js';
import type { VerifiedToken } from './verified-token.js';

/**
 * Registers a token that was just verified, for as long as it holds: one that is accepted for the
 * tolerance alone is masked beyond that, too.
 *
 * @param now milliseconds since 1970
 */
export function addVerifiedToken(
  registry: SecretRegistry | undefined,
  text: string,
  { expiresAt, clockToleranceSeconds = 0 }: VerifiedToken,
  now: number,
): void {
  const least = clockToleranceSeconds + MIN_MASKED_SECONDS;
  const lifetimeSeconds = Math.max(expiresAt - now / 1000, least);
  addAcceptedToken(registry, text, lifetimeSeconds);
}
