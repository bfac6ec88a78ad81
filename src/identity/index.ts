export type { CompactToken } from '../foundation/compact-token.js';
export type { IdentityError } from '../model/index.js';
export type {
  HttpClient,
  HttpRequest,
  HttpResponse,
  IdentitySecret,
  ObtainedToken,
  SecretRegistry,
} from '../net/index.js';
export { createAuthenticator } from './create-authenticator.js';
export type { TokenReviewOptions } from './kubernetes/cluster.js';
export type { KubernetesConfig } from './kubernetes/config.js';
export {
  createKubernetesAuthenticator,
  createTokenReviewer,
  type KubernetesAuthenticatorOptions,
} from './kubernetes/kubernetes-authenticator.js';
export type { AuthenticatorOptions, IssuerOptions } from './oidc/authenticator-options.js';
export type { OidcConfig, OidcOptions } from './oidc/oidc-verifier.js';
export type { KeyCacheOptions } from './oidc/provider-keys.js';
export type { RequiredClaims } from './oidc/required-claims.js';
export type {
  PrivateServiceKey,
  PublicServiceKey,
  ServiceSigningKey,
  ServiceVerificationKey,
  SharedSecretKey,
} from './service/key.js';
export {
  createServiceTokenIssuer,
  type ServiceTokenIssuer,
  type ServiceTokenIssuerOptions,
} from './service/token-issuer.js';
export {
  createServiceTokenVerifier,
  type ServiceTokenVerifier,
  type ServiceTokenVerifierOptions,
} from './service/token-verifier.js';
export type { Authenticator, Credentials } from './token/authenticator.js';
export type { ClaimMapping, ClaimNames, IssuerLimits } from './token/claim-mapping.js';
export type { ClaimPath } from './token/claim-path.js';
export type { ClaimSource } from './token/claim-values.js';
export { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from './token/signature-algorithms.js';
export type { VerifiedToken } from './token/verified-token.js';
export type { VerifiedTokenCacheOptions } from './token/verified-token-cache.js';
export { createTokenSource, type TokenSource, type TokenSourceOptions } from './token-source.js';
