import { describe, expect, it } from 'vitest';
import { coverResource, coverResources } from '../../src/analysis/coverage.js';
import {
  compiledOf,
  createAuthorizer,
  requirementOf,
  type SnapshotOptions,
} from '../../src/engine/index.js';
import { ALL_ACTIONS, type FeastVocabulary, type ResourceOf } from '../../src/model/index.js';
import { groups, roles } from '../../src/policy/index.js';

const view = (name: string, more: object = {}): ResourceOf<FeastVocabulary> => ({
  type: 'FeatureView',
  name,
  ...more,
});

const OPTIONS: SnapshotOptions = {
  permissions: [
    { name: 'readers', namePatterns: 'a.*', actions: 'READ', policy: roles('r') },
    { name: 'odd', namePatterns: ['(a)\\1'], project: 'q' },
    {
      name: 'nobody',
      namePatterns: ['a.*', 'b'],
      actions: ['READ_ONLINE', 'DELETE'],
      policy: groups(),
    },
    { name: 'tagged', requiredTags: { team: 'risk' }, actions: 'CREATE' },
  ],
  resources: [
    view('a1', { project: 'p' }),
    view('a2', { project: 'p' }),
    view('b', { project: 'p', tags: { team: 'risk' } }),
    view('z', { project: 'p' }),
    view('a1', { project: 'q' }),
  ],
  onUnsupportedPattern: 'exclude',
};

describe('coverResources', () => {
  const snapshot = compiledOf(createAuthorizer(OPTIONS).snapshot);
  const covered = [...coverResources(snapshot)].map(({ resource, coverage }) => ({
    resource: `${resource.project}/${resource.name}`,
    secured: coverage.secured,
    permissions: coverage.permissions.map(({ source }) => source.name),
    uncovered: coverage.uncoveredActions,
    unsatisfiable: coverage.unsatisfiableActions,
  }));
  const without = (...actions: string[]): string[] =>
    ALL_ACTIONS.filter((action) => !actions.includes(action));

  it('says of every registered resource what covers it, and what that leaves open', () => {
    const a = {
      secured: true,
      permissions: ['readers', 'nobody'],
      uncovered: without('READ_ONLINE', 'READ_OFFLINE', 'DELETE'),
      unsatisfiable: ['DELETE'],
    };
    expect(covered).toEqual([
      // A project that a permission names comes first.
      { resource: 'q/a1', ...a, permissions: ['readers', 'odd', 'nobody'] },
      { resource: 'p/a1', ...a },
      { resource: 'p/a2', ...a },
      {
        resource: 'p/b',
        secured: true,
        permissions: ['nobody', 'tagged'],
        uncovered: without('READ_ONLINE', 'DELETE', 'CREATE'),
        unsatisfiable: ['DELETE', 'READ_ONLINE'],
      },
      {
        resource: 'p/z',
        secured: false,
        permissions: [],
        uncovered: ALL_ACTIONS,
        unsatisfiable: [],
      },
    ]);
  });

  it('has one object for all resources that the same permissions cover', () => {
    const [, first, second, third] = [...coverResources(snapshot)];
    expect(first?.coverage).toBe(second?.coverage);
    expect(first?.coverage).not.toBe(third?.coverage);
    expect(Object.isFrozen(first?.coverage)).toBe(true);
    expect(Object.isFrozen(first?.coverage.permissions)).toBe(true);
  });
});

describe('coverResource', () => {
  const snapshot = compiledOf(createAuthorizer(OPTIONS).snapshot);

  it('says the same of one resource, registered or not', () => {
    expect(coverResource(snapshot, view('a1', { project: 'p' })).unsatisfiableActions).toEqual([
      'DELETE',
    ]);
    expect(coverResource(snapshot, view('new', { project: 'p', tags: {} })).secured).toBe(false);
    expect(coverResource(snapshot, view('a1', { project: 'elsewhere' })).secured).toBe(false);
  });

  it('counts what may cover, where tags are not known, and lets it hold nothing', () => {
    const coverage = coverResource(snapshot, view('new', { project: 'p' }));
    expect(coverage.secured).toBe(true);
    expect(coverage.permissions.map(({ source }) => source.name)).toEqual(['tagged']);
    expect(coverage.uncoveredActions).toEqual(ALL_ACTIONS);
  });

  it('refuses an invalid resource', () => {
    expect(() => coverResource(snapshot, { type: 'Car', name: 'a', project: 'p' })).toThrow(
      TypeError,
    );
  });
});

describe('requirementOf', () => {
  it('is a noun phrase', () => {
    const snapshot = compiledOf(createAuthorizer(OPTIONS).snapshot);
    expect(snapshot.permissions.map((permission) => requirementOf(snapshot, permission))).toEqual([
      'the role "r"',
      'something that could not be understood',
      'a group from an empty list',
      'nothing',
    ]);
  });
});
