import type { AuthConfig } from '../../../src/config/auth-config.js';
import { parseFeatureStoreConfig } from '../../../src/config/parse-feature-store-config.js';

/** What an `auth` section with these fields means, read as from a `feature_store.yaml`. */
export function parseAuth(fields: Readonly<Record<string, string | number | boolean>>): AuthConfig {
  const lines = Object.entries(fields).map(
    ([name, value]) => `  ${name}: ${JSON.stringify(value)}`,
  );
  const text = ['project: demo', 'registry: data/registry.db', 'auth:', ...lines].join('\n');
  return parseFeatureStoreConfig(text).auth;
}
