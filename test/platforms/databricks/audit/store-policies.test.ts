import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../src/audit/index.js';
import { DYNAMODB_NEEDS } from '../../../../src/platforms/aws-iam/index.js';
import {
  auditServices,
  type PolicyCheck,
} from '../../../../src/platforms/databricks/audit/index.js';
import { read } from '../acl/read-fixture.js';

const PROFILE = 'arn:aws:iam::123456789012:instance-profile/features';
const TABLE = 'arn:aws:dynamodb:eu-west-1:123456789012:table/features';
const LOOKUP = DYNAMODB_NEEDS.lookup.map((name) => `dynamodb:${name}`);
const PUBLISH = DYNAMODB_NEEDS.publish.map((name) => `dynamodb:${name}`);
const GLOBAL = 'arn:aws:dynamodb::123456789012:global-table/features';

type Statement = Readonly<Record<string, unknown>>;

const allow = (Action: unknown, more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource: [TABLE, GLOBAL],
  ...more,
});
const policy = (...Statement: readonly Statement[]): object => ({
  Version: '2012-10-17',
  Statement,
});
const under = (path: string, body: object): object => ({ path, body });
const store = (use: 'lookup' | 'publish', more: Statement = {}): object => ({
  name: 'store',
  table_name: 'features',
  provider: 'dynamodb',
  region: 'eu-west-1',
  instance_profiles: { [use]: PROFILE },
  ...more,
});

function findingsOf(files: readonly unknown[], policyCheck?: PolicyCheck): readonly Finding[] {
  const all = files.map((file, at) => read(file, { name: `${at}.json` }));
  return auditServices(all, { policyCheck }).findings;
}

const iamOf = (...given: Parameters<typeof findingsOf>): readonly (readonly [string, string])[] =>
  findingsOf(...given)
    .filter(({ rule }) => rule.startsWith('iam-') && rule !== 'iam-not-compared')
    .map(({ rule, message }) => [rule, message]);

const messagesOf = (rule: string, ...files: readonly unknown[]): readonly string[] =>
  findingsOf(files)
    .filter((finding) => finding.rule === rule)
    .map(({ message }) => message);

const DENIAL: Statement = { Effect: 'Deny', Action: 'dynamodb:Scan', Resource: '*' };
const CONDITION = { Condition: { Bool: { 'aws:SecureTransport': 'true' } } };

/**
 * Policies, what they are for, and what is wrong with them: the rule, and a part of what it says.
 */
const CASES: readonly (readonly [
  is: string,
  need: 'lookup' | 'publish',
  body: object,
  expected: readonly (readonly [rule: string, says: string])[],
])[] = [
  ['enough to look up', 'lookup', policy(allow(LOOKUP)), []],
  ['enough to publish', 'publish', policy(allow(PUBLISH)), []],
  [
    'of which one action is left',
    'lookup',
    policy(allow('dynamodb:GetItem')),
    [['iam-action-missing', `nothing allows dynamodb:BatchGetItem`]],
  ],
  [
    'that only reads, and should publish',
    'publish',
    policy(allow(LOOKUP)),
    [
      ['iam-action-missing', `on \`${TABLE}\``],
      ['iam-action-missing', `on \`${GLOBAL}\``],
    ],
  ],
  [
    'with a condition',
    'lookup',
    policy(allow(LOOKUP.slice(1)), allow(LOOKUP[0], CONDITION)),
    [['iam-action-conditional', 'depends on the request: statement 1 of policy `0.json`']],
  ],
  [
    'with a denial',
    'lookup',
    policy(allow(LOOKUP), DENIAL),
    [['iam-action-denied', 'statement 1 of policy `0.json` denies dynamodb:Scan']],
  ],
  [
    'with more than is needed',
    'lookup',
    policy(allow(LOOKUP), allow(['dynamodb:PutItem'], { Sid: 'More' })),
    [['iam-excess-action', 'statement 1 (`More`) of policy `0.json` allows 1 action']],
  ],
  [
    'of other tables',
    'lookup',
    policy(allow(LOOKUP, { Resource: [TABLE, `${TABLE}-2`] })),
    [['iam-excess-resource', `\`${TABLE}-2\``]],
  ],
];

describe.each(CASES)('a policy %s (%s)', (_, need, body, expected) => {
  const asked = expected.map(([rule, says]) => [rule, expect.stringContaining(says)]);

  test('is held against the store that names its profile', () => {
    expect(iamOf([under(PROFILE, body), store(need)])).toEqual(asked);
  });

  test('is held against a need that is said', () => {
    expect(iamOf([body], { need, table: TABLE })).toEqual(asked);
  });
});

describe('without a need that is said', () => {
  const some = policy(allow('dynamodb:GetItem'));

  test.each([
    ['no store', under(PROFILE, some), {}],
    ['no profile', some, store('lookup')],
    ['another profile', under(`${PROFILE}2`, some), store('lookup')],
    ['no region', under(PROFILE, some), store('lookup', { region: undefined })],
    ['no region of AWS', under(PROFILE, some), store('lookup', { region: 'eu west' })],
    ['no table', under(PROFILE, some), store('lookup', { table_name: undefined })],
    ['no table of DynamoDB', under(PROFILE, some), store('lookup', { table_name: 'a/b' })],
    ['no DynamoDB', under(PROFILE, some), store('lookup', { provider: 'rds-mysql' })],
    [
      'a profile without an account',
      under('arn:aws:iam:::instance-profile/p', some),
      store('lookup', { instance_profiles: { lookup: 'arn:aws:iam:::instance-profile/p' } }),
    ],
  ])('nothing is held against %s', (_, file, other) => {
    const files = Object.keys(other).length === 0 ? [file] : [file, other];
    expect(iamOf(files)).toEqual([]);
  });

  test('a role counts as what the store names, in its own partition', () => {
    const role = 'arn:aws-cn:iam::123456789012:role/features';
    const named = store('lookup', { region: 'cn-north-1', instance_profiles: { lookup: role } });
    const [missing] = iamOf([under(role, some), named]);
    expect(missing?.[1]).toContain('`arn:aws-cn:dynamodb:cn-north-1:123456789012:table/features`');
  });

  test('all policies of a profile, and all tables that it is for, are taken together', () => {
    const [first, ...others] = LOOKUP;
    const tables = { Resource: [TABLE, `${TABLE}-2`] };
    expect(
      iamOf([
        under(PROFILE, policy(allow(first, tables))),
        under(PROFILE, policy(allow(others, tables))),
        store('lookup'),
        store('lookup', { name: 'other', table_name: 'features-2' }),
      ]),
    ).toEqual([]);
  });

  test('what publishes may look up', () => {
    const profiles = { instance_profiles: { lookup: PROFILE, publish: PROFILE } };
    expect(iamOf([under(PROFILE, policy(allow(PUBLISH))), store('lookup', profiles)])).toEqual([]);
  });

  test('an online store in code is one, too', () => {
    const inCode = {
      name: 'store',
      tableName: 'features',
      provider: 'dynamodb',
      region: 'eu-west-1',
      instanceProfiles: { lookup: PROFILE },
    };
    expect(iamOf([under(PROFILE, some), inCode])).toHaveLength(1);
  });

  test('more than a hundred tables are looked at, each', () => {
    const stores = Array.from({ length: 101 }, (_, at) =>
      store('lookup', { name: `store${at}`, table_name: `features-${at}` }),
    );
    const found = iamOf([under(PROFILE, some), { online_stores: stores }]);
    for (const at of [0, 99, 100]) {
      expect(found.some(([, message]) => message.endsWith(`/features-${at}\``))).toBe(true);
    }
  });

  test('more policies than a role has are not passed over', () => {
    const files = Array.from({ length: 33 }, () => under(PROFILE, some));
    expect(iamOf([...files, store('lookup')])).toEqual([
      ['iam-malformed', expect.stringContaining('33 policies')],
    ]);
  });

  test('what is wrong with a document is found once', () => {
    const wide = policy(allow('*', { Resource: '*' }));
    const alone = iamOf([wide]);
    expect(alone.map(([rule]) => rule)).toContain('iam-every-service');
    const held = iamOf([under(PROFILE, wide), store('lookup')]);
    expect(held.filter(([rule]) => rule === 'iam-every-service')).toHaveLength(1);
    expect(held.filter(([rule]) => rule === 'iam-excess-resource')).toHaveLength(1);
  });

  test('a file of the same name keeps its findings', () => {
    const wide = policy(allow('*', { Resource: '*' }));
    const files = [under(PROFILE, some), wide, store('lookup')].map((file) =>
      read(file, { name: 'same.json' }),
    );
    const rules = auditServices(files).findings.map(({ rule }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['iam-action-missing', 'iam-every-service']));
  });
});

describe('a need that is said', () => {
  test('is for all policies together, whatever stands beside them', () => {
    const [first, ...others] = LOOKUP;
    const files = [policy(allow(first)), under(PROFILE, policy(allow(others))), store('publish')];
    expect(iamOf(files, { need: 'lookup', table: TABLE })).toEqual([]);
  });

  test('is for the indexes, too', () => {
    const found = iamOf([policy(allow(LOOKUP))], {
      need: 'lookup',
      table: TABLE,
      indexes: ['by_user'],
    });
    expect(found).toEqual([['iam-action-missing', expect.stringContaining('/index/by_user`')]]);
  });

  test('finds nothing without a policy', () => {
    expect(iamOf([store('lookup')], { need: 'lookup', table: TABLE })).toEqual([]);
  });

  test.each([
    [{ need: 'write' as never, table: TABLE }],
    [{ need: 'lookup' as const, table: 'features' }],
    [{ need: 'lookup' as const, table: [] }],
  ])('refuses %j', (check) => {
    expect(() => iamOf([policy(allow(LOOKUP))], check)).toThrow(TypeError);
  });
});

describe('a policy beside the ARN of an instance profile', () => {
  const arn = 'arn:aws:iam::123456789012:instance-profile/lookup';
  const policy = (
    Action: unknown,
    more: readonly object[] = [],
    path: string = arn,
    Condition: object = {},
  ): unknown => ({
    path,
    body: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action, Resource: 'arn:aws:dynamodb:eu:1:table/t', Condition },
        ...more,
      ],
    },
  });
  const looked = { name: 'e', config: [{ served_entities: [{ instance_profile_arn: arn }] }] };
  const endpointFile = {
    format_version: '1.0',
    values: {
      root_module: {
        resources: [{ address: 'e', type: 'databricks_model_serving', values: looked }],
      },
    },
  };
  const storeFile = { name: 'store', instance_profiles: { lookup: arn } };
  const denial = { Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: '*' };

  test.each([
    ['of a serving endpoint', endpointFile, policy('dynamodb:PutItem'), 'serving endpoint e has'],
    ['of an online store', storeFile, policy(['dynamodb:putitem']), 'online store `store` has'],
    [
      'with a condition',
      storeFile,
      policy('dynamodb:*', [denial], arn, { Bool: { 'aws:SecureTransport': 'true' } }),
      'allows dynamodb:',
    ],
  ])('%s is found where it lets a lookup change the store', (_, file, written, says) => {
    const messages = messagesOf('lookup-profile-writes', file, written);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(says);
  });

  test.each([
    ['that only reads', policy(['dynamodb:GetItem', 'dynamodb:Query'])],
    ['whose writing is denied', policy(['dynamodb:GetItem', 'dynamodb:PutItem'], [denial])],
    ['of another profile', policy('dynamodb:PutItem', [], `${arn}2`)],
    ['of something else', policy('dynamodb:PutItem', [], '/api/2.0/token/list')],
  ])('%s is not', (_, written) => {
    expect(messagesOf('lookup-profile-writes', storeFile, endpointFile, written)).toEqual([]);
  });
});

describe('what is not looked at is said', () => {
  const role = (name: string): object => ({
    Arn: `arn:aws:iam::123456789012:role/${name}`,
    RolePolicyList: [{ PolicyName: 'p', PolicyDocument: policy(allow(LOOKUP)) }],
  });

  test('for a policy without a need', () => {
    expect(messagesOf('iam-not-compared', policy(allow(LOOKUP)))).toEqual([
      expect.stringMatching(/^1 policy is not compared with what a table needs.*`0\.json`$/),
    ]);
    expect(messagesOf('iam-not-compared', policy(allow(LOOKUP)), policy(allow(LOOKUP)))).toEqual([
      expect.stringMatching(/^2 policies are not compared/),
    ]);
  });

  test('and not for one that is compared', () => {
    const rules = findingsOf([policy(allow(LOOKUP))], { need: 'lookup', table: TABLE });
    expect(rules).toEqual([]);
  });

  test('policies of several roles are not taken as those of one', () => {
    const files = [{ RoleDetailList: [role('a'), role('b')] }];
    expect(iamOf(files, { need: 'lookup', table: TABLE })).toEqual([
      [
        'iam-malformed',
        'policies of 2 users, groups and roles are compared with nothing: choose one with `--principal`: `arn:aws:iam::123456789012:role/a`, `arn:aws:iam::123456789012:role/b`',
      ],
    ]);
  });
});

describe('one principal of several', () => {
  const owner = (name: string, statement: Statement): object => ({
    Arn: `arn:aws:iam::123456789012:${name}`,
    RolePolicyList: [{ PolicyName: 'p', PolicyDocument: policy(statement) }],
  });
  const account = {
    RoleDetailList: [
      owner('role/team/features', allow(LOOKUP)),
      owner('role/other', allow('*', { Resource: '*' })),
      owner('user/other', allow('dynamodb:GetItem')),
    ],
  };
  const find = (principal: string, ...more: readonly unknown[]): readonly Finding[] =>
    findingsOf([account, ...more], { need: 'lookup', table: TABLE, principal });

  test.each(['arn:aws:iam::123456789012:role/team/features', 'role/team/features', 'features'])(
    'is compared alone: %s',
    (name) => {
      expect(find(name).map(({ rule, level, message }) => [rule, level, message])).toEqual([
        [
          'iam-not-compared',
          'note',
          '2 policies are left out, as those of other users, groups and roles than `arn:aws:iam::123456789012:role/team/features`',
        ],
      ]);
    },
  );

  test('does not get what another is allowed', () => {
    const rules = find('user/other').map(({ rule }) => rule);
    expect(rules).toEqual(['iam-action-missing', 'iam-not-compared']);
  });

  test('keeps its own findings', () => {
    expect(find('role/other').map(({ rule }) => rule)).toContain('iam-every-service');
  });

  test('has policies that do not say whose they are', () => {
    const rest = policy(allow(LOOKUP.filter((action) => action !== 'dynamodb:GetItem')));
    expect(find('user/other', rest).map(({ rule }) => rule)).toEqual(['iam-not-compared']);
  });

  test.each([
    [
      'other',
      'may be `arn:aws:iam::123456789012:role/other`, `arn:aws:iam::123456789012:user/other`',
    ],
    ['eatures', 'is not in the files: choose from `arn:aws:iam::123456789012:role/team/features`'],
    ['', 'is not in the files'],
  ])('%j is refused with those that there are', (name, says) => {
    expect(() => find(name)).toThrow(says);
  });

  test('is refused where the files do not say whose policies they hold', () => {
    const check = { need: 'lookup', table: TABLE, principal: 'features' } as const;
    expect(() => findingsOf([policy(allow(LOOKUP))], check)).toThrow(
      'the files do not say whose policies they hold',
    );
  });

  test('has its policies once, with the instance profile too', () => {
    const inProfile = {
      ...owner('role/features', DENIAL),
      InstanceProfileList: [{ Arn: PROFILE }],
    };
    const check = { need: 'lookup', table: TABLE } as const;
    const found = iamOf([{ RoleDetailList: [inProfile] }], check);
    const [, message] = found.find(([rule]) => rule === 'iam-action-denied') ?? [];
    expect(message).toMatch(/^statement 0 of policy `[^`]*` denies dynamodb:Scan/);
  });
});

describe('a managed policy that is not in the details', () => {
  const MANAGED = 'arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess';
  const PUT = 'dynamodb:PutItem';
  const account = (...names: readonly string[]): object => ({
    RoleDetailList: [
      ...names.map((name) => ({
        Arn: `arn:aws:iam::123456789012:role/${name}`,
        InstanceProfileList: [{ Arn: PROFILE }],
        RolePolicyList: [],
        AttachedManagedPolicies: [{ PolicyName: 'full', PolicyArn: MANAGED }],
      })),
      {
        Arn: 'arn:aws:iam::123456789012:role/plain',
        RolePolicyList: [{ PolicyName: 'p', PolicyDocument: policy(allow(LOOKUP.slice(1))) }],
      },
    ],
  });
  const version = (document: object): object => ({
    PolicyVersion: { VersionId: 'v1', IsDefaultVersion: true, Document: document },
  });
  const check = (principal: string): PolicyCheck => ({ need: 'lookup', table: TABLE, principal });

  test('is named once, with the command that gives it', () => {
    const found = iamOf([account('a', 'b')]);
    expect(found).toEqual([
      ['iam-policy-absent', expect.stringContaining(`get-policy-version --policy-arn ${MANAGED}`)],
    ]);
  });

  test('is taken from a file in which it stands beside its ARN', () => {
    const files = [account('a'), under(MANAGED, version(policy(allow(LOOKUP))))];
    expect(iamOf(files, check('a'))).toEqual([]);
    expect(iamOf(files)).toEqual([]);
    const writing = [account('a'), under(MANAGED, policy(allow(PUT))), store('lookup')];
    expect(messagesOf('lookup-profile-writes', ...writing)).toHaveLength(1);
  });

  test('counts for those alone that it is attached to', () => {
    const files = [account('a'), under(MANAGED, version(policy(allow(LOOKUP))))];
    expect(iamOf(files, check('plain'))).toEqual([
      ['iam-action-missing', expect.stringContaining('nothing allows')],
    ]);
  });

  test('stays absent where the file is that of another one', () => {
    const files = [account('a'), under(`${MANAGED}2`, policy(allow(LOOKUP)))];
    const rules = iamOf(files, check('a')).map(([rule]) => rule);
    expect(new Set(rules)).toEqual(new Set(['iam-policy-absent', 'iam-action-conditional']));
  });

  test('counts as before where the files do not say what is attached', () => {
    const files = [under(MANAGED, version(policy(allow(LOOKUP))))];
    expect(iamOf(files, { need: 'lookup', table: TABLE })).toEqual([]);
  });
});

describe('an end of a condition', () => {
  test('is compared with the time of the audit', () => {
    const end = { Condition: { DateLessThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } } };
    const answerAt = (now: number): readonly string[] =>
      auditServices([read(policy(allow(LOOKUP, end)), { now })], {
        now,
        policyCheck: { need: 'lookup', table: TABLE },
      }).findings.map(({ rule }) => rule);
    expect(answerAt(Date.UTC(2025, 11, 31))).toEqual(['iam-action-conditional']);
    expect(answerAt(Date.UTC(2026, 0, 1))).toEqual(['iam-action-missing', 'iam-expired']);
  });
});

describe('a bare array of policies', () => {
  test('is read as the policies of one role', () => {
    const [first, ...others] = LOOKUP;
    const files = [[policy(allow(first)), { PolicyDocument: policy(allow(others)) }]];
    expect(iamOf(files, { need: 'lookup', table: TABLE })).toEqual([]);
  });

  test('beside the ARN of an instance profile is that of the profile', () => {
    const files = [{ path: PROFILE, body: [policy(allow(LOOKUP))] }, store('lookup')];
    expect(iamOf(files)).toEqual([]);
  });
});
