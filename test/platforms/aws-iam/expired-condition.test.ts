import { describe, expect, test } from 'vitest';
import { checkDynamoDbPolicy, iamPolicyKind } from '../../../src/platforms/aws-iam/index.js';
import { allow, deny, policy } from './policies.js';
import { TABLE } from './random-policy.js';

type Fields = Readonly<Record<string, unknown>>;

const NOW = Date.UTC(2026, 0, 15, 12);
const PAST = '2026-01-15T11:59:59Z';
const FUTURE = '2026-01-15T12:00:01Z';

const current = (operator: string, value: unknown, key = 'aws:CurrentTime'): Fields => ({
  Condition: { [operator]: { [key]: value } },
});

function answerAt(now: number, ...statements: readonly Fields[]): string | undefined {
  const documents = [policy(...statements)];
  const { actions } = checkDynamoDbPolicy(documents, { need: 'lookup', table: TABLE, now });
  return actions.find(({ action }) => action === 'dynamodb:GetItem')?.answer;
}

const ENDED: readonly (readonly [what: string, condition: Fields])[] = [
  ['a time', current('DateLessThan', PAST)],
  ['a time that may be equal', current('DateLessThanEquals', '2026-01-15T11:59:59Z')],
  ['a time that must be equal', current('DateEquals', PAST)],
  ['this instant', current('DateLessThan', '2026-01-15T12:00:00Z')],
  ['a day', current('DateLessThan', '2026-01-15')],
  ['a zone', current('DateLessThan', '2026-01-15T13:00:00+02:00')],
  ['seconds', current('DateLessThan', String(NOW / 1000 - 1))],
  ['seconds as a number', current('NumericLessThan', NOW / 1000 - 1, 'aws:EpochTime')],
  ['a time in `aws:EpochTime`', current('DateLessThan', PAST, 'aws:EpochTime')],
  ['other letters', current('datelessthan', PAST, 'AWS:currenttime')],
  ['`IfExists`', current('DateLessThanIfExists', PAST)],
  ['several times', current('DateLessThan', ['2020-01-01', PAST])],
  [
    'other conditions beside it',
    {
      Condition: {
        Bool: { 'aws:SecureTransport': 'true' },
        DateLessThan: { 'aws:CurrentTime': PAST, 'aws:TokenIssueTime': FUTURE },
      },
    },
  ],
];

describe('a condition that ended', () => {
  test.each(ENDED)('allows nothing and denies nothing: %s', (_what, condition) => {
    expect(answerAt(NOW, allow(condition))).toBe('missing');
    expect(answerAt(NOW, allow(), deny(condition))).toBe('allowed');
  });

  test('is not a risk', () => {
    const json = policy(allow({ Action: '*', Resource: '*', ...current('DateLessThan', PAST) }));
    const { findings, writes } = iamPolicyKind.read(json, 'f', { now: NOW });
    expect(writes).toEqual([]);
    expect(findings.map(({ rule, level, message }) => [rule, level, message])).toEqual([
      [
        'iam-expired',
        'note',
        'statement 0 of policy `f` allows nothing since 2026-01-15T11:59:59.000Z, when its condition ended',
      ],
    ]);
  });

  test('takes nothing back', () => {
    const json = policy(
      allow({ Action: 'dynamodb:PutItem' }),
      deny({ Action: 'dynamodb:*', ...current('DateLessThan', PAST) }),
    );
    expect(iamPolicyKind.read(json, 'f', { now: NOW }).writes).toEqual(['dynamodb:PutItem']);
  });

  test('keeps the document acceptable', () => {
    const documents = [policy(allow(), deny(current('DateLessThan', PAST)))];
    const options = { need: 'lookup', table: TABLE, now: NOW } as const;
    const rules = checkDynamoDbPolicy(documents, options).findings.map(({ rule }) => rule);
    expect(rules).toEqual(['iam-action-missing', 'iam-expired']);
  });
});

describe('a condition that may still be met', () => {
  test.each<[what: string, condition: Fields]>([
    ['an end that comes', current('DateLessThan', FUTURE)],
    ['an end in this second', current('DateLessThanEquals', '2026-01-15T12:00:00Z')],
    ['a start that comes', current('DateGreaterThan', FUTURE)],
    ['a start that was', current('DateGreaterThan', PAST)],
    ['another time', current('DateNotEquals', PAST)],
    ['one of several that comes', current('DateLessThan', [PAST, FUTURE])],
    ['one of several that is not understood', current('DateLessThan', [PAST, 'tomorrow'])],
    ['no value', current('DateLessThan', [])],
    ['a time without a zone', current('DateLessThan', '2026-01-15T11:59:59')],
    ['a year, or seconds', current('DateLessThan', '2020')],
    ['a variable', current('DateLessThan', '${aws:PrincipalTag/end}')],
    ['what a template fills in', current('DateLessThan', { Ref: 'End' })],
    ['another key', current('DateLessThan', PAST, 'aws:TokenIssueTime')],
    ['a number for a date', current('NumericLessThan', NOW / 1000 - 1)],
    ['a set of values', current('ForAllValues:DateLessThan', PAST)],
  ])('allows and denies: %s', (_what, condition) => {
    expect(answerAt(NOW, allow(condition))).toBe('conditional');
    expect(answerAt(NOW, allow(), deny(condition))).toBe('conditional');
  });
});

test('the clock is that of the process by default', () => {
  const ended = policy(allow(current('DateLessThan', '2020-01-01')));
  expect(checkDynamoDbPolicy([ended], { need: 'lookup', table: TABLE }).missing).not.toEqual([]);
  expect(iamPolicyKind.read(ended, 'f').findings.map(({ rule }) => rule)).toEqual(['iam-expired']);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, '2026-01-15', null])('%s is not a time', (now) => {
  const options = { need: 'lookup', table: TABLE, now: now as never } as const;
  expect(() => checkDynamoDbPolicy([policy(allow())], options)).toThrow(TypeError);
  expect(() => iamPolicyKind.read(policy(allow()), 'f', { now: now as never })).toThrow(TypeError);
});

test('a misspelt option is refused with the name that was meant', () => {
  const options = { nwo: NOW } as never;
  expect(() => iamPolicyKind.read(policy(allow()), 'f', options)).toThrow(/nwo.*now/);
  expect(() => iamPolicyKind.readAll(policy(allow()), 'f', options)).toThrow(/nwo.*now/);
});
