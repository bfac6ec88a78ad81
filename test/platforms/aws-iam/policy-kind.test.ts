import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  checkDynamoDbPolicy,
  DYNAMODB_ACTIONS,
  IAM_FINDING_RULES,
  iamPolicyKind,
} from '../../../src/platforms/aws-iam/index.js';
import { allow, deny, policy } from './policies.js';
import { TABLE } from './random-policy.js';

const DOCUMENT = policy(allow());
const ENCODED = encodeURIComponent(JSON.stringify(DOCUMENT));

function rulesOf(json: unknown): readonly string[] {
  return iamPolicyKind.read(json, 'role.json').findings.map(({ rule }) => rule);
}

describe('a file is known', () => {
  test.each<[what: string, json: unknown]>([
    ['a document', DOCUMENT],
    ['a document that AWS refuses', { Statement: 1 }],
    [
      'get-policy-version',
      { PolicyVersion: { VersionId: 'v1', IsDefaultVersion: true, Document: DOCUMENT } },
    ],
    ['get-role-policy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: DOCUMENT }],
    ['a document that is percent-encoded', { PolicyDocument: ENCODED }],
    ['a document that is a text', { PolicyDocument: JSON.stringify(DOCUMENT) }],
  ])('%s', (_what, json) => {
    expect(iamPolicyKind.detect(json)).toBe(true);
    const { kind, name, document } = iamPolicyKind.read(json, 'role.json');
    expect({ kind, name }).toEqual({ kind: 'aws-iam-policy', name: 'role.json' });
    const { actions } = checkDynamoDbPolicy(document, { need: 'lookup', table: TABLE });
    const [read] = actions.filter(({ action }) => action === 'dynamodb:GetItem');
    expect(read?.answer).toBe(
      json !== DOCUMENT && 'Statement' in (json as object) ? 'missing' : 'allowed',
    );
  });

  test.each([
    null,
    1,
    'Statement',
    [],
    [[DOCUMENT, {}]],
    {},
    { statement: [] },
    { PolicyVersion: DOCUMENT },
    { PolicyDocument: {} },
    { Document: DOCUMENT },
    { access_control_list: [] },
    { values: { root_module: {} } },
    new Map([['Statement', 1]]),
  ])('%j is not', (json) => {
    expect(iamPolicyKind.detect(json)).toBe(false);
  });
});

describe('of a file alone are found', () => {
  test.each<[what: string, json: unknown, rules: readonly string[]]>([
    ['nothing, where one table is named', DOCUMENT, []],
    [
      'nothing, where one table is named with wildcards',
      policy(allow({ Resource: `${TABLE}*` })),
      [],
    ],
    ['nothing about another service', policy(allow({ Action: 's3:*', Resource: '*' })), []],
    [
      'everything',
      policy(allow({ Action: '*', Resource: '*' })),
      ['iam-excess-resource', 'iam-every-service'],
    ],
    ['every table', policy(allow({ Resource: '*' })), ['iam-excess-resource']],
    [
      'every table of a region',
      policy(allow({ Resource: 'arn:aws:dynamodb:us-east-1:*' })),
      ['iam-excess-resource'],
    ],
    [
      'every table of an account',
      policy(allow({ Resource: TABLE.replace('features', '*') })),
      ['iam-excess-resource'],
    ],
    ...['arn:aws:dynamodb:*:*:t*', 'arn:aws:dynamodb:eu-*:1?:table/**', 'arn:aws:*'].map(
      (Resource): [string, unknown, readonly string[]] => [
        `every table of ${Resource}`,
        policy(allow({ Resource })),
        Resource === 'arn:aws:*' ? ['iam-malformed'] : ['iam-excess-resource'],
      ],
    ),
    [
      'all but one table',
      policy(allow({ Resource: undefined, NotResource: TABLE })),
      ['iam-excess-resource'],
    ],
    [
      'nothing, where the rest is denied',
      policy(allow({ Resource: '*' }), deny({ Resource: undefined, NotResource: TABLE })),
      [],
    ],
    ['an action that is none', policy(allow({ Action: 'dynamodb.GetItem' })), ['iam-malformed']],
    ['a text that is no policy', { PolicyDocument: '%' }, ['iam-malformed']],
    [
      'a member that is given twice',
      { PolicyDocument: '{"Statement":[],"Statement":[]}' },
      ['iam-malformed'],
    ],
    ['a principal', policy(allow({ Principal: '*' })), ['iam-principal']],
  ])('%s', (_what, json, rules) => {
    expect(rulesOf(json)).toEqual(rules);
  });
});

describe('the changing actions that a policy may allow', () => {
  test.each<[what: string, json: unknown, writes: readonly string[]]>([
    ['none, where it reads', policy(allow({ Action: ['dynamodb:GetItem', 'dynamodb:List*'] })), []],
    ['one', policy(allow({ Action: 'DynamoDB:putitem' })), ['dynamodb:PutItem']],
    [
      'one, under a condition',
      policy(
        allow({
          Action: 'dynamodb:PutItem',
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        }),
      ),
      ['dynamodb:PutItem'],
    ],
    [
      'one, that is denied elsewhere',
      policy(
        allow({ Action: 'dynamodb:PutItem' }),
        deny({ Action: 'dynamodb:*', Resource: `${TABLE}2` }),
      ),
      ['dynamodb:PutItem'],
    ],
    [
      'none, where all is denied',
      policy(allow({ Action: '*' }), deny({ Action: 'dynamodb:*', Resource: '*' })),
      [],
    ],
    ['none, in what is not understood', { PolicyDocument: '%' }, []],
  ])('%s', (_what, json, writes) => {
    expect(iamPolicyKind.read(json, 'p').writes).toEqual(writes);
  });

  test('are all of them for a wildcard', () => {
    const { writes } = iamPolicyKind.read(policy(allow({ Action: '*', Resource: '*' })), 'p');
    const changing = DYNAMODB_ACTIONS.filter(({ level }) => level.endsWith('Write'));
    expect(writes).toEqual(changing.map(({ name }) => `dynamodb:${name}`));
  });
});

describe('rules', () => {
  const text = readFileSync(new URL('../../../docs/iam.md', import.meta.url), 'utf8');

  test('each has a row and a section in the documentation, and no others are there', () => {
    for (const { id, level } of IAM_FINDING_RULES) {
      expect(text).toContain(`| [${id}](#${id}) | ${level} |`);
    }
    const sections = [...text.matchAll(/^### (iam-\S+)$/gm)].map(([, id]) => id);
    expect(sections).toEqual(IAM_FINDING_RULES.map(({ id }) => id));
  });

  test('each has a title and an advice without a period', () => {
    for (const { title, advice } of IAM_FINDING_RULES) {
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(advice).toMatch(/^[A-Z].*[^.]$/);
    }
  });
});
