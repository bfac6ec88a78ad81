import { ConfigInvalidError, quote } from '../../model/index.js';
import { isSecretKey, isSecretScope, type SecretName } from '../secrets/index.js';
import type { OnlineStoreProvider } from './authentication.js';

/**
 * Where the secrets of an online store are: what `read_secret_prefix` and `write_secret_prefix`
 * say.
 */
export interface SecretPrefix {
  readonly scope: string;
  readonly prefix: string;
}

/** The secrets of each provider, by what they are. */
export interface OnlineStoreSecretNames {
  readonly dynamodb: Readonly<Record<'accessKeyId' | 'secretAccessKey', SecretName>>;
  readonly 'aurora-mysql': Readonly<Record<'user' | 'password', SecretName>>;
  readonly 'rds-mysql': Readonly<Record<'user' | 'password', SecretName>>;
  readonly cosmosdb: Readonly<Record<'authorizationKey', SecretName>>;
}

/** What is put behind the prefix. */
const SQL = { user: 'user', password: 'password' } as const;
const SUFFIXES: {
  readonly [Provider in OnlineStoreProvider | 'cosmosdb']: Readonly<
    Record<keyof OnlineStoreSecretNames[Provider], string>
  >;
} = {
  dynamodb: { accessKeyId: 'access-key-id', secretAccessKey: 'secret-access-key' },
  'aurora-mysql': SQL,
  'rds-mysql': SQL,
  cosmosdb: { authorizationKey: 'authorization-key' },
};

/** Of the key that a prefix becomes a part of. */
const LONGEST_SUFFIX = '-secret-access-key'.length;
const MAX_KEY_LENGTH = 128;

/**
 * Reads `SCOPE/PREFIX`; undefined for other text.
 *
 * Shape: exactly one `/`. A scope's name may hold more of them in Databricks, but its client takes
 * such a text for no prefix, so that a scope with a `/` cannot be named here either.
 *
 * @source databricks-feature-engineering 0.18.2, its online store specs: same
 */
export function readSecretPrefix(text: string): SecretPrefix | undefined {
  const [scope, prefix, ...others] = text.split('/', 3);
  const isComplete = others.length === 0 && isSecretScope(scope) && isSecretKey(prefix);
  return isComplete && prefix.length + LONGEST_SUFFIX <= MAX_KEY_LENGTH
    ? Object.freeze({ scope, prefix })
    : undefined;
}

/**
 * Reads `SCOPE/PREFIX`, as {@link readSecretPrefix} does.
 *
 * @throws {@link ConfigInvalidError} if the text is invalid
 * @example
 * parseSecretPrefix('feature-store-read/dynamo')
 * // { scope: 'feature-store-read', prefix: 'dynamo' }
 */
export function parseSecretPrefix(text: string): SecretPrefix {
  if (typeof text !== 'string') throw new TypeError('a secret prefix must be a string');
  const prefix = readSecretPrefix(text);
  if (prefix !== undefined) return prefix;
  throw new ConfigInvalidError(
    `${quote(text)} is not a secret prefix: write the name of a scope, one \`/\` and the beginning of the secrets' keys`,
  );
}

/**
 * The names of the secrets that hold the credentials for an online store.
 *
 * @throws {@link ConfigInvalidError} when `prefix` is a text and no secret prefix
 * @throws TypeError for a provider that there is not
 * @source Databricks, "Use Databricks secrets for read and write authentication"
 * @example
 * secretNamesOf('rds-mysql', 'feature-store-read/mysql').user
 * // { scope: 'feature-store-read', key: 'mysql-user' }
 */
export function secretNamesOf<Provider extends keyof OnlineStoreSecretNames>(
  provider: Provider,
  prefix: string | SecretPrefix,
): OnlineStoreSecretNames[Provider] {
  if (!Object.hasOwn(SUFFIXES, provider)) {
    throw new TypeError(`provider is one of ${Object.keys(SUFFIXES).join(', ')}`);
  }
  const where = typeof prefix === 'string' ? parseSecretPrefix(prefix) : prefix;
  const names = Object.entries<string>(SUFFIXES[provider]).map(([field, suffix]) => [
    field,
    Object.freeze({ scope: where.scope, key: `${where.prefix}-${suffix}` }),
  ]);
  return Object.freeze(Object.fromEntries(names)) as OnlineStoreSecretNames[Provider];
}

/**
 * Whether two texts name the same secrets, or may do so: keys are taken for the same in any case,
 * as scopes are.
 *
 * @source Databricks, "Secret scopes": the names of scopes are the same in any case
 */
export function isSameSecretPrefix(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
