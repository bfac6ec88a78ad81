import { describe, expect, test } from 'vitest';
import { checkDynamoDbPolicy, iamPolicyKind } from '../../../src/platforms/aws-iam/index.js';
import { parseServicesText } from '../../../src/platforms/databricks/acl/index.js';
import { read } from '../databricks/acl/read-fixture.js';
import { answerOf } from './policies.js';
import { TABLE } from './random-policy.js';

const parse = (text: string, file = 'stack.yaml'): unknown => parseServicesText(text, file);
const readingsOf = (text: string): ReturnType<typeof iamPolicyKind.readAll> =>
  iamPolicyKind.readAll(parse(text), 'f');

const template = (resource: string): string => `AWSTemplateFormatVersion: 2010-09-09
Resources:
  Access:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [!Ref Role]
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Sid: !Sub "Read\${AWS::StackName}"
            Effect: Allow
            Action: dynamodb:GetItem
            Resource: ${resource}
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [!Ref Access]
`;
const ARN = 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/';

describe('a template in YAML with short tags', () => {
  test.each<[resource: string, answer: string]>([
    [TABLE, 'allowed'],
    ['!GetAtt Table.Arn', 'conditional'],
    ['!Ref TableArn', 'conditional'],
    [`!Sub "${ARN}features"`, 'conditional'],
    [`!Sub ["${ARN}\${name}", {name: !Ref Name}]`, 'conditional'],
    [`!Sub "${ARN}other"`, 'missing'],
    ['!Join ["", ["arn:", !Ref "AWS::Partition", ":dynamodb:*:*:table/features"]]', 'conditional'],
    ['!If [IsProduction, arn:aws:dynamodb:a, !Ref "AWS::NoValue"]', 'conditional'],
    ['!ImportValue table', 'conditional'],
    ['!NoSuchTag {a: [1]}', 'conditional'],
    ['[!NoSuchTag x]', 'conditional'],
  ])('is read as its long form is: %s', (resource, answer) => {
    const readings = readingsOf(template(resource));
    expect(readings.map(({ name, principal }) => [name, principal])).toEqual([
      ['f: Access', 'Role'],
    ]);
    for (const { document, findings } of readings) {
      expect(findings).toEqual([]);
      expect(answerOf(document)).toBe(answer);
    }
  });

  test('gives what the JSON form gives', () => {
    const yaml = parse(template(`!Sub "${ARN}features"`));
    expect(JSON.parse(JSON.stringify(yaml))).toMatchObject({
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: {
        Access: {
          Properties: {
            Roles: [{ Ref: 'Role' }],
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Resource: { 'Fn::Sub': `${ARN}features` } }],
            },
          },
        },
      },
    });
  });

  test('a denial with a tag may deny', () => {
    const text = template('!NoSuchTag x').replace('Effect: Allow', 'Effect: Deny');
    const [reading] = readingsOf(text);
    expect(answerOf({ Statement: [] }, reading?.document)).toBe('missing');
    const all = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: TABLE };
    expect(answerOf({ Statement: all }, reading?.document)).toBe('conditional');
  });

  test('a document that its template computes may deny and is named', () => {
    const text = template(TABLE).replace(
      /PolicyDocument:.*?(?= {2}Role:)/s,
      'PolicyDocument: !If [A, !Ref B, !Ref C]\n',
    );
    const [reading] = readingsOf(text);
    expect(reading?.findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('is computed by its template'),
    ]);
  });

  test('errors have the line and column of the text', () => {
    const text = template(TABLE).replace(
      'Roles: [!Ref Role]',
      'Roles: [!Ref Role]\n      Roles: x',
    );
    expect(() => parse(text)).toThrow('stack.yaml:7:7: duplicate key `Roles`');
  });

  test('tags of YAML are refused as everywhere', () => {
    expect(() => parse(template('!!binary aGk='))).toThrow(
      /stack\.yaml:13:\d+: unsupported YAML tag/,
    );
  });

  test('tags in a file of another kind are refused with their line', () => {
    expect(() => parse('online_stores:\n  - name: !Ref x\n')).toThrow(
      'stack.yaml:2:16: unsupported YAML tag',
    );
  });

  test('a file that ends in `.template` is in either language', () => {
    const text = template(TABLE);
    const json = JSON.stringify(parse(text));
    for (const one of [text, json, `\ufeff${json}`]) {
      expect(read(parse(one, 'stack.template')).kind).toBe('aws-iam-policy');
    }
  });

  test('a policy alone needs no quotes around its version', () => {
    const text = `Version: 2012-10-17\nStatement:\n  Effect: Allow\n  Action: dynamodb:GetItem\n  Resource: ${TABLE}\n`;
    const [reading] = readingsOf(text);
    expect(reading?.findings).toEqual([]);
    expect(answerOf(reading?.document)).toBe('allowed');
  });
});

const statement = `{Version: 2012-10-17, Statement: [{Effect: Allow, Action: "dynamodb:PutItem", Resource: "${TABLE}"}]}`;

describe('policies of functions in templates of SAM', () => {
  const sam = (policies: string, more = ''): string =>
    `Transform: AWS::Serverless-2016-10-31\nResources:\n  Lookup:\n    Type: AWS::Serverless::Function\n    Properties:\n      Policies: ${policies}\n${more}`;

  test('are those of the role that SAM makes', () => {
    const text = sam(
      `[${statement}, AmazonDynamoDBReadOnlyAccess, !Ref Own, {DynamoDBReadPolicy: {TableName: !Ref T}}]`,
    );
    const own = `  Own:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {PolicyDocument: ${statement}}\n`;
    expect(
      readingsOf(text + own).map(({ name, principal, absent, writes }) => [
        name,
        principal,
        absent,
        writes.length,
      ]),
    ).toEqual([
      ['f: Lookup Policies[0]', 'LookupRole', undefined, 1],
      [
        'f: arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess',
        'LookupRole',
        'arn:aws:iam::aws:policy/AmazonDynamoDBReadOnlyAccess',
        0,
      ],
      ['f: Lookup DynamoDBReadPolicy', 'LookupRole', 'Lookup DynamoDBReadPolicy', 0],
      ['f: Own', 'LookupRole', undefined, 1],
    ]);
  });

  test('one alone needs no list', () => {
    expect(readingsOf(sam(statement)).map(({ writes }) => writes)).toEqual([['dynamodb:PutItem']]);
  });

  test('have no effect beside a role', () => {
    const [reading, ...others] = readingsOf(
      sam(`[${statement}, AmazonDynamoDBFullAccess]`, '      Role: !GetAtt Role.Arn\n'),
    );
    expect(reading).toMatchObject({ isInForce: false, writes: [] });
    expect(others).toEqual([]);
  });

  test('count where the template may leave the role out', () => {
    const role = '      Role: !If [HasRole, !Ref Role, !Ref "AWS::NoValue"]\n';
    expect(readingsOf(sam(statement, role))[0]?.isInForce).toBe(true);
  });
});

describe('what is attached in a template', () => {
  const group = `Resources:
  User: {Type: "AWS::IAM::User", Properties: {Groups: [!Ref Group]}}
  Other: {Type: "AWS::IAM::User", Properties: {UserName: ann}}
  Addition: {Type: "AWS::IAM::UserToGroupAddition", Properties: {GroupName: writers, Users: [ann]}}
  Group:
    Type: AWS::IAM::Group
    Properties:
      GroupName: writers
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", !Ref Own, !Ref Parameter]
      Policies:
        - PolicyName: !Sub "\${AWS::StackName}-p"
          PolicyDocument: ${statement}
        - !Ref AWS::NoValue
        - !If [A, !Ref B, !Ref C]
  Own: {Type: "AWS::IAM::ManagedPolicy", Properties: {PolicyDocument: ${statement}}}
`;

  test('to a group counts for each of its users', () => {
    const names = (principal: string): readonly string[] =>
      readingsOf(group)
        .filter((reading) => reading.principal === principal)
        .map(({ name }) => name);
    const expected = [
      'f: Group ${AWS::StackName}-p',
      'f: Group ?',
      'f: arn:aws:iam::aws:policy/ReadOnlyAccess',
      'f: ${Parameter}',
      'f: Own',
    ];
    for (const principal of ['Group', 'User', 'Other']) {
      expect(names(principal)).toEqual(expected);
    }
  });

  test('to several roles counts for each, and to nothing stands for itself', () => {
    const text = `Resources:
  A: {Type: "AWS::IAM::Policy", Properties: {Roles: [!Ref One, two], PolicyDocument: ${statement}}}
  B: {Type: "AWS::IAM::ManagedPolicy", Properties: {PolicyDocument: ${statement}}}
  "Fn::ForEach::Roles":
    - Name
    - [x, y]
    - "R\${Name}": {Type: "AWS::IAM::RolePolicy", Properties: {RoleName: !Ref One, PolicyDocument: ${statement}}}
`;
    expect(readingsOf(text).map(({ name, principal }) => [name, principal])).toEqual([
      ['f: A', 'One'],
      ['f: A', 'two'],
      ['f: B', 'B'],
      ['f: R${Name}', 'One'],
    ]);
  });

  test('a template in an answer is read', () => {
    const json = { TemplateBody: JSON.parse(JSON.stringify(parse(group))) };
    expect(iamPolicyKind.detect(json)).toBe(true);
  });

  test('what is absent in a template makes the answer conditional', () => {
    const documents = readingsOf(group)
      .filter(({ principal }) => principal === 'Group')
      .map(({ document }) => document);
    const { allowed, missing } = checkDynamoDbPolicy(documents, { need: 'lookup', table: TABLE });
    expect({ allowed, missing }).toEqual({ allowed: false, missing: [] });
  });
});
