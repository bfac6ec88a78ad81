import { withinTime } from '../../foundation/abort.js';
import { checkOptions, type OptionNames } from '../../foundation/options.js';
import { AuthzError, CredentialUnavailableError } from '../../model/index.js';
import { addIdentitySecret, type SecretRegistry } from '../../net/index.js';
import { MAX_SECRET_LENGTH } from '../../redaction/index.js';
import { WorkspaceError } from '../databricks/workspace/workspace-error.js';
import { SecretNotFoundError } from './secret-errors.js';
import { explainSecretFailure } from './secret-failure.js';
import { assertSecretName, formatSecretName, type SecretName } from './secret-name.js';

/** Where secrets are kept. */
export interface SecretStore {
  /**
   * The value of a secret, read anew each time. It is masked by the redaction from then on.
   *
   * @returns rejects with SecretNotFoundError if none exists, SecretForbiddenError when this
   * program may not read it, CredentialUnavailableError when it cannot be read or is not text of 1
   * to 65,536 characters, TypeError for an invalid name
   */
  readonly getSecret: (name: SecretName) => Promise<string>;
}

/** Options of every secret store: masking and time. */
export interface SecretStoreOptions {
  /** Where each value is registered to be masked; the process-wide redaction unless given. */
  readonly redaction?: SecretRegistry | undefined;
  /** How long a read may take, in seconds; 10 unless given. */
  readonly timeoutSeconds?: number | undefined;
}

export const STORE_OPTIONS: OptionNames<SecretStoreOptions> = {
  redaction: true,
  timeoutSeconds: true,
};

/** How long a value that was exchanged is still masked: who read it before may still use it. */
const REPLACED_SECONDS = 3600;
/**
 * Values whose exchange is noticed. Names come from configuration: more than this suggests misuse.
 */
const MAX_WATCHED = 10_000;
const DEFAULT_TIMEOUT_SECONDS = 10;
/** What a timer can wait, in seconds. */
const MAX_TIMEOUT_SECONDS = 2_147_483;

/**
 * Creates a secret store of a function that reads a secret.
 *
 * Shape: `read` gives the value, or `undefined` if it does not exist. What it throws becomes an
 * error of this package by its status or code, and is not kept: an error of a network client may
 * hold the request with its credentials.
 *
 * @throws TypeError if an option is unknown, `read` is not a function, or the timeout not a number
 *   above 0
 * @example
 * const store = createSecretStore(async ({ scope, key }) => vault.read(`${scope}/${key}`));
 */
export function createSecretStore(
  read: (name: SecretName) => Promise<string | undefined>,
  options: SecretStoreOptions = {},
): SecretStore {
  checkOptions<SecretStoreOptions>(options, STORE_OPTIONS);
  if (typeof read !== 'function') throw new TypeError('a secret store needs a function that reads');
  const seconds = options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new TypeError('timeoutSeconds must be a number above 0');
  }
  const protect = createProtection(options.redaction);
  return {
    getSecret: async (given) => {
      const name = assertSecretName(given);
      return withinTime(
        seconds * 1000,
        () => notRead(name, seconds),
        async () => {
          const value = await readValue(read, name);
          protect(name, value);
          return value;
        },
      );
    },
  };
}

async function readValue(
  read: (name: SecretName) => Promise<string | undefined>,
  name: SecretName,
): Promise<string> {
  let value: unknown;
  try {
    value = await read(name);
  } catch (error) {
    // The client of a workspace knows nothing of secrets: what it throws is read like the error of
    // any other client.
    const isExplained = error instanceof AuthzError && !(error instanceof WorkspaceError);
    throw isExplained ? error : explainSecretFailure(error, name);
  }
  if (value === undefined)
    throw new SecretNotFoundError(`${formatSecretName(name)} does not exist`);
  if (isSecretValue(value)) return value;
  throw new CredentialUnavailableError(
    `${formatSecretName(name)} is not text of 1 to ${MAX_SECRET_LENGTH} characters`,
  );
}

function isSecretValue(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_SECRET_LENGTH;
}

function notRead(name: SecretName, seconds: number): CredentialUnavailableError {
  const what = formatSecretName(name);
  return new CredentialUnavailableError(`${what} was not read within ${seconds} s`);
}

interface Watched {
  readonly value: string;
  readonly forget: () => void;
}

/** Masks each value for good, until another takes its place. */
function createProtection(
  redaction: SecretRegistry | undefined,
): (name: SecretName, value: string) => void {
  const watched = new Map<string, Watched>();
  return (name, value) => {
    const id = `${name.scope}/${name.key}`;
    const known = watched.get(id);
    if (known?.value === value) return;
    const forget = addIdentitySecret(redaction, 'secret', value);
    if (known !== undefined) {
      addIdentitySecret(redaction, 'secret', known.value, REPLACED_SECONDS);
      known.forget();
    }
    if (known !== undefined || watched.size < MAX_WATCHED) watched.set(id, { value, forget });
  };
}
