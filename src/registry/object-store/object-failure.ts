import { quote, RegistryUnavailableError } from '../../model/index.js';
import type { FailureKind, StoredObject } from './object-store.js';

/** What is known of an error of an SDK. Nothing else of it is told: it may hold a credential. */
interface SdkFailure {
  readonly kind: FailureKind;
  /** A status and a name, such as `403 AccessDenied`. */
  readonly reason: string;
}

/** The status of an answer that says that the object is still the one that is known. */
const NOT_MODIFIED = 304;
const SAFE_NAME = /^[A-Za-z][A-Za-z0-9_.]{1,63}$/;
/** Names of the errors of SDKs that found no credentials, or could not obtain them. */
const NO_CREDENTIALS =
  /^(?:CredentialsProviderError|TokenProviderError|CredentialUnavailableError|AggregateAuthenticationError|AuthenticationRequiredError|AuthenticationError)$/;
const NO_DEFAULT_CREDENTIALS = /^Could not load the default credentials/;

/** Whether a store answered that the version at hand is the current one. */
export function isNotModified(error: unknown): boolean {
  return statusOf(error) === NOT_MODIFIED;
}

/**
 * The error that is thrown in place of an SDK's.
 *
 * SECURITY: neither its message nor the error itself is kept: both can hold signed requests.
 */
export function toUnavailable(object: StoredObject, error: unknown): RegistryUnavailableError {
  const { kind, reason } = readFailure(error);
  const what = `registry ${quote(object.place)} cannot be read: `;
  const problem = `${sayProblem(object, kind)} (${reason}). ${remedyOf(object, kind)}`;
  const feast = object.feastAfter(kind);
  return new RegistryUnavailableError(what + problem + (feast === '' ? '' : `. ${feast}`), {
    reason: kind,
  });
}

/** The error for an object whose content did not arrive in time, or as announced. */
export function notArrived(object: StoredObject, problem: string): RegistryUnavailableError {
  return new RegistryUnavailableError(
    `registry ${quote(object.place)} cannot be read: ${problem}`,
    { reason: 'unreachable' },
  );
}

function readFailure(error: unknown): SdkFailure {
  const status = statusOf(error);
  const name = nameOf(error);
  if (status === undefined) {
    return { kind: isCredentialFailure(error) ? 'credentials' : 'unreachable', reason: name };
  }
  return { kind: kindOf(status), reason: `${status} ${name}` };
}

function kindOf(status: number): FailureKind {
  if (status === 404) return 'missing';
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'denied' : 'failing';
}

/** Each SDK has its own place for the status of an answer. */
function statusOf(error: unknown): number | undefined {
  const { $metadata, statusCode, code, status } = membersOf(error);
  const found = [membersOf($metadata)['httpStatusCode'], statusCode, code, status].find(isStatus);
  return found as number | undefined;
}

function isStatus(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 599;
}

/** The most telling of its names: a code of the store or the system before the class. */
function nameOf(error: unknown): string {
  const { code, Code, name, cause, errors } = membersOf(error);
  const inner = Array.isArray(errors) ? errors[0] : cause;
  const { code: innerCode, reason: innerReason } = membersOf(inner);
  const found = [code, Code, innerCode, innerReason, name].find(
    (value) => typeof value === 'string' && SAFE_NAME.test(value) && value !== 'Error',
  );
  return (found as string | undefined) ?? 'unknown error';
}

function isCredentialFailure(error: unknown): boolean {
  const { name, message } = membersOf(error);
  return (
    (typeof name === 'string' && NO_CREDENTIALS.test(name)) ||
    (typeof message === 'string' && NO_DEFAULT_CREDENTIALS.test(message))
  );
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function sayProblem({ store }: StoredObject, kind: FailureKind): string {
  switch (kind) {
    case 'denied':
      return `${store} refuses the request`;
    case 'missing':
      return `${store} has no such object`;
    case 'failing':
      return `${store} fails`;
    case 'unreachable':
      return `${store} cannot be reached`;
    case 'credentials':
      return `no credentials for ${store} were found`;
  }
}

function remedyOf({ right }: StoredObject, kind: FailureKind): string {
  switch (kind) {
    case 'denied':
      return `Grant this account ${right}`;
    case 'missing':
      return 'Check the name of the bucket or container and of the object; `feast apply` writes it';
    case 'failing':
      return 'Try again later: nothing is wrong with the request';
    case 'unreachable':
      return 'Check the endpoint, the network and the certificates (`NODE_EXTRA_CA_CERTS`)';
    case 'credentials':
      return `Give this process credentials of an account that has ${right}`;
  }
}
