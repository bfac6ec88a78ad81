import { checkOptions, type OptionNames } from '../../foundation/options.js';
import { requirementsInSlices } from '../../gate/endpoints/requirements-of.js';
import {
  FEAST_VERSIONS,
  type FoundEndpoint,
  findEndpoint,
  type Gate,
  type RequirementOptions,
} from '../../gate/index.js';
import { quote, ResourceNotFoundError, type Vocabulary } from '../../model/index.js';
import { assertJsonType } from './json-type.js';
import { readQuery } from './read-query.js';
import type { RouteRequirement, RouteRule, RuleInput } from './route-rule.js';

/** How one of Feast’s endpoints is found and read. */
export interface FeastEndpointOptions extends Pick<RequirementOptions, 'project' | 'checkViews'> {
  /** Which of Feast's HTTP servers is meant. Default: `online`. */
  readonly server?: 'online' | 'registry-rest' | 'lineage' | undefined;
}

/** `true`: the online server, with the defaults of {@link FeastEndpointOptions}. */
export type FeastEndpointsOption = boolean | FeastEndpointOptions;

const ENDPOINT_OPTIONS: OptionNames<FeastEndpointOptions> = {
  project: true,
  checkViews: true,
  server: true,
};

/** A part of a route's path that stands for itself, or is one parameter. */
const SEGMENT = /^:?[\w.-]+$/;

/**
 * What Feast requires at one of its endpoints, for a route of your own.
 *
 * @param method as Feast has it, in upper case
 * @param path as Feast has it; a parameter is written as your route writes it:
 *   `/v1/vector_stores/:id`
 * @throws TypeError if an option is unknown; if no known version of Feast has such an endpoint, or
 *   it is a public one
 * @source Feast 0.66.0 and 0.67.0, what its servers ask for; the version is that of the gate
 */
export function feastEndpoint<Request = unknown>(
  method: string,
  path: string,
  options: FeastEndpointOptions = {},
): RouteRequirement<Request> {
  checkEndpointOptions(options);
  return findEndpointRule(method, path, options);
}

/** @throws TypeError if an option is unknown */
export function checkEndpointOptions(options: FeastEndpointOptions): void {
  checkOptions<FeastEndpointOptions>(options, ENDPOINT_OPTIONS);
}

/**
 * {@link feastEndpoint} with options that were checked, for each request of a route that has no
 * other name.
 */
export function findEndpointRule<Request>(
  method: string,
  path: string,
  options: FeastEndpointOptions,
): RouteRequirement<Request> {
  const rules = new Map<string, RouteRequirement<Request>>();
  for (const version of FEAST_VERSIONS) {
    const rule = ruleOf<Request>(method, path, options, version);
    if (rule !== undefined && rule !== 'public') rules.set(version, rule);
  }
  const newest = [...rules.values()].at(-1);
  if (newest === undefined) {
    throw new TypeError(
      `${quote(`${method} ${path}`)} is not an endpoint of Feast with requirements`,
    );
  }
  return Object.freeze({
    ...newest,
    requirementsOf: (...asked: Parameters<RouteRequirement<Request>['requirementsOf']>) => {
      const { feastVersion } = asked[2];
      const rule = feastVersion === undefined ? newest : rules.get(feastVersion);
      if (rule !== undefined) return rule.requirementsOf(...asked);
      throw new ResourceNotFoundError(`Feast ${feastVersion} has no ${quote(`${method} ${path}`)}`);
    },
  });
}

/**
 * Finds out what Feast requires on a route, by its method and path.
 *
 * Shape of the function: the path is the pattern of the route, and not what a request asks for;
 * undefined where Feast has no such endpoint. A route for several methods stands for none.
 *
 * @throws TypeError if an option is unknown, or the gate does not know what refers to what in the
 *   registry
 */
export function createEndpointRules(
  gate: Gate<Vocabulary>,
  option: FeastEndpointsOption = false,
): <Request>(
  method: string | readonly string[] | undefined,
  path: string | undefined,
) => RouteRule<Request> | undefined {
  if (typeof option !== 'boolean') {
    checkOptions<{ feastEndpoints: FeastEndpointOptions }>(
      { feastEndpoints: option },
      { feastEndpoints: ENDPOINT_OPTIONS },
    );
  }
  if (option === false) return () => undefined;
  if (gate.relations === undefined) {
    throw new TypeError("Feast's endpoints need a gate with option relations");
  }
  const options = option === true ? {} : { ...option };
  return (method, path) =>
    typeof method === 'string' && path !== undefined
      ? ruleOf(method, path, options, gate.feastVersion)
      : undefined;
}

function ruleOf<Request>(
  method: string,
  path: string,
  { server = 'online', ...options }: FeastEndpointOptions,
  feastVersion: string | undefined,
): 'public' | RouteRequirement<Request> | undefined {
  // A route for GET answers HEAD too.
  const found = findEndpoint(server, method === 'HEAD' ? 'GET' : method, path, feastVersion);
  if (found === undefined) return undefined;
  if (![...found.params.values()].every((segment) => SEGMENT.test(segment))) return undefined;
  const { endpoint } = found;
  // SECURITY: Feast guards no page, and not the one endpoint that takes text but answers a fixed
  // one. Yours may do more.
  if (endpoint.access === 'public') return endpoint.method === 'GET' ? 'public' : undefined;
  const readsBody = endpoint.method !== 'GET' && endpoint.method !== 'DELETE';
  return Object.freeze({
    mayRequireNothing: endpoint.access !== 'required',
    readsBody,
    requirementsOf: (_request: Request, input: RuleInput, gate: Gate<Vocabulary>) => {
      const params = readParams(found, input.params);
      const body = readsBody ? readBody(input) : undefined;
      // The online server reads the query of requests without a body alone.
      const readsQuery = !(readsBody && server === 'online');
      const query = readsQuery ? readQuery(input.query, input.url) : undefined;
      return requirementsInSlices(gate, endpoint, { body, query, params }, options);
    },
  });
}

/** @throws MediaTypeUnsupportedError where there is a body, and it is not JSON */
function readBody({ body, contentType = [] }: RuleInput): unknown {
  // A body of another type may not have been parsed, and may be read by the handler all the same.
  if ((body ?? null) !== null || contentType.length > 0) assertJsonType(contentType);
  return body;
}

/** The parameters under Feast's names. */
function readParams({ params }: FoundEndpoint, given: unknown): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, segment] of params) {
    const value = segment.startsWith(':') ? readOwn(given, segment.slice(1)) : segment;
    if (typeof value !== 'string')
      throw new TypeError(`the route has no parameter ${quote(segment)}`);
    values.set(name, value);
  }
  return values;
}

function readOwn(given: unknown, name: string): unknown {
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, name)) return undefined;
  return (given as Readonly<Record<string, unknown>>)[name];
}
