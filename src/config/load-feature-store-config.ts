import { dirname, resolve } from 'node:path';
import { checkOptions } from '../foundation/options.js';
import type { Environment } from './expand-environment.js';
import { findFeatureStoreConfig } from './find-feature-store-config.js';
import { type FeatureStoreConfig, parseFeatureStoreConfig } from './parse-feature-store-config.js';
import { readYamlText } from './read-yaml-text.js';

/**
 * Reads the `feature_store.yaml` at `path`, which is the file or the folder that holds it.
 *
 * Paths in the result are absolute. `env` holds the variables for `$NAME` and `${NAME}`; default:
 * those of the process.
 *
 * @throws ConfigInvalidError where the file is missing, too large, not UTF-8, or not a feature
 *   store.
 */
export async function loadFeatureStoreConfig(
  path: string,
  options: { readonly env?: Environment | undefined } = {},
): Promise<FeatureStoreConfig> {
  checkOptions<typeof options>(options, { env: true });
  const file = await findFeatureStoreConfig(path);
  return parseFeatureStoreConfig(await readYamlText(file), {
    file,
    env: options.env ?? process.env,
    baseDirectory: dirname(resolve(file)),
  });
}
