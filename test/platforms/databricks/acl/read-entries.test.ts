import { describe, expect, test } from 'vitest';
import { isExcludedPermission } from '../../../../src/model/index.js';
import { auditServices } from '../../../../src/platforms/databricks/audit/index.js';
import { READER, read } from './read-fixture.js';

const MODELS = { object_id: '/registered-models/root', object_type: 'registered-model' };
const GRANTS = { securable_type: 'credential', full_name: 'c' };

const answer = (...access_control_list: readonly unknown[]): unknown => ({
  ...MODELS,
  access_control_list,
});
const request = (...access_control_list: readonly unknown[]): unknown => ({
  method: 'PUT',
  path: '/api/2.0/permissions/registered-models/root',
  body: { access_control_list },
});
const blocks = (...access_control: readonly unknown[]): unknown => ({
  format_version: '1.0',
  values: {
    root_module: {
      resources: [
        {
          address: 'databricks_permissions.models',
          type: 'databricks_permissions',
          values: { registered_model_id: 'root', access_control },
        },
      ],
    },
  },
});
const acls = (...items: readonly unknown[]): unknown => ({ scope: 's', items });
const grants = (...privilege_assignments: readonly unknown[]): unknown => ({
  ...GRANTS,
  privilege_assignments,
});

/** The principals and levels of a file. */
function entriesOf(file: unknown): readonly unknown[] {
  return read(file).facts.entries.map(({ principal, level }) => [principal?.name, level]);
}

/** What the audit says of entries that are not understood. */
function notUnderstood(file: unknown): readonly string[] {
  return auditServices([read(file)])
    .findings.filter(({ rule }) => rule === 'entry-not-understood')
    .map(({ message }) => message);
}

describe.each([
  ['an answer', answer],
  ['a request', request],
  ['blocks of Terraform', blocks],
])('entries of %s', (_, list) => {
  test('are read with their level beside the principal', () => {
    const file = list({ group_name: 'users', permission_level: 'CAN_MANAGE' });
    expect(entriesOf(file)).toEqual([['users', 'CAN_MANAGE']]);
    expect(notUnderstood(file)).toEqual([]);
  });

  test('are read with their levels in `all_permissions`', () => {
    const file = list({
      service_principal_name: READER,
      user_name: '',
      all_permissions: [{ permission_level: 'CAN_READ', inherited: false }],
    });
    expect(entriesOf(file)).toEqual([[READER, 'CAN_READ']]);
    expect(notUnderstood(file)).toEqual([]);
  });

  test.each([
    ['that are not objects', 'users CAN_MANAGE'],
    ['without a principal', { permission_level: 'CAN_MANAGE' }],
    ['with a principal in another member', { group: 'users', permission_level: 'CAN_MANAGE' }],
    ['with two', { group_name: 'a', user_name: 'b', permission_level: 'CAN_MANAGE' }],
    ['with a number for a principal', { user_name: 7, permission_level: 'CAN_MANAGE' }],
    ['with an unknown level', { group_name: 'users', permission_level: 'CAN_DO' }],
    ['with a level in another case', { group_name: 'users', permission_level: 'can_manage' }],
    ['with a number for a level', { group_name: 'users', permission_level: 7 }],
    ['without a level', { group_name: 'users' }],
    ['with null for their levels', { group_name: 'users', all_permissions: null }],
    ['with text for their levels', { group_name: 'users', all_permissions: 'CAN_MANAGE' }],
    ['with a level that is text alone', { group_name: 'users', all_permissions: ['CAN_MANAGE'] }],
    ['of direct levels without one', { group_name: 'admins', all_permissions: [{}] }],
    ['of nothing', null],
  ])('%s are reported and grant nothing', (_, entry) => {
    const sound = { group_name: 'ml', permission_level: 'CAN_READ' };
    const file = list(sound, entry);
    expect(notUnderstood(file)).toHaveLength(1);
    const { permissions } = read(file);
    expect(permissions.filter(isExcludedPermission)).toHaveLength(1);
    expect(entriesOf(file)).toContainEqual(['ml', 'CAN_READ']);
  });

  test('of `admins` that are inherited may leave out what administrators always have', () => {
    const inherited = { inherited: true, inherited_from_object: ['/registered-models/'] };
    const file = list({ group_name: 'admins', all_permissions: [inherited] });
    expect(notUnderstood(file)).toEqual([]);
    const others = list({ group_name: 'ml', all_permissions: [inherited] });
    expect(notUnderstood(others)).toHaveLength(1);
  });
});

describe('ACLs of secret scopes', () => {
  test.each([
    ['that are not objects', 'users'],
    ['without a principal', { permission: 'READ' }],
    ['with a principal that is not text', { principal: 1, permission: 'READ' }],
    ['without a permission', { principal: 'users' }],
    ['in the form of permissions', { group_name: 'users', permission_level: 'READ' }],
  ])('%s are reported and grant nothing', (_, item) => {
    const file = acls({ principal: 'ml', permission: 'READ' }, item);
    expect(notUnderstood(file)).toHaveLength(1);
    expect(entriesOf(file)).toContainEqual(['ml', 'READ']);
  });
});

describe('grants', () => {
  test.each([
    ['that are not objects', 'ml'],
    ['of a principal that is deleted', { principal_id: 77, privileges: ['ACCESS'] }],
    ['without privileges', { principal: 'b' }],
    ['with null for privileges', { principal: 'b', privileges: null }],
    ['with text for privileges', { principal: 'b', privileges: 'ACCESS' }],
    ['with a privilege that is not text', { principal: 'b', privileges: [7] }],
    ['with a privilege without a name', { principal: 'b', privileges: [{ privilege: '' }] }],
  ])('%s are reported and grant nothing', (_, grant) => {
    const file = grants({ principal: 'ml', privileges: ['ACCESS'] }, grant);
    expect(notUnderstood(file)).toHaveLength(1);
    expect(entriesOf(file)).toContainEqual(['ml', 'ACCESS']);
  });
});
