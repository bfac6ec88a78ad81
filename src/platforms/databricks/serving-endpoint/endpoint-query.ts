import type { GuardedRequest } from '../../../adapters/http/guard.js';
import { type RouteRequirement, requires } from '../../../adapters/support/route-rule.js';
import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import {
  type Decision,
  PermissionDeniedError,
  ResourceNotFoundError,
} from '../../../model/index.js';
import type {
  DatabricksAction,
  DatabricksResource,
  DatabricksVocabulary,
} from '../vocabulary/index.js';

/** What it takes to query a serving endpoint. */
export const CAN_QUERY = 'CAN_QUERY';

/**
 * What an endpoint is called in the permissions, by its name in the path; undefined: it is not
 * served. Access lists of Databricks know endpoints by their ids.
 */
export type EndpointResourceOf = (endpoint: string) => DatabricksResource | undefined;

/**
 * Who asks, as an adapter says it: a `Caller` of its `callerOf`, or `request.feast` of Express.
 * Typed for any vocabulary, and asked about that of the gate.
 */
export interface EndpointCaller {
  /** Decides for this caller, as `Caller` of a gate does. */
  readonly decide: (actions: never, resource: never) => Decision;
}

/** How a request of a framework is read. */
export interface EndpointQuery<Request> {
  /** Who asks. */
  readonly callerOf: (request: Request) => EndpointCaller | undefined;
  /** The name of the endpoint, as it is asked for. */
  readonly nameOf: (request: Request) => unknown;
  /** Default: the resource of that name. */
  readonly resourceOf?: EndpointResourceOf | undefined;
}

const QUERY: OptionNames<EndpointQuery<unknown>> = {
  callerOf: true,
  nameOf: true,
  resourceOf: true,
};

/** @source Databricks documentation, "Create custom model serving endpoints": the form of a name */
const ENDPOINT_NAME = /^[A-Za-z\d](?:[\w-]{0,61}[A-Za-z\d])?$/;

/**
 * The resource of a route whose handler queries a serving endpoint, for `requires` of any adapter:
 * with `CAN_QUERY`, the rule of the proxy. The gate has `databricksVocabulary`.
 *
 * Only a grant counts, whatever the options of the authorizer say of what no permission covers.
 *
 * @returns a function that throws ResourceNotFoundError if the endpoint does not exist,
 *   PermissionDeniedError where nothing but a missing rule would let the caller through, and
 *   TypeError without a caller
 * @throws TypeError if an option is unknown
 * @example
 * const endpoint = queriedEndpoint<Request>({
 *   callerOf: ({ feast }) => feast,
 *   nameOf: ({ params }) => params.name,
 * });
 * const vocabulary = databricksVocabulary;
 * app.post('/score/:name', requires(CAN_QUERY, endpoint, { vocabulary }), handler);
 */
export function queriedEndpoint<Request>(
  query: EndpointQuery<Request>,
): (request: Request) => DatabricksResource {
  checkOptions<EndpointQuery<unknown>>(query, QUERY);
  const { callerOf, nameOf, resourceOf = byName } = query;
  return (request) => {
    const name = nameOf(request);
    const isName = typeof name === 'string' && ENDPOINT_NAME.test(name);
    const resource = isName ? resourceOf(name) : undefined;
    if (resource === undefined) throw new ResourceNotFoundError('the endpoint does not exist');
    const caller = callerOf(request) as DecidingCaller | undefined;
    if (caller === undefined) throw new TypeError('expected a caller to decide on');
    const decision = caller.decide(CAN_QUERY, resource);
    // SECURITY: an unsecured endpoint or `no_auth` does not justify lending a token.
    if (decision.allowed && decision.reason !== 'granted')
      throw new PermissionDeniedError(decision);
    return resource;
  };
}

/**
 * What a route of `guard` requires whose parameter `name` is that of a serving endpoint:
 * {@link queriedEndpoint} for the server of `feast-permissions/http`.
 *
 * @example
 * guard(gate, { routes: { 'POST /score/:name': { requires: requiresEndpointQuery(), handler } } });
 */
export function requiresEndpointQuery(
  resourceOf?: EndpointResourceOf,
): RouteRequirement<GuardedRequest> {
  const endpoint = queriedEndpoint<GuardedRequest>({
    callerOf: ({ caller }) => caller,
    nameOf: ({ params }) => params['name'],
    resourceOf,
  });
  return requires<GuardedRequest, DatabricksVocabulary>(CAN_QUERY, endpoint);
}

interface DecidingCaller {
  decide(action: DatabricksAction, resource: DatabricksResource): Decision;
}

function byName(name: string): DatabricksResource {
  return { type: 'ServingEndpoint', name };
}
