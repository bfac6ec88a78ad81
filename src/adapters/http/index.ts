import type { Actions } from '../../engine/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import {
  type ResourcesOf,
  type RouteRequirement,
  requires as requiresOf,
} from '../support/route-rule.js';
import type { GuardedRequest } from './guard.js';

export type { GateError } from '../../model/index.js';
export { feastEndpoint } from '../support/feast-endpoint.js';
export { permittedNamesOf } from '../support/permitted-names.js';
export type { ExpiredStream } from '../support/stream-options.js';
export {
  callerOf,
  type GuardedHandler,
  type GuardedRequest,
  type GuardedRoute,
  type GuardOptions,
  guard,
} from './guard.js';

/**
 * What a route requires: all of `actions`, on all of the resources.
 *
 * A function is called for each request, once its caller is known and its body read, where the
 * route reads it. It takes names from the request and nothing else: the type stands in your code,
 * and tags come from the registry.
 *
 * @throws TypeError if actions or resources are empty
 * @example
 * requires('READ_ONLINE', ({ params }) => ({ type: 'FeatureView', name: params.name ?? '' }))
 */
export const requires: <V extends Vocabulary = FeastVocabulary>(
  actions: Actions<V>,
  resources: ResourcesOf<GuardedRequest, V>,
) => RouteRequirement<GuardedRequest> = requiresOf;
