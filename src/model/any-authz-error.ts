import type { PermissionDeniedError } from './decision.js';
import type {
  ConfigInvalidError,
  CredentialUnavailableError,
  IdentityInvalidError,
  IdentityMissingError,
  IdentityUnavailableError,
  MediaTypeUnsupportedError,
  PatternUnsupportedError,
  PermissionInvalidError,
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
  RequestInvalidError,
  ResourceNotFoundError,
  SnapshotStaleError,
} from './errors.js';

/** Errors of permissions and of the patterns in them. */
export type PermissionError = PermissionInvalidError | PatternUnsupportedError;
/** Errors of configuration files and permission files. */
export type ConfigError = ConfigInvalidError | PermissionError;
/** Errors of registries. */
export type RegistryError =
  | RegistryInvalidError
  | RegistryUnavailableError
  | RegistryProjectMissingError
  | ConfigInvalidError
  | PermissionError;
/** Errors of loading a feature repository: its configuration and its registry. */
export type LoadError = ConfigError | RegistryError;
/**
 * Errors of tokens that a caller presents, of tokens that this program obtains, and of their
 * configuration.
 */
export type IdentityError =
  | ConfigInvalidError
  | IdentityMissingError
  | IdentityInvalidError
  | IdentityUnavailableError
  | CredentialUnavailableError;
/** Errors of analysis: a page that does not fit its question. */
export type AnalysisError = RequestInvalidError;
/** Errors that the gate answers a request with. */
export type GateError =
  | IdentityError
  | PermissionDeniedError
  | RequestInvalidError
  | MediaTypeUnsupportedError
  | ResourceNotFoundError
  | RegistryUnavailableError
  | SnapshotStaleError;

/**
 * Every error of the core. `switch (error.code)` narrows it.
 *
 * @example
 * if (isAuthzError(error)) {
 *   const known = error as AnyAuthzError;
 *   switch (known.code) {
 *     case 'ERR_PERMISSION_DENIED':
 *       console.warn(known.decision.explanation);
 *   }
 * }
 */
export type AnyAuthzError = ConfigError | RegistryError | GateError;

/** The code of an error of the core. */
export type AuthzErrorCode = AnyAuthzError['code'];
