import { describe, expect, test } from 'vitest';
import { auditServices } from '../../../../src/platforms/databricks/audit/index.js';
import { read } from '../acl/read-fixture.js';

const APP = '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a51';
const PROFILE = 'arn:aws:iam::123456789012:instance-profile/features';
const ROLE = 'arn:aws:iam::123456789012:role/features';

type Resource = readonly [address: string, values: object];

const state = (...resources: readonly Resource[]) => ({
  format_version: '1.0',
  values: {
    root_module: {
      resources: resources.map(([address, values]) => {
        const [name = '', type = '', data] = address.split('.').reverse();
        return { address, mode: data === 'data' ? 'data' : 'managed', type, name, values };
      }),
    },
  },
});

const audit = (...values: readonly unknown[]): readonly string[] =>
  auditServices(
    values.map((value, at) => read(value, { name: `file${at}.json` })),
    { now: 0 },
  ).findings.map(({ rule, message }) => `${rule}: ${message}`);
const of = (rule: string, ...values: readonly unknown[]) =>
  audit(...values).filter((text) => text.startsWith(`${rule}:`));

const SERVICE: Resource = [
  'databricks_service_principal.ci',
  { id: '9', application_id: APP, display_name: 'ci' },
];
const WHO = `service-principal-is-admin: service principal \`ci\` (\`${APP}\`) is an administrator of`;
const ADMIN = 'service-principal-is-admin';
const ADMINS: Resource = ['data.databricks_group.admins', { id: '1', display_name: 'admins' }];

describe('a service principal is an administrator', () => {
  test.each<readonly [string, readonly Resource[], string]>([
    [
      'by an assignment of the account',
      [
        [
          'databricks_mws_permission_assignment.a',
          { workspace_id: 77, principal_id: 9, permissions: ['ADMIN'] },
        ],
      ],
      'workspace 77 by `databricks_mws_permission_assignment.a`',
    ],
    [
      'by an assignment in the workspace',
      [
        [
          'databricks_permission_assignment.a',
          { service_principal_name: APP, permissions: ['USER', 'ADMIN'] },
        ],
      ],
      'the workspace by `databricks_permission_assignment.a`',
    ],
    [
      'by an assignment with entitlements',
      [
        [
          'databricks_workspace_iam_workspace_assignment_v2.a',
          {
            principal_id: 9,
            principal_type: 'SERVICE_PRINCIPAL',
            entitlements: ['WORKSPACE_ADMIN'],
            provider_config: { workspace_id: '77' },
          },
        ],
      ],
      'workspace 77 by `databricks_workspace_iam_workspace_assignment_v2.a`',
    ],
    [
      'as a member of admins',
      [ADMINS, ['databricks_group_member.a', { group_id: '1', member_id: '9' }]],
      'the workspace, as a member of `admins`',
    ],
    [
      'as a member of a group in admins, by new interfaces',
      [
        ['databricks_account_iam_group_v2.ops', { group_id: '2', group_name: 'ops' }],
        ADMINS,
        ['databricks_account_iam_direct_group_member_v2.a', { group_id: 1, principal_id: 2 }],
        ['databricks_account_iam_direct_group_member_v2.b', { group_id: 2, principal_id: 9 }],
      ],
      'the workspace, as a member of `admins`',
    ],
    [
      'as a member of a group that is assigned',
      [
        ['databricks_group.ops', { id: '2', display_name: 'ops' }],
        ['databricks_group_member.a', { group_id: '2', member_id: '9' }],
        [
          'databricks_mws_permission_assignment.a',
          { workspace_id: 77, principal_id: 2, permissions: ['ADMIN'] },
        ],
      ],
      'workspace 77 by `databricks_mws_permission_assignment.a`',
    ],
    [
      'by a role of the account',
      [
        [
          'databricks_service_principal_role.a',
          { service_principal_id: '9', role: 'account_admin' },
        ],
      ],
      'the account by `databricks_service_principal_role.a`',
    ],
    [
      'by a role of its group',
      [
        ['databricks_group_member.a', { group_id: '2', member_id: '9' }],
        ['databricks_group_role.a', { group_id: '2', role: 'account_admin' }],
      ],
      'the account by `databricks_group_role.a`',
    ],
  ])('%s', (_, resources, what) => {
    expect(of(ADMIN, state(SERVICE, ...resources))).toEqual([`${WHO} ${what}`]);
  });

  test('as answers of the API say', () => {
    const principal = { id: '9', applicationId: APP, displayName: 'ci' };
    const groups = [{ value: '1', display: 'admins' }];
    expect(of(ADMIN, { Resources: [{ ...principal, groups }] })).toEqual([
      `${WHO} the workspace, as a member of \`admins\``,
    ]);
    const roles = [{ value: 'account_admin' }];
    expect(of(ADMIN, { Resources: [{ ...principal, roles }] })).toEqual([
      `${WHO} the account by \`ci in file0.json\``,
    ]);
    const assignment = {
      permissions: ['ADMIN'],
      principal: { principal_id: 9, service_principal_name: APP, display_name: 'ci' },
    };
    expect(of(ADMIN, { permission_assignments: [assignment] })).toEqual([
      `${ADMIN}: service principal \`${APP}\` is an administrator of the workspace by \`file0.json\``,
    ]);
  });

  test('or may be one, where no file names the principal', () => {
    const values = { workspace_id: 77, principal_id: 9, permissions: ['ADMIN'] };
    expect(of(ADMIN, state(['databricks_mws_permission_assignment.a', values]))).toEqual([
      `${ADMIN}: principal \`9\`, which no file names, is an administrator of workspace 77 by \`databricks_mws_permission_assignment.a\``,
    ]);
  });

  test.each<readonly [string, readonly Resource[]]>([
    [
      'assigned as a user',
      [
        [
          'databricks_mws_permission_assignment.a',
          { workspace_id: 77, principal_id: 9, permissions: ['USER'] },
        ],
      ],
    ],
    [
      'a member of another group',
      [['databricks_group_member.a', { group_id: '2', member_id: '9' }]],
    ],
    ['beside a person', [['databricks_user_role.a', { user_id: '8', role: 'account_admin' }]]],
    [
      'of another workspace with the same number',
      [
        [
          'databricks_group.admins',
          { id: '1', display_name: 'admins', provider_config: [{ workspace_id: '2' }] },
        ],
        [
          'databricks_group_member.a',
          { group_id: '1', member_id: '9', provider_config: [{ workspace_id: '3' }] },
        ],
      ],
    ],
  ])('not when it is %s', (_, resources) => {
    expect(of(ADMIN, state(SERVICE, ...resources))).toEqual([]);
  });
});

const LOOKUP: Resource = [
  'databricks_model_serving.fraud',
  { name: 'fraud', config: [{ served_entities: [{ instance_profile_arn: PROFILE }] }] },
];
const CLUSTER = [{ aws_attributes: [{ instance_profile_arn: PROFILE }] }];

describe('an instance profile that looks up is shared with', () => {
  test.each<readonly [string, object, string]>([
    ['databricks_cluster', CLUSTER[0] as object, 'cluster'],
    ['databricks_job', { job_cluster: [{ new_cluster: CLUSTER }] }, 'job'],
    ['databricks_job', { task: [{ new_cluster: CLUSTER }] }, 'job'],
    ['databricks_job', { new_cluster: CLUSTER }, 'job'],
    ['databricks_pipeline', { cluster: CLUSTER }, 'pipeline'],
    ['databricks_instance_pool', CLUSTER[0] as object, 'instance pool'],
    ['databricks_sql_endpoint', { instance_profile_arn: PROFILE }, 'SQL warehouse'],
    ['databricks_sql_global_config', { instance_profile_arn: PROFILE }, 'all SQL warehouses by'],
    ['databricks_mount', { s3: [{ instance_profile: PROFILE }] }, 'mount'],
    [
      'databricks_group_instance_profile',
      { group_id: '2', instance_profile_id: PROFILE },
      'group of',
    ],
    ['databricks_user_instance_profile', { user_id: '2', instance_profile_id: PROFILE }, 'user of'],
    ['databricks_group_role', { group_id: '2', role: PROFILE }, 'group of'],
    [
      'databricks_service_principal_role',
      { service_principal_id: '2', role: PROFILE },
      'service principal of',
    ],
  ])('%s %j', (type, values, kind) => {
    expect(of('lookup-profile-writes', state(LOOKUP, [`${type}.a`, values]))).toEqual([
      `lookup-profile-writes: serving endpoint fraud and ${kind} ${type}.a share the instance profile \`${PROFILE}\``,
    ]);
  });

  test('an external model of an endpoint, in a state and in an answer', () => {
    const external_model = [{ amazon_bedrock_config: [{ instance_profile_arn: PROFILE }] }];
    const endpoint: Resource = [
      'databricks_model_serving.llm',
      { name: 'llm', config: [{ served_entities: [{ external_model }] }] },
    ];
    const cluster: Resource = ['databricks_cluster.a', CLUSTER[0] as object];
    expect(of('lookup-profile-writes', state(endpoint, cluster))).toHaveLength(1);
    const answer = {
      id: 'e',
      name: 'llm',
      state: { ready: 'READY' },
      config: {
        served_entities: [
          { external_model: { amazon_bedrock_config: { instance_profile_arn: PROFILE } } },
        ],
      },
    };
    expect(of('lookup-profile-writes', answer, state(cluster))).toHaveLength(1);
  });

  test('everyone who may attach it is told of', () => {
    const users: Resource = ['data.databricks_group.users', { id: '2', display_name: 'users' }];
    const profile: Resource = [
      'databricks_group_instance_profile.a',
      { group_id: '2', instance_profile_id: PROFILE },
    ];
    expect(of('users-attach-profile', state(users, profile))).toEqual([
      `users-attach-profile: everyone may attach the instance profile \`${PROFILE}\` by \`databricks_group_instance_profile.a\``,
    ]);
    expect(of('users-attach-profile', state(profile))).toEqual([]);
  });
});

describe('entitlements', () => {
  const reader: Resource = [
    'databricks_service_principal.r',
    { id: '9', application_id: APP, display_name: 'READ-only reader', databricks_sql_access: true },
  ];
  test('of what only reads are told of, with those that stand apart', () => {
    const more: Resource = [
      'databricks_entitlements.a',
      { service_principal_id: '9', allow_instance_pool_create: true, workspace_access: true },
    ];
    expect(audit(state(reader, more))).toEqual([
      `reader-has-entitlements: service principal \`READ-only reader\` (\`${APP}\`) only reads, and has the entitlements \`databricks-sql-access\`, \`allow-instance-pool-create\`, \`workspace-access\``,
    ]);
  });

  test('of an assignment let a reader create clusters', () => {
    const assignment: Resource = [
      'databricks_account_iam_workspace_assignment_v2.a',
      { workspace_id: 77, principal_id: 9, entitlements: ['ALLOW_CLUSTER_CREATE'] },
    ];
    expect(of('reader-creates-clusters', state(reader, assignment))).toHaveLength(1);
  });
});

describe('federation policies', () => {
  const policy = (oidc: object): Resource => [
    'databricks_service_principal_federation_policy.ci',
    { service_principal_id: '9', oidc_policy: [oidc] },
  ];
  const GITHUB = 'https://token.actions.githubusercontent.com';
  test('say who may become the service principal', () => {
    const oidc = { issuer: GITHUB, audiences: ['features'], subject: 'repo:a/b:environment:prod' };
    expect(audit(state(policy(oidc)))).toEqual([
      `federation-policy: by \`databricks_service_principal_federation_policy.ci\` tokens of \`${GITHUB}\` with the subject \`repo:a/b:environment:prod\` sign in as service principal \`9\``,
    ]);
  });

  test.each([
    ['without a subject', { issuer: GITHUB, audiences: ['a'] }, 'with any subject'],
    ['without an audience', { issuer: GITHUB, subject: 'repo:a/b' }, 'for any audience'],
  ])('%s are open', (_, oidc, what) => {
    expect(of('open-federation-policy', state(policy(oidc)))).toEqual([
      `open-federation-policy: \`databricks_service_principal_federation_policy.ci\` takes tokens of \`${GITHUB}\` ${what}`,
    ]);
  });
});

describe('rule sets', () => {
  const NAME = `accounts/a/servicePrincipals/${APP}/ruleSets/default`;
  const rules = (principals: readonly string[]): Resource => [
    'databricks_access_control_rule_set.a',
    { name: NAME, grant_rules: [{ role: 'roles/servicePrincipal.user', principals }] },
  ];
  test('say whom they name', () => {
    expect(audit(state(rules(['groups/ml', 'users/ann@example.org'])))).toEqual([
      `role-granted: the rule set \`${NAME}\` gives \`roles/servicePrincipal.user\` to \`groups/ml\`, \`users/ann@example.org\``,
    ]);
  });
  test('with a rule that is not understood still say so', () => {
    const values = { name: 'r', grant_rules: [{}] };
    expect(audit(state(['databricks_access_control_rule_set.a', values]))).toEqual([
      'role-granted: the rule set `r` gives `an unknown role` to principals that are not known',
    ]);
  });
  test('that let everyone use a service principal are an error', () => {
    expect(of('users-use-service-principal', state(rules(['groups/users'])))).toEqual([
      `users-use-service-principal: everyone has \`roles/servicePrincipal.user\` in the rule set \`${NAME}\``,
    ]);
  });
});

describe('policies of AWS in a state', () => {
  const text = (Action: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action, Resource: '*' },
    });
  const role: Resource = ['aws_iam_role.features', { name: 'features', arn: ROLE }];
  const profile: Resource = [
    'aws_iam_instance_profile.features',
    { name: 'features', arn: PROFILE, role: 'features' },
  ];
  const WRITES = `lookup-profile-writes: serving endpoint fraud has the instance profile \`${PROFILE}\`, whose policy allows dynamodb:PutItem`;

  test.each<readonly [string, readonly Resource[]]>([
    [
      'of a role',
      [role, ['aws_iam_role_policy.a', { role: 'features', policy: text('dynamodb:PutItem') }]],
    ],
    [
      'within a role',
      [
        [
          'aws_iam_role.features',
          {
            name: 'features',
            arn: ROLE,
            inline_policy: [{ name: 'w', policy: text('dynamodb:PutItem') }],
          },
        ],
      ],
    ],
    [
      'attached to a role',
      [
        role,
        ['aws_iam_policy.a', { arn: 'arn:aws:iam::1:policy/a', policy: text('dynamodb:PutItem') }],
        [
          'aws_iam_role_policy_attachment.a',
          { role: 'features', policy_arn: 'arn:aws:iam::1:policy/a' },
        ],
      ],
    ],
  ])('%s count for its instance profile', (_, resources) => {
    expect(of('lookup-profile-writes', state(LOOKUP, profile, ...resources))).toEqual([WRITES]);
  });

  test('are checked like files with policies', () => {
    const all = state(['aws_iam_policy.a', { policy: text('*') }]);
    expect(audit(all).some((one) => one.startsWith('iam-'))).toBe(true);
    expect(audit(all).join()).toContain('aws_iam_policy.a');
  });

  test('that are not understood are reported, and the rest is read', () => {
    const broken: Resource = ['aws_iam_policy.a', { policy: '{"Version"' }];
    expect(audit(state(broken, LOOKUP, ['databricks_cluster.a', CLUSTER[0] as object]))).toEqual([
      'iam-malformed: `aws_iam_policy.a` has a policy that is not one of AWS; it is not looked at',
      expect.stringContaining('lookup-profile-writes'),
    ]);
  });
});

describe('other resources', () => {
  test('that may grant something are noted, each type once', () => {
    const share = (name: string): Resource => [`databricks_share.${name}`, {}];
    expect(
      audit(
        state(
          share('a'),
          share('b'),
          ['databricks_sql_permissions.a', {}],
          ['databricks_next.a', {}],
        ),
      ),
    ).toEqual([
      'resource-not-read: 2 resources of type `databricks_share` not looked at: `databricks_share.a`, `databricks_share.b`',
      'resource-not-read: 1 resource of type `databricks_sql_permissions` not looked at: `databricks_sql_permissions.a`',
      'resource-not-read: 1 resource of type `databricks_next` not looked at: `databricks_next.a`',
    ]);
  });

  test.each([
    'databricks_notebook.a',
    'databricks_schema.a',
    'databricks_mws_workspaces.a',
    'databricks_user.a',
    'data.databricks_share.a',
    'aws_s3_bucket.a',
  ])('that grant nothing are not: %s', (address) => {
    expect(audit(state([address, {}]))).toEqual([]);
  });

  test.each(['model_service', 'mcp_service', 'model_provider_service'])(
    'grants on a %s keep its name',
    (field) => {
      const values = { [field]: 'main.a.b', grant: [{ principal: 'x', privileges: ['EXECUTE'] }] };
      expect(audit(state(['databricks_grants.a', values]))).toEqual([
        `object-not-modelled: ${field} \`main.a.b\` has 1 entry`,
      ]);
    },
  );

  test('an app has what it is given', () => {
    const app: Resource = [
      'databricks_app.a',
      {
        service_principal_client_id: APP,
        resources: [
          { name: 's', secret: [{ scope: 'store', key: 'k', permission: 'READ' }] },
          { name: 'e', serving_endpoint: [{ name: 'fraud', permission: 'CAN_MANAGE' }] },
          { name: 'w', sql_warehouse: [{ id: '1', permission: 'CAN_USE' }] },
        ],
      },
    ];
    const file = read(state(app));
    expect(
      file.facts.entries.map(({ resource, level }) => [resource.type, resource.name, level]),
    ).toEqual([
      ['SecretScope', 'store', 'READ'],
      ['ServingEndpoint', 'fraud', 'CAN_MANAGE'],
    ]);
    expect(audit(state(app))).toEqual([
      `manage-instead-of-query: service principal \`${APP}\` has CAN_MANAGE on serving endpoint \`fraud\``,
      'object-not-modelled: sql_warehouse of app `w` has 1 entry',
    ]);
  });
});
