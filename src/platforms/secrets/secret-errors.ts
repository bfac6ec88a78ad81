import type { CredentialUnavailableError } from '../../model/errors.js';
import { AuthzError, type ErrorStatus } from '../../model/errors.js';

/** A secret that its store does not hold. */
export class SecretNotFoundError extends AuthzError {
  static readonly code = 'ERR_SECRET_NOT_FOUND';
  override readonly code = 'ERR_SECRET_NOT_FOUND';
  override get responseStatus(): ErrorStatus {
    return { http: 503, grpc: 14 };
  }
}

/**
 * A secret that this program may not read: its store refuses the program or does not accept its
 * credentials.
 */
export class SecretForbiddenError extends AuthzError {
  static readonly code = 'ERR_SECRET_FORBIDDEN';
  override readonly code = 'ERR_SECRET_FORBIDDEN';
  override get responseStatus(): ErrorStatus {
    return { http: 503, grpc: 14 };
  }
}

/** Every error of secret stores. `switch (error.code)` narrows it. */
export type SecretError = SecretNotFoundError | SecretForbiddenError | CredentialUnavailableError;
