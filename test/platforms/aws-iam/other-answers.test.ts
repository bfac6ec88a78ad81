import { describe, expect, test } from 'vitest';
import { describeOtherAnswer } from '../../../src/platforms/aws-iam/other-answers.js';
import { read } from '../databricks/acl/read-fixture.js';

const ARN = 'arn:aws:iam::123456789012:policy/features';

const ANSWERS: readonly (readonly [command: string, json: object, says: string])[] = [
  [
    'simulate-custom-policy',
    { EvaluationResults: [{ EvalActionName: 'dynamodb:GetItem', EvalDecision: 'allowed' }] },
    'the results of a simulation',
  ],
  ['simulate-principal-policy', { EvaluationResults: [] }, 'aws iam get-policy-version'],
  [
    'list-attached-role-policies',
    { AttachedPolicies: [{ PolicyName: 'p', PolicyArn: ARN }] },
    'aws iam get-policy-version --policy-arn ARN',
  ],
  ['list-role-policies', { PolicyNames: ['p'], IsTruncated: false }, 'aws iam get-role-policy'],
  ['list-user-policies', { PolicyNames: [] }, '`get-user-policy`'],
  [
    'list-policy-versions',
    { Versions: [{ VersionId: 'v1', IsDefaultVersion: true }] },
    'the default one: `aws iam get-policy-version',
  ],
  ['list-policies', { Policies: [{ Arn: ARN, PolicyId: 'A' }] }, 'without their documents'],
  ['get-policy', { Policy: { Arn: ARN, DefaultVersionId: 'v1' } }, 'aws iam get-policy-version'],
  [
    'list-entities-for-policy',
    { PolicyGroups: [], PolicyUsers: [], PolicyRoles: [{ RoleName: 'r' }] },
    'a list of what is attached',
  ],
  ['list-roles', { Roles: [{ RoleName: 'r' }] }, 'get-account-authorization-details'],
  [
    'get-role',
    { Role: { RoleName: 'r', Arn: 'arn', AssumeRolePolicyDocument: { Statement: [] } } },
    'get-account-authorization-details',
  ],
  [
    'a template without policies',
    { Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: {} } } },
    'a template of CloudFormation without policies',
  ],
  ['get-template', { TemplateBody: 'Resources: {}' }, 'Save the text as a file'],
];

describe('what holds no policy is refused with the command that gives it', () => {
  test.each(ANSWERS)('%s', (_command, json, says) => {
    expect(() => read(json)).toThrow(says);
  });

  test.each(
    ANSWERS.filter(([, json]) => {
      const [list] = Object.values(json);
      return Array.isArray(list) && typeof list[0] === 'object' && !('PolicyGroups' in json);
    }).filter(([command]) => command !== 'list-roles'),
  )('%s, as a bare array', (_command, json, says) => {
    expect(() => read(Object.values(json)[0])).toThrow(says);
  });
});

test.each<[json: unknown]>([
  [null],
  [1],
  [[]],
  [[1]],
  [{}],
  [[{ a: 1 }]],
  [{ Policies: [] }],
  [{ Role: 'admin' }],
  [{ Resources: [{ id: '1' }] }],
  [{ Resources: {} }],
])('%j is not an answer of AWS', (json) => {
  expect(describeOtherAnswer(json)).toBeUndefined();
});
