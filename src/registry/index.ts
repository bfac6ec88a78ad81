export { createFileRegistry } from './create-file-registry.js';
export { decodeRegistry } from './decode-registry.js';
export type { FeatureStore, LoadFeatureStoreOptions } from './load-feature-store.js';
export { loadFeatureStore } from './load-feature-store.js';
export type { RegistryLocation } from './open-registry.js';
export { openRegistry } from './open-registry.js';
export { readRegistryFile } from './read-registry-file.js';
export type { RegistryContents, RegistrySource } from './registry-source.js';
