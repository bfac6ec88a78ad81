export { isLinkLocal, isLoopback } from './addresses.js';
export { readCertificates } from './certificates.js';
export type { HttpClient, HttpRequest, HttpResponse } from './http-client.js';
export { createHttpClient, HttpError } from './http-client.js';
export type { IdentitySecret, SecretRegistry } from './mask-secrets.js';
export {
  addAcceptedToken,
  addIdentitySecret,
  MIN_MASKED_SECONDS,
  MIN_SECRET_LENGTH,
} from './mask-secrets.js';
export type { ProviderAddress } from './provider-metadata.js';
export { fetchJson, fetchProviderMetadata, parseProviderAddress } from './provider-metadata.js';
export { createSender, REQUEST_OPTIONS, type RequestOptions } from './request-options.js';
export type { ObtainedToken, TokenGrant } from './request-token.js';
export {
  basicAuthorization,
  formEncode,
  isHeaderToken,
  readTokenAnswer,
  requestToken,
} from './request-token.js';
export { isUsuallyTransient, RetryLaterError, type RetryOptions } from './retry-request.js';
export { parseSecureAddress } from './secure-address.js';
