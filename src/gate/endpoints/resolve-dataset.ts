import * as z from 'zod';
import { RequestInvalidError } from '../../model/index.js';
import { pythonStrip } from '../../model/python-strip.js';
import { changesTo } from './changes.js';
import { parseReferences } from './feature-references.js';
import { findNamed, knownProject, ownProject, requireOn } from './named-resources.js';
import {
  nameSchema,
  optionalName,
  optionalNames,
  parseFields,
  tagsSchema,
} from './read-request.js';
import { ReadViews } from './read-views.js';
import type { Resolver, SlowResolver } from './request-context.js';
import { notKnown, unknownAs } from './unknown-names.js';

const DATASET = z.object({ name: nameSchema, project: optionalName });

/**
 * What is kept of the data of a set belongs to the server's own project, whatever the request says.
 */
export const datasetData: Resolver = (request) => {
  const { endpoint, fields } = request;
  const own = ownProject(request);
  const { name, project = own } = parseFields(DATASET, fields);
  if (project !== own) {
    const asOwn = { type: 'SavedDataset', name, project: own } as const;
    throw unknownAs(request, notKnown('SavedDataset', name), [asOwn]);
  }
  const resources = findNamed(request, own, endpoint.types, name);
  return [{ actions: endpoint.actions, resources }];
};

const RETRIEVED = z.object({
  name: nameSchema,
  project: nameSchema,
  tags: tagsSchema,
  feature_service_name: optionalName,
  features: optionalNames,
  entity_source_type: z.string().nullish(),
});

/** The set that is made, and the views that its data is read from. */
export const retrievedDataset: SlowResolver = function* (request) {
  const { endpoint, options } = request;
  const { name, project, tags, ...read } = parseFields(RETRIEVED, request.fields);
  // SECURITY: anything but `inline` makes the server read the file or address that the request
  // names.
  const source = read.entity_source_type ?? (endpoint.server === 'registry-rest' ? 'inline' : '');
  if (source !== 'inline' && options.entityFiles !== 'allow') {
    throw new RequestInvalidError('`entity_source_type` must be `inline`');
  }
  // Feast decides on the name as it is written, and then writes to the name without the blanks.
  if (pythonStrip(name) !== name) throw new RequestInvalidError('`name` has blanks at its ends');
  knownProject(request, project);
  const { feature_service_name: service, features = [] } = read;
  const views = new ReadViews(request, project, ['READ_OFFLINE']);
  if (service !== undefined) {
    for (const one of findNamed(request, project, ['FeatureService'], service)) {
      views.addService(one);
    }
  }
  yield* views.addReferences(parseReferences(features));
  const needs = yield* views.requirements();
  return [
    ...changesTo(request, { type: 'SavedDataset', name, project, tags }),
    ...(needs.length === 0 ? [requireOn(['READ_OFFLINE'], [], project)] : needs),
  ];
};
