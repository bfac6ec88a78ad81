import type { FastifyRequest } from 'fastify';
import type { Actions } from '../../engine/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import {
  type ResourcesOf,
  type RouteRequirement,
  type RouteRule,
  requires as requiresOf,
} from '../support/route-rule.js';

export type { GateError } from '../../model/index.js';
export { feastEndpoint } from '../support/feast-endpoint.js';
export { permittedNamesOf } from '../support/permitted-names.js';
export type { ExpiredStream } from '../support/stream-options.js';
export { callerOf, type FeastAuthOptions, feastAuth } from './feast-auth.js';

/** What a route says in its `config.requires`. */
export type FastifyRule = RouteRule<FastifyRequest>;

/**
 * What a route requires: all of `actions`, on all of the resources.
 *
 * A function is called for each request, once its caller is known and its body read. It takes names
 * from the request and nothing else: the type stands in your code, and tags come from the registry.
 *
 * @throws TypeError if actions or resources are empty
 * @example
 * const ofView = requires('READ_ONLINE', ({ params }) => ({
 *   type: 'FeatureView',
 *   name: (params as { name: string }).name,
 * }));
 */
export const requires: <V extends Vocabulary = FeastVocabulary>(
  actions: Actions<V>,
  resources: ResourcesOf<FastifyRequest, V>,
) => RouteRequirement<FastifyRequest> = requiresOf;
