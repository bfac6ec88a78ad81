import { setTimeout as sleep } from 'node:timers/promises';
import { SingleFlight } from '../../foundation/single-flight.js';
import { IdentityUnavailableError } from '../../model/errors.js';

/** The keys of a provider, as far as a search for one of them needs them. */
export interface KeySearch {
  /** Pause between two questions because of the same unknown key, in milliseconds. */
  readonly cooldownMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** When the last question was answered; `undefined` while one is on its way. */
  readonly askedAt: () => number | undefined;
  /** Asks the provider for its keys. Resolves to whether it answered. */
  readonly ask: () => Promise<boolean>;
  readonly has: (kid: string) => boolean;
  readonly isClosed: () => boolean;
}

/**
 * Pause between two questions because of any unknown keys. A token that comes meanwhile waits for
 * its end.
 */
const PAUSE_MS = 1000;
/** Unknown keys that are remembered, and tokens that wait. */
const MAX_UNKNOWN_KEYS = 1000;

/**
 * Creates the search for keys that a provider did not have when it was last asked.
 *
 * A stranger who makes up key names causes one question a second, and does not keep a new key from
 * being found: each question brings all keys.
 *
 * @returns looks for a key; rejects with IdentityUnavailableError when too many are looked for
 */
export function createKeySearch(search: KeySearch): (kid: string) => Promise<void> {
  const { cooldownMs, now, ask, has } = search;
  /** When the provider last said that it does not have a key. */
  const missingSince = new Map<string, number>();
  const pauses = new SingleFlight<void>();
  let waiting = 0;

  const awaitTurn = async (): Promise<void> => {
    const askedAt = search.askedAt();
    if (askedAt === undefined) return;
    const pauseMs = Math.min(PAUSE_MS, cooldownMs);
    const elapsed = now() - askedAt;
    if (elapsed < 0 || elapsed >= pauseMs) return;
    await pauses.run(() => sleep(pauseMs - elapsed));
  };

  return async (kid) => {
    const elapsed = now() - (missingSince.get(kid) ?? Number.NEGATIVE_INFINITY);
    if (elapsed >= 0 && elapsed < cooldownMs) return;
    if (waiting >= MAX_UNKNOWN_KEYS) {
      throw new IdentityUnavailableError('too many tokens name keys that are not known');
    }
    waiting += 1;
    try {
      await awaitTurn();
      if (search.isClosed() || has(kid) || !(await ask()) || has(kid)) return;
    } finally {
      waiting -= 1;
    }
    missingSince.delete(kid);
    for (const oldest of missingSince.keys()) {
      if (missingSince.size < MAX_UNKNOWN_KEYS) break;
      missingSince.delete(oldest);
    }
    missingSince.set(kid, now());
  };
}
