export { hasBit } from './attribute-set.js';
export { AttributeTable } from './attribute-table.js';
export type { DefinePermissionOptions } from './define-permission.js';
export { definePermission, permissionContext } from './define-permission.js';
export type { FeastPolicy } from './kinds.js';
export {
  allowAll,
  FEAST_POLICY_KINDS,
  groups,
  groupsOrNamespaces,
  namespaces,
  policyKindMap,
  roles,
} from './kinds.js';
export type { DerivedSubject } from './subject-test.js';
export { SubjectTest } from './subject-test.js';
