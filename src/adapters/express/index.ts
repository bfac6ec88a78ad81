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
import { assertRuleVocabulary, type RuleVocabulary } from '../support/vocabulary-check.js';
import { createGuard } from './feast-auth.js';

export type { GateError } from '../../model/index.js';
export type { ExpiredStream } from '../support/stream-options.js';
export { type FeastAuthOptions, type FeastRequest, feastAuth } from './feast-auth.js';

/**
 * The first function of a route: lets on who may do all of `actions` on all of the resources.
 *
 * A function is called for each request, once its caller is known. It takes names from the request and nothing else: the type
 * stands in your code, and tags come from the registry. It sees a body that was parsed by `app.use(express.json())`, which
 * must come after `feastAuth`.
 *
 * @param options.vocabulary that of the gate, where it is not Feast's: actions and types are looked up before the route is
 * added
 * @throws TypeError if there are no actions or resources, or the vocabulary does not have them
 * @example
 * app.get('/views/:name', requires('DESCRIBE', ({ params }) => viewNamed(params.name)), handler);
 */
export function requires(
  actions: Actions<FeastVocabulary>,
  resources: ResourcesOf<Request>,
): RequestHandler;
export function requires<V extends Vocabulary>(
  actions: Actions<V>,
  resources: ResourcesOf<Request, V>,
  options: { readonly vocabulary: V },
): RequestHandler;
export function requires(
  actions: Actions<Vocabulary>,
  resources: ResourcesOf<Request, Vocabulary>,
  options?: RuleVocabulary,
): RequestHandler {
  const requirement = requiresOf<Request, Vocabulary>(actions, resources);
  assertRuleVocabulary(requirement.named, options);
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
