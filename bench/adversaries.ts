import type { FeastType, PermissionInput, Resource } from '../src/index.js';
import { createRandom, generateStore, pick } from './generate-store.js';

/** A registry that is hard on an index in one particular way. */
export interface Adversary {
  readonly name: string;
  readonly make: (permissions: number, resources: number) => AdversarialStore;
}

export interface AdversarialStore {
  readonly permissions: readonly PermissionInput[];
  readonly resources: readonly Resource<FeastType>[];
}

const WORDS = ['user', 'item', 'card', 'trip', 'loan', 'risk', 'fleet', 'route', 'price', 'stock'];

/** The mixed registry first: the others are given in multiples of it. */
export const ADVERSARIES: readonly Adversary[] = [
  {
    name: 'mixed',
    make: (permissions, resources) => {
      const store = generateStore({ permissions, resources });
      return {
        permissions: store.permissions.map(({ globs: _, ...permission }) => permission),
        resources: store.resources,
      };
    },
  },
  {
    name: 'all patterns share one literal',
    make: (permissions, resources) =>
      withPatterns(permissions, resources, (index) => `.*shared_feature[a-z]*_${index}_[0-9]+`),
  },
  {
    name: 'all infix patterns',
    make: (permissions, resources) =>
      withPatterns(permissions, resources, (index) => `.*_${index}_.*`),
  },
  {
    name: 'all long alternations',
    make: (permissions, resources) =>
      withPatterns(permissions, resources, (index, random) =>
        Array.from(
          { length: 30 },
          (_, nth) => `${pick(random, WORDS)}_${(index * 30 + nth) % resources}_[a-z]+`,
        ).join('|'),
      ),
  },
  {
    name: 'every permission on every resource',
    make: (permissions, resources) =>
      withPatterns(
        permissions,
        resources,
        (index) => ['.*', '.*shared_feature.*', '[a-z]+_.*', '(?s).*'][index % 4] as string,
      ),
  },
];

/**
 * What literals cannot tell apart: patterns with one literal, the same for all, that differ in
 * their classes. All of them are tried on a name that has the literal. Measured apart, at a size at
 * which it ends.
 */
export const CLASSES_ALONE: Adversary = {
  name: 'one literal for all, and classes besides',
  make: (permissions, resources) =>
    withPatterns(
      permissions,
      resources,
      (index) => `.*shared_feature_[a-z]{1,${3 + (index % 60)}}_[0-9]{1,${1 + (index % 17)}}.*`,
    ),
};

function withPatterns(
  count: number,
  resourceCount: number,
  pattern: (index: number, random: () => number) => string,
): AdversarialStore {
  const random = createRandom(7);
  const permissions = Array.from(
    { length: count },
    (_, index): PermissionInput => ({
      name: `permission-${index}`,
      types: ['FeatureView'],
      namePatterns: pattern(index, random),
      actions: ['READ_ONLINE'],
      policy: { type: 'RoleBasedPolicy', roles: [`role-${index % 200}`] },
    }),
  );
  const resources = Array.from(
    { length: resourceCount },
    (_, index): Resource<FeastType> => ({
      type: 'FeatureView',
      name: `${pick(random, WORDS)}_${index}_shared_feature_${pick(random, WORDS)}_${index % count}_${index % 97}`,
      tags: {},
    }),
  );
  return { permissions, resources };
}
