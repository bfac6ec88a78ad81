import { describe, expect, it } from 'vitest';
import { createAuthorizer } from '../../src/index.js';
import {
  assertAllowed,
  assertDenied,
  assertFullyCovered,
  assertSecured,
  feastPermissionMatchers,
} from '../../src/testing/index.js';
import { analyst, authorizer, permissions, riskScores } from './example-store.js';

expect.extend(feastPermissionMatchers);

const question = { subject: analyst, actions: 'READ_ONLINE', resource: riskScores };

/** Called as JavaScript calls it: with anything. */
type Loose = Readonly<
  Record<keyof typeof feastPermissionMatchers, (...args: readonly unknown[]) => void>
>;
const loosely = expect as unknown as (received: unknown) => Loose & { readonly not: Loose };

const WRONG_QUESTIONS: readonly (readonly [
  what: string,
  args: readonly unknown[],
  message: RegExp,
])[] = [
  ['no question', [], /^a question must be an object of subject, actions, resource$/],
  ['a question in pieces', [analyst, 'READ_ONLINE', riskScores], /^expected one argument at most$/],
  ['two questions', [question, question], /^expected one argument at most$/],
  ['a list of questions', [[question]], /^a question must be an object/],
  ['a promise of a question', [Promise.resolve(question)], /^a question must be an object/],
  ['no subject', [{ ...question, subject: undefined }], /subject/],
  [
    'a subject with a role that is no list',
    [{ ...question, subject: { username: 'a', roles: 'r' } }],
    /roles/,
  ],
  ['no actions', [{ ...question, actions: undefined }], /actions/],
  ['an empty list of actions', [{ ...question, actions: [] }], /actions/],
  ['an unknown action', [{ ...question, actions: 'CRATE' }], /`CRATE`/],
  [
    'a field of another name',
    [{ ...question, action: 'CREATE' }],
    /`action` is unknown\. Did you mean `actions`\?$/,
  ],
  ['no resource', [{ ...question, resource: undefined }], /needs one `resource`/],
  ['several resources', [{ ...question, resource: [riskScores] }], /needs one `resource`/],
  ['an unknown type', [{ ...question, resource: { type: 'View', name: 'x' } }], /`View`/],
];

describe.each(['toAllow', 'toDeny'] as const)('%s', (matcher) => {
  it.each(WRONG_QUESTIONS)('throws a TypeError on %s, negated or not', (_, args, message) => {
    for (const expectation of [loosely(authorizer), loosely(authorizer).not]) {
      const act = (): void => expectation[matcher](...args);
      expect(act).toThrow(TypeError);
      expect(act).toThrow(message);
    }
  });
});

describe('toBeSecured', () => {
  it.each([
    ['no resource', [], /^a resource is an object/],
    ['undefined', [undefined], /^a resource is an object/],
    ['an empty list', [[]], /^expected at least one resource to check$/],
    ['a name', ['risk_scores'], /^a resource is an object/],
    ['resources one by one', [riskScores, riskScores], /^expected one argument at most$/],
    ['a resource without a name', [{ type: 'FeatureView' }], /name/],
  ])('throws a TypeError on %s, negated or not', (_, args, message) => {
    for (const expectation of [loosely(authorizer), loosely(authorizer).not]) {
      const act = (): void => expectation.toBeSecured(...args);
      expect(act).toThrow(TypeError);
      expect(act).toThrow(message);
    }
  });
});

describe('toBeFullyCovered', () => {
  it.each([
    [
      'a field of another name',
      [{ action: ['CREATE'] }],
      /`action` is unknown\. Did you mean `actions`\?$/,
    ],
    ['a list', [['CREATE']], /^a demand of coverage must be an object/],
    ['one action', [{ actions: 'CREATE' }], /^`actions` must be a list that is not empty$/],
    ['no actions', [{ actions: [] }], /^`actions` must be a list that is not empty$/],
    ['an unknown action', [{ actions: ['CRATE'] }], /^`actions` has `CRATE`, which is not one of/],
    ['an undefined action', [{ actions: [undefined] }], /^`actions` has undefined/],
    ['an unknown type', [{ types: ['View'] }], /^`types` has `View`, which is not one of/],
    ['types that are not registered', [{ types: ['Entity'] }], /^nothing to check/],
    ['one ignored resource', [{ ignore: riskScores }], /^`ignore` must be a list of resources$/],
    ['an ignored name', [{ ignore: ['risk_scores'] }], /^`ignore` must be a list of resources$/],
    [
      'an ignored resource that is not registered',
      [{ ignore: [{ type: 'FeatureView', name: 'rsik' }] }],
      /^`ignore` names FeatureView:rsik, which is not registered$/,
    ],
  ])('throws a TypeError on %s, negated or not', (_, args, message) => {
    for (const expectation of [loosely(authorizer), loosely(authorizer).not]) {
      const act = (): void => expectation.toBeFullyCovered(...args);
      expect(act).toThrow(TypeError);
      expect(act).toThrow(message);
    }
  });

  it('throws a TypeError without a registry: covering nothing proves nothing', () => {
    const withoutRegistry = createAuthorizer({ permissions });
    expect(() => expect(withoutRegistry).toBeFullyCovered()).toThrow(TypeError);
    expect(() => expect(withoutRegistry).not.toBeFullyCovered()).toThrow(TypeError);
  });
});

describe('every matcher and assertion', () => {
  it.each([
    ['undefined', undefined, /^expected an authorizer, as `createAuthorizer` makes it$/],
    ['null', null, /^expected an authorizer, as/],
    ['a bound authorizer', authorizer.for(analyst), /^expected an authorizer, as/],
    ['a snapshot', authorizer.snapshot, /^expected an authorizer, as/],
    [
      'a promise',
      Promise.resolve(authorizer),
      /^expected an authorizer, not a promise of one: await it first$/,
    ],
  ])('throws a TypeError on %s in place of an authorizer', (_, received, message) => {
    const loose = [assertAllowed, assertDenied, assertSecured, assertFullyCovered] as unknown as ((
      ...args: readonly unknown[]
    ) => void)[];
    const acts = [
      () => loosely(received).toAllow(question),
      () => loosely(received).not.toAllow(question),
      () => loosely(received).toDeny(question),
      () => loosely(received).toBeSecured(riskScores),
      () => loosely(received).not.toBeFullyCovered(),
      ...loose.map((assertion) => () => assertion(received, question)),
    ];
    for (const act of acts) {
      expect(act).toThrow(TypeError);
      expect(act).toThrow(message);
    }
  });
});
