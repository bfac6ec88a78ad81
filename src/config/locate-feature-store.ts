import { ConfigInvalidError, quote } from '../model/errors.js';
import type { Environment } from './expand-environment.js';
import { decodeYamlText } from './read-yaml-text.js';

/** Where a feature store is configured: a path, or the text of its configuration. */
export type FeatureStoreLocation =
  | {
      readonly path: string;
      readonly isConfig: boolean;
      /** The environment variable that names it, if one does. */
      readonly variable?: string;
    }
  | { readonly text: string; readonly variable: string };

/**
 * The whole configuration in base64: for Feast's CLI, and as Feast's operator hands it to its
 * containers.
 */
const TEXT = 'FEATURE_STORE_YAML_BASE64';
const OPERATOR_TEXT = 'TMP_FEATURE_STORE_YAML_BASE64';
/** The configuration file. */
const FILE = 'FEAST_FS_YAML_FILE_PATH';
/** The folder that holds it. */
const FOLDERS = ['FEATURE_REPO_DIR', 'FEATURE_REPO_DIR_ENV_VAR'] as const;

const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/**
 * Finds a feature store where no path is given, by the variables that Feast reads, in this order:
 * `FEATURE_STORE_YAML_BASE64`, `FEAST_FS_YAML_FILE_PATH`, `FEATURE_REPO_DIR` (Feast 0.66.0 calls it
 * `FEATURE_REPO_DIR_ENV_VAR`), and `TMP_FEATURE_STORE_YAML_BASE64` of the operator; otherwise the
 * current folder. Empty variables are skipped.
 *
 * @throws ConfigInvalidError if a variable does not hold the base64 of UTF-8 text of at most 1 MiB
 * @source Feast 0.66.0, how its CLI opens a feature store; its operator. Differs: a path that is
 *   given goes before all of them
 */
export function locateFeatureStore(env: Environment): FeatureStoreLocation {
  const given = (name: string): string | undefined =>
    Object.hasOwn(env, name) && env[name] !== '' ? env[name] : undefined;
  const text = given(TEXT);
  if (text !== undefined) return { text: decode(text, TEXT), variable: TEXT };
  const file = given(FILE);
  if (file !== undefined) return { path: file, isConfig: true, variable: FILE };
  for (const name of FOLDERS) {
    const folder = given(name);
    if (folder !== undefined) return { path: folder, isConfig: false, variable: name };
  }
  const operatorText = given(OPERATOR_TEXT);
  if (operatorText !== undefined) {
    return { text: decode(operatorText, OPERATOR_TEXT), variable: OPERATOR_TEXT };
  }
  return { path: '.', isConfig: false };
}

function decode(value: string, variable: string): string {
  if (!BASE64.test(value)) {
    throw new ConfigInvalidError(`environment variable ${quote(variable)} does not hold base64`);
  }
  return decodeYamlText(Buffer.from(value, 'base64'), `$${variable}`);
}
