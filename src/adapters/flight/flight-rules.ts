import type { Actions } from '../../engine/index.js';
import { listOf } from '../../foundation/list-of.js';
import { type MaybePromise, whenKnown } from '../../foundation/maybe-promise.js';
import { runInSlices, type TimeBudget } from '../../foundation/time-slices.js';
import { isGrantedInSteps } from '../../gate/decide-requirement.js';
import { requirementsInSlices } from '../../gate/endpoints/requirements-of.js';
import {
  type AnyRequirement,
  type Caller,
  findEndpoint,
  type Gate,
  type RequirementOptions,
} from '../../gate/index.js';
import {
  type FeastVocabulary,
  quote,
  RequestInvalidError,
  type ResourceOf,
  type Vocabulary,
} from '../../model/index.js';
import type { Requirements } from '../grpc/method-guard.js';
import { type GrpcRequirement, readRequirements, requires } from '../grpc/requires.js';

/** Methods of Flight that are about one flight or command. */
export type FlightOperation =
  | 'GetFlightInfo'
  | 'PollFlightInfo'
  | 'GetSchema'
  | 'DoGet'
  | 'DoPut'
  | 'DoExchange'
  | 'DoAction';

/** What a caller wants of a flight. */
export interface FlightRequest {
  readonly operation: FlightOperation;
  /**
   * Name of the command: its `api`, or the type of the action. Empty for a flight that is known by
   * a path.
   */
  readonly name: string;
  /** The command as JSON. Without members for a flight that is known by a path. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Empty for a command. */
  readonly path: readonly string[];
}

/** What a flight requires of its callers, made by {@link flightRequires}. */
export type FlightRequirement<V extends Vocabulary = FeastVocabulary> = GrpcRequirement<V>;

/** All of it, or `authenticated` for a caller who is known and nothing else. */
export type FlightRule<V extends Vocabulary = FeastVocabulary> =
  | FlightRequirement<V>
  | readonly FlightRequirement<V>[]
  | 'authenticated';

type Resources<V extends Vocabulary> = ResourceOf<V> | readonly ResourceOf<V>[];

/**
 * What flights or commands of your own require of their callers: all of `actions`, on all of the
 * resources.
 *
 * A function gets the request and takes names from it. One that answers with a promise hides its
 * flights from ListFlights.
 *
 * @example
 * flightRequires('READ_OFFLINE', ({ path }) => ({ type: 'FeatureView', name: path.join('/') }))
 */
export function flightRequires<V extends Vocabulary = FeastVocabulary>(
  actions: Actions<V>,
  resources: Resources<V> | ((request: FlightRequest) => Resources<V> | Promise<Resources<V>>),
): FlightRequirement<V> {
  return requires<V, FlightRequest>(actions, resources);
}

type ReadRule = readonly FlightRequirement<Vocabulary>[] | 'authenticated';

/** @throws TypeError if a rule is invalid */
export function readRule(
  rule: FlightRule<Vocabulary>,
  subject: string,
  vocabulary: Vocabulary | undefined,
): ReadRule {
  return rule === 'authenticated' ? rule : readRequirements(rule, subject, vocabulary);
}

export interface FlightRules {
  readonly gate: Gate<Vocabulary>;
  readonly commands: ReadonlyMap<string, ReadRule>;
  readonly paths: ReadRule | undefined;
  readonly feast: RequirementOptions | undefined;
}

/**
 * The rows of Feast's commands name four methods; the others do with a command what one of those
 * does.
 */
const SAME_AS: Readonly<Record<FlightOperation, string>> = {
  GetFlightInfo: 'GetFlightInfo',
  PollFlightInfo: 'GetFlightInfo',
  GetSchema: 'GetFlightInfo',
  DoGet: 'DoGet',
  DoPut: 'DoPut',
  DoExchange: 'DoExchange',
  DoAction: 'DoPut',
};

/**
 * What a request to a Flight server needs: by the rules of the server, or else by Feast's.
 *
 * @returns undefined: nothing but a caller who is known
 * @throws RequestInvalidError when no rule knows the flight
 */
export function requirementsOfFlight(
  rules: FlightRules,
  request: FlightRequest,
): Requirements | undefined | Promise<Requirements | undefined> {
  const rule = ruleFor(rules, request);
  if (rule === 'authenticated') return undefined;
  if (rule !== undefined) return requirementsOfRule(rule, request);
  if (request.path.length > 0) throw new RequestInvalidError('no flight is known by a path');
  return requirementsOfFeast(rules, request);
}

/**
 * Whether a caller may see a flight in a list, with nothing in a log of decisions. What a rule of
 * the server answers with a promise is not waited for, and hides the flight.
 *
 * @param time what the whole list may take
 * @throws RequestInvalidError, or rejects with it, when that is spent
 */
export function isListed(
  rules: FlightRules,
  request: FlightRequest,
  caller: Caller<Vocabulary>,
  time: TimeBudget,
): MaybePromise<boolean> {
  const needed = requirementsOfFlight(rules, request);
  if (needed instanceof Promise && ruleFor(rules, request) !== undefined) {
    needed.catch(() => {});
    return false;
  }
  return whenKnown(needed, (needs) => wouldPass(caller, needs, time));
}

function ruleFor({ commands, paths }: FlightRules, request: FlightRequest): ReadRule | undefined {
  return request.path.length > 0 ? paths : commands.get(request.name);
}

function requirementsOfFeast(
  { gate, feast }: FlightRules,
  { operation, name, fields }: FlightRequest,
): MaybePromise<Requirements> {
  const found = findEndpoint('offline', SAME_AS[operation], name, gate.feastVersion);
  if (found === undefined || name === '') {
    throw new RequestInvalidError(`${operation} takes no command ${quote(name)}`);
  }
  return requirementsInSlices(gate, found.endpoint, { body: fields }, feast);
}

function requirementsOfRule(
  rule: readonly FlightRequirement<Vocabulary>[],
  request: FlightRequest,
): Requirements | Promise<Requirements> {
  const found = rule.map((one) => one.call ?? one.request?.(request) ?? []);
  return found.some((one) => one instanceof Promise)
    ? Promise.all(found.map(async (one) => one)).then(joinAll)
    : joinAll(found as Requirements[]);
}

// SECURITY: a requirement that asks for nothing must not hide behind another that asks for
// something.
function joinAll(found: readonly Requirements[]): Requirements {
  const lists = found.map((one) => listOf<AnyRequirement<Vocabulary>>(one));
  return lists.some((list) => list.length === 0) ? [] : lists.flat();
}

/**
 * Whether a caller would be let through, with nothing in a log of decisions.
 *
 * @returns a promise where deciding takes longer than a slice of time
 * @throws RequestInvalidError, or rejects with it, when `time` is spent
 */
export function wouldPass(
  caller: Caller<Vocabulary>,
  requirements: Requirements | undefined,
  time: TimeBudget,
): MaybePromise<boolean> {
  if (requirements === undefined) return true;
  const list = listOf<AnyRequirement<Vocabulary>>(requirements);
  return runInSlices(areGranted(caller, list), time);
}

function* areGranted(
  caller: Caller<Vocabulary>,
  requirements: readonly AnyRequirement<Vocabulary>[],
): Generator<undefined, boolean> {
  for (const one of requirements) if (!(yield* isGrantedInSteps(caller, one))) return false;
  return requirements.length > 0;
}
