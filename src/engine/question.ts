import { assertSubject, type Resource, type Subject, type Vocabulary } from '../model/index.js';
import type { ProposedChange } from './authorizer.js';
import type { CompiledDecision } from './compiled-decision.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import type { PermissionSet } from './permission-set.js';
import { actionIdOf } from './vocabulary-ids.js';

/** A question, checked, with the permissions that cover its resource. */
export interface Question {
  readonly subject: Subject | null;
  readonly actions: readonly string[];
  readonly mask: number;
  readonly resource: Resource;
  readonly permissionSet: PermissionSet;
}

/** The compiled decision by the slow path: for several actions, and for unregistered resources. */
export function decisionOn(
  snapshot: CompiledSnapshot,
  actions: string | readonly string[],
  resource: Resource,
): CompiledDecision {
  const permissionSet = snapshot.permissionSetOf(resource);
  return permissionSet.decisionOn(maskOf(snapshot.vocabulary, actions));
}

type Found = Pick<Question, 'resource' | 'permissionSet'>;

/** A resource with its permission set: as it is registered, or else as it is described. */
export function known(snapshot: CompiledSnapshot, resource: Resource): Found {
  const permissionSet = snapshot.permissionSetOf(resource);
  return {
    permissionSet,
    resource: snapshot.registered(resource) ?? snapshot.asDescribed(resource),
  };
}

/** A resource with its permission set, as it is described. */
export function described(snapshot: CompiledSnapshot, resource: Resource): Found {
  const permissionSet = snapshot.permissionSetAsDescribed(resource);
  return { permissionSet, resource: snapshot.asDescribed(resource) };
}

/**
 * The resources that a change would update or overwrite.
 *
 * SECURITY: a registered resource exists, whatever the caller says; under the proposed name too.
 */
export function touchedBy(
  snapshot: CompiledSnapshot,
  { existing, proposed }: ProposedChange<Vocabulary>,
): Found[] {
  const touched: Found[] = [];
  if (existing) touched.push(known(snapshot, existing));
  const overwritten = snapshot.registered(proposed);
  if (overwritten !== undefined && overwritten !== touched[0]?.resource) {
    touched.push(known(snapshot, overwritten));
  }
  return touched;
}

/** Checks a question about a list of resources, which may be empty. */
export function assertQuestion(
  snapshot: CompiledSnapshot,
  subject: Subject | null,
  actions: string | readonly string[],
): void {
  assertSubject(subject);
  maskOf(snapshot.vocabulary, actions);
}

/** The actions of a question, checked. */
export function requested(
  snapshot: CompiledSnapshot,
  actions: string | readonly string[],
): Pick<Question, 'actions' | 'mask'> {
  const mask = maskOf(snapshot.vocabulary, actions);
  return { mask, actions: Object.freeze(typeof actions === 'string' ? [actions] : [...actions]) };
}

/** @throws TypeError on an empty array, and on actions outside the vocabulary */
export function maskOf(vocabulary: Vocabulary, actions: string | readonly string[]): number {
  const list = typeof actions === 'string' ? [actions] : actions;
  if (!Array.isArray(list) || list.length === 0) {
    throw new TypeError('actions must be an action or a list of at least one');
  }
  let mask = 0;
  for (const action of list) mask |= 1 << actionIdOf(vocabulary, action);
  return mask;
}
