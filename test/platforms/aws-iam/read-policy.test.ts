import { describe, expect, test } from 'vitest';
import {
  checkDynamoDbPolicy,
  type DynamoDbPolicyCheck,
} from '../../../src/platforms/aws-iam/index.js';
import { allow, answerOf, deny, policy } from './policies.js';
import { TABLE } from './random-policy.js';

function check(document: unknown): DynamoDbPolicyCheck {
  return checkDynamoDbPolicy(document, { need: 'lookup', table: TABLE });
}

/** A policy with all that is needed, beside what else a test is about. */
function ample(...statements: readonly Readonly<Record<string, unknown>>[]): object {
  return policy(allow({ Action: 'dynamodb:*' }), ...statements);
}

function messagesOf(document: unknown, rule: string): readonly string[] {
  return check(document).findings.flatMap((finding) =>
    finding.rule === rule ? finding.message : [],
  );
}

describe('a document that AWS refuses', () => {
  test.each<[what: string, document: unknown, message: RegExp]>([
    ['a number', 1, /is not a JSON object/],
    ['null', null, /is not a JSON object/],
    ['a list in a text', '[]', /is not a JSON object/],
    ['no JSON', '{', /is not a JSON object/],
    ['a member that is given twice', '{"Statement":[],"Statement":{}}', /given once/],
    [
      'an escaped member that is given twice',
      '{"Statement":[],"\\u0053tatement":{}}',
      /given once/,
    ],
    ['an instance of a class', new Map(), /is not a JSON object/],
    ['nothing', {}, /statement 0 of policy `policy 0` is not an object/],
    ['no statement', policy(), /has no statement/],
    ['a statement that is a text', { Statement: 'x' }, /is not an object/],
    ['a list in a list', { Statement: [[allow()]] }, /is not an object/],
    ['another version', { Version: '2012-10-18', Statement: allow() }, /`Version` must be/],
    ['a version that is a number', { Version: 2012, Statement: allow() }, /`Version` must be/],
    ['an id that is a number', { Id: 1, Statement: allow() }, /`Id` must be a text/],
    ['another element', { Statement: allow(), Statements: [] }, /unknown element `Statements`/],
    [
      'a prototype',
      JSON.parse(`{"__proto__":{"x":1},"Statement":${JSON.stringify(allow())}}`),
      /unknown element `__proto__`/,
    ],
  ])('%s', (_what, document, message) => {
    const { allowed, findings } = check(document);
    expect(allowed).toBe(false);
    expect(
      findings.filter(({ rule }) => rule === 'iam-malformed').map((finding) => finding.message),
    ).toEqual(expect.arrayContaining([expect.stringMatching(message)]));
    expect(answerOf(document)).toBe('missing');
  });
});

test('a document of another version may deny, and allows nothing', () => {
  const document = { Version: '2030-01-01', Statement: [allow(), deny()] };
  expect(answerOf(document)).toBe('missing');
  expect(answerOf(document, ample())).toBe('conditional');
});

describe('a statement that AWS refuses', () => {
  test.each<[what: string, fields: Readonly<Record<string, unknown>>, message: RegExp]>([
    ['without an action', { Action: undefined }, /needs `Action` or `NotAction`/],
    ['without a resource', { Resource: undefined }, /needs `Resource` or `NotResource`/],
    ['with both', { NotAction: 's3:*' }, /needs `Action` or `NotAction`/],
    ['with both resources', { NotResource: '*' }, /needs `Resource` or `NotResource`/],
    ['with an empty list', { Action: [] }, /needs `Action`/],
    ['with an empty list of resources', { Resource: [] }, /needs `Resource`/],
    ['with a number', { Action: [1] }, /needs `Action`/],
    ['with a list in a list', { Resource: [[TABLE]] }, /needs `Resource`/],
    ['with an effect in small letters', { Effect: 'allow' }, /`Effect` must be/],
    ['without an effect', { Effect: undefined }, /`Effect` must be/],
    ['with another element', { action: 'x' }, /unknown element `action`/],
    ['with a Sid of other characters', { Sid: 'a b' }, /`Sid` must be/],
    ['with a Sid that is a number', { Sid: 1 }, /`Sid` must be/],
    ['with a condition that is a list', { Condition: [] }, /`Condition` must map/],
    [
      'with an operator that is a text',
      { Condition: { StringEquals: 'x' } },
      /`Condition` must map/,
    ],
    ['with a deep value', { Condition: { StringEquals: { k: [['x']] } } }, /`Condition` must map/],
    [
      'with a value that is an object',
      { Condition: { StringEquals: { k: {} } } },
      /`Condition` must map/,
    ],
    [
      'with a text that is no action',
      { Action: 'GetItem' },
      /names `GetItem`, which is not an action; did you mean `dynamodb:GetItem`\?/,
    ],
    ['with a dot', { Action: 'dynamodb.GetItem' }, /did you mean `dynamodb:GetItem`\?/],
    ['with a space', { Action: ' dynamodb:GetItem' }, /which is not an action/],
    ['with two colons', { Action: 'dynamodb:Get:Item' }, /did you mean `dynamodb:GetItem`\?/],
    ['with a wildcard in the service', { Action: 'dynamo*:GetItem' }, /which is not an action/],
    ['with an action of every service', { Action: '*:GetItem' }, /which is not an action/],
    [
      'with a letter that is a k in small',
      { Action: 'dynamodb:Get\u212A*' },
      /which is not an action/,
    ],
    ['with a text that is no ARN', { Resource: 'features' }, /neither `\*` nor the ARN/],
    ['with a wildcard as ARN', { Resource: '**' }, /neither `\*` nor the ARN/],
    [
      'with a wildcard as service',
      { Resource: 'arn:aws:*:us-east-1:123456789012:table/features' },
      /neither/,
    ],
    ['with an ARN without a service', { Resource: 'arn:aws:*' }, /neither/],
    ['with a service in capitals', { Resource: 'arn:aws:DynamoDB:*' }, /neither/],
    ['with an open variable', { Resource: `${TABLE}\${` }, /neither/],
  ])('%s', (_what, fields, message) => {
    expect(answerOf(policy(allow(fields)))).not.toBe('allowed');
    const denial = ample({
      ...deny(),
      ...fields,
      Effect: 'Effect' in fields ? fields['Effect'] : 'Deny',
    });
    for (const document of [ample(allow(fields)), denial]) {
      expect(check(document).allowed).toBe(false);
      expect(messagesOf(document, 'iam-malformed')).toEqual([expect.stringMatching(message)]);
    }
    // Whatever it would deny, nobody knows.
    expect(answerOf(denial)).toBe('conditional');
  });

  test('with a principal', () => {
    for (const element of ['Principal', 'NotPrincipal']) {
      const fields = { [element]: { AWS: '*' } };
      expect(answerOf(policy(allow(fields)))).toBe('missing');
      expect(answerOf(ample(deny(fields)))).toBe('conditional');
      const { allowed, findings } = check(ample(allow(fields)));
      expect(allowed).toBe(false);
      expect(findings).toContainEqual({
        rule: 'iam-principal',
        level: 'error',
        message: `statement 1 of policy \`policy 0\` names a \`${element}\`, which a policy of a user, group or role may not`,
        permission: { project: null, name: 'policy 0' },
      });
    }
  });

  test('with a Sid that another one has', () => {
    const document = ample(
      allow({ Sid: 'A' }),
      allow({ Sid: 'A' }),
      allow({ Sid: '' }),
      allow({ Sid: '' }),
    );
    expect(check(document).allowed).toBe(false);
    expect(messagesOf(document, 'iam-malformed')).toEqual([
      'statement 2 (`A`) of policy `policy 0` repeats a `Sid`',
    ]);
  });

  test('what is left of an allowance counts, and of nothing else', () => {
    const Action = ['dynamodb.Scan', 'dynamodb:GetItem'];
    const Resource = ['features', TABLE];
    expect(answerOf(policy(allow({ Action, Resource })))).toBe('allowed');
    expect(answerOf(policy(allow({ Action: undefined, NotAction: ['dynamodb.Scan'] })))).toBe(
      'missing',
    );
    expect(answerOf(policy(allow({ Resource: undefined, NotResource: ['features'] })))).toBe(
      'missing',
    );
    expect(answerOf(ample(deny({ Action: ['dynamodb.Scan', 'dynamodb:PutItem'] })))).toBe(
      'conditional',
    );
    expect(check(policy(allow({ Action: ['dynamodb.Scan', 'dynamodb:*'] }))).allowed).toBe(false);
  });
});

describe('bounds', () => {
  const deep = (depth: number): unknown => (depth === 0 ? 'x' : [deep(depth - 1)]);
  const cyclic: { Statement: unknown[] } = { Statement: [] };
  cyclic.Statement.push(cyclic);

  test.each<[what: string, document: unknown]>([
    ['a long text', `{"Statement":[]${' '.repeat(70_000)}}`],
    ['a long value', policy(allow({ Sid: 'a'.repeat(40_000) }))],
    ['a long name', { ['x'.repeat(40_000)]: 1 }],
    ['many values', { Statement: new Array(1_000_000).fill(0) }],
    ['many statements in a text', `{"Statement":[${'{},'.repeat(300)}{}]}`],
    ['many statements', { Statement: Array.from({ length: 20_000 }, () => ({})) }],
    ['a deep value', policy(allow({ Condition: deep(100) }))],
    ['a deep text', JSON.stringify(policy(allow({ Condition: deep(1000) })))],
    ['a deeper text', `{"Statement":${'['.repeat(15_000)}${']'.repeat(15_000)}}`],
    ['a circle', cyclic],
  ])('%s is not looked into', (_what, document) => {
    const { allowed, findings, conditional } = check([document, ample()]);
    expect(allowed).toBe(false);
    expect(findings.filter(({ rule }) => rule === 'iam-malformed')).toHaveLength(1);
    expect(conditional).toHaveLength(9);
  });

  test('of many problems the first ones are listed, and all count', () => {
    const unknown = Array.from({ length: 200 }, () => 'dynamodb:Zap');
    const { allowed, findings } = check(ample(allow({ Action: [...unknown, 'Zap'] })));
    expect(allowed).toBe(false);
    expect(findings.filter(({ rule }) => rule === 'iam-unknown-action')).toHaveLength(100);
  });

  test('of many policies with many statements the first ones are looked into', () => {
    const statements = Array.from({ length: 200 }, () => allow({ Action: '*', Resource: '*' }));
    const documents = Array.from({ length: 6 }, () => policy(...statements));
    const { allowed, findings } = check(documents);
    expect(allowed).toBe(false);
    expect(findings.filter(({ rule }) => rule === 'iam-malformed')).toEqual([
      expect.objectContaining({
        message: 'policy `policy 5` has more statements than are looked into',
      }),
    ]);
  });

  test('policies that are built to be slow are not', () => {
    const Resource = Array.from({ length: 5 }, () => `${TABLE.slice(0, -8)}${'*a'.repeat(1000)}`);
    const documents = Array.from({ length: 32 }, () => policy(deny({ Resource, Action: '*' })));
    expect(check(documents).missing).toHaveLength(9);
  });
});

describe('other problems', () => {
  test('an action that DynamoDB does not have', () => {
    const document = ample(allow({ Action: ['dynamodb:GetItems', 'dynamodb:Zap*', 's3:Zap'] }));
    expect(messagesOf(document, 'iam-unknown-action')).toEqual([
      'statement 1 of policy `policy 0` names `dynamodb:GetItems`, which matches no action of DynamoDB; did you mean `dynamodb:GetItem`?',
      'statement 1 of policy `policy 0` names `dynamodb:Zap*`, which matches no action of DynamoDB',
    ]);
    // AWS stores it.
    expect(check(document).allowed).toBe(true);
  });

  test('a variable that is plain text', () => {
    const Resource = `${TABLE}/\${aws:username}`;
    const document = { Statement: [allow({ Action: 'dynamodb:*' }), allow({ Resource })] };
    expect(messagesOf(document, 'iam-literal-variable')).toHaveLength(1);
    expect(messagesOf({ ...document, Version: '2012-10-17' }, 'iam-literal-variable')).toEqual([]);
    expect(check(document).allowed).toBe(true);
  });
});
