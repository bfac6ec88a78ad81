export {
  ALL_PRIVILEGES,
  type DatabricksAction,
  type DatabricksType,
  type DatabricksVocabulary,
  databricksVocabulary,
  LEVELS,
  levelActions,
  type TypeLevels,
} from './databricks-vocabulary.js';
export {
  type DatabricksResource,
  type LevelGrant,
  levelPermission,
  sharedPermission,
} from './level-permission.js';
export {
  ADMINS_GROUP,
  formatPrincipal,
  isApplicationId,
  type Principal,
  type PrincipalsPolicy,
  principalFromName,
  principalKey,
  principals,
  principalsPolicyKind,
  USERS_GROUP,
  workspaceSubject,
} from './principals.js';
