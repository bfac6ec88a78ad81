export type { RegistryError } from '../model/index.js';
export { createRelations } from './create-relations.js';
export type { EncodedObject } from './encoded-object.js';
export { createFileRegistry } from './file/create-file-registry.js';
export { readRegistryFile } from './file/read-registry-file.js';
export {
  type FeatureStore,
  type FeatureStoreSnapshotOptions,
  type LoadFeatureStoreOptions,
  loadFeatureStore,
  type OpenedFeatureStore,
  openFeatureStore,
} from './load-feature-store.js';
export { type OpenRegistryOptions, openRegistry } from './open-registry.js';
export type { RegistryContext, RegistryKind, RegistryLocation } from './registry-kind.js';
export type { RegistryContents, RegistrySource, WatchOptions } from './registry-source.js';
export type { RegistryRelations, VectorStore, ViewPin, ViewVersion } from './relations.js';
export { decodeRegistry } from './wire/decode-registry.js';
