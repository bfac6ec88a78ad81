export type {
  AnalysisError,
  AnyAuthzError,
  AuthzErrorCode,
  ConfigError,
  GateError,
  IdentityError,
  LoadError,
  PermissionError,
  RegistryError,
} from './any-authz-error.js';
export {
  type DecidingPermission,
  type Decision,
  type DecisionReason,
  PermissionDeniedError,
} from './decision.js';
export {
  AuthzError,
  ConfigInvalidError,
  CredentialUnavailableError,
  type ErrorStatus,
  IdentityInvalidError,
  IdentityMissingError,
  IdentityUnavailableError,
  isAuthzError,
  MediaTypeUnsupportedError,
  PatternUnsupportedError,
  PermissionInvalidError,
  quote,
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
  RequestInvalidError,
  ResourceNotFoundError,
  responseStatusOf,
  SnapshotStaleError,
  throwCollected,
} from './errors.js';
export {
  ALL_ACTIONS,
  ALL_FEATURE_VIEW_TYPES,
  ALL_RESOURCE_TYPES,
  CRUD,
  type FeastAction,
  type FeastActionAlias,
  type FeastType,
  type FeastTypeAlias,
  type FeastVocabulary,
  feastVocabulary,
  READ,
  WRITE,
} from './feast-vocabulary.js';
export {
  checkPermission,
  ForeignPermissionParser,
  type PermissionContext,
  parseForeignPermission,
  parsePermission,
} from './parse-permission.js';
export {
  type ExcludedPermission,
  type GlobPattern,
  isExcludedPermission,
  type NamePatternSource,
  type Permission,
  type PermissionInput,
  type PolicyInput,
} from './permission.js';
export { isPlainObject } from './plain-data.js';
export type { PolicyData, PolicyKind, PolicyKinds, PolicyTest } from './policy.js';
export {
  assertPython,
  DEFAULT_PYTHON,
  PYTHON_VERSIONS,
  type PythonVersion,
} from './python-version.js';
export {
  assertResource,
  formatResource,
  freezeTags,
  frozenTags,
  type Resource,
  type ResourceOf,
  type Tags,
} from './resource.js';
export {
  assertSubject,
  freezeSubject,
  isFrozenSubject,
  ownSubject,
  type Subject,
} from './subject.js';
export {
  type ActionOf,
  actionMask,
  type ChangeActions,
  defineVocabulary,
  type TypeOf,
  typeMask,
  type Vocabulary,
  type VocabularyDefinition,
  type WrittenActionOf,
  type WrittenTypeOf,
} from './vocabulary.js';
