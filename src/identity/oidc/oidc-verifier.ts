import { compactVerify } from 'jose';
import type { OidcClientConfig, OidcServerConfig } from '../../config/auth-config.js';
import type { CompactToken } from '../../foundation/compact-token.js';
import { ConfigInvalidError, IdentityInvalidError } from '../../model/errors.js';
import {
  createHttpClient,
  type HttpClient,
  isLoopback,
  parseProviderAddress,
} from '../../net/index.js';
import {
  type ClaimMapping,
  compileClaimMapping,
  type IssuerLimits,
} from '../token/claim-mapping.js';
import { readSignatureAlgorithms, type SignatureAlgorithm } from '../token/signature-algorithms.js';
import { assertTimeClaims } from '../token/time-claims.js';
import type { VerifiedToken } from '../token/verified-token.js';
import { assertAccessToken, assertBearerToken, assertTokenHeader } from './access-token-rules.js';
import { createProviderKeys, type KeyCacheOptions, type KeySet } from './provider-keys.js';
import {
  assertAudience,
  assertTextClaims,
  compileRequiredClaims,
  namesClient,
  type RequiredClaims,
} from './required-claims.js';
import type { VerificationKey } from './verification-key.js';

/** An `auth` section of type `oidc`. */
export type OidcConfig = OidcServerConfig | OidcClientConfig;

/** What a configuration leaves to choose. */
export interface OidcOptions extends IssuerLimits {
  /**
   * Which signatures are accepted; RS256, PS256, ES256 and EdDSA unless given. Symmetric ones never
   * are.
   */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined;
  /** Which claims make a subject; Feast's unless given. */
  readonly claims?: ClaimMapping | undefined;
  /** By how much clocks may differ, in seconds; 10, as in Feast. */
  readonly clockToleranceSeconds?: number | undefined;
  /**
   * Whether a token without `iss` is refused. It is, too, when the configuration has an `issuer`,
   * or when there are several.
   */
  readonly requireIssuer?: boolean | undefined;
  /** Further spellings of the issuer in `iss`, such as `accounts.google.com`. Default: none. */
  readonly issuerAliases?: readonly string[] | undefined;
  /**
   * Whether ID tokens are accepted, for a provider whose access tokens cannot be read. Default:
   * `false`.
   */
  readonly allowIdTokens?: boolean | undefined;
  /** Whether tokens are refused that do not say that they are access tokens. Default: `false`. */
  readonly requireAccessToken?: boolean | undefined;
  /**
   * Claims that a token must have, each with one of the values given: `{ client_id: ['3f9…'] }`.
   */
  readonly requiredClaims?: RequiredClaims | undefined;
  /**
   * Tokens that are bound to a key (`cnf`, DPoP): `refuse`, or `checked-upstream` where a proxy in
   * front of this server checks the proof of each request. Default: `refuse`.
   */
  readonly senderConstrainedTokens?: 'refuse' | 'checked-upstream' | undefined;
  /** How the provider's keys are fetched and kept. */
  readonly keys?: KeyCacheOptions | undefined;
}

/** Verifies the tokens of one identity provider. */
export interface OidcVerifier {
  /** The issuers that its tokens may name. Which of them it is, the provider says. */
  readonly issuers: readonly string[];
  /**
   * @param text the token, `token` its parts. Rejects as {@link Authenticator.authenticate} does.
   */
  readonly verify: (text: string, token: CompactToken) => Promise<VerifiedToken>;
  readonly warnings: readonly string[];
  readonly close: () => void;
}

interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** In place of one that is made from the configuration. */
  readonly httpClient?: HttpClient | undefined;
}

const DEFAULT_CLOCK_TOLERANCE_SECONDS = 10;

/**
 * Creates the verifier of one provider's access tokens. Nothing is asked of it before the first
 * token.
 *
 * @throws {@link ConfigInvalidError} when the configuration has no usable discovery address, or no
 *   issuer follows from it
 * @throws TypeError if an option is invalid
 * @source Feast 0.66.0, its OIDC token parser; differs: `iss` is always checked, more algorithms,
 *   and what is not an access token is refused
 */
export function createOidcVerifier(
  config: OidcConfig,
  options: OidcOptions,
  { now, httpClient }: Surroundings,
): OidcVerifier {
  if (!config.authDiscoveryUrl) {
    throw new ConfigInvalidError('`auth.auth_discovery_url` is needed to verify tokens');
  }
  if (config.audience === '') {
    throw new ConfigInvalidError('`auth.audience` is empty: leave it out to accept every audience');
  }
  const address = parseProviderAddress(config.authDiscoveryUrl);
  const aliases = readAliases(options.issuerAliases);
  const issuers = [
    ...new Set([...(config.issuer ? [config.issuer] : address.issuers), ...aliases]),
  ];
  if (!config.issuer && address.issuers.length === 0) {
    throw new ConfigInvalidError(
      '`auth.issuer` must be set: it cannot be derived from `auth.auth_discovery_url`, which is not a `/.well-known/` address',
    );
  }
  const algorithms = readSignatureAlgorithms(options.algorithms);
  const tolerance = readTolerance(options.clockToleranceSeconds);
  const toSubject = compileClaimMapping(options.claims, config.clientId, options);
  const assertRequiredClaims = compileRequiredClaims(options.requiredClaims);
  const bearerOnly = readSenderConstrained(options.senderConstrainedTokens);
  if (options.requireAccessToken === true && options.allowIdTokens === true) {
    throw new TypeError('requireAccessToken and allowIdTokens exclude each other');
  }
  const keys = createProviderKeys({
    ...options.keys,
    address,
    configuredIssuer: config.issuer,
    lifespanSeconds: config.jwksCacheLifespanSeconds,
    client: httpClient ?? createHttpClient(httpOptions(config)),
    now,
  });
  const issuerRequired = options.requireIssuer === true || config.issuer !== undefined;

  return {
    issuers,
    warnings: listWarnings(config, address.url, namesClient(options.requiredClaims)),
    close: keys.close,
    verify: async (text, token) => {
      const { header, claims } = token;
      const { algorithm, kid } = assertTokenHeader(header, algorithms);
      const key = await keys.find(kid, algorithm);
      await assertSignature(text, key, algorithm);
      const { issuer } = await keys.current();
      assertIssuer(claims, [issuer, ...aliases], issuerRequired);
      assertAudience(claims, config.audience);
      assertRequiredClaims(claims);
      assertTextClaims(claims);
      const expiresAt = assertTimeClaims(claims, now() / 1000, tolerance);
      assertAccessToken(header, claims, options);
      if (bearerOnly) assertBearerToken(claims);
      const isIn = (set: KeySet | undefined): boolean =>
        set?.issuer === issuer && set.keys.get(kid)?.includes(key) === true;
      return {
        subject: toSubject(claims),
        expiresAt,
        clockToleranceSeconds: tolerance,
        isCurrent: async () => isIn(await keys.current()),
        isCurrentForSure: () => isIn(keys.held()),
      };
    },
  };
}

/** The settings of an HTTP client in a configuration. */
export function httpOptions(config: OidcConfig): Parameters<typeof createHttpClient>[0] {
  return {
    caCertPath: config.caCertPath,
    verifySsl: config.verifySsl,
    timeoutSeconds: config.jwksRequestTimeoutSeconds,
  };
}

async function assertSignature(
  text: string,
  key: VerificationKey,
  algorithm: string,
): Promise<void> {
  try {
    await compactVerify(text, await key.load(algorithm), { algorithms: [algorithm] });
  } catch {
    throw new IdentityInvalidError('the signature of the token does not verify');
  }
}

function assertIssuer(
  claims: Readonly<Record<string, unknown>>,
  issuers: readonly unknown[],
  required: boolean,
): void {
  const { iss } = claims;
  if (issuers.includes(iss) || (iss === undefined && !required)) return;
  throw new IdentityInvalidError(
    iss === undefined ? 'the token has no `iss`' : 'the token is of another issuer (`iss`)',
  );
}

function readAliases(aliases: readonly string[] = []): readonly string[] {
  if (Array.isArray(aliases) && aliases.every((one) => typeof one === 'string' && one !== '')) {
    return aliases;
  }
  throw new TypeError('issuerAliases must be an array of non-empty strings');
}

function readSenderConstrained(choice: unknown = 'refuse'): boolean {
  if (choice === 'refuse' || choice === 'checked-upstream') return choice === 'refuse';
  throw new TypeError('senderConstrainedTokens must be `refuse` or `checked-upstream`');
}

function listWarnings(config: OidcConfig, url: URL, clientIsRequired: boolean): readonly string[] {
  const warnings: string[] = [];
  if (config.audience === undefined && !clientIsRequired) {
    warnings.push(
      `auth.audience is not set: a token that ${url.host} made for any other application is accepted`,
    );
  }
  if (!config.verifySsl) {
    warnings.push(
      'auth.verify_ssl is false: an attacker on the network can answer for the provider',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    warnings.push(
      `auth.auth_discovery_url is not https: an attacker on the network can answer for ${url.host}`,
    );
  }
  return warnings;
}

function readTolerance(seconds: number = DEFAULT_CLOCK_TOLERANCE_SECONDS): number {
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new TypeError('clockToleranceSeconds must be a number of 0 or more');
}
