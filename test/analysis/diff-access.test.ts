import { describe, expect, it } from 'vitest';
import { diffAccess } from '../../src/analysis/index.js';
import {
  allowAll,
  createAuthorizer,
  groups,
  type PermissionInput,
  roles,
  type Snapshot,
} from '../../src/index.js';
import { permission, snapshotOf, view } from './support/store.js';

const READER = { kind: 'role', name: 'reader' };

function diff(
  old: readonly PermissionInput[],
  next: readonly PermissionInput[],
  options: Parameters<typeof snapshotOf>[1] = {},
): ReturnType<typeof diffAccess> {
  return diffAccess(snapshotOf(old, options), snapshotOf(next, options));
}

describe('diffAccess on registered resources', () => {
  it('names what was gained and lost, with a user for each', () => {
    const { gained, lost, complete, widened } = diff(
      [permission('a'), permission('b', { actions: 'DELETE', policy: groups('risk') })],
      [permission('a', { policy: roles('reader', 'intern') })],
    );
    expect(gained.map(({ resource }) => resource.name)).toEqual(['sales', 'risk']);
    expect(gained[0]).toEqual({
      resource: { project: null, type: 'FeatureView', name: 'sales' },
      registered: 'both',
      principals: [{ kind: 'role', name: 'intern' }],
      actions: ['READ_ONLINE'],
      permissions: [{ project: null, name: 'a' }],
      subject: { username: 'example', roles: ['intern'] },
    });
    expect(lost[0]).toMatchObject({
      principals: [{ kind: 'group', name: 'risk' }],
      actions: ['DELETE'],
      subject: { username: 'example', groups: ['risk'] },
    });
    expect([complete, widened]).toEqual([true, true]);
  });

  it('finds nothing where permissions are written in another way', () => {
    const written = diff(
      [permission('a', { policy: roles('x', 'y') }), permission('b', { role: 'z' })],
      [permission('c', { role: 'y' }), permission('d', { policy: roles('z', 'x') })],
    );
    expect(written).toMatchObject({ gained: [], lost: [], widened: false });
    expect(written.names).toEqual({ gained: [], lost: [], undecided: [] });
  });

  it('says that everyone gained, with the anonymous user as the example', () => {
    const { gained } = diff([permission('a')], [permission('a', { policy: allowAll() })]);
    expect(gained[0]).toMatchObject({ principals: [], subject: null });
    expect(diff([permission('a', { policy: allowAll() })], [permission('a')]).gained).toEqual([]);
  });

  it('does not count a first permission as a gain for its role, and does count the loss of the last', () => {
    const first = diff([], [permission('a')]);
    expect(first.gained).toEqual([]);
    expect(first.names?.gained).toEqual([]);
    expect(first.lost[0]).toMatchObject({ principals: [{ kind: 'named-user' }] });
    const last = diff([permission('a')], []);
    expect(last.gained[0]).toMatchObject({
      principals: [{ kind: 'named-user' }],
      subject: { username: 'example' },
    });
    expect(last.names?.gained[0]).toMatchObject({ name: '', subject: { username: 'example' } });
  });

  it('decides on a new resource as on an unregistered one before', () => {
    const permissions = [
      permission('tagged', { requiredTags: { team: 'risk' } }),
      permission('b', { namePatterns: 'b.*' }),
    ];
    const old = snapshotOf(permissions, { resources: [] });
    const next = snapshotOf(permissions, { resources: [view('x', { team: 'risk' }), view('b1')] });
    const { gained } = diffAccess(old, next);
    expect(gained.map(({ resource, registered }) => [resource.name, registered])).toEqual([
      ['x', 'new'],
    ]);
  });

  it('counts actions that only two roles together allow', () => {
    const { gained } = diff(
      [permission('a'), permission('b', { role: 'lead' }), permission('c', { role: 'owner' })],
      [permission('a'), permission('b', { role: 'lead' })],
      { strategy: 'unanimous' },
    );
    expect(gained[0]?.principals).toHaveLength(2);
    expect(gained[0]?.subject).toEqual({ username: 'example', roles: ['reader', 'lead'] });
  });

  it('reads name patterns as the Python of both snapshots', () => {
    const at = (python: '3.11' | '3.12', namePatterns: string) =>
      createAuthorizer({ permissions: [{ name: 'p', namePatterns, policy: roles('x') }], python })
        .snapshot;
    // A letter since Unicode 15.0.
    const names = (python: '3.11' | '3.12') =>
      diffAccess(at(python, '\\W'), at(python, '\\U0001e4d0')).names?.gained.length;
    expect([names('3.11'), names('3.12')]).toEqual([0, 1]);
    expect(() => diffAccess(at('3.11', 'a'), at('3.12', 'a'))).toThrow(
      'compile both with the same',
    );
  });

  it('refuses snapshots of different vocabularies, and options out of range', () => {
    const snapshot = snapshotOf([]);
    const other = { ...snapshot.vocabulary, actions: ['READ'] };
    expect(() => diffAccess(snapshot, snapshot, { maxStates: 0 })).toThrow('at least 1');
    const files = createAuthorizer({ permissions: [], vocabulary: other as never }).snapshot;
    expect(() => diffAccess(snapshot, files as unknown as Snapshot)).toThrow(
      'different vocabularies',
    );
  });
});

describe('diffAccess on unregistered names', () => {
  const names = (
    before: string | readonly string[],
    after: string | readonly string[],
    options: Parameters<typeof snapshotOf>[1] = {},
  ): NonNullable<ReturnType<typeof diffAccess>['names']> => {
    const { names: found } = diff(
      [permission('a', { namePatterns: before })],
      [permission('a', { namePatterns: after })],
      options,
    );
    return found as NonNullable<typeof found>;
  };

  it('finds a name that a wider pattern opens', () => {
    const { gained, lost } = names('risk_[a-z]+', 'risk_\\w+');
    expect(gained).toEqual([
      {
        project: null,
        types: ['FeatureView', 'BatchFeatureView', 'StreamFeatureView'],
        name: 'risk_0',
        principals: [READER],
        actions: ['READ_ONLINE'],
        permissions: [{ project: null, name: 'a' }],
        subject: { username: 'example', roles: ['reader'] },
      },
    ]);
    expect(lost).toEqual([]);
  });

  it('says that no name exists where patterns are written in another way', () => {
    expect(names(['a.*', 'b.*'], '[ab].*')).toEqual({ gained: [], lost: [], undecided: [] });
    expect(names('(?!pii_).*', '(?!pii).*|pii(?!_).*').gained).toEqual([]);
  });

  it('leaves out names that are registered, which are told of apart', () => {
    // Of a sub-type, no such name is registered.
    const types = ['FeatureView', 'BatchFeatureView', 'StreamFeatureView'] as const;
    const resources = types.flatMap((type) => ['sales', 'risk'].map((name) => ({ type, name })));
    expect(names('x', ['x', 'sales', 'risk'], { resources }).gained).toEqual([]);
    expect(names('x', ['x', 'sales', 'new'], { resources }).gained[0]?.name).toBe('new');
    expect(names('x', 'x|sale[r-t]', { resources }).gained[0]?.name).toBe('saler');
  });

  it('is undecided past its bound, which counts as widened', () => {
    const long = snapshotOf([permission('a', { namePatterns: '[ab]*a[ab]{12}' })]);
    const other = snapshotOf([permission('a', { namePatterns: '[ab]*a[ab]{12}|[ab]{14,}a[ab]*' })]);
    const { names: found, gained, widened } = diffAccess(long, other, { maxStates: 50 });
    expect(found?.undecided[0]).toMatchObject({
      actions: ['READ_ONLINE'],
      reason: 'the search takes more than 50 states',
    });
    expect([gained, widened]).toEqual([[], true]);
    expect(diffAccess(long, other, { names: false })).toMatchObject({
      names: null,
      widened: false,
    });
  });

  it('finds names under the other rules as well', () => {
    const open = { unsecured: 'allow' } as const;
    expect(names('.*', 'a.*', open).gained[0]).toMatchObject({
      name: '',
      principals: [],
      subject: null,
    });
    const strict = { strategy: 'unanimous' } as const;
    const { names: found } = diff(
      [permission('a'), permission('b', { role: 'lead', namePatterns: 'b.*' })],
      [permission('a'), permission('b', { role: 'lead', namePatterns: 'bb.*' })],
      strict,
    );
    expect(found?.gained[0]).toMatchObject({ name: 'b', principals: [READER] });
    expect(found?.lost).toEqual([]);
  });
});
