import type { Subject } from '../model/subject.js';
import type { HttpClient } from './http-client.js';
import type { SecretRegistry } from './identity-secrets.js';
import type { KubernetesAuthenticatorOptions } from './kubernetes/kubernetes-authenticator.js';
import type { OidcConfig, OidcOptions } from './oidc/oidc-verifier.js';
import type { ServiceTokenVerifier } from './service/token-verifier.js';
import type { TokenCacheOptions } from './token/verified-token-cache.js';

/** One of several identity providers, with what is special about it. */
export interface IssuerOptions extends OidcOptions {
  readonly auth: OidcConfig;
}

export interface AuthenticatorOptions extends OidcOptions {
  /** Who the bearer of a Kubernetes token is. Such a token is refused where this is not given. */
  readonly tokenReview?: ((token: string) => Promise<Subject>) | undefined;
  /** Accepts the tokens of other servers, too. */
  readonly services?: ServiceTokenVerifier | undefined;
  /** For an `auth` section of type `kubernetes`. */
  readonly kubernetes?: KubernetesAuthenticatorOptions | undefined;
  readonly cache?: TokenCacheOptions | undefined;
  /** Longer tokens are refused before anything of them is read; 16,384 characters unless given. */
  readonly maxTokenLength?: number | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** In place of the one that `ca_cert_path`, `verify_ssl` and the timeout make. */
  readonly httpClient?: HttpClient | undefined;
  /** Where tokens are registered to be masked; the process-wide redaction unless given. */
  readonly redaction?: SecretRegistry | undefined;
}
