import * as z from 'zod';
import { parseJsonObject } from '../../foundation/json.js';
import {
  ALL_FEATURE_VIEW_TYPES,
  type FeastAction,
  RequestInvalidError,
} from '../../model/index.js';
import type { AnyRequirement } from '../gate.js';
import { changesTo } from './changes.js';
import { parseReferences } from './feature-references.js';
import { findNamed, knownProject, ownProject, requireOn } from './named-resources.js';
import {
  MAX_NAMES,
  nameSchema,
  namesSchema,
  optionalName,
  optionalNames,
  parseFields,
  tagsSchema,
} from './read-request.js';
import { ReadViews } from './read-views.js';
import type { RequestContext, Resolver, SlowResolver } from './request-context.js';

const READ_OFFLINE: readonly FeastAction[] = ['READ_OFFLINE'];

const isAliases = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length <= MAX_NAMES &&
  value.every((one) => one === null || typeof one === 'string');
// One test for the whole list, as of other names.
const aliases = z
  .custom<readonly (string | null)[] | null>((value) => value === null || isAliases(value))
  .optional();
const HISTORICAL = z.object({
  project: nameSchema,
  feature_view_names: namesSchema,
  name_aliases: aliases,
  feature_refs: optionalNames,
  entity_df_sql: z.unknown().optional(),
});

/**
 * The views that are named and those of the features: on-demand views stand in the features alone,
 * and are computed on the server. A view may be called by an alias there.
 */
export const historicalFeatures: SlowResolver = function* (request) {
  const { fields, relations, options } = request;
  const command = parseFields(HISTORICAL, fields);
  const { feature_view_names: views, feature_refs: features = [] } = command;
  if ((command.entity_df_sql ?? null) !== null && options.entitySql !== 'allow') {
    throw new RequestInvalidError(
      '`entity_df_sql` is not supported: permissions cannot check what it reads',
    );
  }
  const project = knownProject(request, command.project);
  const known = new Set(command.name_aliases ?? []);
  const read = new ReadViews(request, project, READ_OFFLINE);
  yield* read.addReferences(views.map((view) => ({ view })));
  const isAlias = (view: string): boolean =>
    known.has(view) && relations.named(project, ALL_FEATURE_VIEW_TYPES, view).length === 0;
  yield* read.addReferences(parseReferences(features).filter(({ view }) => !isAlias(view)));
  const needs = yield* read.requirements();
  return needs.length === 0 ? [requireOn(READ_OFFLINE, [], project)] : needs;
};

const SOURCE = z.object({ data_source_name: nameSchema });

function dataSource(request: RequestContext, actions: readonly FeastAction[]): AnyRequirement {
  const { data_source_name: name } = parseFields(SOURCE, request.fields);
  const resources = findNamed(request, ownProject(request), ['DataSource'], name, actions);
  return { actions, resources };
}

const RETRIEVAL = z.object({
  retrieve_func: z.enum([
    'get_historical_features',
    'pull_latest_from_table_or_query',
    'pull_all_from_table_or_query',
  ]),
});

/** What is read to be kept, and the data source that it is written to. */
export const persisted: SlowResolver = function* (request) {
  const { retrieve_func: retrieval } = parseFields(RETRIEVAL, request.fields);
  const read =
    retrieval === 'get_historical_features'
      ? yield* historicalFeatures(request)
      : [dataSource(request, READ_OFFLINE)];
  return [...read, dataSource(request, request.endpoint.actions)];
};

const BATCH = z.object({ feature_view_names: namesSchema });

/** The one view that a table is written to. */
export const writtenBatch: Resolver = (request) => {
  const { feature_view_names: names } = parseFields(BATCH, request.fields);
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new RequestInvalidError('`feature_view_names` of the request must be one name');
  }
  const { actions, types } = request.endpoint;
  return [{ actions, resources: findNamed(request, ownProject(request), types, name) }];
};

/** In UTF-16 code units. */
const MAX_DEFINITION_LENGTH = 1_000_000;
const DEFINITION = z.object({
  data_source_proto: z.string().max(MAX_DEFINITION_LENGTH).transform(parseJsonObject),
});
const DEFINED_SOURCE = z.object({ name: nameSchema, project: optionalName, tags: tagsSchema });

/**
 * A data source whose definition the caller brings along.
 *
 * SECURITY: the name says nothing about the table that is read then. Who may write the definition
 * may have it read.
 */
export const describedSource: Resolver = (request) => {
  const { data_source_proto: definition } = parseFields(DEFINITION, request.fields);
  if (definition === undefined) {
    throw new RequestInvalidError('`data_source_proto` of the request must be an object in JSON');
  }
  const { name, tags, project: written } = parseFields(DEFINED_SOURCE, definition);
  const project = ownProject(request);
  if (written !== undefined && written !== project) {
    throw new RequestInvalidError('`data_source_proto` of the request is of another project');
  }
  const proposed = { type: 'DataSource', name, project, tags } as const;
  return [
    ...changesTo(request, proposed),
    { actions: request.endpoint.actions, resources: proposed },
  ];
};
