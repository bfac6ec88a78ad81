import { describe, expect, test } from 'vitest';
import { auditServices, SERVICES_RULES } from '../../../../src/platforms/databricks/audit/index.js';
import { ENDPOINT, READER, read, SCORER } from '../acl/read-fixture.js';

/** In `manage-rules.test.ts`. */
/** In manage-rules.test.ts and granted-rights.test.ts. */
const TRIED_ELSEWHERE =
  'users-manage-object service-manages-registry federation-policy open-federation-policy reader-has-entitlements resource-not-read role-granted service-principal-is-admin users-attach-profile users-use-service-principal'.split(
    ' ',
  );
const NOW = Date.UTC(2026, 0, 31);
const DAY = 86_400_000;

/** The messages of one rule about some files. */
function findings(rule: string, ...files: readonly unknown[]): readonly string[] {
  const all = files.map((file, at) => read(file, { name: `${at}.json` }));
  return auditServices(all, { now: NOW })
    .findings.filter((finding) => finding.rule === rule)
    .map(({ message }) => message);
}

const state = (type: string, values: object, more: readonly object[] = []): unknown => ({
  format_version: '1.0',
  values: { root_module: { resources: [{ address: `${type}.a`, type, values }, ...more] } },
});
const endpoint = (...lines: readonly object[]): unknown => ({
  object_id: `/serving-endpoints/${ENDPOINT}`,
  object_type: 'serving-endpoint',
  access_control_list: lines.map((line) => {
    const { level, ...named } = line as { readonly level: string };
    return { ...named, all_permissions: [{ permission_level: level }] };
  }),
});
const named = (name: string): unknown => ({ endpoints: [{ id: ENDPOINT, name }] });
const tokens = (...token_infos: readonly object[]): unknown => ({
  token_infos: token_infos.map((info, at) => ({ token_id: `t${at}`, ...info })),
});
const scope = (name: string, principal: string, permission: string): unknown => ({
  scope: name,
  items: [{ principal, permission }],
});
const keys = (name: string, ...all: readonly string[]): unknown => ({
  scope: name,
  secrets: all.map((key) => ({ key })),
});
const store = (read_secret_prefix: string, write_secret_prefix: string): unknown => ({
  name: 'store',
  read_secret_prefix,
  write_secret_prefix,
});
const credential = (isolation_mode: string): unknown => ({
  name: 'c',
  purpose: 'SERVICE',
  isolation_mode,
});
const grant = (...privileges: readonly string[]): unknown => ({
  securable_type: 'credential',
  full_name: 'c',
  privilege_assignments: [{ principal: 'ml', privileges }],
});
const tokenList = (...access_control_list: readonly object[]): unknown => ({
  method: 'PUT',
  path: '/api/2.0/permissions/authorization/tokens',
  body: { access_control_list },
});
const tokenUse = { authorization: 'tokens' };
const use = (group_name: string): object => ({ group_name, permission_level: 'CAN_USE' });
const keptSecret = (string_value: string) => ({
  address: 'databricks_secret.b',
  type: 'databricks_secret',
  values: { scope: 'link', key: 'prod-token', string_value },
});
const profile = { instance_profile_arn: 'arn:p' };
const cluster = {
  address: 'databricks_cluster.b',
  type: 'databricks_cluster',
  values: { aws_attributes: [profile] },
};
const otherCluster = {
  ...cluster,
  values: { aws_attributes: [{ instance_profile_arn: 'arn:q' }] },
};
const serving = { name: 'e', config: [{ served_entities: [profile] }] };
const principal = (values: object): unknown =>
  state('databricks_service_principal', {
    application_id: READER,
    display_name: 'reader',
    id: '9',
    ...values,
  });
const ann = { created_by_username: 'ann@example.com', created_by_id: 1, owner_id: 1 };
/** Ann is in one group through another. */
const members = {
  Resources: [
    { id: '5', displayName: 'ml', members: [{ value: '6' }] },
    { id: '6', displayName: 'inner', members: null },
    { id: '1', userName: 'ann@example.com', groups: [{ value: '6', display: 'inner' }] },
  ],
};
const queried = { user_name: 'Ann@example.com', level: 'CAN_QUERY' };

interface Case {
  readonly rule: string;
  /** Files with a finding, and what it says. */
  readonly found: readonly (readonly [says: string, ...files: readonly unknown[]])[];
  /** Files without one. */
  readonly clean: readonly (readonly unknown[])[];
}

const CASES: readonly Case[] = [
  {
    rule: 'token-in-state',
    found: [
      ['databricks_token.a', state('databricks_token', { token_value: 'a-token-value' })],
      ['token_value', { token_value: 'a-token-value', token_info: { token_id: 't' } }],
      [
        'output.ci_token',
        {
          format_version: '1.0',
          values: { outputs: { ci_token: { value: 'a-token-value', sensitive: true } } },
        },
      ],
    ],
    clean: [[state('databricks_token', { token_value: '' })], [tokens(ann)]],
  },
  {
    rule: 'secret-in-state',
    found: [
      ['databricks_secret.a', state('databricks_secret', { string_value: 'a-secret-value' })],
    ],
    clean: [[state('databricks_secret', { string_value: '' })]],
  },
  {
    rule: 'token-without-expiry',
    found: [
      [
        'never ends; it is 10 days old',
        tokens({ ...ann, creation_time: NOW - 10 * DAY, expiry_time: -1 }),
      ],
    ],
    clean: [
      [tokens({ ...ann, creation_time: NOW, expiry_time: NOW + DAY })],
      [tokens(ann)],
      [state('databricks_token', { lifetime_seconds: 60 })],
      [state('databricks_token', { comment: 'ci' })], // ends when the workspace says
    ],
  },
  {
    rule: 'long-lived-token',
    found: [
      [
        'lives for 100 days and is 5 days old',
        tokens({ creation_time: NOW - 5 * DAY, expiry_time: NOW + 95 * DAY }),
      ],
      [
        'lives for 100 days',
        state('databricks_obo_token', { application_id: READER, lifetime_seconds: 8_640_000 }),
      ],
      ['is made without a lifetime', state('databricks_token', { comment: 'ci' })],
      ['lives for 91 days', tokens({ creation_time: NOW + DAY, expiry_time: NOW + 92 * DAY })],
    ],
    clean: [
      [tokens({ creation_time: NOW, expiry_time: NOW + 90 * DAY })],
      [tokens({ expiry_time: -1 })],
    ],
  },
  {
    rule: 'old-token',
    found: [
      [
        'token `t0` is 2000 days old and ends at a time that no file says',
        tokens({ creation_time: NOW - 2000 * DAY }),
      ],
      [
        'of user `ann@example.com` is 91 days old and never ends',
        tokens({ ...ann, creation_time: NOW - 91 * DAY, expiry_time: -1 }),
      ],
      [
        'is 95 days old and lives for 100 days',
        state('databricks_token', { creation_time: NOW - 95 * DAY, lifetime_seconds: 8_640_000 }),
      ],
    ],
    clean: [
      [tokens({ creation_time: NOW - 90 * DAY, expiry_time: -1 })],
      [tokens({ expiry_time: -1 })],
      [tokens({ creation_time: NOW - 95 * DAY, expiry_time: NOW })],
      [state('databricks_token', { creation_time: NOW - 95 * DAY, lifetime_seconds: 60 })],
      [tokens({ creation_time: NOW + DAY })],
    ],
  },
  {
    rule: 'aad-token-script',
    found: [
      ['`external.a`', state('external', { program: ['python', './get-aad-token.py'] })],
      ['`external.a`', state('external', { program: ['C:\\bin\\get-aad-token.py', '-v'] })],
      ['`external.a`', state('external', { program: ['get-aad-token.py'] })],
    ],
    clean: [
      [state('external', { program: ['python', './forget-aad-token.py'] })],
      [state('external', { program: 'get-aad-token.py' })],
      [state('external', { program: [null, 7] })],
      [state('other', { program: ['get-aad-token.py'] })],
    ],
  },
  {
    rule: 'token-without-rotation',
    found: [
      ['ends 100 days after', state('databricks_obo_token', { lifetime_seconds: 8_640_000 })],
    ],
    clean: [
      [state('databricks_token', {})],
      [tokens({ creation_time: NOW, expiry_time: NOW + DAY })],
    ],
  },
  {
    rule: 'token-of-machine',
    found: [
      [`service principal \`${READER}\``, tokens({ created_by_username: READER })],
      [
        'of a service principal, made 2 hours ago, ends at a time that no file says',
        tokens({ ...ann, owner_id: 9, creation_time: NOW - DAY / 12 }),
      ],
      [
        'made 2000 days ago, never ends',
        tokens({ ...ann, owner_id: 9, creation_time: NOW - 2000 * DAY, expiry_time: -1 }),
      ],
      [
        'token `databricks_token.a`, which secret `link/prod-token` keeps, lives for 100 days',
        state('databricks_token', { token_value: 'a-token-value', lifetime_seconds: 8_640_000 }, [
          keptSecret('a-token-value'),
          { ...keptSecret('a-token-value'), address: 'c' },
        ]),
      ],
      [READER, tokens({ ...ann, owner_id: 9 }), principal({})],
      [READER, state('databricks_obo_token', { application_id: READER })],
    ],
    clean: [
      [tokens(ann)],
      [tokens({})],
      [state('databricks_token', {}, [keptSecret('')])],
      [state('databricks_token', { token_value: 'a-token' }, [keptSecret('another-token')])],
    ],
  },
  {
    rule: 'personal-token-on-endpoint',
    found: [
      [ENDPOINT, tokens(ann), endpoint(queried)],
      ['`fraud-prod`', tokens(ann, ann), endpoint(queried), named('fraud-prod')],
      ['`latest`', tokens(ann), endpoint(queried), named('latest')],
      ['through group `users`', tokens(ann), endpoint({ group_name: 'users', level: 'CAN_QUERY' })],
      [
        'user `ann@example.com` has a token and may query serving endpoint `e` through group `ml`',
        tokens(ann),
        members,
        named('e'),
        endpoint({ group_name: 'ml', level: 'CAN_MANAGE' }),
      ],
    ],
    clean: [
      [tokens(ann), endpoint({ group_name: 'admins', level: 'CAN_MANAGE' })],
      [
        tokens({ ...ann, owner_id: 2 }),
        members,
        endpoint({ group_name: 'ml', level: 'CAN_QUERY' }),
      ],
      [tokens(ann), endpoint(queried), named('fraud-dev')],
      [tokens(ann), endpoint(queried), named('staging.fraud')],
      [tokens(ann), endpoint({ ...queried, level: 'CAN_VIEW' })],
      [tokens({ created_by_username: 'bob@example.com' }), endpoint(queried)],
      [endpoint(queried)],
    ],
  },
  {
    rule: 'service-principal-as-user',
    found: [
      ['an application id', endpoint({ user_name: READER, level: 'CAN_QUERY' })],
      ['no e-mail address', endpoint({ user_name: 'fraud-scorer', level: 'CAN_QUERY' })],
      [
        'the name of a service principal',
        endpoint({ user_name: 'bot@example.com', level: 'CAN_QUERY' }),
        principal({ display_name: 'bot@example.com' }),
      ],
    ],
    clean: [
      [endpoint(queried)],
      [endpoint({ service_principal_name: READER, level: 'CAN_QUERY' })],
    ],
  },
  {
    rule: 'service-principal-by-name',
    found: [['`scorer`', endpoint({ service_principal_name: 'scorer', level: 'CAN_QUERY' })]],
    clean: [
      [endpoint({ service_principal_name: READER.toUpperCase(), level: 'CAN_QUERY' })],
      [endpoint({ group_name: 'scorer', level: 'CAN_QUERY' })],
    ],
  },
  {
    rule: 'manage-instead-of-query',
    found: [
      [SCORER, endpoint({ service_principal_name: SCORER, level: 'CAN_MANAGE' })],
      ['`users`', endpoint({ group_name: 'users', level: 'CAN_MANAGE' }), named('e')],
      [
        SCORER,
        endpoint(
          { user_name: SCORER, level: 'CAN_MANAGE' },
          { user_name: SCORER, level: 'CAN_MANAGE' },
        ),
      ],
    ],
    clean: [
      [endpoint({ group_name: 'admins', level: 'CAN_MANAGE' })],
      [endpoint({ user_name: 'ann@example.com', level: 'CAN_MANAGE' })],
      [endpoint({ service_principal_name: SCORER, level: 'CAN_QUERY' })],
    ],
  },
  {
    rule: 'entry-not-understood',
    found: [
      ['`CAN_FLY`', endpoint({ ...queried, level: 'CAN_FLY' })],
      ['someone who is not known is granted `CAN_QUERY`', endpoint({ level: 'CAN_QUERY' })],
      [
        'group `ml` is granted a level that is known only after the plan is applied',
        state('databricks_secret_acl', { scope: 's', principal: 'ml' }),
      ],
      ['`CAN_MANAGE`, a level that the audit does not know', scope('s', 'ml', 'CAN_MANAGE')],
    ],
    clean: [[endpoint(queried)], [grant('ALL PRIVILEGES')]],
  },
  {
    rule: 'principal-listed-twice',
    found: [
      ['2 times', tokenList(use('ml'), { ...use('ml'), permission_level: 'CAN_MANAGE' })],
      [
        'group `ml` may stand 2 times on secret scope `s`, with READ, WRITE; READ is taken, unless',
        state('databricks_secret_acl', { scope: 's', principal: 'ml', permission: 'READ' }, [
          {
            address: 'module.b.databricks_secret_acl.b',
            type: 'databricks_secret_acl',
            values: { scope: 's', principal: 'ml', permission: 'WRITE' },
          },
        ]),
      ],
    ],
    clean: [[tokenList(use('ml'), use('ML'))]],
  },
  {
    rule: 'rival-lists',
    found: [
      [
        '`databricks_permissions.a`, `b` may each write the list of the use of tokens, unless',
        state('databricks_permissions', { ...tokenUse, access_control: [use('ml')] }, [
          { address: 'b', type: 'databricks_permissions', values: tokenUse },
        ]),
      ],
    ],
    clean: [[state('databricks_permissions', { ...tokenUse, access_control: [use('ml')] })]],
  },
  {
    rule: 'token-use-overwritten',
    found: [
      ['`ml`', tokenList(use('ml'))],
      [
        '`ml`',
        state('databricks_permissions', { authorization: 'tokens', access_control: [use('ml')] }),
      ],
    ],
    clean: [
      [tokenList(use('ml'), use('users'))],
      [tokenList(use('users'))],
      [{ ...(tokenList(use('ml')) as object), method: 'PATCH' }],
      [tokenList()],
    ],
  },
  {
    rule: 'reader-creates-clusters',
    found: [
      [
        `\`READ-only reader\` (\`${READER}\`) only reads`,
        principal({ display_name: 'READ-only reader', allow_cluster_create: true }),
      ],
      [
        '`reader`',
        principal({ allow_cluster_create: true }),
        scope('s', READER.toUpperCase(), 'READ'),
      ],
      [
        '`reader`',
        principal({}),
        scope('s', READER, 'READ'),
        state('databricks_entitlements', { service_principal_id: '9', allow_cluster_create: true }),
      ],
      [
        '`reader`',
        principal({}),
        scope('s', READER, 'READ'),
        state('databricks_group', { id: '5', display_name: 'g', allow_cluster_create: true }, [
          {
            address: 'm',
            type: 'databricks_group_member',
            values: { group_id: '5', member_id: '9' },
          },
        ]),
      ],
    ],
    clean: [
      [principal({ allow_cluster_create: true })],
      [principal({ allow_cluster_create: true }), scope('s', READER, 'WRITE')],
      [principal({}), scope('s', READER, 'READ')],
    ],
  },
  {
    rule: 'users-read-token-scope',
    found: [
      ['`prod-token`', scope('link', 'users', 'READ'), keys('link', 'prod-host', 'prod-token')],
      ['remote-mr-prod', scope('remote-mr-prod', 'users', 'WRITE')],
    ],
    clean: [
      [scope('link', 'users', 'READ'), keys('link', 'prod-host')],
      [scope('link', 'ml', 'READ'), keys('link', 'prod-token')],
    ],
  },
  {
    rule: 'users-manage-scope',
    found: [['`s`', scope('s', 'users', 'MANAGE')]],
    clean: [[scope('s', 'users', 'WRITE')], [scope('s', 'ml', 'MANAGE')]],
  },
  {
    rule: 'shared-scope',
    found: [
      ['`dynamo`, `mysql`', keys('s', 'dynamo-access-key-id', 'mysql-password')],
      ['`p`, `q`', store('r/p', 'w/p'), { ...(store('r/q', 'w2/p') as object), name: 'other' }],
      ['`q`, `p`', store('r/p', 'w/p'), keys('r', 'q-user')],
    ],
    clean: [
      [keys('s', 'dynamo-access-key-id', 'dynamo-secret-access-key')],
      [store('s/p', 's/p')],
      [store('s/r', 's/w')],
      [store('r/p', 'w/p'), keys('r', 'other')],
    ],
  },
  {
    rule: 'lookup-profile-writes',
    found: [['`arn:p`', state('databricks_model_serving', serving, [cluster, cluster])]],
    clean: [
      [state('databricks_model_serving', serving, [otherCluster])],
      [state('databricks_cluster', {}, [cluster])],
    ],
  },
  {
    rule: 'all-privileges',
    found: [['`ml`', grant('ALL PRIVILEGES')]],
    clean: [[grant('ACCESS', 'MANAGE')]],
  },
  {
    rule: 'open-service-credential',
    found: [['`c`', credential('ISOLATION_MODE_OPEN')]],
    clean: [[credential('ISOLATION_MODE_ISOLATED')], [credential('')]],
  },
  {
    rule: 'part-of-answer',
    found: [
      ['`0.json`', { endpoints: [], next_page_token: 'more' }],
      ['`0.json`', { totalResults: 2, Resources: [{ id: '2', displayName: 'ml' }] }],
    ],
    clean: [
      [{ endpoints: [], next_page_token: '' }],
      [{ totalResults: 1, Resources: [{ id: '2', displayName: 'ml' }] }],
      [{ totalResults: 'many', Resources: [] }],
    ],
  },
  {
    rule: 'object-not-modelled',
    found: [
      ['job `7` has 0 entries', { object_id: '/jobs/7', object_type: 'job' }],
      [
        'cluster `c` has 1 entry',
        state('databricks_permissions', { cluster_id: 'c', access_control: [use('ml')] }),
      ],
    ],
    clean: [[endpoint(queried)]],
  },
];

test('every rule is tried', () => {
  expect(new Set([...CASES.map(({ rule }) => rule), ...TRIED_ELSEWHERE])).toEqual(
    new Set(SERVICES_RULES.map(({ id }) => id)),
  );
});

describe.each(CASES)('$rule', ({ rule, found, clean }) => {
  test.each(found)('finds %s', (says, ...files) => {
    const messages = findings(rule, ...files);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(says);
  });

  test.each(clean.map((files) => [files]))('has nothing to say about %j', (files) => {
    expect(findings(rule, ...files)).toEqual([]);
  });
});
