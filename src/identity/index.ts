export type { Authenticator, Credentials } from './authenticator.js';
export type { AuthenticatorOptions, IssuerOptions } from './authenticator-options.js';
export type { ClaimMapping } from './claim-mapping.js';
export type { ClaimPath } from './claim-path.js';
export { createAuthenticator } from './create-authenticator.js';
export {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  HttpError,
  type HttpRequest,
  type HttpResponse,
} from './http-client.js';
export type { IdentitySecret, SecretRegistry } from './identity-secrets.js';
export {
  createKubernetesAuthenticator,
  createTokenReviewer,
  type KubernetesAuthenticatorOptions,
} from './kubernetes.js';
export type { TokenReviewOptions } from './kubernetes-cluster.js';
export type { KubernetesConfig } from './kubernetes-config.js';
export type { OidcConfig, OidcOptions } from './oidc-verifier.js';
export type { CompactToken } from './parse-compact-token.js';
export type { KeyCacheOptions } from './provider-keys.js';
export type { ObtainedToken } from './renewing-token.js';
export type {
  PrivateServiceKey,
  PublicServiceKey,
  ServiceSigningKey,
  ServiceVerificationKey,
  SharedSecretKey,
} from './service-key.js';
export {
  createServiceTokenIssuer,
  type ServiceTokenIssuer,
  type ServiceTokenIssuerOptions,
} from './service-token-issuer.js';
export {
  createServiceTokenVerifier,
  type ServiceTokenVerifier,
  type ServiceTokenVerifierOptions,
} from './service-token-verifier.js';
export { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from './signature-algorithms.js';
export { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.js';
export type { VerifiedToken } from './verified-token.js';
export type { TokenCacheOptions } from './verified-token-cache.js';
