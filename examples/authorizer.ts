// The engine in short: a permission, a user, two answers.
import { createAuthorizer, definePermission, roles } from 'feast-permissions';

const permission = definePermission({
  name: 'risk-readers',
  types: 'FeatureView',
  namePatterns: 'risk_.*',
  actions: ['DESCRIBE', 'READ_ONLINE'],
  policy: roles('risk-analyst'),
});
export const authorizer = createAuthorizer({ permissions: [permission] });

const ann = { username: 'ann', roles: ['risk-analyst'] };
const view = { type: 'FeatureView', name: 'risk_scores' } as const;
export const read: boolean = authorizer.can(ann, 'READ_ONLINE', view); // true
export const write: boolean = authorizer.can(ann, 'WRITE_ONLINE', view); // false
