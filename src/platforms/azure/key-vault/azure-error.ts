import type {
  ConfigInvalidError,
  CredentialUnavailableError,
  PermissionDeniedError,
} from '../../../model/index.js';
import type { SecretForbiddenError, SecretNotFoundError } from '../../secrets/index.js';

/** Errors of credentials for Azure and of Key Vault. `switch (error.code)` narrows it. */
export type AzureError =
  | ConfigInvalidError
  | CredentialUnavailableError
  | PermissionDeniedError
  | SecretForbiddenError
  | SecretNotFoundError;
