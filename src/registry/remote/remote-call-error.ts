import { quote, RegistryInvalidError, RegistryUnavailableError } from '../../model/index.js';

/** Status codes of gRPC that are told apart. */
export const GRPC_CODES = {
  unknown: 2,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** What Feast's server answers when it fails, and also when it accepts no token. */
const HANDLER_FAILED = /^Error in service handler/;
const METADATA_TOO_LARGE = /metadata size/i;
const MESSAGE_TOO_LARGE = /message larger than max/i;

/**
 * Bytes of headers that servers of gRPC's C core serve every time, which Feast's registry is one
 * of.
 */
export const MAX_HEADER_BYTES = 8192;

/** A call that was answered with an error. */
export class RemoteCallError extends Error {
  override readonly name = 'RemoteCallError';
  readonly code: number;
  readonly method: string;
  readonly details: string;

  constructor(method: string, code: number, details: string) {
    super(`${method} failed with status ${code}`);
    this.method = method;
    this.code = code;
    this.details = details;
  }
}

/** Whether a call may succeed when it is sent again. */
export function isTransient(error: unknown): boolean {
  return error instanceof RemoteCallError && error.code === GRPC_CODES.unavailable;
}

/** Whether another token may be accepted in place of the one that was sent. */
export function mayBeToken({ code, details }: RemoteCallError): boolean {
  return (
    code === GRPC_CODES.unauthenticated ||
    (code === GRPC_CODES.unknown && HANDLER_FAILED.test(details))
  );
}

/**
 * The error that tells of a call's.
 *
 * SECURITY: the server's own words are left out: they may repeat what was sent.
 *
 * @param place the server, for messages
 */
export function toRegistryError(
  place: string,
  error: RemoteCallError,
): RegistryUnavailableError | RegistryInvalidError {
  const { code, details, method } = error;
  if (code === GRPC_CODES.resourceExhausted && METADATA_TOO_LARGE.test(details)) {
    return tokenTooLong(place);
  }
  if (code === GRPC_CODES.resourceExhausted && MESSAGE_TOO_LARGE.test(details)) {
    return new RegistryInvalidError(`${place} answers ${method} with a message that is too large`);
  }
  const [reason, problem] = explain(error);
  return new RegistryUnavailableError(`${place} cannot be read: ${problem}`, { reason });
}

/** The error for a token that the server would refuse at random, or always. */
export function tokenTooLong(place: string): RegistryUnavailableError {
  return new RegistryUnavailableError(
    `${place} cannot be read: the token of this account is too long. With the other headers it may have ${MAX_HEADER_BYTES} bytes. Have the identity provider leave out groups and claims that Feast does not read`,
    { reason: 'token-too-long' },
  );
}

type Explanation = readonly [RegistryUnavailableError['reason'], string];

function explain({ code, details, method }: RemoteCallError): Explanation {
  switch (code) {
    case GRPC_CODES.unauthenticated:
      return ['denied', 'it does not accept the token of this account'];
    case GRPC_CODES.permissionDenied:
      return [
        'denied',
        `it denies ${quote(method)} to this account. Apply a permission without name patterns that grants it DESCRIBE on all types`,
      ];
    case GRPC_CODES.deadlineExceeded:
      return ['unreachable', `it did not answer ${quote(method)} in time`];
    case GRPC_CODES.unimplemented:
      return ['failing', `it does not know ${quote(method)}. Feast 0.66 or newer is needed`];
    case GRPC_CODES.unavailable:
      return [
        'unreachable',
        'it cannot be reached. Check its address, and whether it is served with TLS (`cert` or `is_tls`) and by a certificate for that address (`authority`)',
      ];
    default:
      return HANDLER_FAILED.test(details)
        ? [
            'denied',
            'it accepts no token of this account, or it failed: Feast answers both alike. Check the `auth` section of this client and of the server, and the log of the server',
          ]
        : ['failing', `${quote(method)} failed with status ${code} of gRPC`];
  }
}
