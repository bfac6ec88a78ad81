import { describe, expect, test } from 'vitest';
import { checkDynamoDbPolicy, iamPolicyKind } from '../../../src/platforms/aws-iam/index.js';
import { WildcardPattern } from '../../../src/platforms/aws-iam/wildcard-pattern.js';
import { allow, answerOf, deny, policy } from './policies.js';
import { TABLE } from './random-policy.js';

const ROLE = 'arn:aws:iam::123456789012:role/features';
const PROFILE = 'arn:aws:iam::123456789012:instance-profile/features';
const PUT = policy(allow({ Action: 'dynamodb:PutItem' }));
const encode = (document: object): string => encodeURIComponent(JSON.stringify(document));

describe('forms of SDKs', () => {
  test.each<[what: string, json: unknown]>([
    ['camelCase', { policyVersion: { document: PUT, versionId: 'v1', isDefaultVersion: true } }],
    ['camelCase, encoded', { policyVersion: { document: encode(PUT) } }],
    ['an inline policy in camelCase', { roleName: 'r', policyDocument: encode(PUT) }],
    ['a version alone', { Document: encode(PUT), VersionId: 'v2', IsDefaultVersion: true }],
  ])('%s', (_what, json) => {
    expect(iamPolicyKind.readAll(json, 'f').map(({ writes }) => writes)).toEqual([
      ['dynamodb:PutItem'],
    ]);
  });

  test('a document with its elements in small letters is told what AWS calls them', () => {
    const json = { version: '2012-10-17', statement: [allow()] };
    const messages = iamPolicyKind.read(json, 'f').findings.map(({ message }) => message);
    expect(messages).toEqual(
      expect.arrayContaining([
        expect.stringContaining('did you mean `Version`?'),
        expect.stringContaining('did you mean `Statement`?'),
      ]),
    );
  });
});

describe('the details of an account', () => {
  const details = {
    RoleDetailList: [
      {
        Arn: ROLE,
        AssumeRolePolicyDocument: policy(allow({ Principal: '*' })),
        InstanceProfileList: [{ Arn: PROFILE }],
        RolePolicyList: [{ PolicyName: 'inline', PolicyDocument: PUT }],
        AttachedManagedPolicies: [{ PolicyName: 'managed', PolicyArn: 'arn:managed' }],
      },
    ],
    UserDetailList: [],
    GroupDetailList: [],
    Policies: [
      {
        Arn: 'arn:managed',
        PolicyVersionList: [
          { Document: policy(allow({ Action: '*', Resource: '*' })), IsDefaultVersion: false },
          { Document: encode(policy(allow())), IsDefaultVersion: true },
        ],
      },
      {
        Arn: 'arn:unattached',
        PolicyVersionList: [
          { Document: policy(allow({ Action: '*', Resource: '*' })), IsDefaultVersion: true },
        ],
      },
    ],
  };

  test('give what is attached, in the version that counts, with its principal', () => {
    expect(
      iamPolicyKind.readAll(details, 'f').map(({ document: _, kind: __, ...rest }) => rest),
    ).toEqual([
      {
        name: `f: ${ROLE} inline`,
        principal: ROLE,
        profiles: [PROFILE],
        findings: [],
        writes: ['dynamodb:PutItem'],
        isInForce: true,
      },
      {
        name: `f: ${ROLE} managed`,
        principal: ROLE,
        profiles: [PROFILE],
        findings: [],
        writes: [],
        isInForce: true,
      },
    ]);
  });

  test('a managed policy that is not in the file may allow and deny', () => {
    const { name, absent, findings, writes, document } =
      iamPolicyKind.readAll({ ...details, Policies: [] }, 'f')[1] ?? {};
    expect({ name, absent, writes }).toEqual({
      name: 'f: arn:managed',
      absent: 'arn:managed',
      writes: [],
    });
    expect(findings?.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'iam-policy-absent',
        expect.stringMatching(/not in the files: add the output of `aws iam get-policy-version/),
      ],
    ]);
    expect(answerOf(policy(allow()), document)).toBe('conditional');
    expect(answerOf(policy(allow({ Action: 'dynamodb:Query' })), document)).toBe('conditional');
    expect(answerOf(policy(deny()), document)).toBe('denied');
    const { findings: found, excessive } = checkDynamoDbPolicy([policy(allow()), document], {
      need: 'lookup',
      table: TABLE,
      names: ['own', 'managed'],
    });
    expect(excessive).toEqual([]);
    expect(found.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringMatching(/policy `managed` may allow or deny$/)]),
    );
  });

  test('a managed policy without a default version is malformed', () => {
    const Policies = [{ Arn: 'arn:managed', PolicyVersionList: [] }];
    const [, managed] = iamPolicyKind.readAll({ ...details, Policies }, 'f');
    expect(managed?.findings.map(({ rule }) => rule)).toEqual(['iam-malformed']);
  });

  const USER = 'arn:aws:iam::123456789012:user/ann';
  const GROUP = 'arn:aws:iam::123456789012:group/writers';
  const team = {
    UserDetailList: [{ Arn: USER, GroupList: ['writers', 'gone'] }],
    GroupDetailList: [
      {
        Arn: GROUP,
        GroupName: 'writers',
        GroupPolicyList: [{ PolicyName: 'inline', PolicyDocument: PUT }],
        AttachedManagedPolicies: [{ PolicyName: 'managed', PolicyArn: 'arn:managed' }],
      },
    ],
    Policies: details.Policies,
  };

  test('policies of a group count for its users too', () => {
    expect(
      iamPolicyKind.readAll(team, 'f').map(({ name, principal }) => [name, principal]),
    ).toEqual([
      [`f: ${GROUP} inline`, USER],
      [`f: ${GROUP} managed`, USER],
      ['f: group gone', USER],
      [`f: ${GROUP} inline`, GROUP],
      [`f: ${GROUP} managed`, GROUP],
    ]);
  });

  test('a group that is not in the file may allow and deny', () => {
    const gone = iamPolicyKind.readAll(team, 'f').find(({ absent }) => absent === 'group gone');
    expect(gone?.findings.map(({ rule }) => rule)).toEqual(['iam-policy-absent']);
    expect(answerOf(gone?.document)).toBe('conditional');
  });

  test.each<[what: string, json: unknown]>([
    ['one role', details.RoleDetailList[0]],
    ['an array of roles', details.RoleDetailList],
    ['an array of details', [details]],
  ])('%s, taken out of them', (_what, json) => {
    expect(iamPolicyKind.readAll(json, 'f').map(({ principal }) => principal)).toEqual([
      ROLE,
      ROLE,
    ]);
  });
});

describe('an array', () => {
  test('of documents and answers is read, each under its name or place', () => {
    const json = [
      PUT,
      { PolicyVersion: { Document: encode(PUT), VersionId: 'v1' } },
      { RoleName: 'r', PolicyName: 'inline', PolicyDocument: PUT },
    ];
    expect(iamPolicyKind.readAll(json, 'f').map(({ name, writes }) => [name, writes])).toEqual([
      ['f: [0]', ['dynamodb:PutItem']],
      ['f: [1]', ['dynamodb:PutItem']],
      ['f: inline', ['dynamodb:PutItem']],
    ]);
  });

  test.each<[what: string, json: unknown]>([
    ['that is empty', []],
    ['with something else in it', [PUT, { token_infos: [] }]],
    ['of arrays', [[PUT]]],
  ])('%s is of another kind', (_what, json) => {
    expect(iamPolicyKind.detect(json)).toBe(false);
  });
});

describe('a template of CloudFormation', () => {
  const template = (Resource: unknown): object => ({
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table', Properties: {} },
      Access: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyDocument: policy(allow({ Resource })), Roles: [{ Ref: 'Role' }] },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Policies: [{ PolicyName: 'p', PolicyDocument: policy(allow({ Resource })) }],
        },
      },
    },
  });
  const arn = 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/';

  test.each<[resource: unknown, answer: string]>([
    [TABLE, 'allowed'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'conditional'],
    [{ 'Fn::Sub': `${arn}features` }, 'conditional'],
    [{ 'Fn::Sub': `${arn}other` }, 'missing'],
    [
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':dynamodb:*:*:table/features']] },
      'conditional',
    ],
    [{ 'Fn::ImportValue': 'table' }, 'conditional'],
  ])('is read with what it fills in as unknown: %j', (resource, answer) => {
    const readings = iamPolicyKind.readAll(template(resource), 'f');
    expect(readings.map(({ name, principal }) => [name, principal])).toEqual([
      ['f: Access', 'Role'],
      ['f: Role p', 'Role'],
    ]);
    for (const { document, findings } of readings) {
      expect(findings).toEqual([]);
      expect(answerOf(document)).toBe(answer);
    }
  });

  test('what it fills in hides no grant on every table', () => {
    const [reading] = iamPolicyKind.readAll(template({ 'Fn::Sub': `${arn}*` }), 'f');
    expect(reading?.findings.map(({ message }) => message)).toEqual([
      `statement 0 of policy \`f: Access\` allows actions of DynamoDB on \`${arn}*\``,
    ]);
  });

  test('a denial of what it fills in may deny', () => {
    const denial = policy(deny({ Resource: { Ref: 'TableArn' } }));
    expect(answerOf(policy(allow()), denial)).toBe('conditional');
  });
});

describe('ignores what can no longer be used', () => {
  const everything = policy(allow({ Action: '*', Resource: '*' }));

  test('a version that is not the default one', () => {
    const json = { PolicyVersion: { Document: everything, IsDefaultVersion: false } };
    expect(iamPolicyKind.read(json, 'f')).toMatchObject({
      findings: [],
      writes: [],
      isInForce: false,
    });
  });

  test.each<[allowed: string, denied: string, isLeft: boolean]>([
    [TABLE, TABLE, false],
    [TABLE, `${TABLE.slice(0, -1)}*`, false],
    [`${TABLE}*`, 'arn:aws:dynamodb:*', false],
    [`${TABLE}*`, TABLE, true],
    [`${TABLE}*`, `${TABLE}?`, true],
    ['arn:aws:dynamodb:*:123456789012:table/*', 'arn:aws:dynamodb:*:*:table/f*', true],
  ])('%s, of which %s is denied', (allowed, denied, isLeft) => {
    const document = policy(
      allow({ Action: 'dynamodb:PutItem', Resource: allowed }),
      deny({ Action: 'dynamodb:*', Resource: denied }),
    );
    expect(iamPolicyKind.read(document, 'f').writes).toEqual(isLeft ? ['dynamodb:PutItem'] : []);
  });

  test('grants on other tables that a wider pattern denies', () => {
    const other = TABLE.replace('features', 'other*');
    const document = policy(
      allow({ Resource: [TABLE, other] }),
      deny({ Resource: TABLE.replace('features', 'o*') }),
    );
    const { excessive } = checkDynamoDbPolicy(document, { need: 'lookup', table: TABLE });
    expect(excessive).toEqual([]);
  });

  test.each<[wide: string, narrow: string, covers: boolean]>([
    ['*', 'a:b*?', true],
    ['a*', 'a*b', true],
    ['a*b', 'a*', false],
    ['a*b', 'a?b', true],
    ['a?', 'a*', false],
    ['a*:c', 'ab*:c', true],
    ['*b:*', 'ab*:c', false],
    ['a?c', 'a?c', true],
  ])('%s covers %s: %s', (wide, narrow, covers) => {
    const other = WildcardPattern.read(narrow, false) as WildcardPattern;
    expect(WildcardPattern.read(wide, false)?.covers(other)).toBe(covers);
  });
});
