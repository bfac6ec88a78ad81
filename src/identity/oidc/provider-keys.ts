import { SingleFlight } from '../../foundation/single-flight.js';
import { IdentityInvalidError, IdentityUnavailableError } from '../../model/errors.js';
import {
  fetchJson,
  fetchProviderMetadata,
  type HttpClient,
  HttpError,
  type ProviderAddress,
} from '../../net/index.js';
import { createKeySearch } from './unknown-keys.js';
import { parseKeySet, type VerificationKey } from './verification-key.js';

/** How long keys are kept, and how often they are asked for. In seconds. */
export interface KeyCacheOptions {
  /**
   * How much longer than their lifespan keys are used while the provider does not answer. 0: not at
   * all.
   */
  readonly maxStaleSeconds?: number | undefined;
  /** Pause between two questions that are asked because of the same unknown key. Default: 10. */
  readonly unknownKeyCooldownSeconds?: number | undefined;
  /** Pause after a question that was not answered. */
  readonly retryPauseSeconds?: number | undefined;
}

/** A provider's issuer and keys, as of one moment. */
export interface KeySet {
  readonly issuer: string;
  readonly keys: ReadonlyMap<string, readonly VerificationKey[]>;
}

/** The keys of a provider, asked for when they are needed and kept. */
export interface ProviderKeys {
  /** The current keys. Rejects with {@link IdentityUnavailableError} if all have expired. */
  readonly current: () => KeySet | Promise<KeySet>;
  /** The current keys, if they are cached. */
  readonly held: () => KeySet | undefined;
  /**
   * The key that a token names. Rejects with {@link IdentityInvalidError} when the provider has no
   * such key for that algorithm, and with {@link IdentityUnavailableError} when that cannot be
   * found out.
   */
  readonly find: (kid: string, algorithm: string) => Promise<VerificationKey>;
  readonly close: () => void;
}

interface Settings extends KeyCacheOptions {
  readonly address: ProviderAddress;
  readonly configuredIssuer: string | undefined;
  readonly lifespanSeconds: number;
  readonly client: HttpClient;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const DEFAULT_MAX_STALE_SECONDS = 3600;
const DEFAULT_UNKNOWN_KEY_COOLDOWN_SECONDS = 10;
const DEFAULT_RETRY_PAUSE_SECONDS = 2;

/**
 * Creates the key cache of one provider. Nothing is asked before the first use.
 *
 * All who wait, wait for one question.
 */
export function createProviderKeys(settings: Settings): ProviderKeys {
  const { now } = settings;
  const maxStaleMs = seconds(settings.maxStaleSeconds ?? DEFAULT_MAX_STALE_SECONDS);
  const cooldownMs = seconds(
    settings.unknownKeyCooldownSeconds ?? DEFAULT_UNKNOWN_KEY_COOLDOWN_SECONDS,
  );
  const retryPauseMs = seconds(settings.retryPauseSeconds ?? DEFAULT_RETRY_PAUSE_SECONDS);
  const lifespanMs = seconds(settings.lifespanSeconds);

  let held: KeySet | undefined;
  let heldSince = 0;
  let askedAt = 0;
  let failure: unknown;
  let closed = false;
  const questions = new SingleFlight<void>();

  const ask = (): Promise<void> =>
    questions.run(async () => {
      try {
        held = await fetchKeySet(settings, held);
        heldSince = now();
        failure = undefined;
      } catch (error) {
        failure = error;
      }
      askedAt = now();
    });

  const heldFor = (milliseconds: number): KeySet | undefined =>
    closed || !within(now() - heldSince, milliseconds) ? undefined : held;
  const pausing = (milliseconds: number): boolean =>
    questions.size === 0 && within(now() - askedAt, milliseconds);

  const renew = async (): Promise<KeySet> => {
    if (closed) throw new IdentityUnavailableError('the authenticator is closed');
    if (failure === undefined || !pausing(retryPauseMs)) await ask();
    const usable = heldFor(lifespanMs) ?? heldFor(lifespanMs + maxStaleMs);
    if (usable !== undefined) return usable;
    throw unavailable(failure);
  };
  const current = (): KeySet | Promise<KeySet> => heldFor(lifespanMs) ?? renew();

  const search = createKeySearch({
    cooldownMs,
    now,
    askedAt: () => (questions.size === 0 ? askedAt : undefined),
    ask: () => ask().then(() => failure === undefined),
    has: (kid) => held?.keys.has(kid) === true,
    isClosed: () => closed,
  });

  return {
    current,
    held: () => heldFor(lifespanMs),
    find: async (kid, algorithm) => {
      const before = held;
      let { keys } = await current();
      // Keys that came just now are not asked for again.
      if (!keys.has(kid)) {
        if (held === before) await search(kid);
        if (failure !== undefined) throw unavailable(failure);
        ({ keys } = await current());
      }
      return pickKey(keys.get(kid) ?? [], algorithm);
    },
    close: () => {
      closed = true;
      held = undefined;
    },
  };
}

/**
 * The one key of those under a `kid` that is for the algorithm. @throws IdentityInvalidError if
 * none or several are
 */
function pickKey(keys: readonly VerificationKey[], algorithm: string): VerificationKey {
  const fitting = keys.filter((key) => key.allows(algorithm));
  const [key] = fitting;
  if (key !== undefined && fitting.length === 1) return key;
  throw new IdentityInvalidError(
    fitting.length > 1
      ? 'the issuer publishes several keys under the `kid` of the token: only a `kid` that is unique can be trusted'
      : 'the token is not signed with a key of its issuer',
  );
}

async function fetchKeySet(settings: Settings, held: KeySet | undefined): Promise<KeySet> {
  const { address, configuredIssuer, client } = settings;
  const { issuer, jwksUri } = await fetchProviderMetadata(address, configuredIssuer, client);
  if (jwksUri === undefined) throw new HttpError('the discovery document has no `jwks_uri`');
  const keys = parseKeySet(await fetchJson(jwksUri, client), held?.keys);
  if (keys === undefined) throw new HttpError('the identity provider publishes no key set');
  return { issuer, keys };
}

function unavailable(failure: unknown): IdentityUnavailableError {
  const reason = failure instanceof HttpError ? failure.message : 'an unexpected error';
  return new IdentityUnavailableError(`the identity provider's keys are not available: ${reason}`, {
    cause: failure,
  });
}

/** A clock that was set back has not measured anything. */
function within(elapsedMs: number, milliseconds: number): boolean {
  return elapsedMs >= 0 && elapsedMs < milliseconds;
}

function seconds(value: number): number {
  if (typeof value === 'number' && value >= 0) return value * 1000;
  throw new TypeError('a number of seconds must be 0 or more');
}
