import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Authorizer, createAuthorizer, suspend } from '../../src/engine/index.js';
import { SnapshotStaleError, type Vocabulary } from '../../src/model/index.js';
import { roles } from '../../src/policy/index.js';
import {
  type ArbitraryQuestion,
  authorizerOf,
  storesWithQuestions,
} from '../support/arbitrary-stores.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.js';
import { evaluate } from '../support/reference-evaluator.js';

/** A handle that is made beforehand, unless the resource is one that questions refuse. */
function asker(
  authorizer: Authorizer<Vocabulary>,
  { subject, actions, resource }: ArbitraryQuestion,
) {
  const bound = authorizer.for(subject);
  const handle = attempt(() => authorizer.resource(resource));
  const [action] = actions;
  const asked = actions.length === 1 ? (action as string) : actions;
  return () => {
    const about = handle === 'TypeError' ? resource : handle;
    return {
      bound: attempt(() => bound.can(asked, about)),
      plain: attempt(() => authorizer.can(subject, asked, about)),
      decided: attempt(() => authorizer.decide(subject, asked, about).allowed),
      filtered: attempt(() => bound.filter(asked, [about]).length === 1),
    };
  };
}

function attempt<T>(ask: () => T): T | 'TypeError' {
  try {
    return ask();
  } catch (error) {
    if (error instanceof TypeError) return 'TypeError';
    throw error;
  }
}

describe('a handle', () => {
  it('answers by the snapshot in force, whatever was in force when it was made', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(storesWithQuestions(3), ({ stores, questions }) => {
        const snapshots = stores.map((store) => authorizerOf(store).snapshot);
        const authorizer = createAuthorizer<Vocabulary>(snapshots[0] as never);
        const askers = questions.map((question) => asker(authorizer, question));
        // There and back again: a handle is also asked by a snapshot that it knew before.
        for (const turn of [0, 1, 2, 0, 2, 1]) {
          const store = stores[turn] as (typeof stores)[number];
          authorizer.replace(snapshots[turn] as never);
          for (const [at, ask] of askers.entries()) {
            const { subject, actions, resource } = questions[at] as ArbitraryQuestion;
            const expected = evaluate(store, subject, actions, resource);
            const allowed = expected === 'TypeError' ? expected : expected.allowed;
            for (const answer of Object.values(ask()))
              if (answer !== allowed) expect(answer).toBe(allowed);
          }
        }
      }),
      propertyRuns(15, 20_000, 18),
    );
  });

  const view = { type: 'FeatureView', name: 'driver_stats', tags: { team: 'a' } } as const;
  const permissions = [{ name: 'p', requiredTags: { team: 'a' }, policy: roles('reader') }];
  const ann = { username: 'ann', roles: ['reader'] };

  it('is a frozen copy, with what the registry knows of it', () => {
    const authorizer = createAuthorizer({ permissions, resources: [view] });
    const given = { type: 'FeatureView', name: 'driver_stats', tags: { team: 'b' } } as const;
    const handle = authorizer.resource(given);
    expect({ ...handle }).toEqual({ ...given, project: undefined });
    expect(Object.isFrozen(handle)).toBe(true);
    expect(authorizer.for(ann).can('DESCRIBE', handle)).toBe(true);
    expect(authorizer.decide(ann, 'DESCRIBE', handle).resource.tags).toEqual({ team: 'a' });
  });

  it('follows a resource that is registered and removed', () => {
    const authorizer = createAuthorizer({ permissions, resources: [] });
    const handle = authorizer.resource({ type: 'FeatureView', name: 'driver_stats' });
    const bound = authorizer.for(ann);
    const answers = [bound.can('DESCRIBE', handle)];
    for (const resources of [[view], [], [view]]) {
      authorizer.replace({ resources });
      answers.push(bound.can('DESCRIBE', handle));
    }
    expect(answers).toEqual([false, true, false, true]);
  });

  it('is resolved by the authorizer that is asked', () => {
    const one = createAuthorizer({ permissions, resources: [view] });
    const other = createAuthorizer({ permissions, resources: [{ ...view, tags: {} }] });
    const handle = one.resource(view);
    const answers = [one, other, one].map((authorizer) =>
      authorizer.for(ann).can('DESCRIBE', handle),
    );
    expect(answers).toEqual([true, false, true]);
  });

  it('gives no answer while the authorizer is suspended', () => {
    const authorizer = createAuthorizer({ permissions, resources: [view] });
    const bound = authorizer.for(ann);
    const handle = authorizer.resource(view);
    suspend(authorizer, () => new SnapshotStaleError('stale'));
    expect(() => bound.can('DESCRIBE', handle)).toThrow(SnapshotStaleError);
    expect(() => authorizer.can(ann, 'DESCRIBE', handle)).toThrow(SnapshotStaleError);
    suspend(authorizer, undefined);
    expect(bound.can('DESCRIBE', handle)).toBe(true);
  });

  it.each([{ type: 'Unknown', name: 'a' }, { type: 'Entity', name: 1 }, null])(
    'is refused for %j',
    (resource) => {
      const authorizer = createAuthorizer({ permissions });
      expect(() => authorizer.resource(resource as never)).toThrow(TypeError);
    },
  );
});
