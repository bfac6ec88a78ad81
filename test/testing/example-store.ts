import {
  type Authorizer,
  createAuthorizer,
  type FeastVocabulary,
  groups,
  type PermissionInput,
  type ResourceOf,
  roles,
  type Subject,
} from '../../src/index.js';

export const analyst: Subject = { username: 'ann', roles: ['risk-analyst'] };
export const guest: Subject = { username: 'guy', groups: ['guests'] };

export const riskScores = { type: 'FeatureView', name: 'risk_scores' } as const;
export const driverStats = { type: 'FeatureView', name: 'driver_stats' } as const;

export const permissions: readonly PermissionInput[] = [
  {
    name: 'risk-readers',
    types: 'FeatureView',
    namePatterns: 'risk_.*',
    actions: 'READ',
    policy: roles('risk-analyst'),
  },
  {
    name: 'service-readers',
    types: 'FeatureService',
    namePatterns: 'risk_.*',
    actions: 'READ',
    policy: groups('guests'),
  },
  {
    name: 'risk-owners',
    types: 'FeatureView',
    namePatterns: 'risk_.*',
    actions: 'CRUD',
    policy: roles(),
  },
];

export const resources: readonly ResourceOf<FeastVocabulary>[] = [riskScores, driverStats];

/** Two views: one that some permissions cover, and one that none does. */
export const authorizer: Authorizer = createAuthorizer({ permissions, resources });
