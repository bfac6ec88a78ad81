import { checkOptions } from '../../foundation/options.js';
import { assertSecretName, type SecretName } from './secret-name.js';
import {
  createSecretStore,
  type SecretStore,
  type SecretStoreOptions,
  STORE_OPTIONS,
} from './secret-store.js';

/** Where environment variables are read from. */
export interface EnvironmentSecretStoreOptions extends SecretStoreOptions {
  /** In place of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What all variables start with; `FEAST_SECRET_` unless given. */
  readonly prefix?: string | undefined;
}

const DEFAULT_PREFIX = 'FEAST_SECRET_';
/** A `-` and the characters beside it. */
const SINGLE_DASH = /^[^-]-[^-]$/;

/**
 * Creates a store of secrets that stand in variables of the environment.
 *
 * Shape: the variable of a secret is what {@link secretVariable} says. An empty one counts as
 * missing.
 *
 * @throws TypeError if an option is unknown, when the prefix does not fit into the name of a
 *   variable
 */
export function createEnvironmentSecretStore(
  options: EnvironmentSecretStoreOptions = {},
): SecretStore {
  checkOptions<EnvironmentSecretStoreOptions>(options, {
    ...STORE_OPTIONS,
    env: true,
    prefix: true,
  });
  const { prefix = DEFAULT_PREFIX, env = process.env, ...store } = options;
  if (typeof prefix !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(prefix)) {
    throw new TypeError('option prefix must be the beginning of a variable name');
  }
  return createSecretStore(async (name) => {
    const variable = secretVariable(name, prefix);
    return Object.hasOwn(env, variable) ? env[variable] || undefined : undefined;
  }, store);
}

/**
 * The variable of the environment that holds a secret.
 *
 * Shape: prefix, scope, `__`, key. Small letters are written in upper case, a single `-` as `_`;
 * any other character (a capital, `_`, `.`, `@`, `/`, a `-` at an end or behind another one) as `x`
 * and two hexadecimal digits. No two secrets share one.
 *
 * @throws TypeError if `name` is invalid
 * @example
 * secretVariable({ scope: 'feast-read', key: 'dynamo-access-key-id' })
 * // FEAST_SECRET_FEAST_READ__DYNAMO_ACCESS_KEY_ID
 */
export function secretVariable(name: SecretName, prefix: string = DEFAULT_PREFIX): string {
  const { scope, key } = assertSecretName(name);
  return `${prefix}${encode(scope)}__${encode(key)}`;
}

// SECURITY: readable and one to one. Were `feast-read` and `feast_read` the same variable, a reader
// could get a writer's secret.
function encode(text: string): string {
  return text.replace(/[^0-9]/g, (character, position: number) => {
    if (/[a-z]/.test(character)) return character.toUpperCase();
    return SINGLE_DASH.test(text.slice(Math.max(position - 1, 0), position + 2))
      ? '_'
      : hex(character);
  });
}

function hex(character: string): string {
  return `x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
