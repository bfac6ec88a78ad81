import fc from 'fast-check';
import { expect } from 'vitest';
import {
  type AccessPrincipal,
  accessMatrix,
  type CanWhat,
  canWhat,
  type MatrixRow,
  type NamedPrincipal,
  reviewAccess,
  searchActions,
  searchResources,
  searchSubjects,
  whoCan,
} from '../../../src/analysis/index.js';
import {
  arbitraryStores,
  authorizerOf,
  storesWithQuestions,
} from '../../support/arbitrary-stores.js';
import {
  evaluate,
  type ReferenceResource,
  type ReferenceStore,
  type ReferenceSubject,
} from '../../support/reference-evaluator.js';
import { actionsOf, anySubject, has, subjectOf } from './subjects.js';

/** Properties of who-can, can-what, the review, the matrix and the searches. */

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

const store = arbitraryStores(1).map(([only]) => only as ReferenceStore);
const subjects = fc.array(anySubject, { minLength: 4, maxLength: 4 });

/** who-can names who is allowed, and only those. */
export const whoCanProperty = fc.property(
  storesWithQuestions(1),
  subjects,
  ({ stores, questions }, asking) => {
    const [asked] = stores as [ReferenceStore];
    const { snapshot } = authorizerOf(asked);
    for (const { actions, resource } of questions) {
      if (evaluate(asked, null, actions, resource) === 'TypeError') continue;
      const { combinations, complete } = whoCan(snapshot, actions, resource as never);
      const about = { actions, resource };
      check(complete, true, about);
      for (const subject of asking) {
        const wanted = isAllowed(asked, subject, actions, resource);
        check(isAmong(subject, combinations), wanted, { subject, ...about });
      }
      for (const { principals } of combinations) checkMinimal(asked, principals, about);
    }
  },
);

/** A combination is enough, and without one of its principals it is not. */
function checkMinimal(
  asked: ReferenceStore,
  principals: readonly AccessPrincipal[],
  about: { readonly actions: readonly string[]; readonly resource: ReferenceResource },
): void {
  const { actions, resource } = about;
  const subject = subjectOf(principals);
  if (subject === undefined) return;
  check(isAllowed(asked, subject, actions, resource), true, { subject, ...about });
  for (const left of principals) {
    const fewer = subjectOf(principals.filter((one) => one !== left)) ?? null;
    const without = left.kind === 'named-user' ? null : fewer;
    check(isAllowed(asked, without, actions, resource), false, { fewer, ...about });
  }
}

/** can-what, the review and the matrix give every right on registered resources, and no other. */
export const canWhatProperty = fc.property(store, subjects, (asked, asking) => {
  const { snapshot } = authorizerOf(asked);
  const reviewed = new Map(
    Array.from(reviewAccess(snapshot), (one) => [keyOf(one.resource, one.action), one]),
  );
  const rights = asking.map((subject) => rightsOf(canWhat(snapshot, subject)));
  const { principals, rows } = accessMatrix(snapshot);
  const rowOf = new Map(rows.map((row) => [keyOf(row), row]));
  for (const resource of asked.resources) {
    const key = keyOf(inProject(asked, resource));
    for (const action of actionsOf(asked)) {
      const { combinations = [] } = reviewed.get(`${key}${action}`) ?? {};
      for (const [index, subject] of asking.entries()) {
        const about = { subject, action, resource };
        const wanted = isAllowed(asked, subject, [action], resource);
        check(rights[index]?.get(key)?.includes(action) === true, wanted, about);
        check(isAmong(subject, combinations), wanted, about);
      }
      checkRow(asked, rowOf.get(key), principals, { action, resource });
    }
  }
});

const principal = fc.record({
  kind: fc.constantFrom('role', 'group', 'namespace'),
  name: fc.constantFrom('a', 'b', 'c', '', '__proto__', 'constructor'),
}) as fc.Arbitrary<NamedPrincipal>;

/** can-what of a principal, and the searches, agree with a user who has that principal alone. */
export const principalProperty = fc.property(store, principal, (asked, who) => {
  const { snapshot } = authorizerOf(asked);
  const subject = subjectOf([who]) as ReferenceSubject;
  const rights = rightsOf(canWhat(snapshot, who));
  for (const registered of asked.resources) {
    const { type, name } = registered;
    const resource = registered as never;
    const { project } = inProject(asked, registered);
    const key = keyOf({ project, type, name });
    const actions = searchActions(snapshot, { subject: who, resource }).results;
    for (const action of actionsOf(asked)) {
      const about = { who, action, resource };
      const wanted = isAllowed(asked, subject, [action], registered);
      check(rights.get(key)?.includes(action) === true, wanted, about);
      check(
        actions.some((one) => one.name === action),
        wanted,
        about,
      );
      const found = searchResources(snapshot, { subject: who, actions: action, type }).results;
      const isFound = found.some(
        (one) => one.id === name && (one.properties?.project ?? null) === project,
      );
      check(isFound, wanted, about);
      const alone = searchSubjects(snapshot, { kind: who.kind, actions: action, resource }).results;
      const isListed = alone.some(({ id }) => id === who.name);
      // What every user with a name may do, a principal that no policy names may do, too.
      if (!wanted) check(isListed, false, about);
      else if (!isListed) {
        check(isAllowed(asked, { username: 'x' }, [action], registered), true, about);
      }
    }
  }
});

function rightsOf({ resources }: CanWhat): ReadonlyMap<string, readonly string[]> {
  return new Map(resources.map((one) => [keyOf(one), one.actions]));
}

function isAmong(
  subject: ReferenceSubject | null,
  combinations: readonly { readonly principals: readonly AccessPrincipal[] }[],
): boolean {
  return combinations.some(({ principals }) => principals.every((one) => has(subject, one)));
}

function checkRow(
  asked: ReferenceStore,
  row: MatrixRow | undefined,
  principals: readonly NamedPrincipal[],
  about: { readonly action: string; readonly resource: ReferenceResource },
): void {
  if (row === undefined) throw new Error('a resource is missing');
  const { action, resource } = about;
  const everyone = isAllowed(asked, null, [action], resource);
  check(row.everyone.includes(action), everyone, about);
  const anyUser = isAllowed(asked, { username: 'somebody' }, [action], resource);
  check(row.namedUsers.includes(action), anyUser && !everyone, about);
  for (const one of principals) {
    const subject = subjectOf([one]) as ReferenceSubject;
    const cell = row.cells.find((other) => other.principal === one);
    const wanted = isAllowed(asked, subject, [action], resource) && !anyUser && !everyone;
    check(cell?.actions.includes(action) === true, wanted, { one, ...about });
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
