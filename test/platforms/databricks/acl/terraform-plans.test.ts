import { describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../../../src/engine/index.js';
import { isExcludedPermission } from '../../../../src/model/index.js';
import {
  type ServicesFile,
  servicesSnapshotOptions,
} from '../../../../src/platforms/databricks/acl/index.js';
import { workspaceSubject } from '../../../../src/platforms/databricks/vocabulary/index.js';
import { read } from './read-fixture.js';

interface Planned {
  readonly type: string;
  readonly values: object;
  readonly unknown?: object;
}

/** A plan with some resources. */
function plan(...resources: readonly Planned[]): ServicesFile {
  const named = resources.map((one, at) => ({ address: `${one.type}.r${at}`, ...one }));
  return read({
    format_version: '1.2',
    planned_values: { root_module: { resources: named } },
    resource_changes: named.map(({ address, type, values, unknown = {} }) => ({
      address,
      type,
      change: { actions: ['create'], before: null, after: values, after_unknown: unknown },
    })),
  });
}

describe('what is known only after a plan is applied', () => {
  test.each<readonly [string, Planned]>([
    [
      'a whole list',
      {
        type: 'databricks_permissions',
        values: { serving_endpoint_id: 'e' },
        unknown: { access_control: true },
      },
    ],
    [
      'whom an entry is for',
      {
        type: 'databricks_permissions',
        values: { serving_endpoint_id: 'e', access_control: [{ permission_level: 'CAN_QUERY' }] },
        unknown: { access_control: [{ service_principal_name: true }] },
      },
    ],
    [
      'all grants',
      { type: 'databricks_grants', values: { credential: 'c' }, unknown: { grant: true } },
    ],
    [
      'what is granted on',
      {
        type: 'databricks_grants',
        values: { grant: [{ privileges: ['ACCESS'] }] },
        unknown: { credential: true, grant: [{ principal: true }] },
      },
    ],
    [
      'what is granted',
      {
        type: 'databricks_grant',
        values: { credential: 'c', principal: 'ml' },
        unknown: { privileges: true },
      },
    ],
    ['a level', { type: 'databricks_secret_acl', values: { scope: 's', principal: 'ml' } }],
  ])('is kept as an excluded permission: %s', (_, resource) => {
    const { permissions, facts } = plan(resource);
    expect(permissions.filter(isExcludedPermission)).toHaveLength(1);
    expect(facts.entries).toHaveLength(1);
    expect(facts.unmodelled).toEqual([]);
  });

  test('a lifetime is not taken for none', () => {
    const type = 'databricks_token';
    const { facts } = plan(
      { type, values: {}, unknown: { lifetime_seconds: true } },
      { type, values: {}, unknown: { token_value: true } },
    );
    expect(facts.tokens.map(({ lifetimeSeconds }) => lifetimeSeconds)).toEqual([
      undefined,
      undefined,
    ]);
    expect(facts.tokens.map(({ withoutLifetime }) => withoutLifetime)).toEqual([false, true]);
  });
});

describe('several lists of one object', () => {
  const list = (...entries: readonly (readonly [string, string])[]): Planned => ({
    type: 'databricks_permissions',
    values: {
      serving_endpoint_id: 'e',
      access_control: entries.map(([group_name, permission_level]) => ({
        group_name,
        permission_level,
      })),
    },
  });
  const file = plan(
    list(['both', 'CAN_MANAGE'], ['first', 'CAN_MANAGE'], ['odd', 'CAN_FLY']),
    list(['both', 'CAN_VIEW'], ['both', 'CAN_QUERY'], ['second', 'CAN_QUERY'], ['odd', 'CAN_VIEW']),
  );
  const authorizer = createAuthorizer(servicesSnapshotOptions([file]));

  test.each([
    ['both', 'CAN_QUERY', true],
    ['both', 'CAN_MANAGE', false],
    ['first', 'CAN_VIEW', false],
    ['second', 'CAN_VIEW', false],
    ['odd', 'CAN_VIEW', false],
    ['admins', 'CAN_MANAGE', true],
  ] as const)('grant what all of them grant: %s %s is %s', (group, action, expected) => {
    const subject = workspaceSubject({ userName: 'ann@example.com', groups: [group] });
    expect(authorizer.can(subject, action, { type: 'ServingEndpoint', name: 'e' })).toBe(expected);
  });

  test('are all known to the audit', () => {
    expect(file.facts.rivalLists).toMatchObject([
      { addresses: ['databricks_permissions.r0', 'databricks_permissions.r1'] },
    ]);
    expect(file.facts.entries.map(({ principal }) => principal?.name)).toEqual([
      'both',
      'first',
      'odd',
      'both',
      'second',
      'odd',
    ]);
  });

  test('hold what is not understood', () => {
    const unknown = { type: 'databricks_permissions', values: { serving_endpoint_id: 'e' } };
    const { permissions } = plan(list(), { ...unknown, unknown: { access_control: true } });
    expect(permissions.filter(isExcludedPermission)).toHaveLength(1);
  });
});

describe('who manages a scope from its beginning', () => {
  const scope = {
    type: 'databricks_secret_scope',
    values: { name: 's', initial_manage_principal: 'users' },
  };
  const acl = (principal: string, permission: string): Planned => ({
    type: 'databricks_secret_acl',
    values: { scope: 's', principal, permission },
  });
  const levels = (...resources: readonly Planned[]): unknown =>
    plan(...resources).facts.entries.map(({ principal, level }) => [principal?.name, level]);

  test.each([
    ['stays so', [scope], [['users', 'MANAGE']]],
    ['loses it to an ACL', [scope, acl('users', 'READ')], [['users', 'READ']]],
    ['in any order', [acl('users', 'READ'), scope], [['users', 'READ']]],
    [
      'keeps it beside others',
      [scope, acl('ml', 'READ')],
      [
        ['users', 'MANAGE'],
        ['ml', 'READ'],
      ],
    ],
  ] as const)('%s', (_, resources, expected) => {
    expect(levels(...resources)).toEqual(expected);
    expect(plan(...resources).facts.repeated).toEqual([]);
  });
});

describe('documents of Terraform that say nothing of resources are refused', () => {
  test.each([
    ['schemas of providers', { format_version: '1.0', provider_schemas: {} }],
    ['a validation', { format_version: '1.0', valid: true, diagnostics: [] }],
    ['a plan that failed', { format_version: '1.2', planned_values: {}, errored: true }],
    ['a later version', { format_version: '2.0', values: {} }],
    ['an old state file', { version: 3, modules: [] }],
  ])('%s', (_, value) => {
    expect(() => read(value)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
  });

  test('an empty state is not read as a plan', () => {
    expect(read({ format_version: '1.0', terraform_version: '1.11.4' }).kind).toBe(
      'terraform-state',
    );
  });
});
