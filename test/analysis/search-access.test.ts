import { describe, expect, it } from 'vitest';
import {
  accessMatrix,
  canWhat,
  searchActions,
  searchResources,
  searchSubjects,
} from '../../src/analysis/index.js';
import { allowAll, groups, roles } from '../../src/index.js';
import { permission, snapshotOf, view } from './support/store.js';

const ANN = { username: 'ann', roles: ['reader'] };

describe('searches', () => {
  const snapshot = snapshotOf([
    permission('a', { policy: roles('reader', 'lead') }),
    permission('b', { actions: 'WRITE_ONLINE', policy: groups('risk') }),
  ]);

  it('find the principals of a kind that are enough alone', () => {
    const search = { kind: 'role', actions: 'READ_ONLINE', resource: view('sales') } as const;
    expect(searchSubjects(snapshot, search)).toEqual({
      results: [
        { type: 'role', id: 'reader' },
        { type: 'role', id: 'lead' },
      ],
      page: { next_token: '', count: 2, total: 2 },
    });
    expect(searchSubjects(snapshot, { ...search, kind: 'group' }).results).toEqual([]);
  });

  it('find resources and actions page by page', () => {
    const search = { subject: ANN, actions: 'READ_ONLINE', type: 'FeatureView' };
    const first = searchResources(snapshot, search, { limit: 1 });
    expect(first.results).toEqual([{ type: 'FeatureView', id: 'sales' }]);
    const second = searchResources(snapshot, search, { token: first.page.next_token });
    expect(second).toEqual({
      results: [{ type: 'FeatureView', id: 'risk' }],
      page: { next_token: '', count: 1, total: 2 },
    });
    const named = searchActions(snapshot, { subject: ANN, resource: view('unregistered') });
    expect(named.results).toEqual([{ name: 'READ_ONLINE' }]);
  });

  it('refuse misspelt fields, unknown kinds and unknown types', () => {
    const resource = view('sales');
    expect(() =>
      searchSubjects(snapshot, { kind: 'role', action: 'READ_ONLINE', resource } as never),
    ).toThrow('Did you mean `actions`?');
    expect(() =>
      searchSubjects(snapshot, { kind: 'user' as 'role', actions: 'READ_ONLINE', resource }),
    ).toThrow('one of role, group, namespace');
    const search = { subject: ANN, actions: 'READ_ONLINE', type: 'View' };
    expect(() => searchResources(snapshot, search)).toThrow('`View` is not one of');
    expect(() => searchActions(snapshot, { subject: ANN, resource }, { limit: -1 })).toThrow(
      '1 to 10000',
    );
    expect(() => canWhat(snapshot, { kind: 'team', name: 'x' } as never)).toThrow(
      'a principal has a `name` and a `kind`',
    );
  });
});

describe('accessMatrix', () => {
  it('separates what one principal, everyone and several together may do', () => {
    const permissions = [
      permission('a', { role: 'reader' }),
      permission('b', { role: 'lead' }),
      permission('c', { actions: 'DESCRIBE', policy: allowAll() }),
      permission('d', { actions: 'DELETE', role: 'lead' }),
    ];
    const { principals, rows, total } = accessMatrix(
      snapshotOf(permissions, { strategy: 'unanimous' }),
      { types: ['FeatureView'], page: { limit: 1 } },
    );
    const lead = { kind: 'role', name: 'lead' };
    expect(principals).toEqual([{ kind: 'role', name: 'reader' }, lead]);
    expect([rows, total]).toEqual([
      [
        {
          project: null,
          type: 'FeatureView',
          name: 'sales',
          everyone: ['DESCRIBE'],
          namedUsers: [],
          cells: [{ principal: lead, actions: ['DELETE'], conditional: [] }],
          combined: ['READ_ONLINE'],
        },
      ],
      2,
    ]);
  });

  it('says that everyone may do everything under no_auth', () => {
    const { rows } = accessMatrix(snapshotOf([permission('a')], { auth: { type: 'no_auth' } }));
    expect(rows.map(({ everyone }) => everyone.length)).toEqual([8, 8]);
  });
});
