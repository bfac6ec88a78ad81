import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { createRuleMakers, type MakeEndpointRule, type MakeRule } from '../support/rule-makers.js';
import { createGuard } from './feast-auth.js';

export type { GateError } from '../../model/index.js';
export { permittedNamesOf } from '../support/permitted-names.js';
export type { ExpiredStream } from '../support/stream-options.js';
export { callerOf, type FeastAuthOptions, feastAuth, readJson } from './feast-auth.js';

const rules = createRuleMakers<Context, MiddlewareHandler>(createGuard, (context) => ({
  method: context.req.method,
  path: routePath(context),
}));

/**
 * The first function of a route: lets on who may do all of `actions` on all of the resources.
 *
 * A function is called for each request, once its caller is known. It takes names from the request
 * and nothing else: the type stands in your code, and tags come from the registry. A body is read
 * with `readJson`.
 *
 * @param options.vocabulary that of the gate, where it is not Feast's: actions and types are looked
 * up before the route is added
 * @throws TypeError without actions or resources, or if the vocabulary does not have them
 * @example
 * const view = requires('DESCRIBE', ({ req }) => viewNamed(req.param('name')));
 * app.get('/views/:name', view, handler);
 */
export const requires: MakeRule<Context, MiddlewareHandler> = rules.requires;

/**
 * The first function of a route that stands for one of Feast's endpoints: lets on who may do what
 * Feast asks for there.
 *
 * @param method with `path`: the endpoint in Feast's own words, for a route that is called
 * something else, or in an app under a base path. Default: those of the route
 * @throws TypeError if an option is unknown; when Feast has no such endpoint; without arguments
 * that is found out by the first request, and answered with 500
 * @example
 * app.post('/push', feastEndpoint(), handler);
 */
export const feastEndpoint: MakeEndpointRule<MiddlewareHandler> = rules.feastEndpoint;
