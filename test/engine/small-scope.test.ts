import { describe, expect, it } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';
import type { Resource } from '../../src/model/index.js';
import { definePermission } from '../../src/policy/index.js';
import { PROPERTY_TIMEOUT_MS } from '../support/property-runs.js';
import {
  evaluate,
  type ReferencePermission,
  type ReferencePolicy,
  type ReferenceStore,
  type ReferenceSubject,
} from '../support/reference-evaluator.js';

const TYPES = ['FeatureView', 'Entity'] as const;
const ACTIONS = [['DESCRIBE'], ['DESCRIBE', 'UPDATE']] as const;
const TAGS = [undefined, {}, { team: 'risk' }] as const;
const POLICIES: readonly ReferencePolicy[] = [
  { type: 'RoleBasedPolicy', roles: ['r'] },
  { type: 'RoleBasedPolicy', roles: ['s'] },
  { type: 'AllowAll' },
];
const SUBJECTS: readonly (ReferenceSubject | null)[] = [
  null,
  ...[[], ['r'], ['s'], ['r', 's']].map((roles) => ({ username: 'u', roles })),
];

const PERMISSIONS: readonly ReferencePermission[] = [[], ['FeatureView']].flatMap((types) =>
  [[], ['a']].flatMap((namePatterns) =>
    [{}, { team: 'risk' }].flatMap((requiredTags) =>
      ACTIONS.flatMap((actions) =>
        POLICIES.map((policy) => ({
          name: 'p',
          types,
          namePatterns,
          requiredTags,
          actions,
          policy,
        })),
      ),
    ),
  ),
);

const RESOURCES: readonly Resource[] = TYPES.flatMap((type) =>
  ['a', 'b'].flatMap((name) =>
    TAGS.map((tags) => (tags === undefined ? { type, name } : { type, name, tags })),
  ),
);

/** Every store of none, one or two of the permissions; twice the same one included. */
function* allStores(): Generator<readonly ReferencePermission[]> {
  yield [];
  for (const [index, first] of PERMISSIONS.entries()) {
    yield [first];
    for (const second of PERMISSIONS.slice(index)) yield [first, second];
  }
}

describe('every store of at most two permissions', () => {
  const RULES: readonly Pick<ReferenceStore, 'strategy' | 'unsecured' | 'whenNoPermissions'>[] = [
    { strategy: 'affirmative', unsecured: 'deny', whenNoPermissions: 'allow-named' },
    { strategy: 'affirmative', unsecured: 'allow', whenNoPermissions: 'deny' },
    { strategy: 'consensus', unsecured: 'deny', whenNoPermissions: 'deny' },
    { strategy: 'unanimous', unsecured: 'allow', whenNoPermissions: 'allow-named' },
  ];

  it.each(RULES)(
    'is decided by the plain rules: $strategy, unsecured $unsecured',
    { timeout: PROPERTY_TIMEOUT_MS },
    (rules) => {
      const parsed = new Map(
        PERMISSIONS.map((permission) => [
          permission,
          definePermission(permission as Parameters<typeof definePermission>[0]),
        ]),
      );
      let questions = 0;
      for (const permissions of allStores()) {
        const store: ReferenceStore = {
          permissions,
          resources: [],
          projects: [],
          auth: 'oidc',
          vocabulary: { actions: {}, types: {} },
          ...rules,
        };
        const authorizer = createAuthorizer({
          ...rules,
          permissions: permissions.map((one) => parsed.get(one)!),
        });
        for (const subject of SUBJECTS) {
          const bound = authorizer.for(subject);
          for (const resource of RESOURCES as readonly { type: 'Entity'; name: string }[]) {
            for (const actions of ACTIONS) {
              questions++;
              const expected = evaluate(store, subject, actions, resource);
              const allowed = expected !== 'TypeError' && expected.allowed;
              if (
                authorizer.can(subject, actions, resource) === allowed &&
                bound.can(actions, resource) === allowed
              )
                continue;
              expect({ permissions, subject, actions, resource, expected }).toBe('answered alike');
            }
          }
        }
      }
      expect(questions).toBe((1 + 48 + (48 * 49) / 2) * 5 * 12 * 2);
    },
  );
});
