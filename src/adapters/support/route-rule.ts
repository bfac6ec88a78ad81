import type { Actions } from '../../engine/index.js';
import { type MaybePromise, whenKnown } from '../../foundation/maybe-promise.js';
import type { AnyRequirement, Gate } from '../../gate/index.js';
import {
  type FeastVocabulary,
  RequestInvalidError,
  type ResourceOf,
  type Vocabulary,
} from '../../model/index.js';
import { assertInVocabulary, type NamedConstants, namedIn } from './vocabulary-check.js';

/** Most resources that one request may name: each of them costs a decision. */
const MAX_RESOURCES = 10_000;

type Resources<V extends Vocabulary> = ResourceOf<V> | readonly ResourceOf<V>[];

/**
 * Resources that are known beforehand, or a function that reads their names from a request: at most
 * 10,000.
 */
export type ResourcesOf<Request, V extends Vocabulary = FeastVocabulary> =
  | Resources<V>
  | ((request: Request) => Resources<V> | Promise<Resources<V>>);

/** What a route requires of its callers, made by `requires` or `feastEndpoint`. */
export interface RouteRequirement<Request> {
  /** What is known of it beforehand. */
  readonly named?: NamedConstants | undefined;
  /** An empty list lets on who is known. Otherwise it refuses. Default: false. */
  readonly mayRequireNothing?: boolean | undefined;
  /** Whether what a request needs depends on its body. Default: false. */
  readonly readsBody?: boolean | undefined;
  /** What one request needs. */
  readonly requirementsOf: (
    request: Request,
    input: RuleInput,
    gate: Gate<Vocabulary>,
  ) => MaybePromise<readonly AnyRequirement<Vocabulary>[]>;
}

/** `public`: nothing, and no token is read. A list: all of it. */
export type RouteRule<Request> =
  | 'public'
  | RouteRequirement<Request>
  | readonly RouteRequirement<Request>[];

/** The parts of a request that Feast's endpoints are decided on, whatever the framework. */
export interface RuleInput {
  readonly body: unknown;
  readonly params: unknown;
  /** As the framework reads it for handlers: texts by name, and lists where a name comes twice. */
  readonly query: unknown;
  /** The path and the query, encoded; where the app rewrites them, as its handlers see them. */
  readonly url: string;
  /** All values of the `Content-Type` header; undefined or an empty list for none. */
  readonly contentType: string | readonly string[] | undefined;
}

/**
 * What a route requires: all of `actions`, on all of the resources.
 *
 * A function is called for each request, after its caller is known; what it throws refuses. It
 * takes names from the request and nothing else: the type stands in your code, and tags come from
 * the registry.
 *
 * @throws TypeError if actions or resources are empty
 * @example
 * requires('READ_ONLINE', (request) => ({ type: 'FeatureView', name: request.params.view }))
 */
export function requires<Request, V extends Vocabulary = FeastVocabulary>(
  actions: Actions<V>,
  resources: ResourcesOf<Request, V>,
): RouteRequirement<Request> {
  if (actions === undefined || actions.length === 0)
    throw new TypeError('a rule must require at least one action');
  if (typeof resources === 'function') {
    return Object.freeze({
      named: namedIn(actions),
      requirementsOf: (request: Request) =>
        whenKnown<Resources<V>, readonly AnyRequirement<Vocabulary>[]>(
          resources(request),
          (named) => {
            if (Array.isArray(named) && named.length > MAX_RESOURCES) {
              throw new RequestInvalidError(`a request names at most ${MAX_RESOURCES} resources`);
            }
            return [{ actions, resources: named } as AnyRequirement<Vocabulary>];
          },
        ),
    });
  }
  if (typeof resources !== 'object' || resources === null) {
    throw new TypeError('resources must be a resource, a list of them, or a function');
  }
  if (Array.isArray(resources) && resources.length === 0) {
    throw new TypeError('a rule must require at least one resource');
  }
  const fixed = Object.freeze([{ actions, resources } as AnyRequirement<Vocabulary>]);
  return Object.freeze({ named: namedIn(actions, resources), requirementsOf: () => fixed });
}

/**
 * The rule that a route carries, looked at.
 *
 * @param vocabulary of the gate, where it is known
 * @returns undefined: the route carries none
 * @throws TypeError when it carries something else, or names an action or a type that the
 *   vocabulary does not have
 */
export function readRule<Request>(
  value: unknown,
  route: string,
  vocabulary?: Vocabulary,
): RouteRule<Request> | undefined {
  if (value === undefined || value === 'public') return value;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.every(isRequirement<Request>)) {
    for (const { named } of list) assertInVocabulary(vocabulary, named, `route ${route}`);
    return Object.freeze([...list]);
  }
  throw new TypeError(`route ${route}: requires is \`public\`, requires(…), or a list of those`);
}

function isRequirement<Request>(value: unknown): value is RouteRequirement<Request> {
  return typeof (value as RouteRequirement<Request> | null)?.requirementsOf === 'function';
}

/** All that one request needs by the rule of its route. */
export function requirementsOfRule<Request>(
  rule: Exclude<RouteRule<Request>, 'public'>,
  request: Request,
  input: RuleInput,
  gate: Gate<Vocabulary>,
): MaybePromise<readonly AnyRequirement<Vocabulary>[]> {
  const rules = Array.isArray(rule) ? rule : [rule as RouteRequirement<Request>];
  const [only, ...others] = rules as readonly RouteRequirement<Request>[];
  if (only !== undefined && others.length === 0) return requiredBy(only, request, input, gate);
  return Promise.all(rules.map(async (one) => requiredBy(one, request, input, gate))).then(
    (found) => found.flat(),
  );
}

function requiredBy<Request>(
  one: RouteRequirement<Request>,
  request: Request,
  input: RuleInput,
  gate: Gate<Vocabulary>,
): MaybePromise<readonly AnyRequirement<Vocabulary>[]> {
  return whenKnown(one.requirementsOf(request, input, gate), (found) => {
    // SECURITY: of two requirements, one that asks for nothing must not hide behind the other.
    if (found.length === 0 && one.mayRequireNothing !== true) {
      throw new TypeError('a request must have at least one requirement');
    }
    return found;
  });
}
