export type { SubjectAttribute } from './attribute-table.js';
export { AttributeTable } from './attribute-table.js';
export {
  type DefinePermissionOptions,
  definePermission,
  permissionContext,
} from './define-permission.js';
export {
  allowAll,
  FEAST_POLICY_KINDS,
  type FeastPolicy,
  groups,
  groupsOrNamespaces,
  namespaces,
  policyKindMap,
  roles,
} from './kinds.js';
export { type DerivedSubject, SubjectTest } from './subject-test.js';
