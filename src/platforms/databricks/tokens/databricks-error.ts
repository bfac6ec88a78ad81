import type {
  ConfigInvalidError,
  CredentialUnavailableError,
  PermissionInvalidError,
} from '../../../model/index.js';

/**
 * Errors of credentials for Databricks, and of its vocabulary. `switch (error.code)` narrows it.
 */
export type DatabricksError =
  | ConfigInvalidError
  | CredentialUnavailableError
  | PermissionInvalidError;
