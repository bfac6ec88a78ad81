import { quote } from '../../model/index.js';

/** Which secret: a key in a scope. */
export interface SecretName {
  /** 1 to 128 letters, digits, `_`, `-`, `.`, `@` and `/` in ASCII. */
  readonly scope: string;
  /** 1 to 128 letters, digits, `_`, `-` and `.` in ASCII. */
  readonly key: string;
}

const SCOPE = /^[\w.@/-]{1,128}$/;
const KEY = /^[\w.-]{1,128}$/;

/**
 * Whether a text can be the name of a scope.
 *
 * @source Databricks, secret scopes: `^[\w\.@_/-]{1,128}$`
 */
export function isSecretScope(text: unknown): text is string {
  return typeof text === 'string' && SCOPE.test(text);
}

/**
 * Whether a text can be the key of a secret in its scope.
 *
 * @source Databricks, secrets: letters, digits, dashes, underscores and periods, at most 128
 */
export function isSecretKey(text: unknown): text is string {
  return typeof text === 'string' && KEY.test(text);
}

/**
 * A frozen copy of a name, each field of which was read once.
 *
 * @throws TypeError if it is invalid
 */
export function assertSecretName(name: unknown): SecretName {
  if (typeof name !== 'object' || name === null) {
    throw new TypeError('the name of a secret must be an object with a scope and a key');
  }
  const { scope, key } = name as Readonly<Record<keyof SecretName, unknown>>;
  if (!isSecretScope(scope)) throw new TypeError(`invalid scope of a secret: ${show(scope)}`);
  if (!isSecretKey(key)) throw new TypeError(`invalid key of a secret: ${show(key)}`);
  return Object.freeze({ scope, key });
}

/** How messages name a secret. */
export function formatSecretName({ scope, key }: SecretName): string {
  return `secret ${quote(key)} of scope ${quote(scope)}`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? quote(value) : typeof value;
}
