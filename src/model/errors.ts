/**
 * Every error that the package throws on purpose, one class per stable `code`.
 *
 * A message never holds a token, a header, a claim or a secret: it may be logged as it is.
 * Arguments of a wrong type are `TypeError`s and not listed here.
 */

export type AuthzErrorCode =
  | 'ERR_PERMISSION_INVALID'
  | 'ERR_PATTERN_UNSUPPORTED'
  | 'ERR_CONFIG_INVALID'
  | 'ERR_REGISTRY_INVALID'
  | 'ERR_REGISTRY_UNAVAILABLE'
  | 'ERR_IDENTITY_MISSING'
  | 'ERR_IDENTITY_INVALID'
  | 'ERR_IDENTITY_UNAVAILABLE'
  | 'ERR_PERMISSION_DENIED'
  | 'ERR_REQUEST_INVALID'
  | 'ERR_MEDIA_TYPE_UNSUPPORTED'
  | 'ERR_RESOURCE_NOT_FOUND'
  | 'ERR_CREDENTIAL_UNAVAILABLE'
  | 'ERR_SECRET_NOT_FOUND'
  | 'ERR_SECRET_FORBIDDEN'
  | 'ERR_WORKSPACE';

/** The HTTP status and the gRPC status code that an error is answered with. */
export const ERROR_STATUS: Readonly<
  Record<AuthzErrorCode, { readonly http: number; readonly grpc: number }>
> = {
  ERR_PERMISSION_INVALID: { http: 500, grpc: 13 },
  ERR_PATTERN_UNSUPPORTED: { http: 500, grpc: 13 },
  ERR_CONFIG_INVALID: { http: 500, grpc: 13 },
  ERR_REGISTRY_INVALID: { http: 500, grpc: 13 },
  ERR_REGISTRY_UNAVAILABLE: { http: 503, grpc: 14 },
  ERR_IDENTITY_MISSING: { http: 401, grpc: 16 },
  ERR_IDENTITY_INVALID: { http: 401, grpc: 16 },
  ERR_IDENTITY_UNAVAILABLE: { http: 503, grpc: 14 },
  ERR_PERMISSION_DENIED: { http: 403, grpc: 7 },
  ERR_REQUEST_INVALID: { http: 422, grpc: 3 },
  ERR_MEDIA_TYPE_UNSUPPORTED: { http: 415, grpc: 3 },
  ERR_RESOURCE_NOT_FOUND: { http: 404, grpc: 5 },
  ERR_CREDENTIAL_UNAVAILABLE: { http: 503, grpc: 14 },
  ERR_SECRET_NOT_FOUND: { http: 503, grpc: 14 },
  ERR_SECRET_FORBIDDEN: { http: 503, grpc: 14 },
  ERR_WORKSPACE: { http: 502, grpc: 14 },
};

/** What all errors of the package have in common. Tell them apart by `code`. */
export abstract class AuthzError extends Error {
  abstract readonly code: AuthzErrorCode;
  readonly #ownMessage: string;
  #sameRun: readonly AuthzError[] = [this];

  /** @param message put on one line: control characters are escaped */
  constructor(message: string, options?: ErrorOptions) {
    super(escapeControls(message), options);
    this.name = new.target.name;
    this.#ownMessage = this.message;
  }

  /**
   * All problems of the same run, this one first. Loading collects what is wrong and throws once, so that a person
   * mends everything in one go. A getter, so that an error that is serialised does not hold itself.
   */
  get errors(): readonly AuthzError[] {
    return this.#sameRun;
  }

  /** The first of `errors`, made to speak for all of them: in its `errors`, and in short in its message. */
  static collect(errors: readonly [AuthzError, ...AuthzError[]]): AuthzError {
    const [first, ...others] = errors;
    if (others.length === 0) return first;
    first.#sameRun = Object.freeze([...errors]);
    const shown = others.slice(0, 3).map((error) => error.#ownMessage);
    const more = others.length > shown.length ? '; …' : '';
    first.message = `${first.#ownMessage} (and ${others.length} more: ${shown.join('; ')}${more})`;
    return first;
  }
}

/** A permission that breaks the rules of the model. */
export class PermissionInvalidError extends AuthzError {
  override readonly code = 'ERR_PERMISSION_INVALID';
  /** Path of the field in the permission, for example `actions[1]` or `policy.roles`; empty: the whole. */
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

/** A name pattern that Python's `re` refuses (`invalid`), or that cannot run in linear time (`unsupported`). */
export class PatternUnsupportedError extends AuthzError {
  override readonly code = 'ERR_PATTERN_UNSUPPORTED';
  readonly kind: 'invalid' | 'unsupported';
  readonly pattern: string;
  /** Offset in `pattern` where the refused construct starts, in code points, as Python counts. */
  readonly position: number;
  /** What is wrong, without the pattern and the position. */
  readonly reason: string;
  /** A pattern with the same meaning that is supported, where one is known. */
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

/** A registry whose content cannot be read as one. Never answered with an empty or partial registry. */
export class RegistryInvalidError extends AuthzError {
  override readonly code = 'ERR_REGISTRY_INVALID';
}

/** A registry that cannot be reached or opened. */
export class RegistryUnavailableError extends AuthzError {
  override readonly code = 'ERR_REGISTRY_UNAVAILABLE';
}

/** No credentials were given. */
export class IdentityMissingError extends AuthzError {
  override readonly code = 'ERR_IDENTITY_MISSING';
}

/** Credentials were given and are not accepted. */
export class IdentityInvalidError extends AuthzError {
  override readonly code = 'ERR_IDENTITY_INVALID';
}

/** Credentials could not be checked: the identity provider does not answer. */
export class IdentityUnavailableError extends AuthzError {
  override readonly code = 'ERR_IDENTITY_UNAVAILABLE';
}

/** A request that is not what its endpoint takes. Its message is fit for clients. */
export class RequestInvalidError extends AuthzError {
  override readonly code = 'ERR_REQUEST_INVALID';
}

/** A body that is not JSON by its `Content-Type`. The message is fit for clients. */
export class MediaTypeUnsupportedError extends AuthzError {
  override readonly code = 'ERR_MEDIA_TYPE_UNSUPPORTED';
}

/** Something that a request names and the registry does not know. Its message is fit for clients. */
export class ResourceNotFoundError extends AuthzError {
  override readonly code = 'ERR_RESOURCE_NOT_FOUND';
}

/** A credential that could not be obtained from its issuer. */
export class CredentialUnavailableError extends AuthzError {
  override readonly code = 'ERR_CREDENTIAL_UNAVAILABLE';
}

/** A secret that its store does not hold. */
export class SecretNotFoundError extends AuthzError {
  override readonly code = 'ERR_SECRET_NOT_FOUND';
}

/** A secret that this program may not read: its store says so, or does not accept who asks. */
export class SecretForbiddenError extends AuthzError {
  override readonly code = 'ERR_SECRET_FORBIDDEN';
}

/** A request to the REST API of a Databricks workspace that was refused, failed, or had no answer that can be used. */
export class WorkspaceError extends AuthzError {
  override readonly code = 'ERR_WORKSPACE';
  /** Of the HTTP answer; 0 where there was none. */
  readonly status: number;
  /** The service's own name for it, for example `RESOURCE_DOES_NOT_EXIST`, where it gave one. */
  readonly errorCode: string | undefined;
  /** Whether the same request may go well later. It may have had its effect all the same. */
  readonly retriable: boolean;

  constructor(
    message: string,
    details: {
      readonly status: number;
      readonly errorCode?: string | undefined;
      readonly retriable: boolean;
    },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = details.status;
    this.errorCode = details.errorCode;
    this.retriable = details.retriable;
  }
}

/**
 * Throws what was collected, as one error.
 *
 * Shape: the first of `errors` is thrown, with all of them in its `errors`. Returns when there are none.
 */
export function throwCollected(errors: readonly AuthzError[]): void {
  const [first, ...others] = errors;
  if (first !== undefined) throw AuthzError.collect([first, ...others]);
}

/** `text` in backticks on one line and at most 200 characters, for messages that repeat a caller's input. */
export function quote(text: string): string {
  return `\`${printable(text)}\``;
}

/** The same without backticks. */
export function printable(text: string): string {
  return escapeControls(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

/** Line breaks, terminal controls, marks that turn the direction of writing, halves of surrogate pairs. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const hex = (character.codePointAt(0) as number).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
}
