import type { Request, RequestHandler } from 'express';
import { createRuleMakers, type MakeEndpointRule, type MakeRule } from '../support/rule-makers.js';
import { createGuard } from './feast-auth.js';

export type { GateError } from '../../model/index.js';
export { permittedNamesOf } from '../support/permitted-names.js';
export type { ExpiredStream } from '../support/stream-options.js';
export { callerOf, type FeastAuthOptions, type FeastRequest, feastAuth } from './feast-auth.js';

const rules = createRuleMakers<Request, RequestHandler>(createGuard, ({ method, route }) => ({
  method,
  path: String(route?.path),
}));

/**
 * The first function of a route: lets on who may do all of `actions` on all of the resources.
 *
 * A function is called for each request, once its caller is known. It takes names from the request
 * and nothing else: the type stands in your code, and tags come from the registry. It sees a body
 * that was parsed by `app.use(express.json())`, which must come after `feastAuth`.
 *
 * @param options.vocabulary that of the gate, where it is not Feast's: actions and types are looked
 * up before the route is added
 * @throws TypeError without actions or resources, or if the vocabulary does not have them
 * @example
 * app.get('/views/:name', requires('DESCRIBE', ({ params }) => viewNamed(params.name)), handler);
 */
export const requires: MakeRule<Request, RequestHandler> = rules.requires;

/**
 * The first function of a route that stands for one of Feast's endpoints: lets on who may do what
 * Feast asks for there.
 *
 * @param method with `path`: the endpoint in Feast's own words, for a route that is called
 * something else. Default: those of the route
 * @throws TypeError if an option is unknown; when Feast has no such endpoint; without arguments
 * that is found out by the first request, and answered with 500
 * @example
 * app.post('/push', feastEndpoint(), handler);
 */
export const feastEndpoint: MakeEndpointRule<RequestHandler> = rules.feastEndpoint;
