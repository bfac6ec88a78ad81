import type { Decision, Resource } from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import { decide } from './decide.js';
import { known, maskOf, requested } from './question.js';

/**
 * {@link decide} for a subject that is derived from in the snapshot. An earlier answer to the same
 * question about a registered resource is given again, unless predicates decide, which may change
 * their answers.
 *
 * @throws TypeError as `decide` does
 */
export function decideRemembered(
  snapshot: CompiledSnapshot,
  derived: DerivedSubject,
  actions: string | readonly string[],
  resource: Resource,
): Decision {
  const registered = snapshot.registered(resource);
  const mask = maskOf(snapshot.vocabulary, actions);
  const remembered =
    registered === undefined ? undefined : snapshot.memo.get(derived, mask, registered);
  if (remembered !== undefined && isAbout(remembered, actions)) return remembered;
  const asked = { subject: derived.subject, ...requested(snapshot, actions) };
  const question = { ...asked, ...known(snapshot, registered ?? resource) };
  const decision = decide(snapshot, question);
  const { permissionSet } = question;
  if (registered !== undefined && !permissionSet.decisionOn(mask).asksPredicates) {
    const permissions = snapshot.evaluator.countPermissions(permissionSet);
    snapshot.memo.add(derived, mask, registered, { decision, permissions });
  }
  return decision;
}

/** Whether a decision names these actions in their order. */
function isAbout({ actions }: Decision, asked: string | readonly string[]): boolean {
  if (typeof asked === 'string') return actions.length === 1;
  return actions.length === asked.length && asked.every((action, at) => action === actions[at]);
}
