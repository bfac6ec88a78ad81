import fc from 'fast-check';
import { expect } from 'vitest';
import { type AccessChange, diffAccess, type NameChange } from '../../../src/analysis/index.js';
import { arbitraryStores, authorizerOf } from '../../support/arbitrary-stores.js';
import {
  evaluate,
  type ReferenceResource,
  type ReferenceStore,
  type ReferenceSubject,
} from '../../support/reference-evaluator.js';
import { actionsOf, anySubject, has } from './subjects.js';

/** Properties of diffAccess. */

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

/** @param about what is wrong, where it does not hold */
function check(holds: boolean, about: unknown): void {
  if (!holds) expect.fail(JSON.stringify(about));
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

/** Every right on registered resources that was gained or lost is told, and no other. */
export const registeredDiffProperty = fc.property(
  arbitraryStores(2),
  subjects,
  (stores, asking) => {
    const [old, next] = stores as [ReferenceStore, ReferenceStore];
    const [before, after] = [authorizerOf(old).snapshot, authorizerOf(next).snapshot];
    const { gained, lost, complete } = diffAccess(before, after, { names: false });
    check(complete, 'the difference was cut');
    for (const store of stores) {
      for (const { type, name, project: written } of store.resources) {
        const project = written ?? store.defaultProject;
        const resource = project === undefined ? { type, name } : { type, name, project };
        const [more, less] = [gained, lost].map((changes) => changesOn(changes, resource));
        for (const action of actionsOf(store)) {
          // What is told opens or closes it for who has the principals; nothing else changes.
          checkTold(more ?? [], [old, next], asking, action, resource);
          checkTold(less ?? [], [next, old], asking, action, resource);
        }
      }
    }
  },
);

function changesOn(
  changes: readonly AccessChange[],
  { type, name, project }: ReferenceResource,
): readonly AccessChange[] {
  return changes.filter(
    ({ resource }) =>
      resource.type === type && resource.name === name && resource.project === (project ?? null),
  );
}

function checkTold(
  changes: readonly AccessChange[],
  [narrow, wide]: readonly [ReferenceStore, ReferenceStore],
  asking: readonly (ReferenceSubject | null)[],
  action: string,
  resource: ReferenceResource,
): void {
  for (const subject of asking) {
    const isGained =
      isAllowed(wide, subject, action, resource) && !isAllowed(narrow, subject, action, resource);
    check(!isGained || isTold(changes, subject, action), { subject, action, resource });
  }
  checkExamples(changes, narrow, wide, action, resource);
}

const names = allNames(3);

/** A name is found where brute force finds one, and each one that is found is real. */
export const namesDiffProperty = fc.property(arbitraryStores(2), subjects, (stores, asking) => {
  const [old, next] = stores as [ReferenceStore, ReferenceStore];
  const answer = diffAccess(authorizerOf(old).snapshot, authorizerOf(next).snapshot);
  const { gained, lost, undecided } = answer.names ?? { gained: [], lost: [], undecided: [] };
  check(undecided.length === 0, undecided);
  for (const [changes, narrow, wide] of [
    [gained, old, next],
    [lost, next, old],
  ] as const) {
    for (const change of changes) {
      const known = change.types.filter((type) => type in wide.vocabulary.types);
      for (const type of known) {
        const { project, name } = change;
        const resource = project === null ? { type, name } : { type, name, project };
        check(!stores.some((store) => isRegistered(store, resource)), { registered: resource });
        for (const action of change.actions) {
          if (actionsOf(old).includes(action)) {
            checkExamples([change], narrow, wide, action, resource);
          }
        }
      }
    }
    bruteForce(changes, [narrow, wide], asking, names);
  }
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
