export type { ConfigError } from '../model/index.js';
export type {
  AuthConfig,
  KubernetesAuthConfig,
  NoAuthConfig,
  OidcClientConfig,
  OidcServerConfig,
  OidcSettings,
} from './auth-config.js';
export type { Environment } from './expand-environment.js';
export { findFeatureStoreConfig } from './find-feature-store-config.js';
export { loadFeatureStoreConfig } from './load-feature-store-config.js';
export { type FeatureStoreLocation, locateFeatureStore } from './locate-feature-store.js';
export {
  type FeatureStoreConfig,
  type ParseFeatureStoreConfigOptions,
  parseFeatureStoreConfig,
} from './parse-feature-store-config.js';
export type { RegistryConfig } from './parse-registry-section.js';
export { loadPermissionFile, parsePermissionFile } from './permission-file.js';
export { type RecognizedFile, recognizeFile } from './recognize-file.js';
