import { dirname } from 'node:path';
import * as z from 'zod';
import { checkOptions } from '../foundation/options.js';
import { type ConfigInvalidError, throwCollected } from '../model/errors.js';
import type { AuthConfig } from './auth-config.js';
import { checkSection } from './check-section.js';
import type { Environment } from './expand-environment.js';
import { stringField } from './field-schemas.js';
import { findAuthLookalikes } from './find-auth-lookalikes.js';
import { isMapping } from './is-mapping.js';
import { findIgnoredFields, parseAuthSection } from './parse-auth-section.js';
import {
  findMisspeltRegistryFields,
  parseRegistrySection,
  type RegistryConfig,
} from './parse-registry-section.js';
import { parseYaml } from './parse-yaml.js';

/** What a `feature_store.yaml` says about the project, its registry and its users. */
export interface FeatureStoreConfig {
  readonly file: string | undefined;
  /**
   * The folder that relative paths start from; `undefined`: not known, and they are left as
   * written.
   */
  readonly baseDirectory: string | undefined;
  readonly project: string;
  readonly provider: string;
  readonly registry: RegistryConfig;
  readonly auth: AuthConfig;
  /**
   * What the file says without effect, one sentence each, with its place. Holds no value of the
   * file.
   */
  readonly warnings: readonly string[];
}

/** How the text of a configuration is read. */
export interface ParseFeatureStoreConfigOptions {
  /** Name of the file, for error messages. */
  readonly file?: string | undefined;
  /** Variables for `$NAME` and `${NAME}`. Default: none. */
  readonly env?: Environment | undefined;
  /** Default: the folder of `file`. */
  readonly baseDirectory?: string | undefined;
}

const PROJECT_NAME = /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u;

const MISSPELT_AUTH =
  'is not read: did you mean `auth`? Without an `auth` section a server lets everyone in';
const MISPLACED_AUTH = 'is not read: only a top-level `auth` section protects a server';

const PERMISSION_FILE =
  'belongs to a permission file, which is not a feature store. Name the feature_store.yaml here, and read this file with `loadPermissionFile`';

const storeSchema = z.object({
  project: stringField.regex(
    PROJECT_NAME,
    'must consist of letters, digits, `_` and `-`, and start with a letter or a digit',
  ),
  provider: stringField.default('local'),
});

/**
 * Parses the text of a `feature_store.yaml`.
 *
 * Pure: reads neither files nor the environment of the process. Sections other than `project`,
 * `provider`, `registry` and `auth` are not looked at.
 *
 * @source Feast 0.66.0, `RepoConfig`; differences are said at each section.
 * @throws ConfigInvalidError with file, line and column; all problems of the file are in its
 *   `errors`. No message holds a value of the file or of the environment.
 * @example
 * parseFeatureStoreConfig('project: demo\nregistry: data/registry.db').auth.type // 'no_auth'
 */
export function parseFeatureStoreConfig(
  text: string,
  options: ParseFeatureStoreConfigOptions = {},
): FeatureStoreConfig {
  if (typeof text !== 'string') throw new TypeError('the text of a configuration must be a string');
  checkOptions<ParseFeatureStoreConfigOptions>(options, {
    file: true,
    env: true,
    baseDirectory: true,
  });
  const { file, env } = options;
  const baseDirectory = options.baseDirectory ?? (file === undefined ? undefined : dirname(file));
  const document = parseYaml(text, { file, env: env ?? {} });
  if (!isMapping(document.value)) {
    throw document.errorAt([], 'a feature store must be a mapping with a `project`');
  }
  if (Array.isArray(document.value['permissions']) && !('project' in document.value)) {
    throw document.errorAtKey(['permissions'], PERMISSION_FILE);
  }
  const errors: ConfigInvalidError[] = [];
  const store = checkSection(storeSchema, { value: document.value, path: [] }, document, errors);
  const { registry: registrySection, auth: authSection } = document.value;
  const registry = parseRegistrySection(registrySection, document, errors, baseDirectory);
  const auth = parseAuthSection(authSection, document, errors);
  const { misspelt, misplaced } = findAuthLookalikes(document.value);
  for (const key of misspelt) errors.push(document.errorAtKey([key], MISSPELT_AUTH));
  throwCollected(errors);
  // What is missing has put an error into the list; the types do not know that.
  if (store === undefined || registry === undefined || auth === undefined) {
    throw document.errorAt([], 'a feature store that cannot be read');
  }
  const ignored = findIgnoredFields(authSection).map((field) => ['auth', field]);
  const warnings = [
    ...misplaced.map((path) => document.errorAtKey(path, MISPLACED_AUTH).message),
    ...findMisspeltRegistryFields(registrySection).map(
      ({ field, message }) => document.errorAtKey(['registry', field], message).message,
    ),
    ...ignored.map((path) => document.errorAtKey(path, 'has no effect with `kubernetes`').message),
  ];
  return Object.freeze({
    file,
    baseDirectory,
    ...store,
    registry,
    auth: Object.freeze(auth),
    warnings: Object.freeze(warnings),
  });
}
