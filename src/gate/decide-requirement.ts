import { BoundAuthorizer } from '../engine/bound-authorizer.js';
import type { CompiledSnapshot } from '../engine/index.js';
import { listOf } from '../foundation/list-of.js';
import { runAtOnce } from '../foundation/time-slices.js';
import type { Decision, Resource, ResourceOf, Vocabulary } from '../model/index.js';
import type { AnyRequirement, Caller, PartialRequirement, Requirement } from './gate.js';

/** What can be decided of what a request needs: all but that something is missing. */
export type Decidable<V extends Vocabulary> = Exclude<
  AnyRequirement<V>,
  { readonly missing: unknown }
>;

/** A decision, or a pause in which something else may be done. */
export type DecisionStep = Decision | undefined;

/** Prepares a question about a resource with pauses: `CompiledSnapshot.prepare`. */
export type Prepare<V extends Vocabulary> = (
  resource: ResourceOf<V>,
  asDescribed: boolean,
) => Generator<undefined, () => void>;

/** How one requirement is decided on. */
export interface DecideOptions<V extends Vocabulary> {
  /** Leaves out granted resources, so that their reasons are not worked out. */
  readonly isSilent: boolean;
  readonly prepare: Prepare<V>;
}

/**
 * Prepares questions of a caller by the snapshot in force behind it. An authorizer of another make
 * has nothing to prepare, so its questions are asked without pauses.
 */
export function prepareFor<V extends Vocabulary>(caller: Caller<V>): Prepare<V> {
  return (resource, asDescribed) =>
    prepareAll(
      BoundAuthorizer.decidingBehind(caller as unknown as Caller<Vocabulary>),
      resource,
      asDescribed,
    );
}

/** Prepares a question by all snapshots that decide on it. */
export function* prepareAll(
  snapshots: readonly CompiledSnapshot[],
  resource: Resource,
  asDescribed: boolean,
): Generator<undefined, () => void> {
  const ready: (() => void)[] = [];
  for (const snapshot of snapshots) ready.push(yield* snapshot.prepare(resource, asDescribed));
  return () => {
    for (const one of ready) one();
  };
}

/** Registered resources that are decided on between two pauses. */
const RESOURCES_PER_STEP = 64;

/**
 * Decisions on one requirement, one after the other, with pauses. A refusal is the last one.
 *
 * @throws TypeError when it names no resource, or no alternative: nothing is never enough
 */
export function* decideRequirement<V extends Vocabulary>(
  caller: Caller<V>,
  requirement: Decidable<V>,
  options: DecideOptions<V>,
): Generator<DecisionStep, void> {
  const { prepare, isSilent } = options;
  if ('change' in requirement) {
    const { existing, proposed } = requirement.change;
    const ready = [yield* prepare(proposed, true)];
    if (existing) ready.push(yield* prepare(existing, false));
    for (const one of ready) one();
    yield caller.decideChange(requirement.change);
  } else if ('anyOf' in requirement) {
    yield* decideAnyOf(caller, requirement.anyOf, options);
  } else if ('someOf' in requirement) {
    yield* decideAnyOf(caller, alternativesOf(requirement), options);
  } else {
    const isDescribed = 'described' in requirement;
    const resources = listOf(isDescribed ? requirement.described : requirement.resources);
    if (resources.length === 0) {
      throw new TypeError('a requirement must have at least one resource');
    }
    const { actions } = requirement;
    for (const [index, resource] of resources.entries()) {
      (yield* prepare(resource, isDescribed))();
      if (isDescribed) yield caller.decideDescribed(actions, resource);
      // Where a new snapshot came between the two, the rest is still to be looked at.
      else if (!isSilent || !caller.can(actions, resource)) yield caller.decide(actions, resource);
      else if (index % RESOURCES_PER_STEP === RESOURCES_PER_STEP - 1) yield undefined;
    }
  }
}

/** Whether a caller would be let through, with nothing in a log of decisions. */
export function isGranted<V extends Vocabulary>(
  caller: Caller<V>,
  requirement: AnyRequirement<V>,
): boolean {
  return runAtOnce(isGrantedInSteps(caller, requirement), Number.POSITIVE_INFINITY);
}

/**
 * {@link isGranted} with pauses.
 *
 * @throws TypeError when a requirement names no resource, or no alternative
 */
export function* isGrantedInSteps<V extends Vocabulary>(
  caller: Caller<V>,
  requirement: AnyRequirement<V>,
  prepare: Prepare<V> = prepareFor(caller),
): Generator<undefined, boolean> {
  if ('missing' in requirement) return false;
  for (const step of decideRequirement(caller, requirement, { prepare, isSilent: true })) {
    if (step?.allowed === false) return false;
    yield;
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
  if ('someOf' in requirement) return requirement.someOf;
  if ('missing' in requirement) return [];
  const { existing, proposed } = requirement.change;
  return existing ? [proposed, existing] : [proposed];
}

function alternativesOf<V extends Vocabulary>({
  actions,
  someOf,
}: PartialRequirement<V>): readonly Requirement<V>[] {
  return someOf.map((resource) => ({ actions, resources: resource }));
}

/**
 * The names of what a caller may have of a request that asks for a part, such as `POST
 * /monitoring/compute` without a view.
 *
 * @param requirements all that the request needs
 * @returns undefined: the request asks for no part, and the handler leaves nothing out
 * @example
 * const names = permittedNames(caller, requirementsAt(gate, endpoint, { body }));
 */
export function permittedNames<V extends Vocabulary>(
  caller: Pick<Caller<V>, 'filter'>,
  requirements: readonly AnyRequirement<V>[],
): readonly string[] | undefined {
  const parts = requirements.filter((one) => 'someOf' in one);
  if (parts.length === 0) return undefined;
  const permitted = parts.flatMap(({ actions, someOf }) => caller.filter(actions, someOf));
  return Object.freeze([...new Set(permitted.map(({ name }) => name))]);
}

/** The first alternative that is granted, or else the refusal of the first one. */
function* decideAnyOf<V extends Vocabulary>(
  caller: Caller<V>,
  alternatives: readonly Requirement<V>[],
  { prepare }: DecideOptions<V>,
): Generator<DecisionStep, void> {
  const [first] = alternatives;
  if (first === undefined) throw new TypeError('a requirement must have at least one alternative');
  let chosen = first;
  for (const one of alternatives) {
    const isChosen = yield* isGrantedInSteps(caller, one, prepare);
    if (isChosen) {
      chosen = one;
      break;
    }
    // A refusal comes without a pause of its own.
    yield undefined;
  }
  let last: Decision | undefined;
  for (const step of decideRequirement(caller, chosen, { prepare, isSilent: false })) {
    last = step ?? last;
    if (last?.allowed === false) break;
    yield undefined;
  }
  yield last;
}
