import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accessMatrix,
  canWhat,
  type NamedPrincipal,
  reviewAccess,
  searchActions,
  searchResources,
  searchSubjects,
  whoCan,
} from '../../src/analysis/index.js';
import { authorizerOf, storesWithQuestions } from '../support/arbitrary-stores.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.js';
import {
  evaluate,
  type ReferenceResource,
  type ReferenceStore,
  type ReferenceSubject,
} from '../support/reference-evaluator.js';
import { actionsOf, anySubject, has, subjectOf } from './support/subjects.js';

const RUNS = [300, 100_000] as const;

function isAllowed(
  store: ReferenceStore,
  subject: ReferenceSubject | null,
  actions: readonly string[],
  resource: ReferenceResource,
): boolean {
  const answer = evaluate(store, subject, actions, resource);
  if (answer === 'TypeError') throw new Error('the question cannot be asked');
  return answer.allowed;
}

/** Called where something is wrong only: `expect` takes longer than what it looks at. */
function check(actual: unknown, wanted: unknown, about: unknown): void {
  if (actual !== wanted) expect({ about, answer: actual }).toEqual({ about, answer: wanted });
}

const storeAndSubjects = fc.tuple(
  storesWithQuestions(1),
  fc.array(anySubject, { minLength: 4, maxLength: 4 }),
);

describe('against the reference evaluator', { timeout: PROPERTY_TIMEOUT_MS }, () => {
  it('who-can names who is allowed, and nobody else', () => {
    fc.assert(
      fc.property(storeAndSubjects, ([{ stores, questions }, subjects]) => {
        const store = stores[0] as ReferenceStore;
        const { snapshot } = authorizerOf(store);
        for (const { actions, resource } of questions) {
          if (evaluate(store, null, actions, resource) === 'TypeError') continue;
          const { combinations, complete } = whoCan(snapshot, actions, resource as never);
          check(complete, true, { actions, resource });
          for (const subject of subjects) {
            const found = combinations.some(({ principals }) =>
              principals.every((one) => has(subject, one)),
            );
            check(found, isAllowed(store, subject, actions, resource), {
              subject,
              actions,
              resource,
            });
          }
          for (const { principals } of combinations) {
            const subject = subjectOf(principals);
            if (subject === undefined) continue;
            check(isAllowed(store, subject, actions, resource), true, {
              subject,
              actions,
              resource,
            });
            // Minimal: without one of them it is refused.
            for (const left of principals) {
              const fewer = subjectOf(principals.filter((one) => one !== left)) ?? null;
              const isNamed = left.kind === 'named-user' ? null : fewer;
              check(isAllowed(store, isNamed, actions, resource), false, {
                fewer,
                actions,
                resource,
              });
            }
          }
        }
      }),
      propertyRuns(...RUNS),
    );
  });

  it('can-what, the review and the matrix give every right on registered resources, and no other', () => {
    fc.assert(
      fc.property(storeAndSubjects, ([{ stores }, subjects]) => {
        const store = stores[0] as ReferenceStore;
        const { snapshot } = authorizerOf(store);
        const actions = actionsOf(store);
        const reviewed = new Map(
          Array.from(reviewAccess(snapshot), (one) => [keyOf(one.resource, one.action), one]),
        );
        for (const subject of subjects) {
          const rights = new Map(
            canWhat(snapshot, subject).resources.map((one) => [keyOf(one), one.actions]),
          );
          for (const resource of store.resources) {
            const key = keyOf(inProject(store, resource));
            for (const action of actions) {
              const wanted = isAllowed(store, subject, [action], resource);
              check(rights.get(key)?.includes(action) === true, wanted, {
                subject,
                action,
                resource,
              });
              const combinations = reviewed.get(`${key}${action}`)?.combinations ?? [];
              const found = combinations.some(({ principals }) =>
                principals.every((one) => has(subject, one)),
              );
              check(found, wanted, { subject, action, resource });
            }
          }
        }
        checkMatrix(store, snapshot);
      }),
      propertyRuns(...RUNS),
    );
  });

  it('can-what of a principal, and the searches, agree with a user who has that principal alone', () => {
    const principal = fc.record({
      kind: fc.constantFrom('role', 'group', 'namespace'),
      name: fc.constantFrom('a', 'b', 'c', '', '__proto__', 'constructor'),
    }) as fc.Arbitrary<NamedPrincipal>;
    fc.assert(
      fc.property(storesWithQuestions(1), principal, ({ stores }, who) => {
        const store = stores[0] as ReferenceStore;
        const { snapshot } = authorizerOf(store);
        const subject = subjectOf([who]) as ReferenceSubject;
        const rights = new Map(
          canWhat(snapshot, who).resources.map((one) => [keyOf(one), one.actions]),
        );
        for (const resource of store.resources) {
          for (const action of actionsOf(store)) {
            const about = { who, action, resource };
            const wanted = isAllowed(store, subject, [action], resource);
            const placed = inProject(store, resource);
            check(rights.get(keyOf(placed))?.includes(action) === true, wanted, about);
            const search = { subject: who, actions: action, type: resource.type };
            const found = searchResources(snapshot, search).results.some(
              ({ id, properties }) =>
                id === resource.name && (properties?.project ?? null) === placed.project,
            );
            check(found, wanted, about);
            const named = searchActions(snapshot, { subject: who, resource: resource as never });
            check(
              named.results.some(({ name }) => name === action),
              wanted,
              about,
            );
            const question = { kind: who.kind, actions: action, resource: resource as never };
            const isNamed = store.permissions.some(({ policy }) =>
              JSON.stringify(policy).includes(JSON.stringify(who.name)),
            );
            const listed = searchSubjects(snapshot, question).results.some(
              ({ id }) => id === who.name,
            );
            // Who is allowed without being named in any policy is allowed as everyone is.
            if (!wanted) check(listed, false, about);
            else if (!isNamed)
              check(isAllowed(store, { username: 'x' }, [action], resource), true, about);
          }
        }
      }),
      propertyRuns(200, 100_000),
    );
  });
});

function checkMatrix(
  store: ReferenceStore,
  snapshot: ReturnType<typeof authorizerOf>['snapshot'],
): void {
  const { principals, rows } = accessMatrix(snapshot);
  for (const resource of store.resources) {
    const placed = inProject(store, resource);
    const row = rows.find((one) => keyOf(one) === keyOf(placed));
    if (row === undefined) throw new Error('a resource is missing');
    for (const action of actionsOf(store)) {
      const everyone = isAllowed(store, null, [action], resource);
      check(row.everyone.includes(action), everyone, { action, resource });
      const anyUser = isAllowed(store, { username: 'somebody' }, [action], resource);
      check(row.namedUsers.includes(action), anyUser && !everyone, { action, resource });
      for (const principal of principals) {
        const subject = subjectOf([principal]) as ReferenceSubject;
        const cell = row.cells.find((one) => one.principal === principal);
        const wanted = isAllowed(store, subject, [action], resource) && !anyUser && !everyone;
        check(cell?.actions.includes(action) === true, wanted, { principal, action, resource });
      }
    }
  }
}

function inProject(
  store: ReferenceStore,
  { type, name, project }: ReferenceResource,
): { readonly project: string | null; readonly type: string; readonly name: string } {
  return { project: project ?? store.defaultProject ?? null, type, name };
}

function keyOf(
  {
    project,
    type,
    name,
  }: { readonly project: string | null; readonly type: string; readonly name: string },
  action = '',
): string {
  return JSON.stringify([project, type, name]) + action;
}
