import { describe, expect, it } from 'vitest';
import { findNearMisses } from '../../src/analysis/near-misses.js';
import { compiledOf, createAuthorizer } from '../../src/engine/index.js';
import type { Subject } from '../../src/model/index.js';
import { roles } from '../../src/policy/index.js';

const ALICE: Subject = { username: 'alice', roles: ['r'] };
const WANTED = {
  type: 'BatchFeatureView',
  name: 'a',
  project: 'p',
  tags: { team: 'risk' },
} as const;
const GRANTING = {
  project: 'p',
  types: ['FeatureView', 'Entity'],
  namePatterns: ['a', 'b'],
  requiredTags: { team: 'risk' },
  actions: ['DESCRIBE', 'UPDATE'],
  policy: roles('r'),
} as const;

const missesOf = (
  fields: object,
  resource: object = WANTED,
  actions: readonly string[] = ['DESCRIBE', 'UPDATE'],
): unknown => {
  const permissions = [{ ...GRANTING, name: 'p', ...fields }] as never;
  const { snapshot } = createAuthorizer({
    permissions,
    projects: ['p', 'q'],
    defaultProject: 'p',
    onUnsupportedPattern: 'exclude',
  });
  return findNearMisses(compiledOf(snapshot), ALICE, actions, resource as typeof WANTED).map(
    ({ because }) => because,
  );
};

describe('findNearMisses', () => {
  it.each<[object, string]>([
    [{ project: 'q' }, 'it is for project "q"'],
    [{ types: ['Entity', 'DataSource'] }, 'it is for Entity, DataSource'],
    [{ namePatterns: ['b', { glob: 'c*' }] }, 'its names are "b", "glob:c*"'],
    [{ requiredTags: { team: 'fleet' } }, 'BatchFeatureView:p/a lacks the tag "team: fleet"'],
    [
      { requiredTags: { constructor: 'x', team: 'risk', env: 'prod' } },
      'BatchFeatureView:p/a lacks the tags "constructor: x", "env: prod"',
    ],
    [{ actions: ['UPDATE', 'CREATE'] }, 'it does not hold DESCRIBE'],
    [{ policy: roles('admin') }, 'it requires the role "admin"'],
  ])('tells the one condition that fails: %j', (fields, because) => {
    expect(missesOf(fields)).toEqual([because]);
  });

  it('suggests a regular expression for a glob that would match', () => {
    const resource = { ...WANTED, name: 'tide_eu' };
    expect(missesOf({ namePatterns: ['b_*', 'tide_*'] }, resource)).toEqual([
      'its names are "b_*", "tide_*", and "tide_*" is a regular expression: did you mean "tide_.*"?',
    ]);
    expect(missesOf({ namePatterns: 'b_*' }, resource)).toEqual(['its names are "b_*"']);
  });

  it.each<[string, object]>([
    ['grants', {}],
    [
      'grants by what it does not filter',
      { project: undefined, types: [], namePatterns: [], requiredTags: {} },
    ],
    ['fails twice', { actions: 'CREATE', policy: roles('admin') }],
    ['is left out', { namePatterns: '(a)\\1' }],
  ])('is silent about a permission that %s', (_, fields) => {
    expect(missesOf(fields)).toEqual([]);
  });

  it('knows the default project, and the registered tags', () => {
    const { project: _, ...unplaced } = WANTED;
    expect(missesOf({ project: 'q' }, unplaced)).toEqual(['it is for project "q"']);
    expect(missesOf({}, { ...unplaced, tags: undefined })).toEqual([
      'BatchFeatureView:p/a lacks the tag "team: risk"',
    ]);
    const { snapshot } = createAuthorizer({
      permissions: [{ name: 'p', requiredTags: { team: 'risk' } }],
      resources: [{ type: 'Entity', name: 'a', tags: { team: 'x' } }],
    });
    expect(
      findNearMisses(compiledOf(snapshot), ALICE, ['DESCRIBE'], {
        type: 'Entity',
        name: 'a',
        tags: { team: 'risk' },
      }),
    ).toEqual([{ permission: 'p', because: 'Entity:a lacks the tag "team: risk"' }]);
  });

  it.each<[string, object, string[], string]>([
    ['an unknown action', WANTED, ['FLY'], 'action `FLY` is not one of CREATE, '],
    [
      'an unknown type',
      { ...WANTED, type: 'Car' },
      ['UPDATE'],
      'resource type `Car` is not one of Project, ',
    ],
    ['no resource', null as never, ['UPDATE'], 'a resource is an object'],
  ])('refuses %s', (_, resource, actions, message) => {
    expect(() => missesOf({}, resource, actions)).toThrow(TypeError);
    expect(() => missesOf({}, resource, actions)).toThrow(message);
  });
});
