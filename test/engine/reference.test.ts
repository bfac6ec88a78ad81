import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Authorizer } from '../../src/engine/index.js';
import type { Vocabulary } from '../../src/model/index.js';
import {
  type ArbitraryQuestion,
  authorizerOf,
  storesWithQuestions,
  storeWithQuestions,
} from '../support/arbitrary-stores.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.js';
import { evaluate } from '../support/reference-evaluator.js';

type Answer = boolean | 'TypeError';

/** The answers to one question, asked in every way there is. */
function allAnswers(
  authorizer: Authorizer<Vocabulary>,
  { subject, actions, resource }: ArbitraryQuestion,
): Record<string, Answer> {
  const [action = ''] = actions;
  const bound = (): ReturnType<typeof authorizer.for> => authorizer.for(subject);
  return {
    can: answer(() => authorizer.can(subject, actions, resource)),
    'can, alone': answer(() =>
      authorizer.can(subject, actions.length === 1 ? action : actions, resource),
    ),
    'can, again': answer(() => authorizer.can(subject, actions, resource)),
    decide: answer(() => authorizer.decide(subject, actions, resource).allowed),
    assert: answer(() => isSilent(() => authorizer.assert(subject, actions, resource))),
    filter: answer(() => authorizer.filter(subject, actions, [resource]).length === 1),
    'for can': answer(() => bound().can(actions, resource)),
    'for can, alone': answer(() => bound().can(actions.length === 1 ? action : actions, resource)),
    'for decide': answer(() => bound().decide(actions, resource).allowed),
    'for assert': answer(() => isSilent(() => bound().assert(actions, [resource]))),
    'for filter': answer(() => bound().filter(actions, [resource]).length === 1),
  };
}

function answer(ask: () => boolean): Answer {
  try {
    return ask();
  } catch (error) {
    if (error instanceof TypeError) return 'TypeError';
    throw error;
  }
}

function isSilent(ask: () => void): boolean {
  try {
    ask();
    return true;
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return false;
  }
}

/**
 * `expect` itself is called where something is wrong only: it takes longer than what it looks at.
 */
function compare(answers: Record<string, Answer>, expected: Answer): void {
  for (const given of Object.values(answers)) {
    if (given !== expected) expect({ expected, ...answers }).toEqual('the same everywhere');
  }
}

describe('the engine and the plain rules', () => {
  it('agree on random stores and questions, asked in every way', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(storeWithQuestions, ({ store, questions }) => {
        const indexed = authorizerOf(store);
        const scanned = authorizerOf(store, { matching: 'scan' });
        for (const question of questions) {
          const { subject, actions, resource } = question;
          const expected = evaluate(store, subject, actions, resource);
          const allowed = expected === 'TypeError' ? expected : expected.allowed;
          compare(allAnswers(indexed, question), allowed);
          compare(allAnswers(scanned, question), allowed);
          const reason = expected === 'TypeError' ? expected : expected.reason;
          seen.set(`${reason} ${allowed}`, (seen.get(`${reason} ${allowed}`) ?? 0) + 1);
          if (expected === 'TypeError') continue;
          const decision = indexed.decide(subject, actions, resource);
          if (decision.reason !== reason) expect(decision.reason).toBe(reason);
        }
      }),
      propertyRuns(600, 60_000),
    );
    // What was drawn has to be worth it: every rule speaks, and often.
    expect([...seen.keys()].sort()).toEqual([
      'TypeError TypeError',
      'denied false',
      'granted true',
      'no-auth true',
      'no-permissions false',
      'no-permissions true',
      'unknown-project false',
      'unsecured false',
      'unsecured true',
    ]);
    expect(Math.min(...seen.values())).toBeGreaterThan(10);
  });

  it('agree while snapshots are replaced, for subjects that were bound before', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(storesWithQuestions(3), ({ stores, questions }) => {
        const authorizers = stores.map((store) => ({
          store,
          snapshot: authorizerOf(store).snapshot,
        }));
        const [first] = stores;
        if (first === undefined) throw new Error('no store was drawn');
        const authorizer = authorizerOf(first);
        const askers = questions.map((question) => ({
          question,
          bound: authorizer.for(question.subject),
        }));
        for (const { store, snapshot } of authorizers) {
          authorizer.replace(snapshot);
          for (const { question, bound } of askers) {
            const { subject, actions, resource } = question;
            const expected = evaluate(store, subject, actions, resource);
            compare(
              {
                'bound can': answer(() => bound.can(actions, resource)),
                'bound decide': answer(() => bound.decide(actions, resource).allowed),
                can: answer(() => authorizer.can(subject, actions, resource)),
              },
              expected === 'TypeError' ? expected : expected.allowed,
            );
          }
        }
      }),
      propertyRuns(250, 40_000),
    );
  });
});
