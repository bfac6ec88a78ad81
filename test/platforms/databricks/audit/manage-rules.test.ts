import { describe, expect, test } from 'vitest';
import { auditServices } from '../../../../src/platforms/databricks/audit/index.js';
import { ENDPOINT, read, SCORER } from '../acl/read-fixture.js';

/** The messages of one rule about a file. */
function findings(rule: string, file: unknown): readonly string[] {
  return auditServices([read(file)])
    .findings.filter((finding) => finding.rule === rule)
    .map(({ message }) => message);
}

const models = (id: string, ...access_control_list: readonly object[]): unknown => ({
  object_id: `/registered-models/${id}`,
  object_type: 'registered-model',
  access_control_list,
});
const tokenList = (...access_control_list: readonly object[]): unknown => ({
  method: 'PUT',
  path: '/api/2.0/permissions/authorization/tokens',
  body: { access_control_list },
});
const terraform = (values: object): unknown => ({
  format_version: '1.0',
  values: {
    root_module: { resources: [{ address: 'a', type: 'databricks_permissions', values }] },
  },
});

const CASES: readonly {
  readonly rule: string;
  readonly found: readonly (readonly [says: string, file: unknown])[];
  readonly clean: readonly (readonly [file: unknown])[];
}[] = [
  {
    rule: 'users-manage-object',
    found: [
      [
        'everyone has CAN_MANAGE on the whole model registry',
        models('root', { group_name: 'users', permission_level: 'CAN_MANAGE' }),
      ],
      [
        'everyone has CAN_MANAGE on the whole model registry',
        terraform({
          registered_model_id: 'root',
          access_control: [{ group_name: 'users', permission_level: 'CAN_MANAGE' }],
        }),
      ],
      [
        'everyone has CAN_MANAGE_PRODUCTION_VERSIONS on registered model `m`',
        models('m', { group_name: 'users', permission_level: 'CAN_MANAGE_PRODUCTION_VERSIONS' }),
      ],
      [
        'everyone has CAN_MANAGE on the use of tokens',
        tokenList({ group_name: 'users', permission_level: 'CAN_MANAGE' }),
      ],
      [
        'everyone has MANAGE on service credential `c`',
        {
          securable_type: 'credential',
          full_name: 'c',
          privilege_assignments: [{ principal: 'account users', privileges: ['MANAGE', 'ACCESS'] }],
        },
      ],
    ],
    clean: [
      [models('root', { group_name: 'admins', permission_level: 'CAN_MANAGE' })],
      [models('root', { group_name: 'users', permission_level: 'CAN_MANAGE_STAGING_VERSIONS' })],
      [models('root', { user_name: 'users', permission_level: 'CAN_MANAGE' })],
      [
        {
          object_id: `/serving-endpoints/${ENDPOINT}`,
          object_type: 'serving-endpoint',
          access_control_list: [{ group_name: 'users', permission_level: 'CAN_MANAGE' }],
        },
      ],
    ],
  },
  {
    rule: 'service-manages-registry',
    found: [
      [SCORER, models('root', { service_principal_name: SCORER, permission_level: 'CAN_MANAGE' })],
    ],
    clean: [
      [models('root', { service_principal_name: SCORER, permission_level: 'CAN_EDIT' })],
      [models('m', { service_principal_name: SCORER, permission_level: 'CAN_MANAGE' })],
      [models('root', { group_name: 'ml', permission_level: 'CAN_MANAGE' })],
    ],
  },
];

describe.each(CASES)('$rule', ({ rule, found, clean }) => {
  test.each(found)('finds %s', (says, file) => {
    const messages = findings(rule, file);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(says);
  });

  test.each(clean)('has nothing to say about %j', (file) => {
    expect(findings(rule, file)).toEqual([]);
  });
});
