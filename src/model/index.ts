export type {
  AnyAuthzError,
  AuthzErrorCode,
  ConfigError,
  GateError,
  IdentityError,
  LoadError,
  PermissionError,
  RegistryError,
} from './any-authz-error.js';
export type { DecidingPermission, Decision, DecisionReason } from './decision.js';
export { PermissionDeniedError } from './decision.js';
export type { ErrorStatus } from './errors.js';
export {
  AuthzError,
  ConfigInvalidError,
  CredentialUnavailableError,
  IdentityInvalidError,
  IdentityMissingError,
  IdentityUnavailableError,
  isAuthzError,
  MediaTypeUnsupportedError,
  PatternUnsupportedError,
  PermissionInvalidError,
  quote,
  RegistryInvalidError,
  RegistryUnavailableError,
  RequestInvalidError,
  ResourceNotFoundError,
  responseStatusOf,
  throwCollected,
} from './errors.js';
export type {
  FeastAction,
  FeastActionAlias,
  FeastType,
  FeastTypeAlias,
  FeastVocabulary,
} from './feast-vocabulary.js';
export {
  ALL_ACTIONS,
  ALL_FEATURE_VIEW_TYPES,
  ALL_RESOURCE_TYPES,
  CRUD,
  feastVocabulary,
  READ,
  WRITE,
} from './feast-vocabulary.js';
export type { PermissionContext } from './parse-permission.js';
export { checkPermission, parseForeignPermission, parsePermission } from './parse-permission.js';
export type {
  ExcludedPermission,
  GlobPattern,
  NamePatternSource,
  Permission,
  PermissionInput,
  PolicyInput,
} from './permission.js';
export { isExcludedPermission } from './permission.js';
export { isPlainObject } from './plain-data.js';
export type { PolicyData, PolicyKind, PolicyKinds, PolicyTest } from './policy.js';
export type { Resource, ResourceOf, Tags } from './resource.js';
export { assertResource, formatResource, freezeTags, frozenTags } from './resource.js';
export type { Subject } from './subject.js';
export { assertSubject, freezeSubject, isFrozenSubject, ownSubject } from './subject.js';
export type {
  ActionOf,
  ChangeActions,
  TypeOf,
  Vocabulary,
  VocabularyDefinition,
  WrittenActionOf,
  WrittenTypeOf,
} from './vocabulary.js';
export { actionMask, defineVocabulary, typeMask } from './vocabulary.js';
