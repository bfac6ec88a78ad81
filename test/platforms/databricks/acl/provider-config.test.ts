import { describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../../../src/engine/index.js';
import { servicesSnapshotOptions } from '../../../../src/platforms/databricks/acl/index.js';
import { auditServices } from '../../../../src/platforms/databricks/audit/index.js';
import { workspaceSubject } from '../../../../src/platforms/databricks/vocabulary/index.js';
import { read } from './read-fixture.js';
import { RECORDED_FORMS, recorded } from './recorded-module.js';

const NOW = 1796005442171 + 24 * 60 * 60 * 1000;

interface Shown {
  readonly address: string;
  readonly values: object;
}

const shown = (...resources: readonly Shown[]) =>
  read({
    format_version: '1.0',
    values: {
      root_module: {
        resources: resources.map((one) => ({ ...one, type: one.address.split('.')[0] })),
      },
    },
  });
/** The two forms in which the provider writes the workspace of a resource. */
const LIST = (id: string | number) => ({ provider_config: [{ workspace_id: id }] });
const OBJECT = (id: string | number) => ({ provider_config: { workspace_id: id } });

const registry = (name: string, group: string, level: string, where: object): Shown => ({
  address: `databricks_permissions.${name}`,
  values: {
    ...where,
    registered_model_id: 'root',
    access_control: [{ group_name: group, permission_level: level }],
  },
});
const acl = (name: string, permission: string, where: object): Shown => ({
  address: `databricks_secret_acl.${name}`,
  values: { ...where, scope: 's', principal: 'users', permission },
});
const rulesOf = (file: ReturnType<typeof shown>) =>
  auditServices([file], { now: NOW }).findings.map(({ rule, message }) => `${rule}: ${message}`);

describe.each([
  ['a list', LIST],
  ['an object', OBJECT],
] as const)('the workspace of a resource as %s', (_, of) => {
  test('tells lists of one object apart, and grants both', () => {
    const file = shown(
      registry('a', 'a', 'CAN_READ', of('2222222222222222')),
      registry('b', 'b', 'CAN_EDIT', of('3333333333333333')),
    );
    expect(file.facts.rivalLists).toEqual([]);
    expect(file.facts.entries.map(({ workspace }) => workspace)).toEqual([
      '2222222222222222',
      '3333333333333333',
    ]);
    const authorizer = createAuthorizer(servicesSnapshotOptions([file]));
    const may = (group: string, action: 'CAN_READ' | 'CAN_EDIT'): boolean =>
      authorizer.can(workspaceSubject({ userName: 'ann@example.org', groups: [group] }), action, {
        type: 'RegisteredModel',
        name: 'root',
      });
    expect([may('a', 'CAN_READ'), may('a', 'CAN_EDIT'), may('b', 'CAN_EDIT')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('names the workspace of two lists that replace each other', () => {
    const file = shown(
      registry('a', 'a', 'CAN_READ', of(2222222222222222)),
      registry('b', 'b', 'CAN_READ', of('2222222222222222')),
    );
    expect(rulesOf(file)).toEqual([
      'rival-lists: `databricks_permissions.a`, `databricks_permissions.b` each write the list of the whole model registry of workspace 2222222222222222',
    ]);
  });

  test('finds the stronger entry of either workspace, and decides by the weaker one', () => {
    const file = shown(acl('a', 'READ', of('1')), acl('b', 'MANAGE', of('2')));
    expect(rulesOf(file)).toEqual([
      'users-manage-scope: everyone can manage secret scope `s` of workspace 2',
    ]);
    const authorizer = createAuthorizer(servicesSnapshotOptions([file]));
    const ann = workspaceSubject({ userName: 'ann@example.org', groups: ['users'] });
    const scope = { type: 'SecretScope', name: 's' } as const;
    expect(authorizer.can(ann, 'READ', scope)).toBe(true);
    expect(authorizer.can(ann, 'MANAGE', scope)).toBe(false);
  });
});

test.each([
  ['text', LIST('prod')],
  ['an empty text', LIST('')],
  ['a list without objects', { provider_config: ['1'] }],
  ['an empty list', { provider_config: [] }],
  ['another type', { provider_config: 7 }],
])('a workspace that is %s is not known', (_, where) => {
  const file = shown(registry('a', 'a', 'CAN_READ', where), registry('b', 'b', 'CAN_READ', where));
  expect(file.facts.rivalLists).toMatchObject([{ isCertain: false, workspace: undefined }]);
});

test('keeps members of groups that have one number in two workspaces apart', () => {
  const where = LIST('1');
  const group = (workspace: string, creates: boolean): Shown => ({
    address: `databricks_group.of_${workspace}`,
    values: {
      ...LIST(workspace),
      id: '7',
      display_name: `of ${workspace}`,
      allow_cluster_create: creates,
    },
  });
  const file = shown(
    group('1', false),
    group('2', true),
    {
      address: 'databricks_service_principal.reader',
      values: {
        ...where,
        id: '8',
        application_id: '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a51',
        display_name: 'READ-only reader',
      },
    },
    { address: 'databricks_group_member.m', values: { ...where, group_id: '7', member_id: '8' } },
  );
  expect(rulesOf(file)).toEqual([]);
});

describe.each(RECORDED_FORMS)('the recorded module, %s', (form) => {
  const file = read(recorded(form));
  const findings = auditServices([file], { now: NOW }).findings;

  test('says nothing with "may" where the file names workspaces', () => {
    const rivals = findings.filter(({ rule }) => rule === 'rival-lists');
    // A plan of new resources does not know their workspaces, and its configuration is cut off.
    const isKnown = form !== 'plan.json';
    expect(rivals.map(({ message }) => message)).toEqual([
      isKnown
        ? expect.stringMatching(
            /^\S+_to_prod\.\S+, \S+_to_prod\.\S+ each write the list of the whole model registry of workspace 3333333333333333$/,
          )
        : expect.stringContaining('may each write'),
    ]);
  });
});
