import { parseCompactToken } from './parse-compact-token.js';

/** A token, and when it ends as far as is known. */
export interface ObtainedToken {
  readonly token: string;
  /** In milliseconds since 1970; `undefined`: not known, so that it is used once. */
  readonly expiresAt: number | undefined;
}

interface RenewalOptions {
  /** How long before its end a token is renewed. May be infinite. */
  readonly marginSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Pause after a renewal that failed, while the token at hand still holds. */
const RETRY_PAUSE_MS = 5000;

/** A token that is kept and renewed. */
export interface RenewingToken {
  /** The token at hand, or the next one. Rejects with what `obtain` rejects with. */
  readonly get: () => Promise<ObtainedToken>;
  /** Forgets `token`, if it is the one at hand: the next `get` obtains another. */
  readonly invalidate: (token: string) => void;
}

/**
 * Keeps a token and obtains the next one shortly before it ends.
 *
 * All who ask at the same time wait for one request. A request that fails is no harm while the token at hand holds.
 *
 * @param obtain rejects when there is no token to be had; what it rejects with is passed on
 */
export function createRenewingToken(
  obtain: () => Promise<ObtainedToken>,
  { marginSeconds, now }: RenewalOptions,
): RenewingToken {
  let held: ObtainedToken | undefined;
  let failedAt: number | undefined;
  let request: Promise<ObtainedToken> | undefined;

  const remainingMs = (): number => (held?.expiresAt ?? -Infinity) - now();
  const isPausing = (): boolean =>
    failedAt !== undefined && now() >= failedAt && now() < failedAt + RETRY_PAUSE_MS;
  const renew = (): Promise<ObtainedToken> => {
    request ??= obtain().finally(() => {
      request = undefined;
    });
    return request;
  };

  return {
    get: async () => {
      const remaining = remainingMs();
      const holds = held !== undefined && remaining > 0;
      if (holds && (remaining > marginSeconds * 1000 || isPausing())) return held as ObtainedToken;
      try {
        held = await renew();
        failedAt = undefined;
        return held;
      } catch (error) {
        failedAt = now();
        if (held !== undefined && remainingMs() > 0) return held;
        throw error;
      }
    },
    invalidate: (token) => {
      if (held?.token === token) held = undefined;
    },
  };
}

/**
 * When a token ends, read from the token itself without verifying it: good enough to know when to ask for the next one,
 * and for nothing else.
 *
 * @returns milliseconds since 1970; `undefined` for a token that cannot be read
 */
export function readUnverifiedExpiry(token: string): number | undefined {
  try {
    const { exp } = parseCompactToken(token).claims;
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
