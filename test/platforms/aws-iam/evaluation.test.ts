import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkDynamoDbPolicy,
  type DynamoDbPolicyCheck,
  type PolicyAnswer,
} from '../../../src/platforms/aws-iam/index.js';
import { allow, answerOf, deny, policy } from './policies.js';
import { policyArbitrary, TABLE } from './random-policy.js';

const CONDITION = { StringEquals: { 'aws:PrincipalTag/team': 'features' } };

describe('actions', () => {
  test.each<[fields: Readonly<Record<string, unknown>>, answer: PolicyAnswer]>([
    [{ Action: 'dynamodb:GetItem' }, 'allowed'],
    [{ Action: 'DYNAMODB:getitem' }, 'allowed'],
    [{ Action: ['dynamodb:Scan', 'dynamodb:GetItem'] }, 'allowed'],
    [{ Action: '*' }, 'allowed'],
    [{ Action: '*:*' }, 'allowed'],
    [{ Action: 'dynamodb:*' }, 'allowed'],
    [{ Action: 'dynamodb:get*' }, 'allowed'],
    [{ Action: 'dynamodb:*item' }, 'allowed'],
    [{ Action: 'dynamodb:G?tItem' }, 'allowed'],
    [{ Action: 'dynamodb:GetItem?' }, 'missing'],
    [{ Action: 'dynamodb:Get' }, 'missing'],
    [{ Action: 'dynamodbstreams:*' }, 'missing'],
    [{ Action: 's3:GetItem' }, 'missing'],
    [{ Action: undefined, NotAction: 'dynamodb:PutItem' }, 'allowed'],
    [{ Action: undefined, NotAction: 's3:*' }, 'allowed'],
    [{ Action: undefined, NotAction: ['s3:*', 'dynamodb:get*'] }, 'missing'],
    [{ Action: undefined, NotAction: '*' }, 'missing'],
  ])('of %j: %s', (fields, answer) => {
    expect(answerOf(policy(allow(fields)))).toBe(answer);
    // Denied and allowed are each other's mirror.
    const denied = policy(allow(), deny(fields));
    expect(answerOf(denied)).toBe(answer === 'allowed' ? 'denied' : 'allowed');
  });
});

describe('resources', () => {
  test.each<[resource: unknown, answer: PolicyAnswer]>([
    [TABLE, 'allowed'],
    ['*', 'allowed'],
    [['arn:aws:s3:::bucket/*', TABLE], 'allowed'],
    [TABLE.toUpperCase().replace('ARN:AWS:DYNAMODB', 'arn:aws:dynamodb'), 'missing'],
    [TABLE.replace('features', 'Features'), 'missing'],
    [`${TABLE}*`, 'allowed'],
    [`${TABLE}?`, 'missing'],
    [`${TABLE}/index/*`, 'missing'],
    [TABLE.replace('features', 'feat????'), 'allowed'],
    [TABLE.replace('us-east-1', '*'), 'allowed'],
    [TABLE.replace('us-east-1', 'eu-*'), 'missing'],
    [TABLE.replace('us-east-1:123456789012', '*'), 'allowed'],
    [TABLE.replace('us-east-1:123456789012', 'us-*'), 'allowed'],
    [TABLE.replace('us-east-1:123456789012:table', '*table'), 'missing'],
    [TABLE.replace('us-east-1:123456789012', 'us-east-1?123456789012'), 'missing'],
    [TABLE.replace('table/features', '*'), 'allowed'],
    [TABLE.replace('table/features', 't*s'), 'allowed'],
    [TABLE.replace('aws', '*'), 'allowed'],
    [TABLE.replace('aws', 'aws-cn'), 'missing'],
    ['arn:aws:dynamodb:*', 'allowed'],
    ['arn:aws:s3:::*', 'missing'],
    [TABLE.replace('features', '${aws:PrincipalTag/table}'), 'conditional'],
    [TABLE.replace('features', 'x${aws:PrincipalTag/table}'), 'missing'],
    [TABLE.replace('features', '${*}'), 'missing'],
  ])('of %j: %s', (Resource, answer) => {
    expect(answerOf(policy(allow({ Resource })))).toBe(answer);
    const without = { allowed: 'missing', missing: 'allowed', conditional: 'conditional' } as const;
    const negated = policy(allow({ Resource: undefined, NotResource: Resource }));
    expect(answerOf(negated)).toBe(without[answer as keyof typeof without]);
  });

  test('a variable is plain text before version 2012-10-17', () => {
    const Resource = TABLE.replace('features', '${aws:PrincipalTag/table}');
    expect(answerOf({ Version: '2008-10-17', Statement: allow({ Resource }) })).toBe('missing');
    expect(answerOf({ Statement: allow({ Resource }) })).toBe('missing');
    expect(answerOf({ Statement: [allow(), deny({ Resource })] })).toBe('allowed');
    expect(answerOf(policy(allow(), deny({ Resource })))).toBe('conditional');
  });
});

describe('statements', () => {
  test.each<[what: string, documents: readonly unknown[], answer: PolicyAnswer]>([
    ['one that is no list', [{ Statement: allow() }], 'allowed'],
    ['a denial after an allowance', [policy(allow(), deny())], 'denied'],
    ['a denial before an allowance', [policy(deny(), allow())], 'denied'],
    ['a denial in another policy', [policy(allow()), policy(deny())], 'denied'],
    ['a denial alone', [policy(deny())], 'denied'],
    [
      'an allowance in a second policy',
      [policy(allow({ Action: 's3:*' })), policy(allow())],
      'allowed',
    ],
    ['a condition', [policy(allow({ Condition: CONDITION }))], 'conditional'],
    ['a condition that is none', [policy(allow({ Condition: {} }))], 'allowed'],
    ['a condition beside none', [policy(allow({ Condition: CONDITION }), allow())], 'allowed'],
    ['a denial with a condition', [policy(allow(), deny({ Condition: CONDITION }))], 'conditional'],
    ['a denial with a condition alone', [policy(deny({ Condition: CONDITION }))], 'missing'],
    [
      'a denial with a condition, of something else',
      [policy(allow(), deny({ Condition: CONDITION, Action: 'dynamodb:PutItem' }))],
      'allowed',
    ],
    [
      'a denial of all but the table',
      [policy(allow(), deny({ Action: '*', Resource: undefined, NotResource: TABLE }))],
      'allowed',
    ],
    [
      'a denial of all but the action',
      [policy(allow(), deny({ Action: undefined, NotAction: 'dynamodb:GetItem' }))],
      'allowed',
    ],
  ])('%s: %s', (_what, documents, answer) => {
    expect(answerOf(...documents)).toBe(answer);
  });

  test('an answer names the statements that decided', () => {
    const documents = [
      policy(allow({ Sid: 'Read' }), allow({ Action: 'dynamodb:Query' })),
      policy(
        deny({ Action: 'dynamodb:Query' }),
        deny({ Action: 'dynamodb:Scan', Condition: CONDITION }),
        allow({ Action: 'dynamodb:Scan' }),
      ),
    ];
    const { actions } = checkDynamoDbPolicy(documents, { need: 'lookup', table: TABLE });
    const decided = Object.fromEntries(
      actions.map(({ action, resources }) => [action, resources.map(({ decidedBy }) => decidedBy)]),
    );
    expect(decided).toMatchObject({
      'dynamodb:GetItem': [[{ policy: 0, statement: 0, sid: 'Read' }]],
      'dynamodb:Query': [[{ policy: 1, statement: 0 }]],
      'dynamodb:Scan': [[{ policy: 1, statement: 1 }]],
      'dynamodb:BatchGetItem': [[]],
    });
  });
});

describe('whatever the policies', () => {
  const ask = (documents: readonly object[]): DynamoDbPolicyCheck =>
    checkDynamoDbPolicy(documents, { need: 'publish', table: TABLE, indexes: ['by_user'] });
  const rank = { denied: 0, missing: 1, conditional: 2, allowed: 3 } as const;

  test('the order of statements does not matter', () => {
    fc.assert(
      fc.property(policyArbitrary, ({ documents }) => {
        const reversed = documents.map((document) => {
          const { Statement: statements } = document as { Statement: unknown };
          return {
            ...document,
            Statement: Array.isArray(statements) ? statements.toReversed() : statements,
          };
        });
        const answers = (given: readonly object[]): readonly PolicyAnswer[] =>
          ask(given).actions.map(({ answer }) => answer);
        expect(answers(reversed.toReversed())).toEqual(answers(documents));
      }),
    );
  });

  test('one more denial never allows more, and one more allowance never less', () => {
    const one = fc.constantFrom('Allow', 'Deny').chain((Effect) =>
      fc.record({
        Effect: fc.constant(Effect),
        Action: fc.constantFrom('dynamodb:*', 'dynamodb:Get*'),
        Resource: fc.constantFrom('*', TABLE),
      }),
    );
    fc.assert(
      fc.property(policyArbitrary, one, ({ documents }, statement) => {
        const before = ask(documents).actions;
        const after = ask([...documents, policy(statement)]).actions;
        for (const [index, { answer }] of after.entries()) {
          const old = before[index]?.answer ?? 'denied';
          if (statement.Effect === 'Deny') expect(rank[answer]).toBeLessThanOrEqual(rank[old]);
          else expect(rank[answer]).toBeGreaterThanOrEqual(rank[old]);
        }
      }),
    );
  });

  test('a text is read as what it is parsed into', () => {
    fc.assert(
      fc.property(policyArbitrary, ({ documents }) => {
        const texts = documents.map((document) => JSON.stringify(document));
        const options = { need: 'publish', table: TABLE } as const;
        expect(checkDynamoDbPolicy(texts, options)).toEqual(
          checkDynamoDbPolicy(documents, options),
        );
      }),
    );
  });
});
