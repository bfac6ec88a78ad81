import { type AuthzError, CredentialUnavailableError } from '../../model/index.js';
import { SecretForbiddenError, SecretNotFoundError } from './secret-errors.js';
import { formatSecretName, type SecretName } from './secret-name.js';

/** What the services call it, where their status does not say. */
const NOT_FOUND = new Set([
  'ResourceNotFoundException',
  'SecretNotFound',
  'RESOURCE_DOES_NOT_EXIST',
]);
const FORBIDDEN = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'ExpiredTokenException',
  'Forbidden',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'PERMISSION_DENIED',
]);

/**
 * Makes an error of this package of what a client of a secret service throws.
 *
 * Shape: goes by the HTTP status (`status`, `statusCode` or `$metadata.httpStatusCode`) and by the
 * service's own word (`code`, `errorCode`, `error_code` or `name`). Neither the error nor its
 * message is kept: they may hold the request with its credentials, or what was answered.
 *
 * @source AWS Secrets Manager, GetSecretValue: errors; Azure Key Vault, Get Secret; Databricks,
 *   Secrets API
 */
export function explainSecretFailure(error: unknown, name: SecretName): AuthzError {
  const { status, words } = readFailure(error);
  const what = formatSecretName(name);
  if (words.some((word) => NOT_FOUND.has(word)) || status === 404) {
    return new SecretNotFoundError(`${what} does not exist`);
  }
  if (words.some((word) => FORBIDDEN.has(word)) || status === 401 || status === 403) {
    return new SecretForbiddenError(`this program has no access to ${what}`);
  }
  const said = status === undefined ? words[0] : `status ${status}`;
  return new CredentialUnavailableError(
    `${what} cannot be read${said === undefined ? '' : ` (${said})`}`,
  );
}

interface Failure {
  readonly status: number | undefined;
  readonly words: readonly string[];
}

function readFailure(error: unknown): Failure {
  const fields = readFields(error, ['status', 'statusCode', '$metadata']);
  const { httpStatusCode } = readFields(fields['$metadata'], ['httpStatusCode']);
  const status = [fields['status'], fields['statusCode'], httpStatusCode].find(
    (value): value is number => typeof value === 'number' && value >= 100 && value <= 599,
  );
  const named = readFields(error, ['code', 'errorCode', 'error_code', 'name']);
  const words = Object.values(named).filter(
    (word): word is string => typeof word === 'string' && /^[A-Za-z][A-Za-z_]{0,63}$/.test(word),
  );
  return { status, words };
}

/** What a foreign object says in fields; nothing where it throws instead. */
function readFields(from: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof from !== 'object' || from === null) return {};
  try {
    return Object.fromEntries(keys.map((key) => [key, (from as Record<string, unknown>)[key]]));
  } catch {
    return {};
  }
}
