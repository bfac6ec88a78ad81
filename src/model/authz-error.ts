import { escapeControls } from './printable.js';

/** The HTTP status and the gRPC status code that answer an error. */
export interface ErrorStatus {
  readonly http: number;
  readonly grpc: number;
}

const INTERNAL: ErrorStatus = Object.freeze({ http: 500, grpc: 13 });
const UNAVAILABLE: ErrorStatus = Object.freeze({ http: 503, grpc: 14 });
const UNAUTHENTICATED: ErrorStatus = Object.freeze({ http: 401, grpc: 16 });

/** What answers the errors of the core, by their codes. All others are internal errors. */
const CORE_STATUS: ReadonlyMap<string, ErrorStatus> = new Map([
  ['ERR_IDENTITY_MISSING', UNAUTHENTICATED],
  ['ERR_IDENTITY_INVALID', UNAUTHENTICATED],
  ['ERR_PERMISSION_DENIED', Object.freeze({ http: 403, grpc: 7 })],
  ['ERR_RESOURCE_NOT_FOUND', Object.freeze({ http: 404, grpc: 5 })],
  ['ERR_MEDIA_TYPE_UNSUPPORTED', Object.freeze({ http: 415, grpc: 3 })],
  ['ERR_REQUEST_INVALID', Object.freeze({ http: 422, grpc: 3 })],
  ['ERR_REGISTRY_UNAVAILABLE', UNAVAILABLE],
  ['ERR_REGISTRY_PROJECT_MISSING', UNAVAILABLE],
  ['ERR_SNAPSHOT_STALE', UNAVAILABLE],
  ['ERR_IDENTITY_UNAVAILABLE', UNAVAILABLE],
  ['ERR_CREDENTIAL_UNAVAILABLE', UNAVAILABLE],
]);

const MAX_GRPC_STATUS = 16;

/** Marks errors of this package, also across two installed copies of it. */
const BRAND = Symbol.for('feast-permissions.error');

/** True if `value` is an error of this package, made by this or another installed copy. */
export function isAuthzError(value: unknown): value is AuthzError {
  return value instanceof Error && (value as { [BRAND]?: unknown })[BRAND] === true;
}

/**
 * The status that answers `error`: its `responseStatus` if that is a failure, else an internal
 * error.
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

  /** @internal */
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
    return CORE_STATUS.get(this.code) ?? INTERNAL;
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

/**
 * Throws what was collected, as one error.
 *
 * Shape: the first of `errors` is thrown, with all of them in its `errors`. Returns if the list is
 * empty.
 *
 * @param shown number of errors that the message spells out. Default: 4
 */
export function throwCollected(errors: readonly AuthzError[], shown?: number): void {
  const [first, ...others] = errors;
  if (first !== undefined) throw AuthzError.collect([first, ...others], shown);
}
