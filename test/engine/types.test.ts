import { describe, expect, it } from 'vitest';
import { type Authorizer, createAuthorizer } from '../../src/engine/index.js';
import {
  defineVocabulary,
  type FeastVocabulary,
  type Permission,
  PermissionInvalidError,
} from '../../src/model/index.js';
import { definePermission, roles } from '../../src/policy/index.js';

// The compiler is what is tested here: each line below an expected error fails the type check where
// it compiles. That it throws as well is the second line of defence.

const ALICE = { username: 'alice' };
const NAME = { name: 'p' };
const files = defineVocabulary({
  name: 'files',
  actions: { READ: {}, WRITE: { implies: ['READ'] } },
  types: { File: {}, Image: { subtypeOf: 'File' } },
  actionAliases: { ANY: ['READ', 'WRITE'] },
  changes: { create: ['WRITE'], update: ['WRITE'] },
});
type Files = typeof files;

describe('Feast’s vocabulary', () => {
  const authorizer: Authorizer = createAuthorizer({ permissions: [] });
  const view = { type: 'FeatureView', name: 'a' } as const;

  it('compiles what is spelt right', () => {
    const permission: Permission = definePermission({
      name: 'p',
      types: ['FeatureView', 'entity', 'ALL_FEATURE_VIEW_TYPES', 'all_resource_types'],
      actions: ['READ', 'crud', 'DESCRIBE', 'read_online'],
      policy: roles('r'),
    });
    const types: readonly FeastVocabulary['types'][number][] = permission.types;
    expect(types).toContain('LabelView');
    expect(authorizer.can(ALICE, ['DESCRIBE', 'READ_ONLINE'], view)).toBe(true);
    expect(authorizer.filter(ALICE, 'DESCRIBE', [{ ...view, more: 1 }])[0]?.more).toBe(1);
  });

  it('does not compile a misspelt action or type', () => {
    expectAllToThrow([
      // @ts-expect-error an action that does not exist
      () => definePermission({ ...NAME, actions: 'DESCRIB' }),
      // @ts-expect-error a type that does not exist
      () => definePermission({ ...NAME, types: ['FeatureViews'] }),
      // @ts-expect-error neither case, and one that does not exist either
      () => definePermission({ ...NAME, types: ['Featureview', 'Car'] }),
      // @ts-expect-error an action that does not exist
      () => createAuthorizer({ permissions: [{ name: 'p', actions: ['FLY'] }] }),
      // @ts-expect-error a type that does not exist
      () => createAuthorizer({ permissions: [], resources: [{ type: 'Car', name: 'a' }] }),
      // @ts-expect-error an action that does not exist
      () => authorizer.can(ALICE, 'READ_ONLIN', view),
      // @ts-expect-error an alias is no action to ask for
      () => authorizer.can(ALICE, 'READ', view),
      // @ts-expect-error lower case is no action to ask for
      () => authorizer.can(ALICE, 'describe', view),
      // @ts-expect-error a type that does not exist
      () => authorizer.can(ALICE, 'DESCRIBE', { type: 'Featureview', name: 'a' }),
      // @ts-expect-error an action that does not exist
      () => authorizer.decide(ALICE, ['DESCRIBE', 'FLY'], view),
      // @ts-expect-error a type that does not exist
      () => authorizer.decide(ALICE, 'DESCRIBE', { type: 'Car', name: 'a' }),
      // @ts-expect-error an action that does not exist
      () => authorizer.filter(ALICE, 'FLY', [view]),
      // @ts-expect-error a type that does not exist
      () => authorizer.filter(ALICE, 'DESCRIBE', [{ type: 'Car', name: 'a' }]),
      // @ts-expect-error an action that does not exist
      () => authorizer.assert(ALICE, 'FLY', view),
      // @ts-expect-error an action that does not exist
      () => authorizer.for(ALICE).can('FLY', view),
      // @ts-expect-error a type that does not exist
      () => authorizer.for(ALICE).can('DESCRIBE', { type: 'Car', name: 'a' }),
      // @ts-expect-error a type that does not exist
      () => authorizer.decideChange(ALICE, { proposed: { type: 'Car', name: 'a' } }),
      // @ts-expect-error roles are a list
      () => authorizer.can({ username: 'a', roles: 'admin' }, 'DESCRIBE', view),
    ]);
  });
});

describe('a vocabulary of one’s own', () => {
  const authorizer: Authorizer<Files> = createAuthorizer({ vocabulary: files, permissions: [] });
  const image = { type: 'Image', name: 'a' } as const;

  it('compiles what is spelt right', () => {
    const permission: Permission<Files> = definePermission(
      { name: 'p', types: ['file', 'Image'], actions: ['any', 'READ'] },
      { vocabulary: files },
    );
    expect(permission.actions).toEqual(['READ', 'WRITE']);
    expect(authorizer.can(ALICE, 'READ', image)).toBe(true);
  });

  it('does not compile a misspelt action or type, Feast’s included', () => {
    const options = { vocabulary: files };
    expectAllToThrow([
      // @ts-expect-error an action of Feast
      () => definePermission({ ...NAME, actions: 'DESCRIBE' }, options),
      // @ts-expect-error a type of Feast
      () => definePermission({ ...NAME, types: 'FeatureView' }, options),
      // @ts-expect-error an action of Feast
      () => authorizer.can(ALICE, 'DESCRIBE', image),
      // @ts-expect-error a type of Feast
      () => authorizer.decide(ALICE, 'READ', { type: 'Entity', name: 'a' }),
      // @ts-expect-error an action that does not exist
      () => authorizer.filter(ALICE, 'REED', [image]),
      // @ts-expect-error an alias is no action to ask for
      () => authorizer.for(ALICE).can('ANY', image),
      // @ts-expect-error a sub-type of what does not exist
      () => defineVocabulary({ name: 'v', actions: { A: {} }, types: { T: { subtypeOf: 'U' } } }),
      // @ts-expect-error implies what does not exist
      () => defineVocabulary({ name: 'v', actions: { A: { implies: ['B'] } }, types: { T: {} } }),
    ]);
  });
});

function expectAllToThrow(misspelt: readonly (() => unknown)[]): void {
  for (const ask of misspelt) {
    let thrown: unknown;
    try {
      ask();
    } catch (error) {
      thrown = error;
    }
    const isRefusal = thrown instanceof TypeError || thrown instanceof PermissionInvalidError;
    expect(isRefusal, String(ask)).toBe(true);
  }
}
