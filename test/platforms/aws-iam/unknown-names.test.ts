import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkDynamoDbPolicy,
  DYNAMODB_ACTIONS,
  iamPolicyKind,
} from '../../../src/platforms/aws-iam/index.js';
import { allow, deny, policy } from './policies.js';
import { TABLE } from './random-policy.js';

type Fields = Readonly<Record<string, unknown>>;

function messagesOf(document: unknown, rule: string): readonly string[] {
  const { findings } = checkDynamoDbPolicy(document, { need: 'lookup', table: TABLE });
  return findings.flatMap((finding) => (finding.rule === rule ? finding.message : []));
}

function suggestionsOf(document: unknown, rule: string): readonly (string | undefined)[] {
  return messagesOf(document, rule).map((message) => /did you mean `(.+)`\?$/.exec(message)?.[1]);
}

const arn = (from: string, to: string): string => TABLE.replace(from, to);
const condition = (operator: string, key = 'aws:SourceIp'): Fields => ({
  Condition: { [operator]: { [key]: 'x' } },
});

describe('a name that AWS does not have is named with the nearest that it has', () => {
  test.each<[what: string, fields: Fields, nearest: string]>([
    ['service of an action', { Action: 'dynamo:GetItem' }, 'dynamodb'],
    ['service with a hyphen', { Action: 'dynamodb-streams:GetRecords' }, 'dynamodb'],
    ['service that is another one', { Action: 'sagmaker:InvokeEndpoint' }, 'sagemaker'],
    ['partition', { Resource: arn('arn:aws:', 'arn:aws-chn:') }, 'aws-cn'],
    ['service of an ARN', { Resource: arn(':dynamodb:', ':dynamdb:') }, 'dynamodb'],
    ['region', { Resource: arn('us-east-1', 'us-eats-1') }, 'us-east-1'],
    ['resource type', { Resource: arn('table/', 'tables/') }, 'table'],
    ['resource type below a table', { Resource: `${TABLE}/indexes/by_user` }, 'index'],
    ['condition key', condition('IpAddress', 'aws:SourceIps'), 'aws:SourceIp'],
    [
      'condition key of DynamoDB',
      condition('ForAllValues:StringEquals', 'dynamodb:LeadingKey'),
      'dynamodb:LeadingKeys',
    ],
    [
      'condition key with a tag',
      condition('Null', 'aws:PrincipleTag/team'),
      'aws:PrincipalTag/team',
    ],
    ['condition key of a service', condition('Bool', 'asw:SecureTransport'), 'aws:SecureTransport'],
    ['condition key', condition('Bool', 'SecureTransport'), 'aws:SecureTransport'],
    ['policy variable', { Resource: `${TABLE}/index/\${aws:usrname}` }, 'aws:username'],
    ['policy variable', { Resource: `${TABLE}/index/\${username, 'x'}` }, 'aws:username'],
  ])('%s: %j', (what, fields, nearest) => {
    const [name] = what.split(' that ');
    for (const statement of [allow(fields), deny(fields)]) {
      const document = policy(statement);
      expect(suggestionsOf(document, 'iam-unknown-name')).toEqual([nearest]);
      expect(messagesOf(document, 'iam-unknown-name')[0]).toContain(
        `names the ${name?.split(/ of | with | below /)[0]} \``,
      );
    }
  });

  test.each<[fields: Fields, nearest: string]>([
    [condition('StringEqual'), 'StringEquals'],
    [condition('ForAnyValues:StringLike'), 'ForAnyValue:StringLike'],
    [condition('ForAllValue:StringNotEqual'), 'ForAllValues:StringNotEquals'],
    [condition('StringLikeIfExist'), 'StringLikeIfExists'],
    [condition('DateLesThan'), 'DateLessThan'],
    [{ Effect: 'allow' }, 'Allow'],
    [{ Effect: 'DENY' }, 'Deny'],
    [{ Effect: undefined, effect: 'Allow' }, 'Effect'],
    [{ Action: undefined, actions: ['dynamodb:GetItem'] }, 'Action'],
    [{ Resource: undefined, not_resources: [TABLE] }, 'NotResource'],
    [{ Conditions: {} }, 'Condition'],
    [{ SID: 'A' }, 'Sid'],
    [{ Action: 'GetItems' }, 'dynamodb:GetItem'],
    [{ Action: 'dynamodb/GetItem' }, 'dynamodb:GetItem'],
    [{ Action: 'dynamodb::BatchGetItem' }, 'dynamodb:BatchGetItem'],
    [{ Action: 'dynamo.Get*' }, 'dynamodb:Get*'],
    [{ Action: '*:GetItem' }, 'dynamodb:GetItem'],
    [{ Action: ' dynamodb:GetItem' }, 'dynamodb:GetItem'],
    [{ Action: 's3.GetObject' }, 's3:GetObject'],
    [{ Resource: arn(':dynamodb:', ':DynamoDB:') }, TABLE],
  ])('of what AWS refuses: %j', (fields, nearest) => {
    expect(suggestionsOf(policy(allow(fields)), 'iam-malformed')).toEqual([nearest]);
  });

  test.each<[document: Fields, nearest: string]>([
    [{ Version: '2012-10-18', Statement: [allow()] }, '2012-10-17'],
    [{ Version: '2008-10-7', Statement: [allow()] }, '2008-10-17'],
    [{ version: '2012-10-17', Statement: [allow()] }, 'Version'],
  ])('of the document: %j', (document, nearest) => {
    expect(suggestionsOf(document, 'iam-malformed')).toEqual([nearest]);
  });

  test.each<[action: string, nearest: string | undefined]>([
    ['dynamodb:GetItems', 'dynamodb:GetItem'],
    ['dynamodb:DescribeTabel', 'dynamodb:DescribeTable'],
    ['dynamodb:Gett*', 'dynamodb:Get*'],
    ['dynamodb:BatchGets*', 'dynamodb:BatchGet*'],
    ['dynamodb:Zap*', undefined],
  ])('of DynamoDB: %s', (Action, nearest) => {
    expect(suggestionsOf(policy(allow({ Action })), 'iam-unknown-action')).toEqual([nearest]);
  });

  test('a type of principal, though a policy of a role has none', () => {
    const document = policy(allow({ Principal: { Services: 'lambda.amazonaws.com' } }));
    expect(suggestionsOf(document, 'iam-unknown-name')).toEqual(['Service']);
  });
});

describe('names that AWS has are not reported', () => {
  test.each<[fields: Fields]>([
    [{ Action: ['s3:GetObject', 'sagemaker:Invoke*', 'KMS:Decrypt'] }],
    [{ Resource: ['arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/x', `${TABLE}/*`] }],
    [
      {
        Resource: ['arn:*:dynamodb:*:*:*', 'arn:aws:s3:::bucket/key', 'arn:aws:dynamodb:*:table/x'],
      },
    ],
    [{ Resource: 'arn:aws:dynamodb::123456789012:global-table/features' }],
    [{ Resource: [`${TABLE}/stream/2026-01-01T00:00:00.000`, `${TABLE}/${'$'}{*}/x`] }],
    [condition('ForAllValues:StringEqualsIfExists', 'dynamodb:LeadingKeys')],
    [condition('stringequals', 'AWS:PRINCIPALTAG/team')],
    [condition('StringEquals', 'oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub')],
    [condition('StringEquals', 'saml:aud')],
    [condition('StringLike', 's3:prefix')],
    [{ Resource: `${TABLE}/index/\${aws:PrincipalTag/team, 'none'}` }],
  ])('%j', (fields) => {
    const { findings } = checkDynamoDbPolicy(policy(allow(fields)), {
      need: 'lookup',
      table: TABLE,
    });
    const rules = findings.map(({ rule }) => rule);
    expect(rules).not.toContain('iam-unknown-name');
    expect(rules).not.toContain('iam-malformed');
  });
});

describe('a hint that is followed never makes it worse', () => {
  test('an operator that says the opposite is not the nearest one', () => {
    for (const operator of ['NotStringEquals', 'NotNumericEquals', 'ArnNotEqual']) {
      const [nearest] = suggestionsOf(policy(allow(condition(operator))), 'iam-malformed');
      expect(nearest ?? 'Not').toContain('Not');
    }
  });

  test.each<[fields: Fields]>([
    [{ Actions: 'dynamodb:PutItem' }],
    [{ NotActions: 'dynamodb:PutItem' }],
    [{ Resources: '*' }],
    [{ Principle: '*' }],
  ])('an element is not suggested where AWS refuses it: %j', (fields) => {
    expect(suggestionsOf(policy(allow(fields)), 'iam-malformed')).toEqual([undefined]);
  });

  test('a trust policy is not told to take a resource', () => {
    const document = policy({
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    expect(messagesOf(document, 'iam-malformed')).toEqual([]);
    expect(messagesOf(document, 'iam-principal')).toHaveLength(1);
  });

  test('a text that is not closed as a variable is not told to become one', () => {
    const document = { Statement: [allow({ Resource: `${TABLE}/index/\${aws:username` })] };
    expect(messagesOf(document, 'iam-literal-variable')).toEqual([]);
  });

  test('what is suggested for an action is one', () => {
    const names = DYNAMODB_ACTIONS.map(({ name }) => name);
    const property = fc.property(
      fc.constantFrom(...names),
      fc.nat(),
      fc.constantFrom('', 'x', 's', '*', '.', ':', ' '),
      fc.constantFrom('', 'dynamodb:', 'dynamodb.', 'dynamo:', 's3:', '*:'),
      (name, at, change, service) => {
        const place = at % name.length;
        const Action = `${service}${name.slice(0, place)}${change}${name.slice(place + 1)}`;
        const document = policy(allow({ Action }));
        for (const rule of ['iam-malformed', 'iam-unknown-action']) {
          for (const nearest of suggestionsOf(document, rule)) {
            if (nearest === undefined) continue;
            const corrected = policy(allow({ Action: nearest }));
            expect(messagesOf(corrected, 'iam-malformed')).toEqual([]);
            expect(messagesOf(corrected, 'iam-unknown-action')).toEqual([]);
          }
        }
      },
    );
    fc.assert(property, { seed: 20_261_130, numRuns: 500 });
  });

  test.each<[actions: readonly string[], says: string | undefined]>([
    [['dynamodb:ListTables', 'dynamodb:ListStreams'], undefined],
    [
      ['dynamodb:ListTables', 'dynamodb:GetItem'],
      '; dynamodb:ListTables works on `*` alone: keep it in a statement of its own',
    ],
    [
      ['dynamodb:ListTables', 'dynamodb:ListStreams', 'dynamodb:GetItem'],
      '; dynamodb:ListStreams, dynamodb:ListTables work on `*` alone: keep them in a statement of their own',
    ],
    [['dynamodb:*'], ''],
  ])('actions that work on no resource keep their `*`: %j', (Action, says) => {
    const { findings } = iamPolicyKind.read(policy(allow({ Action, Resource: '*' })), 'p');
    const message = 'statement 0 of policy `p` allows actions of DynamoDB on `*`';
    expect(findings.map((finding) => finding.message)).toEqual(
      says === undefined ? [] : [message + says],
    );
  });

  test('an action that is not needed is not to be kept', () => {
    const document = policy(
      allow({ Action: ['dynamodb:ListTables', 'dynamodb:GetItem'], Resource: '*' }),
    );
    expect(messagesOf(document, 'iam-excess-resource')[0]).toMatch(/on `\*`$/);
  });
});

describe('grammar of counts', () => {
  test.each<[actions: readonly string[], says: string]>([
    [['dynamodb:PutItem'], 'allows 1 action that is not needed: dynamodb:PutItem'],
    [
      ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
      'allows 2 actions that are not needed: dynamodb:DeleteItem, dynamodb:PutItem',
    ],
  ])('%j', (Action, says) => {
    expect(messagesOf(policy(allow({ Action })), 'iam-excess-action')).toEqual([
      `statement 0 of policy \`policy 0\` ${says}`,
    ]);
  });

  test('two statements allow, and one action depends', () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'true' } };
    const put = allow({ Action: 'dynamodb:PutItem' });
    const document = policy(put, put, allow({ Condition }));
    expect(messagesOf(document, 'iam-excess-action')[0]).toContain('policy 0` allow 1 action that');
    expect(messagesOf(document, 'iam-action-conditional')).toEqual([
      `dynamodb:GetItem on \`${TABLE}\` depends on the request: statement 2 of policy \`policy 0\` may allow`,
    ]);
  });
});
