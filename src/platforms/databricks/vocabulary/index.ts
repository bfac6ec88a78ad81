export type {
  DatabricksAction,
  DatabricksType,
  DatabricksVocabulary,
  TypeLevels,
} from './databricks-vocabulary.js';
export {
  ALL_PRIVILEGES,
  databricksVocabulary,
  LEVELS,
  levelActions,
} from './databricks-vocabulary.js';
export type { DatabricksResource, LevelGrant } from './level-permission.js';
export { levelPermission, sharedPermission } from './level-permission.js';
export type { Principal, PrincipalsPolicy } from './principals.js';
export {
  ADMINS_GROUP,
  formatPrincipal,
  isApplicationId,
  principalFromName,
  principalKey,
  principals,
  principalsPolicyKind,
  USERS_GROUP,
  workspaceSubject,
} from './principals.js';
