import fc from 'fast-check';
import type { AccessPrincipal } from '../../../src/analysis/index.js';
import type { ReferenceStore, ReferenceSubject } from '../../support/reference-evaluator.js';

const word = fc.constantFrom('a', 'b', 'c', '', '__proto__', 'constructor');
const words = fc.uniqueArray(word, { maxLength: 3 });

/** A subject, null included, whose names are those that stores use. */
export const anySubject: fc.Arbitrary<ReferenceSubject | null> = fc.option(
  fc.record({ username: word, roles: words, groups: words, namespaces: words }),
  { freq: 8 },
);

/** Whether a subject has a principal, said without any code of the package. */
export function has(subject: ReferenceSubject | null, principal: AccessPrincipal): boolean {
  switch (principal.kind) {
    case 'role':
      return subject?.roles?.includes(principal.name) === true;
    case 'group':
      return subject?.groups?.includes(principal.name) === true;
    case 'namespace':
      return subject?.namespaces?.includes(principal.name) === true;
    case 'named-user':
      return subject !== null && subject.username !== '';
    case 'policy':
      return (
        subject !== null &&
        subject.username === (principal.policy as { readonly username?: string }).username
      );
  }
}

/** A subject that has some principals and nothing else; undefined if none has all of them. */
export function subjectOf(
  principals: readonly AccessPrincipal[],
): ReferenceSubject | null | undefined {
  if (principals.length === 0) return null;
  const users = principals.flatMap((one) =>
    one.kind === 'policy' ? [(one.policy as { readonly username?: string }).username ?? ''] : [],
  );
  if (new Set(users).size > 1) return undefined;
  const named = (kind: AccessPrincipal['kind']): string[] =>
    principals.flatMap((one) => (one.kind === kind && 'name' in one ? [one.name] : []));
  // A name that no policy of a store asks for.
  return {
    username: users[0] ?? 'somebody',
    roles: named('role'),
    groups: named('group'),
    namespaces: named('namespace'),
  };
}

/** The project of a resource as the reference evaluator takes it. */
export function actionsOf(store: ReferenceStore): readonly string[] {
  return Object.keys(store.vocabulary.actions);
}
