import * as z from 'zod';
import { type FeastAction, quote, RequestInvalidError } from '../../model/index.js';
import type { ViewPin } from '../../registry/relations.js';
import type { AnyRequirement } from '../gate.js';
import { parseReferences, parseVersion } from './feature-references.js';
import { findNamed, ownProject, requireOn } from './named-resources.js';
import { nameSchema, optionalName, optionalNames, parseFields } from './read-request.js';
import { ReadViews } from './read-views.js';
import type { RequestContext, Resolver, SlowResolver } from './request-context.js';
import { notKnown, unknownAs } from './unknown-names.js';
import { PLAIN_VIEWS } from './view-types.js';

const SERVED = z.object({ feature_service: optionalName, features: optionalNames });

/**
 * A feature service, or the views of single features. Given both, servers differ in which they
 * read.
 */
export const servedFeatures: SlowResolver = function* (request) {
  const { options } = request;
  const { feature_service: service, features = [] } = parseFields(SERVED, request.fields);
  const project = ownProject(request);
  if (service === undefined && features.length === 0) {
    throw new RequestInvalidError('the request names neither a feature service nor features');
  }
  if (service !== undefined && features.length > 0) {
    throw new RequestInvalidError(
      'the request names a feature service and features: name only one of them',
    );
  }
  const read = new ReadViews(request, project);
  yield* read.addReferences(parseReferences(features));
  if (service === undefined) return yield* read.requirements();
  const services = findNamed(request, project, ['FeatureService'], service);
  if (options.checkViews) for (const one of services) read.addService(one);
  return [
    { actions: request.endpoint.actions, resources: services },
    ...(yield* read.requirements()),
  ];
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
  const project = ownProject(request);
  const actions = PUSH_ACTIONS[to];
  const views = request.relations.viewsFedBy(project, source) ?? [];
  if (views.length === 0) {
    const error = new RequestInvalidError(`push source ${quote(source)} feeds no view`);
    const asSource = { type: 'DataSource', name: source, project } as const;
    throw unknownAs(request, error, [asSource], actions);
  }
  return [{ actions, resources: views }];
};

const MATERIALIZED = z.object({
  feature_views: optionalNames,
  version: z.string().nullish(),
});
const MATERIALIZED_TYPES = [...PLAIN_VIEWS, 'StreamFeatureView', 'OnDemandFeatureView'] as const;

/**
 * The views that are named, or all that are materialized; of one that is named alone, a version may
 * be.
 */
export const materialized: Resolver = (request) => {
  const { relations, endpoint } = request;
  const { feature_views: names, version } = parseFields(MATERIALIZED, request.fields);
  const project = ownProject(request);
  const wanted = parseVersion(version ?? undefined);
  if ((version ?? null) !== null && names?.length !== 1) {
    throw new RequestInvalidError('`version` of the request needs exactly one feature view');
  }
  if (names === undefined) {
    return [requireOn(endpoint.actions, relations.materializedViews(project), project)];
  }
  if (names.length === 0) throw new RequestInvalidError('the request names no feature view');
  if (wanted === undefined) {
    const resources = [...new Set(names)].flatMap((name) =>
      findNamed(request, project, MATERIALIZED_TYPES, name),
    );
    return [{ actions: endpoint.actions, resources }];
  }
  return versionOf(request, project, { view: names[0] ?? '', version: wanted });
};

/** One version of a view, and the view as it is; not what it computes from. */
function versionOf(
  request: RequestContext,
  project: string,
  { view, version }: ViewPin,
): readonly AnyRequirement[] {
  const { actions } = request.endpoint;
  const resources = findNamed(request, project, MATERIALIZED_TYPES, view);
  const described = request.relations.versionsOf(project, view, version).map((one) => one.view);
  const missing = notKnown(`version ${version} of view`, view);
  return [{ actions, resources }, described.length > 0 ? { actions, described } : { missing }];
}

const VECTOR_STORE = z.object({ vector_store_id: nameSchema });

export const vectorStore: Resolver = (request) => {
  const { vector_store_id: id } = parseFields(VECTOR_STORE, request.fields);
  const project = ownProject(request);
  const stores = request.relations.vectorStores(project);
  const store = stores.find((candidate) => candidate.id === id);
  if (store === undefined) {
    const asViews = PLAIN_VIEWS.map((type) => ({ type, name: id, project }));
    throw unknownAs(request, notKnown('vector store', id), asViews);
  }
  return [{ actions: request.endpoint.actions, resources: store.view }];
};
