import { describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../../../src/engine/index.js';
import {
  databricksVocabulary,
  LEVELS,
  levelActions,
  levelPermission,
  principalsPolicyKind,
  workspaceSubject,
} from '../../../../src/platforms/databricks/vocabulary/index.js';

const ORDERED = [
  ['ServingEndpoint', ['CAN_VIEW', 'CAN_QUERY', 'CAN_MANAGE']],
  [
    'RegisteredModel',
    [
      'CAN_READ',
      'CAN_EDIT',
      'CAN_MANAGE_STAGING_VERSIONS',
      'CAN_MANAGE_PRODUCTION_VERSIONS',
      'CAN_MANAGE',
    ],
  ],
  ['SecretScope', ['READ', 'WRITE', 'MANAGE']],
  ['Tokens', ['CAN_USE', 'CAN_MANAGE']],
] as const;

describe('levels', () => {
  const cases = ORDERED.flatMap(([type, levels]) =>
    levels.map((level, at) => ({ type, level, actions: levels.slice(0, at + 1) })),
  );

  test.each(cases)('$level on a $type includes the weaker ones', ({ type, level, actions }) => {
    expect(levelActions(type, level)).toEqual(actions);
  });

  test.each([
    ['ServiceCredential', 'ACCESS', ['ACCESS']],
    ['ServiceCredential', 'CREATE_CONNECTION', ['CREATE_CONNECTION']],
    ['ServiceCredential', 'MANAGE', ['MANAGE']],
    ['ServiceCredential', 'ALL_PRIVILEGES', ['ACCESS', 'CREATE_CONNECTION']],
    ['OnlineStore', 'PUBLISH', ['PUBLISH']],
    ['OnlineStore', 'LOOKUP', ['LOOKUP']],
  ] as const)('%s: %s includes %j, and no other', (type, level, actions) => {
    expect(levelActions(type, level)).toEqual(actions);
  });

  test.each([
    ['ServingEndpoint', 'CAN_READ'],
    ['ServingEndpoint', 'can_query'],
    ['SecretScope', 'CAN_MANAGE'],
    ['SecretScope', 'ALL_PRIVILEGES'],
    ['Tokens', 'MANAGE'],
    ['OnlineStore', ''],
    ['OnlineStore', 'constructor'],
  ] as const)('%s has no level %s', (type, level) => {
    expect(levelActions(type, level)).toBeUndefined();
  });

  test('every type has levels, and every action belongs to a type', () => {
    expect(Object.keys(LEVELS)).toEqual(databricksVocabulary.types);
    const used = new Set(Object.values(LEVELS).flatMap(({ levels }) => levels));
    expect(used).toEqual(new Set(databricksVocabulary.actions));
  });
});

describe('decisions', () => {
  const subject = workspaceSubject({ userName: 'ann@example.com' });
  const all = databricksVocabulary.types.flatMap((type) =>
    [...LEVELS[type].levels, ...(type === 'ServiceCredential' ? ['ALL_PRIVILEGES'] : [])].map(
      (level) => ({ type, level }),
    ),
  );

  test.each(all)('$level on a $type allows what it includes alone', ({ type, level }) => {
    const resource = { type, name: 'one' };
    const authorizer = createAuthorizer({
      vocabulary: databricksVocabulary,
      policyKinds: [principalsPolicyKind],
      permissions: [
        levelPermission({
          resource,
          principal: { kind: 'user', name: 'ann@example.com' },
          level,
        }),
      ],
      resources: [resource],
    });
    const allowed = databricksVocabulary.actions.filter((action) =>
      authorizer.can(subject, action, resource),
    );
    const included = levelActions(type, level) ?? [];
    expect(new Set(allowed)).toEqual(new Set(included));
    for (const other of databricksVocabulary.types.filter((one) => one !== type)) {
      for (const action of included) {
        expect(authorizer.can(subject, action, { type: other, name: 'one' })).toBe(false);
      }
    }
    for (const action of included) {
      expect(authorizer.can(subject, action, { type, name: 'other' })).toBe(false);
    }
  });
});
