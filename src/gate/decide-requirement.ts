import type { Actions } from '../engine/index.js';
import type { Decision, ResourceOf, Vocabulary } from '../model/index.js';
import type { AnyRequirement, Caller, Requirement } from './gate.js';

/** What can be decided of what a request needs: all but that something is missing. */
type Decidable<V extends Vocabulary> = Exclude<AnyRequirement<V>, { readonly missing: unknown }>;

/**
 * Decisions on one requirement, one after the other. A refusal is the last one.
 *
 * @param isSilent leaves out granted resources, so that their reasons are not worked out
 * @throws TypeError when it names no resource, or no alternative: nothing is never enough
 */
export function decideRequirement<V extends Vocabulary>(
  caller: Caller<V>,
  requirement: Decidable<V>,
  isSilent: boolean,
): Iterable<Decision> {
  if ('resources' in requirement) {
    const resources = listOf(requirement.resources);
    assertSome(resources);
    const { actions } = requirement;
    if (isSilent) return decideRefused(caller, actions, resources);
    return decideInTurn(resources, (resource) => caller.decide(actions, resource));
  }
  if ('change' in requirement) return [caller.decideChange(requirement.change)];
  if ('anyOf' in requirement) return [decideAnyOf(caller, requirement.anyOf)];
  const resources = listOf(requirement.described);
  assertSome(resources);
  const { actions } = requirement;
  return decideInTurn(resources, (resource) => caller.decideDescribed(actions, resource));
}

/** Whether a caller would be let through, with nothing in a log of decisions. */
export function isGranted<V extends Vocabulary>(
  caller: Caller<V>,
  requirement: AnyRequirement<V>,
): boolean {
  if ('missing' in requirement) return false;
  for (const { allowed } of decideRequirement(caller, requirement, true)) {
    if (!allowed) return false;
  }
  return true;
}

/** All resources that a requirement names. */
export function resourcesOf<V extends Vocabulary>(
  requirement: AnyRequirement<V>,
): readonly ResourceOf<V>[] {
  if ('resources' in requirement) return listOf(requirement.resources);
  if ('described' in requirement) return listOf(requirement.described);
  if ('anyOf' in requirement) return requirement.anyOf.flatMap(({ resources }) => resources);
  if ('missing' in requirement) return [];
  const { existing, proposed } = requirement.change;
  return existing ? [proposed, existing] : [proposed];
}

/** Decides lazily: the caller stops at the first refusal, so no decision follows one. */
function* decideInTurn<V extends Vocabulary>(
  resources: readonly ResourceOf<V>[],
  decide: (resource: ResourceOf<V>) => Decision,
): Generator<Decision> {
  for (const resource of resources) yield decide(resource);
}

/** Decisions on what is not granted. */
function decideRefused<V extends Vocabulary>(
  caller: Caller<V>,
  actions: Actions<V>,
  resources: readonly ResourceOf<V>[],
): readonly Decision[] {
  const decisions: Decision[] = [];
  for (const resource of resources) {
    if (caller.can(actions, resource)) continue;
    const decision = caller.decide(actions, resource);
    decisions.push(decision);
    // Where a new snapshot came between the two, the rest is still to be looked at.
    if (!decision.allowed) break;
  }
  return decisions;
}

/** The first alternative that is granted, or else the refusal of the first one. */
function decideAnyOf<V extends Vocabulary>(
  caller: Caller<V>,
  alternatives: readonly Requirement<V>[],
): Decision {
  const [first] = alternatives;
  if (first === undefined) throw new TypeError('a requirement without alternatives');
  const granted = alternatives.find((one) => isGranted(caller, one)) ?? first;
  let last: Decision | undefined;
  for (last of decideRequirement(caller, granted, false)) if (!last.allowed) break;
  return last as Decision;
}

function assertSome(resources: readonly unknown[]): void {
  if (resources.length > 0) return;
  throw new TypeError('a requirement without resources is not let through');
}

export function listOf<T extends object>(one: T | readonly T[]): readonly T[] {
  return Array.isArray(one) ? one : [one as T];
}
