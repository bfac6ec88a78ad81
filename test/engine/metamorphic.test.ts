import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Authorizer } from '../../src/engine/index.js';
import type { Vocabulary } from '../../src/model/index.js';
import {
  type ArbitraryQuestion,
  authorizerOf,
  storeWithQuestions,
} from '../support/arbitrary-stores.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.js';
import { type ReferenceStore, UNSUPPORTED_PATTERN } from '../support/reference-evaluator.js';

const RUNS = propertyRuns<[unknown]>(250, 20_000);

/** The answers to all questions; `undefined` for one that cannot be asked. */
function answers(
  authorizer: Authorizer<Vocabulary>,
  questions: readonly ArbitraryQuestion[],
): (boolean | undefined)[] {
  return questions.map(({ subject, actions, resource }) => {
    try {
      return authorizer.can(subject, actions, resource);
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  });
}

/** Questions that the one store refuses and the other allows. */
function widened(
  narrow: readonly (boolean | undefined)[],
  wide: readonly (boolean | undefined)[],
  questions: readonly ArbitraryQuestion[],
): ArbitraryQuestion[] {
  return questions.filter((_, index) => narrow[index] === false && wide[index] === true);
}

/** Keeps a store's projects known, whichever permissions it loses. */
function withAllProjects(store: ReferenceStore): ReferenceStore {
  const named = store.permissions.flatMap(({ project }) => project ?? []);
  return { ...store, projects: [...store.projects, ...named] };
}

describe('changes that must not matter, or in one direction only', () => {
  it('the order of permissions and of resources does not matter', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(storeWithQuestions, ({ store, questions }) => {
        const turned = {
          ...store,
          permissions: store.permissions.toReversed(),
          resources: store.resources.toReversed(),
        };
        const before = answers(authorizerOf(store), questions);
        expect(answers(authorizerOf(turned), questions)).toEqual(before);
      }),
      RUNS,
    );
  });

  it('one more permission takes no grant away where there was one already, one grant being enough', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(storeWithQuestions, (drawn) => {
        const { questions } = drawn;
        const store = withAllProjects({
          ...drawn.store,
          strategy: 'affirmative',
          unsecured: 'deny',
        });
        // One that is for every project, so that none of them is without permissions.
        const [first, ...others] = store.permissions.map(({ project: _, ...rest }) => rest);
        if (first === undefined) return;
        const more = answers(
          authorizerOf({ ...store, permissions: [first, ...others] }),
          questions,
        );
        const fewer = answers(authorizerOf({ ...store, permissions: [first] }), questions);
        expect(widened(more, fewer, questions)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('the anonymous subject may do what everyone may and no more', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(storeWithQuestions, ({ store, questions }) => {
        const authorizer = authorizerOf(store);
        const anonymous = answers(
          authorizer,
          questions.map((question) => ({ ...question, subject: null })),
        );
        const nobody = {
          username: 'nobody at all',
          roles: ['none'],
          groups: ['none'],
          namespaces: ['none'],
        };
        const unknown = answers(
          authorizer,
          questions.map((question) => ({ ...question, subject: nobody })),
        );
        expect(widened(unknown, anonymous, questions)).toEqual([]);
        // Who is named and unknown gains in one case alone: where there are no permissions yet.
        for (const question of widened(anonymous, unknown, questions)) {
          expect(authorizer.decide(nobody, question.actions, question.resource).reason).toBe(
            'no-permissions',
          );
        }
        // And whoever holds something gains nothing by not saying who he is.
        if (store.strategy !== 'affirmative') return;
        expect(widened(answers(authorizer, questions), anonymous, questions)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('more actions at once are never allowed where one of them alone is not, one grant being enough', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(storeWithQuestions, ({ store, questions }) => {
        const authorizer = authorizerOf({ ...store, strategy: 'affirmative' });
        for (const question of questions) {
          const alone = question.actions.map((action) => ({ ...question, actions: [action] }));
          const [together] = answers(authorizer, [question]);
          if (together === true) expect(answers(authorizer, alone)).not.toContain(false);
        }
      }),
      RUNS,
    );
  });

  // A permission that is excluded has an unknown meaning. Whatever it means, be it nothing,
  // everything or a part of all names, a question that is allowed while it is excluded is allowed
  // too where it is understood. The other parts of the permission are understood, so that they hold
  // in both.
  it('leaving a permission out allows nothing that any meaning of it would refuse', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, () => {
    const meanings = ['(?!.*)', '.*', 'a.*', '.*b'];
    fc.assert(
      fc.property(storeWithQuestions, (drawn) => {
        const { store, questions } = drawn;
        const withOne: ReferenceStore = {
          ...store,
          permissions: store.permissions.map((permission, index) =>
            index === 0 ? { ...permission, namePatterns: [UNSUPPORTED_PATTERN] } : permission,
          ),
        };
        const leftOut = answers(authorizerOf(withOne), questions);
        for (const meaning of meanings) {
          const [first, ...others] = store.permissions;
          if (first === undefined) return;
          const understood = { ...first, namePatterns: [meaning] };
          const meant = answers(
            authorizerOf({ ...store, permissions: [understood, ...others] }),
            questions,
          );
          expect(widened(meant, leftOut, questions)).toEqual([]);
        }
      }),
      RUNS,
    );
  });
});
