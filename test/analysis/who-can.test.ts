import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canWhat, reviewAccess, whoCan } from '../../src/analysis/index.js';
import {
  allowAll,
  createAuthorizer,
  groups,
  isAuthzError,
  type PolicyData,
  type PolicyKind,
  roles,
} from '../../src/index.js';
import { permission, snapshotOf, view } from './support/store.js';

const onCall: PolicyKind<PolicyData & { readonly team: string }> = {
  type: 'OnCall',
  schema: z.strictObject({ type: z.literal('OnCall'), team: z.string() }),
  compile: ({ team }) => ({
    kind: 'predicate',
    grants: (subject) => subject?.claims?.['oncall'] === team,
  }),
  explain: ({ team }) => `being on call for ${team}`,
};

describe('whoCan', () => {
  it('names each role and group that is enough, with the permissions behind it', () => {
    const snapshot = snapshotOf([
      permission('a', { policy: roles('reader', 'lead') }),
      permission('b', { policy: groups('risk') }),
      permission('c', { role: 'lead' }),
    ]);
    expect(whoCan(snapshot, 'READ_ONLINE', view('sales'))).toEqual({
      rule: 'covered',
      combinations: [
        {
          principals: [{ kind: 'role', name: 'reader' }],
          permissions: [{ project: null, name: 'a' }],
        },
        {
          principals: [{ kind: 'role', name: 'lead' }],
          permissions: [
            { project: null, name: 'a' },
            { project: null, name: 'c' },
          ],
        },
        {
          principals: [{ kind: 'group', name: 'risk' }],
          permissions: [{ project: null, name: 'b' }],
        },
      ],
      complete: true,
      next: null,
      total: 3,
    });
  });

  it('says that everyone may with a combination of nothing', () => {
    const snapshot = snapshotOf([permission('open', { policy: allowAll() }), permission('a')]);
    expect(whoCan(snapshot, 'READ_ONLINE', view('sales')).combinations).toEqual([
      { principals: [], permissions: [{ project: null, name: 'open' }] },
    ]);
  });

  it('asks for a named user where the project has no permissions', () => {
    const { rule, combinations } = whoCan(snapshotOf([]), 'DELETE', view('sales'));
    expect([rule, combinations]).toEqual([
      'no-permissions',
      [{ principals: [{ kind: 'named-user' }], permissions: [] }],
    ]);
  });

  it('refuses an action set whose actions are held by two permissions', () => {
    const snapshot = snapshotOf([
      permission('online', { actions: 'READ_ONLINE' }),
      permission('offline', { actions: 'READ_OFFLINE' }),
    ]);
    const authorizer = createAuthorizer(snapshot as never);
    const user = { username: 'ann', roles: ['reader'] };
    const both = ['READ_ONLINE', 'READ_OFFLINE'] as const;
    for (const action of both) {
      expect(whoCan(snapshot, action, view('sales')).combinations).toHaveLength(1);
      expect(canWhat(snapshot, user, { actions: [action] }).total).toBe(2);
      expect(authorizer.can(user, action, view('sales'))).toBe(true);
    }
    expect(whoCan(snapshot, both, view('sales')).combinations).toEqual([]);
    expect(canWhat(snapshot, user, { actions: both }).resources).toEqual([]);
    expect(authorizer.can(user, both, view('sales'))).toBe(false);
    expect(canWhat(snapshot, user).resources[0]?.actions).toEqual(both);
  });

  it('counts the registered tags of a registered resource only', () => {
    const snapshot = snapshotOf([permission('pii', { requiredTags: { pii: 'yes' } })]);
    const found = (resource: ReturnType<typeof view>): number =>
      whoCan(snapshot, 'READ_ONLINE', resource).total;
    expect(found(view('risk'))).toBe(1);
    expect(found(view('sales', { pii: 'yes' }))).toBe(0);
    expect(found(view('new', { pii: 'yes' }))).toBe(1);
    expect(whoCan(snapshot, 'READ_ONLINE', { type: 'FeatureView', name: 'new' }).total).toBe(0);
  });

  it('shows a policy of an own kind as a principal of its own', () => {
    const policy = { type: 'OnCall', team: 'risk' };
    const snapshot = snapshotOf([permission('a', { policy }), permission('b', { policy })], {
      policyKinds: [onCall],
    });
    const { combinations } = whoCan(snapshot, 'READ_ONLINE', view('sales'));
    expect(combinations.map(({ principals }) => principals)).toEqual([
      [{ kind: 'policy', policy, requires: 'being on call for risk' }],
    ]);
    const [rights] = canWhat(snapshot, { kind: 'role', name: 'reader' }).resources;
    expect([rights?.actions, rights?.conditional]).toEqual([[], ['READ_ONLINE']]);
    const user = { username: 'ann', claims: { oncall: 'risk' } };
    expect(canWhat(snapshot, user).resources[0]?.actions).toEqual(['READ_ONLINE']);
  });
});

describe('whoCan with other strategies', () => {
  const combinationsOf = (
    strategy: 'consensus' | 'unanimous',
    ...wanted: readonly (readonly string[])[]
  ): { readonly found: string[]; readonly complete: boolean } => {
    const permissions = wanted.map((names, index) =>
      permission(`p${index}`, { policy: roles(...names) }),
    );
    const { combinations, complete } = whoCan(
      snapshotOf(permissions, { strategy }),
      'READ_ONLINE',
      view('sales'),
    );
    const found = combinations.map(({ principals }) =>
      principals
        .map((one) => ('name' in one ? one.name : ''))
        .sort()
        .join('+'),
    );
    return { found: found.sort(), complete };
  };

  it('needs a role for each permission with `unanimous`', () => {
    expect(combinationsOf('unanimous', ['a', 'b'], ['b', 'c'])).toEqual({
      found: ['a+c', 'b'],
      complete: true,
    });
  });

  it('leaves out roles that are not needed where permissions share a policy', () => {
    expect(combinationsOf('consensus', ['b'], ['a'], ['a'])).toEqual({
      found: ['a'],
      complete: true,
    });
  });

  it('counts a permission that is excluded as a denial', () => {
    const snapshot = snapshotOf(
      [permission('a'), permission('broken', { namePatterns: '(a)\\1' })],
      { strategy: 'unanimous', onUnsupportedPattern: 'exclude' },
    );
    expect(whoCan(snapshot, 'READ_ONLINE', view('sales')).combinations).toEqual([]);
  });

  it('says where the list of combinations is cut, and each that it gives is enough', () => {
    const wanted = Array.from({ length: 12 }, (_, index) => [
      `x${index}`,
      `y${index}`,
      `z${index}`,
    ]);
    const { found, complete } = combinationsOf('unanimous', ...wanted);
    expect(complete).toBe(false);
    expect(found.length).toBeGreaterThan(10);
    const permissions = wanted.map((names, index) =>
      permission(`p${index}`, { policy: roles(...names) }),
    );
    const authorizer = createAuthorizer({ permissions, strategy: 'unanimous' });
    for (const names of found) {
      const user = { username: 'ann', roles: names.split('+') };
      expect(authorizer.can(user, 'READ_ONLINE', view('sales'))).toBe(true);
    }
  });
});

describe('reviewAccess', () => {
  it('goes through all resources and actions, or those that are asked for', () => {
    const snapshot = snapshotOf([permission('a')]);
    expect([...reviewAccess(snapshot)]).toHaveLength(2 * snapshot.vocabulary.actions.length);
    const some = [...reviewAccess(snapshot, { actions: ['READ_ONLINE'], types: ['FeatureView'] })];
    expect(some.map(({ resource, combinations }) => [resource.name, combinations.length])).toEqual([
      ['sales', 1],
      ['risk', 1],
    ]);
    expect([...reviewAccess(snapshot, { types: ['Entity'] })]).toEqual([]);
    expect(() => [...reviewAccess(snapshot, { types: ['View'] })]).toThrow('`View` is not one of');
    expect(() => [...reviewAccess(snapshot, { actions: [] })]).toThrow('non-empty array');
  });
});

describe('pages', () => {
  const names = Array.from({ length: 7 }, (_, index) => `role-${index}`);
  const snapshot = snapshotOf([permission('a', { policy: roles(...names) })]);
  const page = (limit?: number, token?: string): ReturnType<typeof whoCan> =>
    whoCan(snapshot, 'READ_ONLINE', view('sales'), { page: { limit, token } });

  it('give the whole list, in order and without repeats', () => {
    const found: string[] = [];
    let token: string | null | undefined;
    do {
      const { combinations, next, total } = page(3, token ?? undefined);
      expect(total).toBe(7);
      found.push(...combinations.map(({ principals }) => (principals[0] as { name: string }).name));
      token = next;
    } while (token !== null);
    expect(found).toEqual(names);
  });

  it('keep the limit of the token, and refuse another one', () => {
    const { next } = page(3);
    expect(page(undefined, next ?? '').combinations).toHaveLength(3);
    expect(() => page(2, next ?? '')).toThrow('the page token is for pages of 3 items');
  });

  it('refuse the token of another question or registry version, and limits out of range', () => {
    const { next } = page(3);
    const token = next ?? '';
    const other = snapshotOf([permission('a', { policy: roles(...names) })], { version: '2' });
    const ask = (): unknown => whoCan(other, 'READ_ONLINE', view('sales'), { page: { token } });
    expect(ask).toThrow('another version of the registry');
    expect(() => whoCan(snapshot, 'DELETE', view('sales'), { page: { token } })).toThrow(
      'another question',
    );
    for (const limit of [0, 1.5, 10_001, Number.NaN])
      expect(() => page(limit)).toThrow('1 to 10000');
    for (const bad of ['!', 'bm8', btoa('[]'), btoa('["a",-1,3]'), 'x'.repeat(300)]) {
      try {
        page(3, bad);
        expect.unreachable();
      } catch (error) {
        expect(isAuthzError(error) && error.message).toContain('page token is invalid');
      }
    }
  });
});
