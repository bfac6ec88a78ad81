import { compactVerify } from 'jose';
import type { CompactToken } from '../../foundation/compact-token.js';
import { checkOptions } from '../../foundation/options.js';
import { IdentityInvalidError, quote } from '../../model/errors.js';
import { SECRET_HANDLING_OPTIONS, type SecretHandlingOptions } from '../../net/index.js';
import { compileClaimMapping } from '../token/claim-mapping.js';
import { assertTimeClaims } from '../token/time-claims.js';
import type { VerifiedToken } from '../token/verified-token.js';
import { type LoadedServiceKey, loadServiceKey, type ServiceVerificationKey } from './key.js';
import { addServiceKeySecrets } from './mask-key.js';
import { assertName, MAX_SERVICE_TOKEN_SECONDS, SERVICE_TOKEN_TYPE } from './token-issuer.js';

/** Which tokens of services are accepted. */
export interface ServiceTokenVerifierOptions extends SecretHandlingOptions {
  /** The `iss` of accepted tokens. */
  readonly issuer: string;
  /** The `aud` of accepted tokens. */
  readonly audience: string;
  /** All keys that are accepted now: while one takes the place of another, both. */
  readonly keys: readonly ServiceVerificationKey[];
  /** By how much clocks may differ, in seconds; 10 unless given. */
  readonly clockToleranceSeconds?: number | undefined;
}

/** Verifies the tokens by which servers know each other. */
export interface ServiceTokenVerifier {
  readonly issuer: string;
  /** Verifies a token by its text and its parts. Rejects with `IdentityInvalidError`. */
  readonly verify: (text: string, token: CompactToken) => Promise<VerifiedToken>;
}

const HEADERS: ReadonlySet<string> = new Set(['alg', 'kid', 'typ']);
const DEFAULT_CLOCK_TOLERANCE_SECONDS = 10;

/**
 * Creates the verifier of tokens that {@link createServiceTokenIssuer} makes; the `services` of an
 * authenticator.
 *
 * Shape: the user name of a service is the token's `sub`; roles, groups and namespaces are those
 * that it carries.
 *
 * @throws TypeError when a field is missing or wrong, no key is given, or two keys have the same
 *   `kid`
 */
export function createServiceTokenVerifier(
  options: ServiceTokenVerifierOptions,
): ServiceTokenVerifier {
  checkOptions<ServiceTokenVerifierOptions>(options, {
    ...SECRET_HANDLING_OPTIONS,
    issuer: true,
    audience: true,
    keys: true,
    clockToleranceSeconds: true,
  });
  const { issuer, audience, now = Date.now } = options;
  const tolerance = options.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS;
  assertName('issuer', issuer);
  assertName('audience', audience);
  if (!(Number.isFinite(tolerance) && tolerance >= 0)) {
    throw new TypeError('clockToleranceSeconds must be a number of 0 or more');
  }
  const keys = loadKeys(options);
  const toSubject = compileClaimMapping({
    username: 'sub',
    roles: 'roles',
    namespaces: 'namespaces',
  });
  return {
    issuer,
    verify: async (text, { header, claims }) => {
      const key = keys.get(header['kid']);
      const named = key !== undefined && header['alg'] === key.algorithm;
      const plain = Object.keys(header).every((name) => HEADERS.has(name));
      if (!named || !plain || header['typ'] !== SERVICE_TOKEN_TYPE) {
        throw new IdentityInvalidError('the token is not signed with a key of a service');
      }
      await assertSignature(text, key);
      if (claims['iss'] !== issuer || claims['aud'] !== audience) {
        throw new IdentityInvalidError('the service token is of another issuer or audience');
      }
      const expiresAt = assertTimeClaims(claims, now() / 1000, tolerance);
      assertShortLived(claims, expiresAt);
      return {
        subject: toSubject(claims),
        expiresAt,
        clockToleranceSeconds: tolerance,
        isCurrent: () => true,
        isCurrentForSure: () => true,
      };
    },
  };
}

function loadKeys(options: ServiceTokenVerifierOptions): ReadonlyMap<unknown, LoadedServiceKey> {
  if (!Array.isArray(options.keys) || options.keys.length === 0) {
    throw new TypeError('a service token verifier needs a list of keys');
  }
  const keys = new Map<unknown, LoadedServiceKey>();
  for (const given of options.keys) {
    if (!('secret' in given) && !('publicKey' in given)) {
      throw new TypeError('a service token verifier needs keys with `secret` or `publicKey`');
    }
    const key = loadServiceKey(given);
    if (keys.has(key.kid)) throw new TypeError(`two service keys are called ${quote(key.kid)}`);
    keys.set(key.kid, key);
    addServiceKeySecrets(options.redaction, given);
  }
  return keys;
}

async function assertSignature(text: string, { key, algorithm }: LoadedServiceKey): Promise<void> {
  try {
    await compactVerify(text, key, { algorithms: [algorithm] });
  } catch {
    throw new IdentityInvalidError('the signature of the token does not verify');
  }
}

function assertShortLived(claims: Readonly<Record<string, unknown>>, expiresAt: number): void {
  const { iat } = claims;
  if (typeof iat === 'number' && expiresAt - iat <= MAX_SERVICE_TOKEN_SECONDS) return;
  throw new IdentityInvalidError(
    `a service token must hold for at most ${MAX_SERVICE_TOKEN_SECONDS} s from its \`iat\``,
  );
}
