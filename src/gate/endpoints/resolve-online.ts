import { z } from 'zod';
import {
  type FeastAction,
  quote,
  RequestInvalidError,
  ResourceNotFoundError,
} from '../../model/index.js';
import { PLAIN_VIEWS } from './endpoint.js';
import { referencedViews, viewsOfService } from './feature-references.js';
import { nameSchema, optionalName, optionalNames, parseFields } from './read-request.js';
import { findNamed, ownProject, type Resolver, requireOn } from './request-context.js';

const SERVED = z.object({ feature_service: optionalName, features: optionalNames });

/** A feature service, or the views of single features. Given both, servers differ in which they read. */
export const servedFeatures: Resolver = (request) => {
  const { relations, endpoint, options } = request;
  const { feature_service: service, features = [] } = parseFields(SERVED, request.fields);
  const project = ownProject(request);
  if (service === undefined) {
    if (features.length === 0) {
      throw new RequestInvalidError('the request names neither a feature service nor features');
    }
    return [
      { actions: endpoint.actions, resources: referencedViews(relations, project, features) },
    ];
  }
  if (features.length > 0) {
    throw new RequestInvalidError('the request names a feature service and features: name one');
  }
  const services = findNamed(relations, project, ['FeatureService'], service);
  const views = options.checkViews ? viewsOfService(relations, project, service) : [];
  return [{ actions: endpoint.actions, resources: [...services, ...views] }];
};

const PUSHED = z.object({
  push_source_name: nameSchema,
  to: z.enum(['online', 'offline', 'online_and_offline']).default('online'),
});

const PUSH_ACTIONS: Readonly<Record<z.infer<typeof PUSHED>['to'], readonly FeastAction[]>> = {
  online: ['WRITE_ONLINE'],
  offline: ['WRITE_OFFLINE'],
  online_and_offline: ['WRITE_ONLINE', 'WRITE_OFFLINE'],
};

/** Every view that is fed by the push source, label views included. */
export const pushed: Resolver = (request) => {
  const { push_source_name: source, to } = parseFields(PUSHED, request.fields);
  const views = request.relations.viewsFedBy(ownProject(request), source) ?? [];
  if (views.length === 0) {
    throw new RequestInvalidError(`push source ${quote(source)} feeds no view`);
  }
  return [{ actions: PUSH_ACTIONS[to], resources: views }];
};

const MATERIALIZED = z.object({ feature_views: optionalNames });

/** The views that are named, or all that are materialized. */
export const materialized: Resolver = (request) => {
  const { relations, endpoint } = request;
  const { feature_views: names } = parseFields(MATERIALIZED, request.fields);
  const project = ownProject(request);
  if (names === undefined) {
    return [requireOn(endpoint.actions, relations.materializedViews(project), project)];
  }
  if (names.length === 0) throw new RequestInvalidError('the request names no feature view');
  const types = [...PLAIN_VIEWS, 'StreamFeatureView', 'OnDemandFeatureView'] as const;
  const resources = [...new Set(names)].flatMap((name) =>
    findNamed(relations, project, types, name),
  );
  return [{ actions: endpoint.actions, resources }];
};

const VECTOR_STORE = z.object({ vector_store_id: nameSchema });

export const vectorStore: Resolver = (request) => {
  const { vector_store_id: id } = parseFields(VECTOR_STORE, request.fields);
  const store = request.relations
    .vectorStores(ownProject(request))
    .find((candidate) => candidate.id === id);
  if (store === undefined)
    throw new ResourceNotFoundError(`vector store ${quote(id)} is not known`);
  return [{ actions: request.endpoint.actions, resources: store.view }];
};
