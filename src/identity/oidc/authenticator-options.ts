import type { OptionNames } from '../../foundation/options.js';
import type { Subject } from '../../model/subject.js';
import {
  type HttpClient,
  SECRET_HANDLING_OPTIONS,
  type SecretHandlingOptions,
} from '../../net/index.js';
import {
  KUBERNETES_OPTIONS,
  type KubernetesAuthenticatorOptions,
} from '../kubernetes/kubernetes-authenticator.js';
import type { ServiceTokenVerifier } from '../service/token-verifier.js';
import { CLAIM_MAPPING } from '../token/claim-mapping.js';
import type { VerifiedTokenCacheOptions } from '../token/verified-token-cache.js';
import type { OidcConfig, OidcOptions } from './oidc-verifier.js';

/** One of several identity providers, with what is special about it. */
export interface IssuerOptions extends OidcOptions {
  /** The `auth` section of the provider. */
  readonly auth: OidcConfig;
}

/**
 * Options of `createAuthenticator`: which tokens are accepted, and what is made of their claims.
 */
export interface AuthenticatorOptions extends OidcOptions, SecretHandlingOptions {
  /** Who the bearer of a Kubernetes token is. Such a token is refused where this is not given. */
  readonly tokenReview?: ((token: string) => Promise<Subject>) | undefined;
  /** Accepts the tokens of other servers, too. */
  readonly services?: ServiceTokenVerifier | undefined;
  /** For an `auth` section of type `kubernetes`. */
  readonly kubernetes?: KubernetesAuthenticatorOptions | undefined;
  /** How long accepted tokens are remembered, and how many. */
  readonly cache?: VerifiedTokenCacheOptions | undefined;
  /** Longer tokens are refused before anything of them is read; 16,384 characters unless given. */
  readonly maxTokenLength?: number | undefined;
  /** In place of the one that `ca_cert_path`, `verify_ssl` and the timeout make. */
  readonly httpClient?: HttpClient | undefined;
}

const OIDC_OPTIONS: OptionNames<OidcOptions> = {
  prefix: true,
  allowedRoles: true,
  algorithms: true,
  claims: CLAIM_MAPPING,
  clockToleranceSeconds: true,
  requireIssuer: true,
  issuerAliases: true,
  allowIdTokens: true,
  requireAccessToken: true,
  requiredClaims: true,
  senderConstrainedTokens: true,
  keys: { maxStaleSeconds: true, unknownKeyCooldownSeconds: true, retryPauseSeconds: true },
};

export const ISSUER_OPTIONS: OptionNames<IssuerOptions> = { ...OIDC_OPTIONS, auth: true };

export const AUTHENTICATOR_OPTIONS: OptionNames<AuthenticatorOptions> = {
  ...OIDC_OPTIONS,
  ...SECRET_HANDLING_OPTIONS,
  tokenReview: true,
  services: true,
  kubernetes: KUBERNETES_OPTIONS,
  cache: { maxTokens: true, ttlSeconds: true },
  maxTokenLength: true,
  httpClient: true,
};
