// A stricter set of permissions, tried out beside the one in force: it changes no answer.
import { createAuthorizer, definePermission, roles } from 'feast-permissions';
import { createShadow, type ShadowDifference } from 'feast-permissions/decision-log';

const resources = [{ type: 'FeatureView', name: 'risk_scores' }] as const;
const wide = definePermission({ name: 'readers', policy: roles('analyst', 'intern') });
const narrow = definePermission({ name: 'readers', policy: roles('analyst') });

export const differences: ShadowDifference[] = [];
const shadow = createShadow({
  candidate: createAuthorizer({ permissions: [narrow], resources }).snapshot,
  onDifference: (difference) => differences.push(difference),
});
export const authorizer = createAuthorizer({ permissions: [wide], resources }, { shadow });

const kim = { username: 'kim', roles: ['intern'] };
export const isAllowed: boolean = authorizer.can(kim, 'READ_ONLINE', resources[0]); // true
export const lost: number = shadow.counts.lost; // 1
