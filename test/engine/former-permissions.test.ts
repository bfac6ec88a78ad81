import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { suspend } from '../../src/engine/index.js';
import {
  createAuthorizer,
  definePermission,
  type ExcludedPermission,
  type Permission,
  type PermissionInput,
  roles,
} from '../../src/index.js';
import { PermissionInvalidError, SnapshotStaleError } from '../../src/model/index.js';

const OPENING = { unsecured: 'allow', whenNoPermissions: 'allow-named' } as const;
const READER = { username: 'ann', roles: ['reader'] };
const NAMED = { username: 'noel' };

const permission = (fields: Partial<PermissionInput> = {}): Permission =>
  definePermission({
    name: 'perm',
    project: 'p',
    types: ['FeatureView'],
    namePatterns: ['v.*'],
    actions: ['DESCRIBE'],
    policy: roles('reader'),
    ...fields,
  });
const view = (name: string, tags?: Readonly<Record<string, string>>) =>
  ({ type: 'FeatureView', name, project: 'p', ...(tags && { tags }) }) as const;

describe('former permissions', () => {
  const authorizer = createAuthorizer({
    permissions: [],
    formerPermissions: [permission(), permission({ requiredTags: { team: 'risk' } })],
    resources: [view('v1', {}), view('free', {}), view('risky', { team: 'risk' })],
    projects: ['p', 'q'],
    ...OPENING,
  });

  test('close what they covered, and nothing else', () => {
    expect(authorizer.can(READER, 'DESCRIBE', view('v1'))).toBe(false);
    expect(authorizer.can(null, 'DESCRIBE', view('v1'))).toBe(false);
    expect(authorizer.can(READER, 'DESCRIBE', view('v-unregistered'))).toBe(false);
    expect(authorizer.can(null, 'DESCRIBE', view('free'))).toBe(true);
    expect(authorizer.can(null, 'DESCRIBE', { ...view('v1'), type: 'Entity' })).toBe(true);
    expect(authorizer.can(NAMED, 'DESCRIBE', { ...view('v1'), project: 'q' })).toBe(true);
  });

  test('are not among the permissions, and say why they refuse', () => {
    expect(authorizer.snapshot.permissions).toEqual([]);
    const { allowed, reason, explanation, permissions } = authorizer.decide(
      READER,
      'DESCRIBE',
      view('v1'),
    );
    expect({ allowed, reason, permissions }).toEqual({
      allowed: false,
      reason: 'denied',
      permissions: [],
    });
    expect(explanation).toBe(
      'refused DESCRIBE on FeatureView:p/v1: no permission grants it, and their absence opens nothing here yet',
    );
  });

  test('cover what may have the tags that they require', () => {
    const byTag = createAuthorizer({
      permissions: [],
      formerPermissions: [permission({ namePatterns: [], requiredTags: { team: 'risk' } })],
      resources: [view('risky', { team: 'risk' }), view('free', {})],
      ...OPENING,
    });
    expect(byTag.can(null, 'DESCRIBE', view('risky'))).toBe(false);
    expect(byTag.can(null, 'DESCRIBE', view('free'))).toBe(true);
    // Its tags are not known.
    expect(byTag.can(null, 'DESCRIBE', view('unregistered'))).toBe(false);
  });

  test.each(['affirmative', 'consensus', 'unanimous'] as const)(
    'deny nothing that others grant: %s',
    (strategy) => {
      const granting = createAuthorizer({
        permissions: [permission()],
        formerPermissions: [permission({ namePatterns: [] }), permission({ namePatterns: ['v1'] })],
        resources: [view('v1', {})],
        strategy,
        ...OPENING,
      });
      expect(granting.can(READER, 'DESCRIBE', view('v1'))).toBe(true);
      expect(granting.can(NAMED, 'DESCRIBE', view('v1'))).toBe(false);
      expect(granting.can(READER, 'UPDATE', view('v1'))).toBe(false);
    },
  );

  test('stay when other options are replaced', () => {
    const replaced = createAuthorizer({ permissions: [], formerPermissions: [permission()] });
    replaced.replace({ projects: ['p'], ...OPENING });
    expect(replaced.can(NAMED, 'DESCRIBE', view('v1'))).toBe(false);
    replaced.replace({ formerPermissions: [] });
    expect(replaced.can(NAMED, 'DESCRIBE', view('v1'))).toBe(true);
  });

  test('that were not understood cover all that they could, and stop no compilation', () => {
    const excluded: ExcludedPermission = {
      name: 'x',
      project: 'p',
      types: ['FeatureView'],
      namePatterns: undefined,
      excluded: [new PermissionInvalidError('m', { field: 'actions' })],
    };
    const badPattern = permission({ types: ['Entity'], namePatterns: ['('] });
    const kept = createAuthorizer({
      permissions: [],
      formerPermissions: [excluded, badPattern],
      projects: ['p'],
      ...OPENING,
    });
    expect(kept.can(NAMED, 'DESCRIBE', view('any'))).toBe(false);
    expect(kept.can(NAMED, 'DESCRIBE', { ...view('any'), type: 'Entity' })).toBe(false);
    expect(kept.can(NAMED, 'DESCRIBE', { ...view('any'), type: 'DataSource' })).toBe(true);
  });

  test('make no project known', () => {
    const alone = createAuthorizer({
      permissions: [],
      formerPermissions: [permission()],
      projects: ['q'],
      ...OPENING,
    });
    expect(alone.decide(NAMED, 'DESCRIBE', view('free')).reason).toBe('unknown-project');
  });

  test('are a list', () => {
    expect(() => createAuthorizer({ permissions: [], formerPermissions: {} as never })).toThrow(
      'option formerPermissions must be a list',
    );
  });

  test('close exactly what they covered and no permission covers', () => {
    const patterns = fc.subarray(['a', 'b', 'a.*', '.*b', 'ab'], { minLength: 1 });
    const some = fc.array(
      patterns.map((namePatterns) => permission({ namePatterns })),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(some, some, fc.boolean(), (now, before, isRegistered) => {
        const names = ['a', 'b', 'ab', 'aab', 'c'];
        const options = {
          resources: isRegistered ? names.map((name) => view(name, {})) : [],
          projects: ['p'],
          ...OPENING,
        };
        const both = createAuthorizer({ permissions: now, formerPermissions: before, ...options });
        const alone = createAuthorizer({ permissions: now, ...options });
        const former = createAuthorizer({ permissions: before, ...options });
        const covers = (by: typeof alone, name: string): boolean =>
          !['unsecured', 'no-permissions'].includes(by.decide(null, 'DESCRIBE', view(name)).reason);
        for (const name of names) {
          for (const subject of [READER, NAMED]) {
            const isClosed = covers(former, name) && !covers(alone, name);
            // With former permissions left, a project is not one that never had any.
            const open = before.length > 0 || alone.can(subject, 'DESCRIBE', view(name));
            const expected = isClosed
              ? false
              : covers(alone, name)
                ? alone.can(subject, 'DESCRIBE', view(name))
                : open;
            expect(both.can(subject, 'DESCRIBE', view(name))).toBe(expected);
          }
        }
      }),
    );
  });
});

describe('a suspended authorizer', () => {
  const stale = () => new SnapshotStaleError('too old');
  const fresh = () =>
    createAuthorizer({ permissions: [permission()], resources: [view('v1', {})], projects: ['p'] });

  test('answers no question, of callers it knew before either', () => {
    const authorizer = fresh();
    const caller = authorizer.for(READER);
    expect(caller.can('DESCRIBE', view('v1'))).toBe(true);
    suspend(authorizer, stale);
    const questions: (() => unknown)[] = [
      () => authorizer.can(READER, 'DESCRIBE', view('v1')),
      () => authorizer.decide(READER, 'DESCRIBE', view('v1')),
      () => authorizer.decideDescribed(READER, 'DESCRIBE', view('v1')),
      () => authorizer.decideChange(READER, { proposed: view('v1') }),
      () => authorizer.assert(READER, 'DESCRIBE', []),
      () => authorizer.filter(READER, 'DESCRIBE', []),
      () => authorizer.for(READER),
      () => caller.can('DESCRIBE', view('v1')),
      () => caller.can(['DESCRIBE', 'UPDATE'], view('other')),
      () => caller.decide('DESCRIBE', view('v1')),
      () => caller.decideDescribed('DESCRIBE', view('v1')),
      () => caller.decideChange({ proposed: view('v1') }),
      () => caller.assert('DESCRIBE', []),
      () => caller.filter('DESCRIBE', []),
    ];
    for (const question of questions) expect(question).toThrow(SnapshotStaleError);
    suspend(authorizer, undefined);
    for (const question of questions.slice(0, 3)) expect(question).not.toThrow();
    expect(caller.can('DESCRIBE', view('v1'))).toBe(true);
  });

  test('answers again with its next snapshot', () => {
    const authorizer = fresh();
    suspend(authorizer, stale);
    expect(() => authorizer.replace({ permissions: {} as never })).toThrow(TypeError);
    expect(() => authorizer.can(READER, 'DESCRIBE', view('v1'))).toThrow(SnapshotStaleError);
    authorizer.replace({ permissions: [] });
    expect(authorizer.can(READER, 'UPDATE', view('v1'))).toBe(true);
  });

  test('is one of this package', () => {
    expect(() => suspend({}, stale)).toThrow(TypeError);
  });
});
