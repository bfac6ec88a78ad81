import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Authorizer, createAuthorizer } from '../../../../src/engine/index.js';
import { isExcludedPermission } from '../../../../src/model/index.js';
import {
  type DatabricksVocabulary,
  databricksVocabulary,
  type LevelGrant,
  levelPermission,
  principalsPolicyKind,
  workspaceSubject,
} from '../../../../src/platforms/databricks/vocabulary/index.js';

const ann = workspaceSubject({ userName: 'ann@example.com' });
const principal = { kind: 'user', name: 'ann@example.com' } as const;

const authorizerOf = (...grants: readonly LevelGrant[]): Authorizer<DatabricksVocabulary> =>
  createAuthorizer({
    vocabulary: databricksVocabulary,
    policyKinds: [principalsPolicyKind],
    permissions: grants.map(levelPermission),
    onUnsupportedPattern: 'exclude',
  });

describe('a name', () => {
  const name = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.string({
      minLength: 1,
      unit: fc.constantFrom(...' .*+?^$()[]{}|\\\n\t\u0085\u2028\ufeff:glob'),
    }),
    fc.string({ minLength: 1, unit: 'binary' }),
  );

  test('means itself and no other', () => {
    fc.assert(
      fc.property(name, name, (own, other) => {
        const resource = { type: 'SecretScope', name: own } as const;
        const authorizer = createAuthorizer({
          vocabulary: databricksVocabulary,
          policyKinds: [principalsPolicyKind],
          permissions: [levelPermission({ resource, principal, level: 'READ' })],
        });
        expect(authorizer.can(ann, 'READ', resource)).toBe(true);
        expect(authorizer.can(ann, 'READ', { type: 'SecretScope', name: other })).toBe(
          own === other,
        );
        expect(authorizer.can(ann, 'READ', { type: 'SecretScope', name: `${own}x` })).toBe(false);
      }),
    );
  });

  test('that looks like a glob is a literal', () => {
    const resource = { type: 'SecretScope', name: 'glob:*' } as const;
    const permission = levelPermission({ resource, principal, level: 'READ' });
    expect('namePatterns' in permission && permission.namePatterns).toEqual(['glob:\\*']);
  });
});

test('the root of the model registry stands for every model, and for nothing else', () => {
  const root = { type: 'RegisteredModel', name: 'root' } as const;
  const authorizer = createAuthorizer({
    vocabulary: databricksVocabulary,
    policyKinds: [principalsPolicyKind],
    permissions: [levelPermission({ resource: root, principal, level: 'CAN_READ' })],
  });
  expect(authorizer.can(ann, 'CAN_READ', { type: 'RegisteredModel', name: '17' })).toBe(true);
  expect(authorizer.can(ann, 'CAN_EDIT', { type: 'RegisteredModel', name: '17' })).toBe(false);
  expect(authorizer.can(ann, 'CAN_READ', { type: 'ServingEndpoint', name: '17' })).toBe(false);
});

describe('an entry that is not understood', () => {
  const resource = { type: 'ServingEndpoint', name: 'e' } as const;

  test.each([
    ['an unknown level', { resource, principal, level: 'CAN_FLY' }, 'actions'],
    ['a level of another type', { resource, principal, level: 'READ' }, 'actions'],
    ['an unknown principal', { resource, principal: undefined, level: 'CAN_QUERY' }, 'policy'],
  ] as const)('%s is excluded, and grants nothing', (_, grant, field) => {
    const permission = levelPermission(grant);
    expect(isExcludedPermission(permission)).toBe(true);
    expect(permission).toMatchObject({ excluded: [{ code: 'ERR_PERMISSION_INVALID', field }] });
    const authorizer = authorizerOf(grant);
    for (const action of databricksVocabulary.actions) {
      expect(authorizer.can(ann, action, resource)).toBe(false);
    }
  });

  test('counts as a denial', () => {
    const known = { resource, principal, level: 'CAN_QUERY' };
    const decide = (strategy: 'affirmative' | 'unanimous'): boolean =>
      createAuthorizer({
        vocabulary: databricksVocabulary,
        policyKinds: [principalsPolicyKind],
        permissions: [known, { ...known, level: 'CAN_FLY' }].map(levelPermission),
        onUnsupportedPattern: 'exclude',
        strategy,
      }).can(ann, 'CAN_QUERY', resource);
    expect(decide('affirmative')).toBe(true);
    expect(decide('unanimous')).toBe(false);
  });
});
