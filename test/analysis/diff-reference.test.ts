import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AccessChange, diffAccess, type NameChange } from '../../src/analysis/index.js';
import { authorizerOf, storesWithQuestions } from '../support/arbitrary-stores.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.js';
import {
  evaluate,
  type ReferenceResource,
  type ReferenceStore,
  type ReferenceSubject,
} from '../support/reference-evaluator.js';
import { actionsOf, anySubject, has } from './support/subjects.js';

/** Subjects without a user name are left out: who has a role has a name. */
const subjects = fc.array(
  anySubject.filter((one) => one === null || one.username !== ''),
  { minLength: 5, maxLength: 5 },
);

/** A project that a store does not know refuses. */
function isAllowed(
  store: ReferenceStore,
  subject: ReferenceSubject | null,
  action: string,
  resource: ReferenceResource,
): boolean {
  const answer = evaluate(store, subject, [action], resource);
  return answer !== 'TypeError' && answer.allowed;
}

/** The project that a resource without one is in, as both stores see it. */
function projectOf(store: ReferenceStore, { project }: ReferenceResource): string | undefined {
  return project ?? store.defaultProject;
}

function isTold(
  changes: readonly (AccessChange | NameChange)[],
  subject: ReferenceSubject | null,
  action: string,
): boolean {
  return changes.some(
    ({ principals, actions }) =>
      actions.includes(action) && principals.every((one) => has(subject, one)),
  );
}

describe('diffAccess against the reference evaluator', { timeout: PROPERTY_TIMEOUT_MS }, () => {
  it('tells every right on registered resources that was gained or lost, and no other', () => {
    fc.assert(
      fc.property(storesWithQuestions(2), subjects, ({ stores }, asking) => {
        const [old, next] = stores as [ReferenceStore, ReferenceStore];
        const [before, after] = [authorizerOf(old).snapshot, authorizerOf(next).snapshot];
        const { gained, lost, complete } = diffAccess(before, after, { names: false });
        expect(complete).toBe(true);
        for (const store of stores) {
          for (const registered of store.resources) {
            const { type, name } = registered;
            const project = projectOf(store, registered);
            const resource = project === undefined ? { type, name } : { type, name, project };
            const on = (changes: readonly AccessChange[]): readonly AccessChange[] =>
              changes.filter(
                (one) =>
                  one.resource.type === type &&
                  one.resource.name === name &&
                  one.resource.project === (project ?? null),
              );
            const [more, less] = [on(gained), on(lost)];
            for (const action of actionsOf(store)) {
              for (const subject of asking) {
                const was = isAllowed(old, subject, action, resource);
                const is = isAllowed(next, subject, action, resource);
                const about = { subject, action, resource };
                // What is told opens or closes it for who has the principals; nothing else changes.
                if (is && !was && !isTold(more, subject, action))
                  expect.fail(JSON.stringify(about));
                if (was && !is && !isTold(less, subject, action))
                  expect.fail(JSON.stringify(about));
              }
              checkExamples(more, old, next, action, resource);
              checkExamples(less, next, old, action, resource);
            }
          }
        }
      }),
      propertyRuns(300, 100_000),
    );
  });

  it('finds a name wherever brute force finds one, and each one that it finds is real', () => {
    const names = allNames(3);
    fc.assert(
      fc.property(storesWithQuestions(2), subjects, ({ stores }, asking) => {
        const [old, next] = stores as [ReferenceStore, ReferenceStore];
        const answer = diffAccess(authorizerOf(old).snapshot, authorizerOf(next).snapshot);
        const { gained, lost, undecided } = answer.names ?? { gained: [], lost: [], undecided: [] };
        expect(undecided).toEqual([]);
        for (const [changes, narrow, wide] of [
          [gained, old, next],
          [lost, next, old],
        ] as const) {
          for (const change of changes) {
            const known = change.types.filter((type) => type in wide.vocabulary.types);
            for (const type of known) {
              const { project, name } = change;
              const resource = project === null ? { type, name } : { type, name, project };
              expect(stores.some((store) => isRegistered(store, resource))).toBe(false);
              for (const action of change.actions) {
                if (actionsOf(old).includes(action)) {
                  checkExamples([change], narrow, wide, action, resource);
                }
              }
            }
          }
          bruteForce(changes, [narrow, wide], asking, names);
        }
      }),
      propertyRuns(60, 10_000),
    );
  });
});

function bruteForce(
  changes: readonly NameChange[],
  [narrow, wide]: readonly [ReferenceStore, ReferenceStore],
  asking: readonly (ReferenceSubject | null)[],
  names: readonly string[],
): void {
  const projects = new Set(
    [narrow, wide].flatMap((store) => [
      ...store.projects,
      store.defaultProject,
      ...[...store.permissions, ...store.resources].map(({ project }) => project),
    ]),
  );
  projects.delete(undefined);
  const places = projects.size === 0 ? [undefined] : [...projects];
  for (const project of places) {
    for (const type of Object.keys(wide.vocabulary.types)) {
      for (const name of names) {
        const resource = project === undefined ? { type, name } : { type, name, project };
        if ([narrow, wide].some((store) => isRegistered(store, resource))) continue;
        for (const action of actionsOf(wide)) {
          for (const subject of asking) {
            if (!isAllowed(wide, subject, action, resource)) continue;
            if (isAllowed(narrow, subject, action, resource)) continue;
            const here = changes.filter(
              (one) => one.project === (project ?? null) && one.types.includes(type),
            );
            if (!isTold(here, subject, action)) {
              expect.fail(JSON.stringify({ subject, action, resource }));
            }
          }
        }
      }
    }
  }
}

function checkExamples(
  changes: readonly (AccessChange | NameChange)[],
  narrow: ReferenceStore,
  wide: ReferenceStore,
  action: string,
  resource: ReferenceResource,
): void {
  for (const { subject, actions, principals } of changes) {
    if (!actions.includes(action)) continue;
    if (subject === undefined) {
      // Only a policy of an own kind keeps a change from having an example.
      const isOpaque = [narrow, wide].some(({ permissions }) =>
        permissions.some(({ policy }) => policy.type === 'OneUser'),
      );
      if (!isOpaque) expect.fail(JSON.stringify({ principals, action, resource }));
      continue;
    }
    const example = subject as ReferenceSubject | null;
    const isRight =
      isAllowed(wide, example, action, resource) && !isAllowed(narrow, example, action, resource);
    if (!isRight) expect.fail(JSON.stringify({ subject, action, resource }));
  }
}

function isRegistered(store: ReferenceStore, { type, name, project }: ReferenceResource): boolean {
  return store.resources.some(
    (one) => one.type === type && one.name === name && projectOf(store, one) === project,
  );
}

/** Names of the letters that the patterns of stores are about. */
function allNames(length: number): readonly string[] {
  const all = [''];
  for (let from = 0, size = 1; size <= length; size++) {
    const end = all.length;
    for (; from < end; from++) for (const letter of 'abe_') all.push(`${all[from]}${letter}`);
  }
  return all;
}
