import type { Request, RequestHandler } from 'express';
import type { Actions } from '../../engine/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import {
  checkEndpointOptions,
  feastEndpoint as endpointOf,
  type FeastEndpointOptions,
  findEndpointRule,
} from '../support/feast-endpoint.js';
import { type ResourcesOf, requires as requiresOf } from '../support/route-rule.js';
import { createGuard } from './feast-auth.js';

export type { GateError } from '../../model/index.js';
export { type FeastAuthOptions, type FeastRequest, feastAuth } from './feast-auth.js';

/**
 * The first function of a route: lets on who may do all of `actions` on all of the resources.
 *
 * A function is called for each request, once its caller is known. It takes names from the request and nothing else: the type
 * stands in your code, and tags come from the registry. It sees a body that was parsed by `app.use(express.json())`, which
 * must come after `feastAuth`.
 *
 * @throws TypeError when there are no actions, or no resources
 * @example
 * app.get('/views/:name', requires('DESCRIBE', ({ params }) => viewNamed(params.name)), handler);
 */
export function requires<V extends Vocabulary = FeastVocabulary>(
  actions: Actions<V>,
  resources: ResourcesOf<Request, V>,
): RequestHandler {
  const requirement = requiresOf<Request, V>(actions, resources);
  return createGuard(() => requirement);
}

/**
 * The first function of a route that stands for one of Feast's endpoints: lets on who may do what Feast asks for there.
 *
 * @param method with `path`: the endpoint in Feast's own words, for a route that is called something else. Default: those of
 * the route
 * @throws TypeError if an option is unknown; when Feast has no such endpoint; without arguments that is found out by the first request, and answered
 * with 500
 * @example
 * app.post('/push', feastEndpoint(), handler);
 */
export function feastEndpoint(options?: FeastEndpointOptions): RequestHandler;
export function feastEndpoint(
  method: string,
  path: string,
  options?: FeastEndpointOptions,
): RequestHandler;
export function feastEndpoint(
  first: string | FeastEndpointOptions = {},
  path = '',
  options?: FeastEndpointOptions,
): RequestHandler {
  if (typeof first === 'string') {
    const requirement = endpointOf(first, path, options);
    return createGuard(() => requirement);
  }
  checkEndpointOptions(first);
  return createGuard(({ method, route }) => findEndpointRule(method, String(route?.path), first));
}
