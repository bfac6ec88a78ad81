import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { checkOptions } from '../../foundation/options.js';
import { freezeSubject, type Subject } from '../../model/subject.js';
import {
  addIdentitySecret,
  SECRET_HANDLING_OPTIONS,
  type SecretHandlingOptions,
} from '../../net/index.js';
import { loadServiceKey, type ServiceSigningKey } from './key.js';
import { addServiceKeySecrets } from './mask-key.js';

/** Type of the tokens by which servers know each other. No token of a person has it. */
export const SERVICE_TOKEN_TYPE = 'feast-service+jwt';

/** What the tokens of a service say, and what signs them. */
export interface ServiceTokenIssuerOptions extends SecretHandlingOptions {
  /** Name of who signs; the verifier must be told the same. */
  readonly issuer: string;
  /** Name of who is meant; the verifier must be told the same. */
  readonly audience: string;
  /** Who the tokens speak for, with the roles, groups and namespaces that they carry. */
  readonly subject: Subject;
  /** Signs the tokens. */
  readonly key: ServiceSigningKey;
  /** How long a token holds, in seconds; 60 unless given, at most 600. */
  readonly lifetimeSeconds?: number | undefined;
}

/** Signs the tokens by which one server makes itself known to another. */
export interface ServiceTokenIssuer {
  /** A new token. */
  readonly issue: () => Promise<string>;
  readonly lifetimeSeconds: number;
}

const DEFAULT_LIFETIME_SECONDS = 60;
/** Also what a verifier accepts at most. */
export const MAX_SERVICE_TOKEN_SECONDS = 600;

/**
 * Creates the issuer of a server's own tokens.
 *
 * @throws TypeError when a field is missing or wrong. The secret has no default.
 * @source takes the place of Feast's unsigned token, which anyone can write who knows or guesses
 *   one variable
 */
export function createServiceTokenIssuer(options: ServiceTokenIssuerOptions): ServiceTokenIssuer {
  checkOptions<ServiceTokenIssuerOptions>(options, {
    ...SECRET_HANDLING_OPTIONS,
    issuer: true,
    audience: true,
    subject: true,
    key: true,
    lifetimeSeconds: true,
  });
  const { issuer, audience, lifetimeSeconds = DEFAULT_LIFETIME_SECONDS, now = Date.now } = options;
  assertName('issuer', issuer);
  assertName('audience', audience);
  if (!(lifetimeSeconds > 0 && lifetimeSeconds <= MAX_SERVICE_TOKEN_SECONDS)) {
    throw new TypeError(`lifetimeSeconds must be above 0 and at most ${MAX_SERVICE_TOKEN_SECONDS}`);
  }
  const subject = freezeSubject(options.subject);
  if (subject === null || subject.username === '') {
    throw new TypeError('a service needs a subject with a username');
  }
  if (!('secret' in options.key) && !('privateKey' in options.key)) {
    throw new TypeError('a service token issuer needs a key with `secret` or `privateKey`');
  }
  const { kid, algorithm, key } = loadServiceKey(options.key);
  addServiceKeySecrets(options.redaction, options.key);
  const { username, roles, groups, namespaces } = subject;
  return {
    lifetimeSeconds,
    issue: async () => {
      const seconds = Math.floor(now() / 1000);
      const token = await new SignJWT({ roles, groups, namespaces })
        .setProtectedHeader({ alg: algorithm, kid, typ: SERVICE_TOKEN_TYPE })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(username)
        .setJti(randomUUID())
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + Math.ceil(lifetimeSeconds))
        .sign(key);
      addIdentitySecret(options.redaction, 'service-token', token, lifetimeSeconds);
      return token;
    },
  };
}

/** @throws TypeError if `value` is not a non-empty string */
export function assertName(field: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${field} must be a name`);
}
