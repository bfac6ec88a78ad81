import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import {
  AuthorizationAssertionError,
  assertAllowed,
  assertDenied,
  assertFullyCovered,
  assertSecured,
} from '../../src/testing/index.js';
import { analyst, authorizer, driverStats, guest, riskScores } from './example-store.js';

const analystReads = { subject: analyst, actions: 'READ_ONLINE', resource: riskScores } as const;
const guestReads = { subject: guest, actions: 'READ_ONLINE', resource: riskScores } as const;

describe('the assertions', () => {
  it('return nothing when they hold', () => {
    assert.equal(assertAllowed(authorizer, analystReads), undefined);
    assert.equal(assertDenied(authorizer, guestReads), undefined);
    assert.equal(assertSecured(authorizer, [riskScores]), undefined);
    const demand = { actions: ['READ_ONLINE'], ignore: [driverStats] } as const;
    assert.equal(assertFullyCovered(authorizer, demand), undefined);
  });

  it.each([
    [
      'assertAllowed',
      () => assertAllowed(authorizer, guestReads),
      /^expected user "guy" to be allowed READ_ONLINE on FeatureView:risk_scores, and it is refused\n/,
      { actual: 'refused', expected: 'allowed' },
    ],
    [
      'assertDenied',
      () => assertDenied(authorizer, analystReads),
      /^expected user "ann" to be refused READ_ONLINE on FeatureView:risk_scores, and it is allowed\n/,
      { actual: 'allowed', expected: 'refused' },
    ],
    [
      'assertSecured',
      () => assertSecured(authorizer, [riskScores, driverStats]),
      /^expected 2 resources to be secured, and 1 is not\n/,
      { actual: ['FeatureView:driver_stats'], expected: [] },
    ],
    [
      'assertFullyCovered',
      () => assertFullyCovered(authorizer),
      /^expected 2 registered resources to be fully covered, and 2 are not\n/,
      { actual: '2 resources with gaps', expected: '0 resources with gaps' },
    ],
  ] as const)(
    '%s throws what test runners know how to print',
    (operator, act, message, outcome) => {
      assert.throws(act, (error: unknown) => {
        assert.ok(error instanceof AuthorizationAssertionError);
        assert.match(error.message, message);
        const { name, code, generatedMessage, actual, expected } = error;
        assert.deepEqual({ actual, expected }, outcome);
        assert.deepEqual(
          { name, code, generatedMessage, operator: error.operator },
          {
            name: 'AuthorizationAssertionError',
            code: 'ERR_ASSERTION',
            generatedMessage: false,
            operator,
          },
        );
        return true;
      });
    },
  );

  it('throw with a stack that starts at the test', () => {
    assert.throws(
      () => assertAllowed(authorizer, guestReads),
      ({ message, stack = '' }: Error) => {
        const [firstFrame = ''] = stack
          .slice(stack.indexOf(message) + message.length + 1)
          .split('\n');
        assert.match(firstFrame, /assertions\.test\.ts/);
        return true;
      },
    );
  });
});
