/**
 * Every error that the core throws on purpose, one class per stable `code`.
 *
 * A message never holds a token, a header, a claim or a secret: it may be logged as it is.
 * Arguments of a wrong type are `TypeError`s and not listed here. What answers an error is in
 * `authz-error.ts`.
 */
import { AuthzError } from './authz-error.js';
import { quote } from './printable.js';

export {
  AuthzError,
  type ErrorStatus,
  isAuthzError,
  responseStatusOf,
  throwCollected,
} from './authz-error.js';
export { printable, quote } from './printable.js';

/** A permission that breaks the rules of the model. */
export class PermissionInvalidError extends AuthzError {
  static readonly code = 'ERR_PERMISSION_INVALID';
  override readonly code = 'ERR_PERMISSION_INVALID';
  /**
   * Path of the field in the permission, for example `actions[1]` or `policy.roles`; empty: the
   * whole.
   */
  readonly field: string;
  /** Name of the permission, where it has one. */
  readonly permission: string | undefined;

  constructor(
    message: string,
    details: { readonly field: string; readonly permission?: string | undefined },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.field = details.field;
    this.permission = details.permission;
  }
}

/**
 * A name pattern that Python's `re` refuses (`invalid`), or that cannot run in linear time
 * (`unsupported`).
 */
export class PatternUnsupportedError extends AuthzError {
  static readonly code = 'ERR_PATTERN_UNSUPPORTED';
  override readonly code = 'ERR_PATTERN_UNSUPPORTED';
  readonly kind: 'invalid' | 'unsupported';
  readonly pattern: string;
  /** Offset in `pattern` where the refused construct starts, in code points, as Python counts. */
  readonly position: number;
  /** What is wrong, without the pattern and the position. */
  readonly reason: string;
  /**
   * A supported pattern that means the same, or what the pattern means as a glob, if one is known.
   */
  readonly rewrite: string | undefined;
  /** Name of the permission that holds the pattern, where known. */
  readonly permission: string | undefined;

  constructor(
    details: {
      readonly kind: 'invalid' | 'unsupported';
      readonly pattern: string;
      readonly position: number;
      readonly reason: string;
      readonly rewrite?: string | undefined;
      readonly permission?: string | undefined;
    },
    options?: ErrorOptions,
  ) {
    const owner =
      details.permission === undefined ? '' : `permission ${quote(details.permission)}: `;
    const rewrite =
      details.rewrite === undefined ? '' : `; write ${quote(details.rewrite)} instead`;
    super(
      `${owner}name pattern ${quote(details.pattern)} is ${details.kind}: ${details.reason} at position ${details.position}${rewrite}`,
      options,
    );
    this.kind = details.kind;
    this.pattern = details.pattern;
    this.position = details.position;
    this.reason = details.reason;
    this.rewrite = details.rewrite;
    this.permission = details.permission;
  }

  /** The same error, said of the permission that holds the pattern. */
  of(permission: string): PatternUnsupportedError {
    return new PatternUnsupportedError({ ...this, permission }, { cause: this.cause });
  }
}

/** A `feature_store.yaml` or permission file that is not what it should be. */
export class ConfigInvalidError extends AuthzError {
  static readonly code = 'ERR_CONFIG_INVALID';
  override readonly code = 'ERR_CONFIG_INVALID';
  readonly file: string | undefined;
  /** 1-based. */
  readonly line: number | undefined;
  /** 1-based, in UTF-16 code units. */
  readonly column: number | undefined;

  constructor(
    message: string,
    details: {
      readonly file?: string | undefined;
      readonly line?: number | undefined;
      readonly column?: number | undefined;
    } = {},
    options?: ErrorOptions,
  ) {
    const place = [details.file, details.line, details.column].filter((part) => part !== undefined);
    super(place.length === 0 ? message : `${place.join(':')}: ${message}`, options);
    this.file = details.file;
    this.line = details.line;
    this.column = details.column;
  }
}

/**
 * A registry whose content cannot be read as one. Never answered with an empty or partial registry.
 */
export class RegistryInvalidError extends AuthzError {
  static readonly code = 'ERR_REGISTRY_INVALID';
  override readonly code = 'ERR_REGISTRY_INVALID';
}

/** A registry that cannot be reached or opened. */
export class RegistryUnavailableError extends AuthzError {
  static readonly code = 'ERR_REGISTRY_UNAVAILABLE';
  override readonly code = 'ERR_REGISTRY_UNAVAILABLE';
  /**
   * Why, where it is known of a database, an object store or a registry server: it refuses this
   * account, holds no such object, fails by itself, cannot be reached, was not asked for lack of
   * credentials, or would not take a token of that length.
   */
  readonly reason:
    | 'denied'
    | 'missing'
    | 'failing'
    | 'unreachable'
    | 'credentials'
    | 'token-too-long'
    | undefined;

  constructor(
    message: string,
    options: ErrorOptions & { readonly reason?: RegistryUnavailableError['reason'] } = {},
  ) {
    const { reason, ...rest } = options;
    super(message, rest);
    this.reason = reason;
  }
}

/**
 * A registry that does not hold the project that is asked for, or any project: it was torn down,
 * or an empty one was written in its place. Never answered as a project without permissions.
 */
export class RegistryProjectMissingError extends AuthzError {
  static readonly code = 'ERR_REGISTRY_PROJECT_MISSING';
  override readonly code = 'ERR_REGISTRY_PROJECT_MISSING';
  /** The project that is missing; undefined: the registry holds no project. */
  readonly project: string | undefined;

  constructor(
    message: string,
    details: { readonly project?: string | undefined } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.project = details.project;
  }
}

/** A registry was last known to be as it was read too long ago to decide by it. */
export class SnapshotStaleError extends AuthzError {
  static readonly code = 'ERR_SNAPSHOT_STALE';
  override readonly code = 'ERR_SNAPSHOT_STALE';
}

/** No credentials were given. */
export class IdentityMissingError extends AuthzError {
  static readonly code = 'ERR_IDENTITY_MISSING';
  override readonly code = 'ERR_IDENTITY_MISSING';
}

/** Credentials were given and are not accepted. */
export class IdentityInvalidError extends AuthzError {
  static readonly code = 'ERR_IDENTITY_INVALID';
  override readonly code = 'ERR_IDENTITY_INVALID';
}

/** Credentials could not be checked: the identity provider does not answer. */
export class IdentityUnavailableError extends AuthzError {
  static readonly code = 'ERR_IDENTITY_UNAVAILABLE';
  override readonly code = 'ERR_IDENTITY_UNAVAILABLE';
}

/** A request that is not what its endpoint takes. Its message is fit for clients. */
export class RequestInvalidError extends AuthzError {
  static readonly code = 'ERR_REQUEST_INVALID';
  override readonly code = 'ERR_REQUEST_INVALID';
}

/** A body that is not JSON by its `Content-Type`. The message is fit for clients. */
export class MediaTypeUnsupportedError extends AuthzError {
  static readonly code = 'ERR_MEDIA_TYPE_UNSUPPORTED';
  override readonly code = 'ERR_MEDIA_TYPE_UNSUPPORTED';
}

/**
 * Something that a request names and the registry does not know. Its message is fit for clients.
 */
export class ResourceNotFoundError extends AuthzError {
  static readonly code = 'ERR_RESOURCE_NOT_FOUND';
  override readonly code = 'ERR_RESOURCE_NOT_FOUND';
}

/** A credential that could not be obtained from its issuer. */
export class CredentialUnavailableError extends AuthzError {
  static readonly code = 'ERR_CREDENTIAL_UNAVAILABLE';
  override readonly code = 'ERR_CREDENTIAL_UNAVAILABLE';
}
