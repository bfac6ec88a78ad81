import { describe, expect, test } from 'vitest';
import {
  checkDynamoDbPolicy,
  DYNAMODB_ACTIONS,
  type DynamoDbNeed,
  type Excess,
} from '../../../src/platforms/aws-iam/index.js';
import { allow, deny, policy } from './policies.js';
import { TABLE } from './random-policy.js';

const OTHER = TABLE.replace('features', 'labels');
const CONDITION = { Bool: { 'aws:SecureTransport': 'true' } };

function excessOf(
  statements: readonly Readonly<Record<string, unknown>>[],
  need: DynamoDbNeed = 'lookup',
): readonly Excess[] {
  return checkDynamoDbPolicy(policy(...statements), { need, table: TABLE }).excessive;
}

/** In short: what, where. */
function shorten(excess: Excess): string {
  if (excess.kind === 'action') return `${excess.action} on ${excess.resource.replace(TABLE, 'T')}`;
  return `${excess.kind} ${excess.negated ? 'not ' : ''}${excess.pattern.replace(TABLE, 'T')}`;
}

describe('actions', () => {
  test.each<[what: string, statements: Readonly<Record<string, unknown>>[], excess: string[]]>([
    ['nothing but what is needed', [allow()], []],
    [
      'a write',
      [allow({ Action: ['dynamodb:GetItem', 'dynamodb:PutItem'] })],
      ['dynamodb:PutItem on T'],
    ],
    [
      'a write under a condition',
      [allow({ Action: 'dynamodb:PutItem', Condition: CONDITION })],
      ['dynamodb:PutItem on T'],
    ],
    [
      'a write that is denied',
      [allow({ Action: 'dynamodb:P*Item' }), deny({ Action: 'dynamodb:PutItem' })],
      [],
    ],
    [
      'a write that is denied under a condition',
      [
        allow({ Action: 'dynamodb:PutItem' }),
        deny({ Action: 'dynamodb:PutItem', Condition: CONDITION }),
      ],
      ['dynamodb:PutItem on T'],
    ],
    [
      'the streams of the table',
      [allow({ Action: 'dynamodb:GetRecords', Resource: `${TABLE}/*` })],
      ['dynamodb:GetRecords on T/stream/*'],
    ],
    [
      'one stream',
      [allow({ Action: 'dynamodb:GetRecords', Resource: `${TABLE}/stream/2026-01-01` })],
      ['dynamodb:GetRecords on T/stream/*'],
    ],
    [
      'streams that are denied',
      [
        allow({ Action: 'dynamodb:GetRecords', Resource: `${TABLE}/*` }),
        deny({ Action: '*', Resource: `${TABLE}/stream*` }),
      ],
      [],
    ],
    [
      'streams some of which are denied',
      [
        allow({ Action: 'dynamodb:GetRecords', Resource: `${TABLE}/*` }),
        deny({ Action: '*', Resource: `${TABLE}/stream/2026*` }),
      ],
      ['dynamodb:GetRecords on T/stream/*'],
    ],
    ['an action on no resource, with one', [allow({ Action: 'dynamodb:ListTables' })], []],
    [
      'an action on no resource',
      [allow({ Action: 'dynamodb:ListTables', Resource: '*' })],
      ['dynamodb:ListTables on *'],
    ],
  ])('%s', (_what, statements, excess) => {
    expect(excessOf(statements).map(shorten)).toEqual(excess);
  });

  test('all of DynamoDB is more than either need', () => {
    const unneeded = (need: DynamoDbNeed): number => {
      const excess = excessOf(
        [allow({ Action: 'dynamodb:*', Resource: [TABLE, `${TABLE}/*`] })],
        need,
      );
      return new Set(excess.map((one) => one.kind === 'action' && one.action)).size;
    };
    const onNothing = DYNAMODB_ACTIONS.filter(({ resourceTypes }) => resourceTypes.length === 0);
    const onGlobal = DYNAMODB_ACTIONS.filter(
      ({ resourceTypes }) => resourceTypes.join() === 'global-table',
    );
    const reachable = 79 - onNothing.length - onGlobal.length;
    expect(unneeded('publish')).toBe(reachable - 22);
    expect(unneeded('lookup')).toBe(reachable - 9);
  });

  test('says of what level an action is, and which statements allow it', () => {
    expect(
      excessOf([
        allow(),
        allow({ Action: 'dynamodb:Tag*' }),
        allow({ Action: 'dynamodb:TagResource' }),
      ]),
    ).toContainEqual({
      kind: 'action',
      action: 'dynamodb:TagResource',
      level: 'Tagging, Write',
      resource: TABLE,
      allowedBy: [
        { policy: 0, statement: 1 },
        { policy: 0, statement: 2 },
      ],
    });
  });
});

describe('resources', () => {
  const rest = { Action: '*', Resource: undefined, NotResource: [TABLE, `${TABLE}/*`] };

  test.each<[what: string, statements: Readonly<Record<string, unknown>>[], excess: string[]]>([
    [
      'the table and its parts',
      [allow({ Resource: [TABLE, `${TABLE}/index/*`, `${TABLE}/*`] })],
      [],
    ],
    [
      'its global table',
      [allow({ Resource: 'arn:aws:dynamodb::123456789012:global-table/features' })],
      [],
    ],
    ['all', [allow({ Resource: '*' })], ['resource *']],
    ['another table', [allow({ Resource: [TABLE, OTHER] })], [`resource ${OTHER}`]],
    ['tables that begin alike', [allow({ Resource: `${TABLE}*` })], ['resource T*']],
    [
      'the same in every region',
      [allow({ Resource: TABLE.replace('us-east-1', '*') })],
      ['resource arn:aws:dynamodb:*:123456789012:table/features'],
    ],
    ['a bucket', [allow({ Resource: [TABLE, 'arn:aws:s3:::bucket/*'] })], []],
    [
      'all but another table',
      [allow({ Resource: undefined, NotResource: OTHER })],
      [`resource not ${OTHER}`],
    ],
    ['all, with the rest denied', [allow({ Resource: '*' }), deny(rest)], []],
    [
      'all but one, with the rest denied',
      [allow({ Resource: undefined, NotResource: OTHER }), deny(rest)],
      [],
    ],
    [
      'all, with the rest denied under a condition',
      [allow({ Resource: '*' }), deny({ ...rest, Condition: CONDITION })],
      ['resource *'],
    ],
    [
      'all, with the rest denied to writes',
      [allow({ Resource: '*' }), deny({ ...rest, Action: 'dynamodb:PutItem' })],
      ['resource *'],
    ],
    [
      'another table that is denied',
      [allow({ Resource: [TABLE, OTHER] }), deny({ Resource: OTHER })],
      [],
    ],
    [
      'all but one, which is denied',
      [allow({ Resource: undefined, NotResource: OTHER }), deny({ Resource: OTHER })],
      [`resource not ${OTHER}`],
    ],
    [
      'other services only',
      [allow({ Action: 's3:*', Resource: 'arn:aws:s3:::bucket' })],
      ['service s3:*'],
    ],
  ])('%s', (_what, statements, excess) => {
    expect(excessOf(statements).map(shorten)).toEqual(excess);
  });

  test('say which actions are allowed there', () => {
    const [excess] = excessOf([
      allow({ Resource: OTHER, Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 's3:*'] }),
    ]);
    expect(excess).toEqual({
      kind: 'resource',
      pattern: OTHER,
      negated: false,
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      allowedBy: [{ policy: 0, statement: 0 }],
    });
  });
});

describe('services', () => {
  const services = (...statements: Readonly<Record<string, unknown>>[]): readonly string[] =>
    excessOf(statements)
      .filter(({ kind }) => kind === 'service')
      .map(shorten);

  test.each<[what: string, statements: Readonly<Record<string, unknown>>[], excess: string[]]>([
    ['everything', [allow({ Action: '*', Resource: '*' })], ['service *']],
    ['everything in two texts', [allow({ Action: '*:*', Resource: '*' })], ['service *:*']],
    ['everything on a table', [allow({ Action: '*' })], []],
    [
      'everything but a bucket',
      [allow({ Action: '*', Resource: undefined, NotResource: 'arn:aws:s3:::bucket' })],
      ['service *'],
    ],
    [
      'one by its name',
      [allow({ Action: ['s3:Get*', 'dynamodb:GetItem'], Resource: '*' })],
      ['service s3:Get*'],
    ],
    [
      'all but one',
      [allow({ Action: undefined, NotAction: 'iam:*', Resource: '*' })],
      ['service not iam:*'],
    ],
    [
      'everything, with all but DynamoDB denied',
      [
        allow({ Action: '*', Resource: '*' }),
        deny({ Action: undefined, NotAction: 'dynamodb:*', Resource: '*' }),
      ],
      [],
    ],
    [
      'everything, with everything denied',
      [allow({ Action: '*', Resource: '*' }), deny({ Action: '*', Resource: '*' })],
      [],
    ],
    [
      'everything, with another service denied',
      [allow({ Action: '*', Resource: '*' }), deny({ Action: 's3:*', Resource: '*' })],
      ['service *'],
    ],
    [
      'everything, with the table denied',
      [allow({ Action: '*', Resource: '*' }), deny({ Action: '*' })],
      ['service *'],
    ],
  ])('%s', (_what, statements, excess) => {
    expect(services(...statements)).toEqual(excess);
  });

  test('only all of them are a finding', () => {
    const rules = (Action: string): readonly string[] =>
      checkDynamoDbPolicy(policy(allow({ Action, Resource: '*' })), {
        need: 'lookup',
        table: TABLE,
      }).findings.map(({ rule }) => rule);
    expect(rules('*')).toContain('iam-every-service');
    expect(rules('s3:*')).not.toContain('iam-every-service');
  });
});
