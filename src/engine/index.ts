export type { Actions, Authorizer, ProposedChange, SubjectAuthorizer } from './authorizer.js';
export type { AuthorizerOptions } from './authorizer-options.js';
export { isGranted } from './combining-algorithm.js';
export { type CompileProgress, type PrepareOptions, prepareSnapshot } from './compile-snapshot.js';
export {
  type CompiledPermission,
  type EffectivePermission,
  isEffective,
} from './compiled-permission.js';
export type { CompiledSnapshot } from './compiled-snapshot.js';
export { createAuthorizer } from './create-authorizer.js';
export { requirementOf } from './decide.js';
export type { DecisionStrategy, SnapshotOptions } from './options.js';
export type { PermissionSet } from './permission-set.js';
export { policyKey } from './policy-key.js';
export { compiledOf, isSnapshot, type Snapshot } from './snapshot.js';
export { restrict, suspend } from './snapshot-authorizer.js';
export { actionIdOf, typeIdOf } from './vocabulary-ids.js';
