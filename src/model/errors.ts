/**
 * Every error that the package throws on purpose, one class per stable `code`.
 *
 * A message never holds a token, a header, a claim or a secret: it may be logged as it is.
 * Arguments of a wrong type are `TypeError`s and not listed here.
 */

/** The HTTP status and the gRPC status code that answer an error. */
export interface ErrorStatus {
  readonly http: number;
  readonly grpc: number;
}

const INTERNAL: ErrorStatus = Object.freeze({ http: 500, grpc: 13 });
const UNAVAILABLE: ErrorStatus = Object.freeze({ http: 503, grpc: 14 });
const UNAUTHENTICATED: ErrorStatus = Object.freeze({ http: 401, grpc: 16 });

const MAX_GRPC_STATUS = 16;

/** Marks errors of this package, also across two installed copies of it. */
const BRAND = Symbol.for('feast-permissions.error');

/** True if `value` is an error of this package, made by this or another installed copy. */
export function isAuthzError(value: unknown): value is AuthzError {
  return value instanceof Error && (value as { [BRAND]?: unknown })[BRAND] === true;
}

/**
 * The status that answers `error`: its `responseStatus` if that is a failure, else an internal error.
 *
 * An error of another installed copy, or of a class of the user's own, may have any member.
 */
export function responseStatusOf(error: AuthzError): ErrorStatus {
  try {
    const { http, grpc } = error.responseStatus;
    const isFailure =
      Number.isInteger(http) && http >= 400 && http <= 599 && Number.isInteger(grpc) && grpc >= 1;
    return isFailure && grpc <= MAX_GRPC_STATUS ? { http, grpc } : INTERNAL;
  } catch {
    return INTERNAL;
  }
}

/**
 * The base of all errors that the package throws on purpose. Tell them apart by `code`.
 *
 * `instanceof` works across two installed copies of the package: it compares a shared mark and the
 * `code`, so a denial from one copy is a denial to the other.
 */
export abstract class AuthzError extends Error {
  abstract readonly code: `ERR_${string}`;
  readonly #ownMessage: string;
  #collected: readonly AuthzError[] = [this];

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: `this` is the class to the right of `instanceof`.
    return isInstance(this, value);
  }

  /** @param message written on one line: control characters are escaped */
  constructor(message: string, options?: ErrorOptions) {
    super(escapeControls(message), options);
    this.name = new.target.name;
    this.#ownMessage = this.message;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The status that answers this error. Default: an internal error (500, gRPC 13). */
  get responseStatus(): ErrorStatus {
    return INTERNAL;
  }

  /**
   * All problems of the same run, this one first. Loading collects problems and throws once, so
   * that a person can fix everything in one go. A getter, so that a serialised error does not
   * contain itself.
   */
  get errors(): readonly AuthzError[] {
    return this.#collected;
  }

  /**
   * The first of `errors`, which then carries all of them in `errors` and summarises them.
   *
   * @param shown number of errors that the message spells out. Default: 4
   */
  static collect(errors: readonly [AuthzError, ...AuthzError[]], shown = 4): AuthzError {
    const [first, ...others] = errors;
    // An error of another installed copy has private members of its own and speaks for itself.
    if (others.length === 0 || !(#collected in first)) return first;
    first.#collected = Object.freeze([...errors]);
    const spelt = others
      .slice(0, shown - 1)
      .map((error: AuthzError) => (#ownMessage in error ? error.#ownMessage : String(error)));
    const more = others.length > spelt.length ? '; …' : '';
    first.message = `${first.#ownMessage} (and ${others.length} more: ${spelt.join('; ')}${more})`;
    return first;
  }
}

function isInstance(type: object, value: unknown): boolean {
  if (!isAuthzError(value)) return false;
  if ((type as unknown) === AuthzError) return true;
  // A subclass of the user's own has no static `code` and is compared by its prototype.
  return Object.hasOwn(type, 'code')
    ? value.code === (type as { readonly code?: string }).code
    : Function.prototype[Symbol.hasInstance].call(type, value);
}

/** A permission that breaks the rules of the model. */
export class PermissionInvalidError extends AuthzError {
  static readonly code = 'ERR_PERMISSION_INVALID';
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
  static readonly code = 'ERR_PATTERN_UNSUPPORTED';
  override readonly code = 'ERR_PATTERN_UNSUPPORTED';
  readonly kind: 'invalid' | 'unsupported';
  readonly pattern: string;
  /** Offset in `pattern` where the refused construct starts, in code points, as Python counts. */
  readonly position: number;
  /** What is wrong, without the pattern and the position. */
  readonly reason: string;
  /** A supported pattern that means the same, or what the pattern means as a glob, if one is known. */
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

/** A registry whose content cannot be read as one. Never answered with an empty or partial registry. */
export class RegistryInvalidError extends AuthzError {
  static readonly code = 'ERR_REGISTRY_INVALID';
  override readonly code = 'ERR_REGISTRY_INVALID';
}

/** A registry that cannot be reached or opened. */
export class RegistryUnavailableError extends AuthzError {
  static readonly code = 'ERR_REGISTRY_UNAVAILABLE';
  override readonly code = 'ERR_REGISTRY_UNAVAILABLE';

  override get responseStatus(): ErrorStatus {
    return UNAVAILABLE;
  }
}

/** No credentials were given. */
export class IdentityMissingError extends AuthzError {
  static readonly code = 'ERR_IDENTITY_MISSING';
  override readonly code = 'ERR_IDENTITY_MISSING';

  override get responseStatus(): ErrorStatus {
    return UNAUTHENTICATED;
  }
}

/** Credentials were given and are not accepted. */
export class IdentityInvalidError extends AuthzError {
  static readonly code = 'ERR_IDENTITY_INVALID';
  override readonly code = 'ERR_IDENTITY_INVALID';

  override get responseStatus(): ErrorStatus {
    return UNAUTHENTICATED;
  }
}

/** Credentials could not be checked: the identity provider does not answer. */
export class IdentityUnavailableError extends AuthzError {
  static readonly code = 'ERR_IDENTITY_UNAVAILABLE';
  override readonly code = 'ERR_IDENTITY_UNAVAILABLE';

  override get responseStatus(): ErrorStatus {
    return UNAVAILABLE;
  }
}

/** A request that is not what its endpoint takes. Its message is fit for clients. */
export class RequestInvalidError extends AuthzError {
  static readonly code = 'ERR_REQUEST_INVALID';
  override readonly code = 'ERR_REQUEST_INVALID';

  override get responseStatus(): ErrorStatus {
    return { http: 422, grpc: 3 };
  }
}

/** A body that is not JSON by its `Content-Type`. The message is fit for clients. */
export class MediaTypeUnsupportedError extends AuthzError {
  static readonly code = 'ERR_MEDIA_TYPE_UNSUPPORTED';
  override readonly code = 'ERR_MEDIA_TYPE_UNSUPPORTED';

  override get responseStatus(): ErrorStatus {
    return { http: 415, grpc: 3 };
  }
}

/** Something that a request names and the registry does not know. Its message is fit for clients. */
export class ResourceNotFoundError extends AuthzError {
  static readonly code = 'ERR_RESOURCE_NOT_FOUND';
  override readonly code = 'ERR_RESOURCE_NOT_FOUND';

  override get responseStatus(): ErrorStatus {
    return { http: 404, grpc: 5 };
  }
}

/** A credential that could not be obtained from its issuer. */
export class CredentialUnavailableError extends AuthzError {
  static readonly code = 'ERR_CREDENTIAL_UNAVAILABLE';
  override readonly code = 'ERR_CREDENTIAL_UNAVAILABLE';

  override get responseStatus(): ErrorStatus {
    return UNAVAILABLE;
  }
}

/**
 * Throws what was collected, as one error.
 *
 * Shape: the first of `errors` is thrown, with all of them in its `errors`. Returns when there are none.
 *
 * @param shown number of errors that the message spells out. Default: 4
 */
export function throwCollected(errors: readonly AuthzError[], shown?: number): void {
  const [first, ...others] = errors;
  if (first !== undefined) throw AuthzError.collect([first, ...others], shown);
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
