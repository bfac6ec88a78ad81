import { describe, expect, test } from 'vitest';
import {
  checkDynamoDbPolicy,
  DYNAMODB_ACTIONS,
  DYNAMODB_NEEDS,
  type DynamoDbPolicyOptions,
} from '../../../src/platforms/aws-iam/index.js';
import { allow, deny, policy } from './policies.js';
import { TABLE } from './random-policy.js';

/** As the page of Databricks about authentication for online stores lists them. */
const DOCUMENTED = `
  DeleteItem DeleteTable PartiQLSelect DescribeTable PartiQLInsert GetItem CreateGlobalTable BatchGetItem UpdateTimeToLive
  BatchWriteItem ConditionCheckItem PutItem PartiQLUpdate Scan Query UpdateItem DescribeTimeToLive CreateTable
  UpdateGlobalTableSettings UpdateTable PartiQLDelete DescribeTableReplicaAutoScaling`
  .trim()
  .split(/\s+/);
const GLOBAL = 'arn:aws:dynamodb::123456789012:global-table/features';
const INDEX = `${TABLE}/index/by_user`;

describe('needs', () => {
  test('publishing takes what the documentation lists', () => {
    expect(DOCUMENTED).toHaveLength(22);
    expect(DYNAMODB_NEEDS.publish).toEqual(DOCUMENTED.toSorted());
  });

  test('looking up takes those of them that read', () => {
    const reading = DYNAMODB_ACTIONS.filter(({ level }) => level === 'Read').map(
      ({ name }) => name,
    );
    expect(DYNAMODB_NEEDS.lookup).toHaveLength(9);
    expect(DYNAMODB_NEEDS.lookup).toEqual(
      DOCUMENTED.filter((name) => reading.includes(name)).toSorted(),
    );
  });

  test('DynamoDB has 79 actions, and each of them once', () => {
    expect(new Set(DYNAMODB_ACTIONS.map(({ name }) => name.toLowerCase())).size).toBe(79);
  });

  test.each(['publish', 'lookup'] as const)('each action of %s is needed', (need) => {
    const needed = DYNAMODB_NEEDS[need];
    const Resource = [TABLE, GLOBAL];
    const all = needed.map((name) => `dynamodb:${name}`);
    const complete = checkDynamoDbPolicy(policy(allow({ Action: all, Resource })), {
      need,
      table: TABLE,
    });
    expect(complete).toMatchObject({
      allowed: true,
      missing: [],
      conditional: [],
      excessive: [],
      findings: [],
    });
    expect(complete.actions.map(({ action }) => action)).toEqual(all);
    for (const without of all) {
      const Action = all.filter((action) => action !== without);
      const { allowed, missing } = checkDynamoDbPolicy(policy(allow({ Action, Resource })), {
        need,
        table: TABLE,
      });
      expect(allowed).toBe(false);
      expect(missing.map(({ action }) => action)).toEqual([without]);
    }
  });
});

describe('resources of a table', () => {
  const missingOf = (Resource: unknown, options: Partial<DynamoDbPolicyOptions> = {}): object => {
    const document = policy(allow({ Action: 'dynamodb:*', Resource }));
    const { missing } = checkDynamoDbPolicy(document, {
      need: 'publish',
      table: TABLE,
      ...options,
    });
    return Object.fromEntries(
      missing.map(({ action, resources }) => [
        action.slice('dynamodb:'.length),
        resources.filter(({ answer }) => answer === 'missing').map(({ resource }) => resource),
      ]),
    );
  };

  test('a global table has an ARN of its own', () => {
    expect(missingOf(TABLE)).toEqual({
      CreateGlobalTable: [GLOBAL],
      UpdateGlobalTableSettings: [GLOBAL],
    });
    expect(missingOf([TABLE, GLOBAL])).toEqual({});
    expect(missingOf([TABLE, GLOBAL.replace('::', ':us-east-1:')])).toHaveProperty(
      'CreateGlobalTable',
    );
    expect(Object.keys(missingOf(GLOBAL))).toHaveLength(22);
    const other = GLOBAL.replace('features', 'world');
    expect(missingOf([TABLE, GLOBAL], { globalTable: 'world' })).toHaveProperty(
      'CreateGlobalTable',
      [other],
    );
  });

  test('an index is read with its own ARN', () => {
    const indexes = ['by_user'];
    expect(missingOf([TABLE, GLOBAL], { indexes })).toEqual({
      PartiQLSelect: [INDEX],
      Query: [INDEX],
      Scan: [INDEX],
    });
    expect(missingOf([TABLE, GLOBAL, `${TABLE}/index/*`], { indexes })).toEqual({});
    expect(missingOf([TABLE, GLOBAL, INDEX], { indexes: ['by_user', 'by_day'] })).toEqual({
      PartiQLSelect: [`${TABLE}/index/by_day`],
      Query: [`${TABLE}/index/by_day`],
      Scan: [`${TABLE}/index/by_day`],
    });
  });

  test('all tables are needed', () => {
    const other = TABLE.replace('features', 'labels');
    const table = [TABLE, other];
    expect(missingOf([TABLE, GLOBAL], { table, need: 'lookup' })).toMatchObject({
      GetItem: [other],
    });
    expect(missingOf('*', { table })).toEqual({});
  });

  test.each([
    [{ region: 'us-east-1', account: '123456789012', table: 'features' }, TABLE],
    [
      { partition: 'aws-cn', region: 'cn-north-1', account: '123456789012', table: 'f.e_a-t' },
      'arn:aws-cn:dynamodb:cn-north-1:123456789012:table/f.e_a-t',
    ],
  ])('%j is %s', (table, arn) => {
    const [first] = checkDynamoDbPolicy(policy(), { need: 'lookup', table }).actions;
    expect(first?.resources).toEqual([{ resource: arn, answer: 'missing', decidedBy: [] }]);
  });
});

describe('wrong arguments', () => {
  const options = { need: 'lookup', table: TABLE } as const;

  test.each<[what: string, options: unknown]>([
    ['another need', { ...options, need: 'toString' }],
    ['no table', { need: 'lookup' }],
    ['an empty list of tables', { ...options, table: [] }],
    ['many tables', { ...options, table: new Array(101).fill(TABLE) }],
    ['a table name', { ...options, table: 'features' }],
    ['a wildcard', { ...options, table: `${TABLE}*` }],
    ['an index', { ...options, table: INDEX }],
    ['another service', { ...options, table: TABLE.replace('dynamodb', 's3') }],
    ['a line after the table', { ...options, table: `${TABLE}\n` }],
    [
      'a short account',
      { ...options, table: { region: 'us-east-1', account: '1', table: 'features' } },
    ],
    [
      'an account that is a number',
      { ...options, table: { region: 'us-east-1', account: 123_456_789_012, table: 'features' } },
    ],
    [
      'a name with a colon',
      { ...options, table: { region: 'us-east-1', account: '123456789012', table: 'a:b' } },
    ],
    ['an index with a wildcard', { ...options, indexes: ['*'] }],
    ['an index that is a number', { ...options, indexes: [123] }],
    ['indexes that are a text', { ...options, indexes: 'by_user' }],
    ['many indexes', { ...options, indexes: new Array(101).fill('by_user') }],
    ['a global table with a slash', { ...options, globalTable: 'a/b' }],
    ['names for other policies', { ...options, names: [] }],
    ['a name that is a number', { ...options, names: [1] }],
    ['a name for all', { ...options, names: 'role' }],
  ])('%s', (_what, wrong) => {
    expect(() => checkDynamoDbPolicy(policy(allow()), wrong as DynamoDbPolicyOptions)).toThrow(
      TypeError,
    );
  });

  test.each([[[]], [new Array(33).fill(policy(allow()))]])(
    'a list of no or too many policies',
    (documents) => {
      expect(() => checkDynamoDbPolicy(documents, options)).toThrow(/between 1 and 32 policies/);
    },
  );
});

describe('findings', () => {
  test('say who denies what, what is missing and what depends', () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'true' } };
    const documents = [
      policy(allow({ Sid: 'All', Action: 'dynamodb:*' }), deny({ Action: 'dynamodb:Scan' })),
      policy(deny({ Action: ['dynamodb:Query', 'dynamodb:GetItem'], Condition })),
    ];
    const { findings } = checkDynamoDbPolicy(documents, {
      need: 'lookup',
      table: TABLE,
      indexes: ['by_user'],
      names: ['base', 'guard'],
    });
    expect(
      findings.map(({ rule, level, message, permission }) => [
        rule,
        level,
        message,
        permission?.name,
      ]),
    ).toEqual([
      [
        'iam-action-denied',
        'warning',
        `statement 1 of policy \`base\` denies dynamodb:Scan on \`${TABLE}\``,
        'base',
      ],
      [
        'iam-action-missing',
        'warning',
        `nothing allows dynamodb:PartiQLSelect, dynamodb:Query, dynamodb:Scan on \`${INDEX}\``,
        undefined,
      ],
      [
        'iam-action-conditional',
        'warning',
        `dynamodb:GetItem, dynamodb:Query on \`${TABLE}\` depend on the request: statement 0 of policy \`guard\` may deny`,
        'guard',
      ],
      [
        'iam-excess-action',
        'warning',
        expect.stringMatching(
          /^statement 0 \(`All`\) of policy `base` allows \d+ actions that are not needed: /,
        ),
        'base',
      ],
    ]);
  });

  test('the result says what it does not consider', () => {
    const { notConsidered } = checkDynamoDbPolicy(policy(allow()), {
      need: 'lookup',
      table: TABLE,
    });
    expect(notConsidered).toContain('service control policies');
    expect(notConsidered).toContain('permissions boundaries');
    expect(notConsidered).toContain('session policies');
    expect(notConsidered).toContain('resource-based policies');
  });
});
