export { isLinkLocal, isLoopback } from './addresses.js';
export { readCertificates } from './certificates.js';
export {
  createHttpClient,
  type HttpClient,
  HttpError,
  type HttpRequest,
  type HttpResponse,
} from './http-client.js';
export {
  addAcceptedToken,
  addIdentitySecret,
  type IdentitySecret,
  MIN_MASKED_SECONDS,
  MIN_SECRET_LENGTH,
  type SecretRegistry,
} from './mask-secrets.js';
export {
  fetchJson,
  fetchProviderMetadata,
  type ProviderAddress,
  parseProviderAddress,
} from './provider-metadata.js';
export {
  createSender,
  REQUEST_OPTIONS,
  type RequestOptions,
  SECRET_HANDLING_OPTIONS,
  SENDING_OPTIONS,
  type SecretHandlingOptions,
  type SendingOptions,
} from './request-options.js';
export {
  basicAuthorization,
  formEncode,
  isHeaderToken,
  type ObtainedToken,
  readTokenAnswer,
  requestToken,
  type TokenGrant,
} from './request-token.js';
export { isUsuallyTransient, RetryLaterError, type RetryOptions } from './retry-request.js';
export { parseSecureAddress } from './secure-address.js';
