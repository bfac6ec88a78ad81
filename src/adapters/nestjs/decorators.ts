import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '../../gate/index.js';
import type { Subject } from '../../model/index.js';
import { createRuleMakers, type MakeEndpointRule, type MakeRule } from '../support/rule-makers.js';
import type { ClassOrMethodDecorator, FeastHttpRequest } from './decorator-types.js';
import { callerOf } from './feast-authentication.js';
import { decorateWith } from './route-rules.js';

const rules = createRuleMakers<FeastHttpRequest, ClassOrMethodDecorator>(
  decorateWith,
  ({ method, route }) => ({
    method,
    path: String(route?.path),
  }),
);

/**
 * What a handler requires: all of `actions`, on all of the resources. Several of them are all
 * needed, those of the controller included.
 *
 * A function is called for each request, once its caller is known and its body parsed, before
 * pipes. It takes names from the request and nothing else: the type stands in your code, and tags
 * come from the registry.
 *
 * @param options.vocabulary that of the gate, where it is not Feast's: actions and types are looked
 * up when the class is defined
 * @throws TypeError without actions or resources, or if the vocabulary does not have them; when the
 *   decorator is put on what is `@Public()`
 * @example
 * Requires('DESCRIBE', ({ params }) => ({ type: 'FeatureView', name: String(params['name']) }))
 */
export const Requires: MakeRule<FeastHttpRequest, ClassOrMethodDecorator> = rules.requires;

/**
 * What Feast requires at one of its endpoints, of a handler that stands for it.
 *
 * @param method with `path`: the endpoint in Feast's own words, for a route that is called
 * something else, or has a prefix. Default: those of the route
 * @throws TypeError if an option is unknown; when Feast has no such endpoint; without arguments
 * that is found out by the first request, and answered with 500
 */
export const FeastEndpoint: MakeEndpointRule<ClassOrMethodDecorator> = rules.feastEndpoint;

/**
 * A handler that everyone may call. Its path belongs in `publicRoutes` of `feastAuthentication`:
 * without that, it is for everyone who is known. On a handler it counts in place of what its
 * controller requires.
 *
 * @throws TypeError when the decorator is put on what requires something
 */
export function Public(): ClassOrMethodDecorator {
  return decorateWith('public');
}

/**
 * A parameter of a handler, a `Subject | null`: who asks; null for the anonymous one, and on public
 * routes.
 */
export const CurrentSubject: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Subject | null => callerIn(context)?.subject ?? null,
);

/**
 * A parameter of a handler, a `Caller | undefined`: who asks, to be asked what else they may do.
 * Undefined on public routes.
 */
export const CurrentCaller: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller | undefined => callerIn(context),
);

function callerIn(context: ExecutionContext): Caller | undefined {
  return callerOf(context.switchToHttp().getRequest<object>());
}
