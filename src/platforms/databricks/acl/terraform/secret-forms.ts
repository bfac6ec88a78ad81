/** Tokens and OAuth secrets of Databricks, and signed tokens, wherever in a text. */
const TOKEN_FORM =
  /(?:^|[^\w-])(?:(?:dapi|dose|dkea|dsapi)[\da-f]{32}(?:-\d{1,2})?|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+)(?![\w-])/;
const TOKEN_NAME = /token(?:[-_]?value|_plaintext)?$/i;

/** What providers call their secrets: old versions of Terraform mark none. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'token_value',
  'token',
  'access_token',
  'refresh_token',
  'string_value',
  'bytes_value',
  'client_secret',
  'secret',
  'secret_value',
  'password',
  'private_key',
  'secret_access_key',
]);

const SETTING_NAME =
  /secret|passw(?:or)?d|passphrase|token|credential|(?:api|access|private|account)[-_.]?key/i;
/** What stands beside secrets, and is not one. */
const HARMLESS_SETTING =
  /(?:provider|type|class|endpoint|url|uri|host|enabled|expir\w*|path|file|name|id|scope|version)$/i;

const REFERENCE = /^\{\{secrets\/[^{}]+\}\}$/;
const ORIGIN = /^https?:\/\/[^\s/@?#]+\/?$/i;
const HOST_NAME = /(?:^|[-_.])host(?:[-_]?name)?$/i;
const ID_NAME = /(?:^|[-_.])(?:workspace|account)[-_]?id$/i;
const HOST = /^[a-z\d-]+(?:\.[a-z\d-]+)+(?::\d{1,5})?$/i;
const ID = /^(?:\d{1,20}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

/** Whether a text has a token in it, by the form of tokens. */
export function hasTokenForm(text: string): boolean {
  // Most texts are shorter than any token.
  return text.length >= 36 && TOKEN_FORM.test(text);
}

/** Whether a secret is a token, by its form or by what it is called. */
export function isTokenSecret(name: string, text: string | undefined): boolean {
  return TOKEN_NAME.test(name) || (text !== undefined && hasTokenForm(text));
}

/** Whether an attribute is a secret, whatever a file marks. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.has(name) || name.endsWith('_plaintext');
}

/**
 * Whether a setting, such as a variable of the environment, is a secret that stands there as it is.
 *
 * @source Databricks documentation, "Use a secret in a Spark configuration property or environment
 *   variable": `{{secrets/scope/key}}`
 */
export function isPlainSetting(name: string, text: string): boolean {
  if (!SETTING_NAME.test(name) || HARMLESS_SETTING.test(name)) return false;
  return !/^(?:true|false|[\d.]+|)$/i.test(text) && !REFERENCE.test(text);
}

/**
 * Whether a text that is marked as sensitive is known not to be a secret: a reference to one, the
 * address of a server, or the host or number of a workspace or account, by its name.
 */
export function isHarmless(name: string, text: string): boolean {
  return (
    REFERENCE.test(text) ||
    ORIGIN.test(text) ||
    (HOST_NAME.test(name) && HOST.test(text)) ||
    (ID_NAME.test(name) && ID.test(text))
  );
}
