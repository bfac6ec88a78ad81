import { z } from 'zod';
import {
  type FeastType,
  isPlainObject,
  quote,
  RequestInvalidError,
  ResourceNotFoundError,
} from '../../model/index.js';
import { pythonStrip } from '../../model/python-strip.js';
import type { AnyRequirement } from '../gate.js';
import { changesTo } from './changes.js';
import { referencedViews, viewsOfService } from './feature-references.js';
import {
  nameSchema,
  optionalName,
  optionalNames,
  parseFields,
  tagsSchema,
} from './read-request.js';
import {
  findNamed,
  knownProject,
  ownProject,
  projectResource,
  type RequestContext,
  type Resolver,
  requireOn,
} from './request-context.js';

const IN_PROJECT = z.object({ project: nameSchema });

/** The project that a request names. */
export function namedInProject({ fields, relations }: RequestContext): string {
  return knownProject(relations, parseFields(IN_PROJECT, fields).project);
}

const OPTIONAL_PROJECT = z.object({ project: optionalName });

/** The projects that a request is about: the one that it names, or all. */
function projectsMeant({ fields, relations }: RequestContext): readonly string[] {
  const { project } = parseFields(OPTIONAL_PROJECT, fields);
  return project === undefined ? relations.projects : [knownProject(relations, project)];
}

/** The resource that the request names: in its project, or in that of the server where requests do not name one. */
export const object: Resolver = (request) => {
  const { endpoint, fields, relations } = request;
  const { server, nameField = 'name', types, actions } = endpoint;
  const servesOne = server === 'online' || server === 'offline';
  const name = parseFields(z.object({ [nameField]: nameSchema }), fields)[nameField] ?? '';
  const project = servesOne ? ownProject(request) : namedInProject(request);
  return [{ actions, resources: findNamed(relations, project, types, name) }];
};

const onProject = ({ endpoint }: RequestContext, project: string): readonly AnyRequirement[] =>
  endpoint.access === 'filtered' ? [] : [requireOn(endpoint.actions, [], project)];

/** The project that the request names. */
export const oneProject: Resolver = (request) => onProject(request, namedInProject(request));

/** The project of the server. */
export const serverProject: Resolver = (request) => onProject(request, ownProject(request));

/** Nothing but that a project, if the request names one, is known. */
export const anyProject: Resolver = (request) => {
  projectsMeant(request);
  return [];
};

const NAMED = z.object({ name: nameSchema });

/** The project whose name is the name that the request says. */
export const namedProject: Resolver = ({ endpoint, fields, relations }) => {
  const { name } = parseFields(NAMED, fields);
  return [requireOn(endpoint.actions, [], knownProject(relations, name))];
};

const everythingOf = (
  { endpoint, relations }: RequestContext,
  projects: readonly string[],
): readonly AnyRequirement[] =>
  projects.map((project) => ({
    actions: endpoint.actions,
    resources: [projectResource(project), ...relations.resourcesOf(project, endpoint.types)],
  }));

/** A project and all that is in it, or all projects where the request names none. */
export const everything: Resolver = (request) => everythingOf(request, projectsMeant(request));

export const everythingOfAll: Resolver = (request) =>
  everythingOf(request, request.relations.projects);

const SEARCH = z.object({ projects: z.union([optionalName, optionalNames]) });

export const searched: Resolver = ({ fields, relations }) => {
  const { projects = [] } = parseFields(SEARCH, fields);
  for (const project of [projects].flat()) knownProject(relations, project);
  return [];
};

const MONITORED = z.object({
  project: nameSchema,
  feature_view_name: optionalName,
  feature_service_name: optionalName,
});

/** The view and the service that statistics are about; where neither is named, all of them. */
export const monitored: Resolver = (request) => {
  const { endpoint, relations } = request;
  const { project, ...named } = parseFields(MONITORED, request.fields);
  knownProject(relations, project);
  const views = endpoint.types.filter((type) => type !== 'FeatureService');
  const { feature_view_name: view, feature_service_name: service } = named;
  const isOfView = view !== undefined && views.length > 0;
  const resources = [
    ...(isOfView ? findNamed(relations, project, views, view) : []),
    ...(service === undefined ? [] : findNamed(relations, project, ['FeatureService'], service)),
  ];
  return resources.length === 0
    ? everythingOf(request, [project])
    : [{ actions: endpoint.actions, resources }];
};

const DATASET = z.object({ name: nameSchema, project: optionalName });

/** What is kept of the data of a set belongs to the server's own project, whatever the request says. */
export const datasetData: Resolver = (request) => {
  const { endpoint, relations, fields } = request;
  const own = ownProject(request);
  const { name, project = own } = parseFields(DATASET, fields);
  if (project !== own) throw new ResourceNotFoundError(`SavedDataset ${quote(name)} is not known`);
  const resources = findNamed(relations, own, endpoint.types, name);
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
export const retrievedDataset: Resolver = (request) => {
  const { relations, endpoint, options } = request;
  const { name, project, tags, ...read } = parseFields(RETRIEVED, request.fields);
  // SECURITY: anything but `inline` makes the server read the file or address that the request names.
  const source = read.entity_source_type ?? (endpoint.server === 'registry-rest' ? 'inline' : '');
  if (source !== 'inline' && options.entityFiles !== 'allow') {
    throw new RequestInvalidError('`entity_source_type` must be `inline`');
  }
  // Feast decides on the name as it is written, and then writes to the name without the blanks.
  if (pythonStrip(name) !== name) throw new RequestInvalidError('`name` has blanks at its ends');
  knownProject(relations, project);
  const { feature_service_name: service, features = [] } = read;
  const views = [
    ...(service === undefined ? [] : viewsOfService(relations, project, service)),
    ...referencedViews(relations, project, features),
  ];
  return [
    ...changesTo(relations, { type: 'SavedDataset', name, project, tags }),
    requireOn(['READ_OFFLINE'], views, project),
  ];
};

const APPLIED = z.object({ name: nameSchema, project: nameSchema, tags: tagsSchema });

/** An object that is written with its fields at the top of the request. */
export const appliedFields: Resolver = ({ endpoint, fields, relations }) => {
  const { name, project, tags } = parseFields(APPLIED, fields);
  knownProject(relations, project);
  return changesTo(relations, { type: endpoint.types[0] as FeastType, name, project, tags });
};

const WRITTEN = z.object({
  name: nameSchema,
  project: optionalName,
  tags: tagsSchema,
  feature_transformation: z.unknown().optional(),
});

/** An object that is written as a message within the request. */
export const appliedMessage: Resolver = (request) => {
  const { relations } = request;
  const { type, message } = soleMessage(request);
  const content = FLAT.has(type) ? message : message['spec'];
  const { name, tags, ...written } = parseFields(WRITTEN, content);
  if (type === 'Project') return appliedProject(request, name, tags);
  const project = namedInProject(request);
  assertSameProject(project, written.project);
  const isBatch = type === 'FeatureView' && (written.feature_transformation ?? null) !== null;
  return changesTo(relations, { type: isBatch ? 'BatchFeatureView' : type, name, project, tags });
};

function assertSameProject(project: string, written: string | undefined): void {
  if (written === undefined || written === project) return;
  throw new RequestInvalidError('the request and the object in it name different projects');
}

/** Messages without a `spec`. */
const FLAT: ReadonlySet<FeastType> = new Set<FeastType>(['DataSource', 'ValidationReference']);

function soleMessage({ endpoint, fields }: RequestContext): {
  readonly type: FeastType;
  readonly message: Readonly<Record<string, unknown>>;
} {
  const given = [...(endpoint.messages ?? [])].filter(
    ([field]) => (fields[field] ?? null) !== null,
  );
  const [field, type] = given[0] ?? [];
  const message = field === undefined ? undefined : fields[field];
  if (given.length !== 1 || type === undefined || !isPlainObject(message)) {
    throw new RequestInvalidError('the request must hold one object');
  }
  return { type, message };
}

/** No permission can be of a project that is not there yet: those of the server's own project say who may make others. */
function appliedProject(
  request: RequestContext,
  name: string,
  tags: Readonly<Record<string, string>>,
): readonly AnyRequirement[] {
  const isKnown = request.relations.projects.includes(name);
  const project = isKnown ? name : ownProject(request);
  return changesTo(request.relations, { type: 'Project', name, project, tags });
}

const MATERIALIZED = z.object({
  feature_view: z.object({ spec: z.object({ name: nameSchema, project: optionalName }) }),
});

/** The registered view of the name that the message says. */
export const materializedMessage: Resolver = (request) => {
  const { endpoint, relations, fields } = request;
  const { name, project: written } = parseFields(MATERIALIZED, fields).feature_view.spec;
  const project = namedInProject(request);
  assertSameProject(project, written);
  return [
    { actions: endpoint.actions, resources: findNamed(relations, project, endpoint.types, name) },
  ];
};
