import { z } from 'zod';
import {
  type FeastType,
  isPlainObject,
  RequestInvalidError,
  type Resource,
} from '../../model/index.js';
import { pythonStrip } from '../../model/python-strip.js';
import type { AnyRequirement } from '../gate.js';
import { changesTo } from './changes.js';
import { parseReferences, parseVersion } from './feature-references.js';
import {
  createInNewProject,
  findNamed,
  knownProject,
  ownProject,
  projectResource,
  requireOn,
} from './named-resources.js';
import {
  nameSchema,
  optionalName,
  optionalNames,
  parseFields,
  tagsSchema,
} from './read-request.js';
import { ReadViews } from './read-views.js';
import type { RequestContext, Resolver } from './request-context.js';
import { notKnown, unknownAs } from './unknown-names.js';

const IN_PROJECT = z.object({ project: nameSchema });

/** The project that a request names. */
export function namedInProject(request: RequestContext): string {
  return knownProject(request, parseFields(IN_PROJECT, request.fields).project);
}

const OPTIONAL_PROJECT = z.object({ project: optionalName });

/** The projects that a request is about: the one that it names, or all. */
function projectsMeant(request: RequestContext): readonly string[] {
  const { project } = parseFields(OPTIONAL_PROJECT, request.fields);
  return project === undefined ? request.relations.projects : [knownProject(request, project)];
}

/** The resource that the request names: in its project, or in that of the server where requests do not name one. */
export const object: Resolver = (request) => {
  const { endpoint, fields } = request;
  const { server, nameField = 'name', types, actions } = endpoint;
  const servesOne = server === 'online' || server === 'offline';
  const name = parseFields(z.object({ [nameField]: nameSchema }), fields)[nameField] ?? '';
  const project = servesOne ? ownProject(request) : namedInProject(request);
  return [{ actions, resources: findNamed(request, project, types, name) }];
};

/** What is asked for on a project. A list of what is in a project that is not there is empty. */
function onProject(request: RequestContext, project: string): readonly AnyRequirement[] {
  const { endpoint } = request;
  if (endpoint.access === 'filtered') return [];
  return [requireOn(endpoint.actions, [], knownProject(request, project))];
}

/** The project that the request names. */
export const oneProject: Resolver = (request) =>
  onProject(request, parseFields(IN_PROJECT, request.fields).project);

/** The same; CREATE where it is not there yet, as Feast's client asks about a project that it is to make. */
export const oldOrNewProject: Resolver = (request) => {
  const { project } = parseFields(IN_PROJECT, request.fields);
  if (request.relations.projects.includes(project)) return onProject(request, project);
  return [createInNewProject(request, project, [projectResource(project)])];
};

/** The project of the server. */
export const serverProject: Resolver = (request) => onProject(request, ownProject(request));

/** Nothing: of what a list holds, that is shown which may be described. */
export const anyProject: Resolver = ({ fields }) => {
  parseFields(OPTIONAL_PROJECT, fields);
  return [];
};

/** CREATE or UPDATE on any project. What is committed was decided on when it was written. */
export const changeOfAny: Resolver = (request) => {
  const { projects } = request.relations;
  const actions = ['UPDATE', 'CREATE'] as const;
  // The refusal is that of the first alternative: on the server's own project.
  const { project: own } = request.options;
  const ordered = own === undefined ? projects : [own, ...projects];
  return [
    {
      anyOf: [...new Set(ordered)].flatMap((project) =>
        actions.map((action) => ({ actions: action, resources: projectResource(project) })),
      ),
    },
  ];
};

const NAMED = z.object({ name: nameSchema });

/** The project whose name is the name that the request says. */
export const namedProject: Resolver = (request) => {
  const { name } = parseFields(NAMED, request.fields);
  return [requireOn(request.endpoint.actions, [], knownProject(request, name))];
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

export const searched: Resolver = ({ fields }) => {
  parseFields(SEARCH, fields);
  return [];
};

const MONITORED = z.object({
  project: nameSchema,
  feature_view_name: optionalName,
  feature_service_name: optionalName,
});

/**
 * The view and the service that statistics are about; where neither is named, all of them. A name that the endpoint does not look at
 * is not looked at here: it must not stand for all that the answer is made of.
 */
export const monitored: Resolver = (request) => {
  const { endpoint } = request;
  const { project, ...named } = parseFields(MONITORED, request.fields);
  knownProject(request, project);
  const views = endpoint.types.filter((type) => type !== 'FeatureService');
  const services = endpoint.types.filter((type) => type === 'FeatureService');
  const { feature_view_name: view, feature_service_name: service } = named;
  const find = (types: readonly FeastType[], name: string | undefined) =>
    name === undefined || types.length === 0 ? [] : findNamed(request, project, types, name);
  const resources = [...find(views, view), ...find(services, service)];
  return resources.length === 0
    ? everythingOf(request, [project])
    : [{ actions: endpoint.actions, resources }];
};

const DATASET = z.object({ name: nameSchema, project: optionalName });

/** What is kept of the data of a set belongs to the server's own project, whatever the request says. */
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
export const retrievedDataset: Resolver = (request) => {
  const { endpoint, options } = request;
  const { name, project, tags, ...read } = parseFields(RETRIEVED, request.fields);
  // SECURITY: anything but `inline` makes the server read the file or address that the request names.
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
  for (const reference of parseReferences(features)) views.addReference(reference);
  const needs = views.requirements();
  return [
    ...changesTo(request, { type: 'SavedDataset', name, project, tags }),
    ...(needs.length === 0 ? [requireOn(['READ_OFFLINE'], [], project)] : needs),
  ];
};

const APPLIED = z.object({
  name: nameSchema,
  project: nameSchema,
  tags: tagsSchema,
});
const SOURCE_OF_VIEW = z.object({ batch_source: optionalName });

/** An object that is written with its fields at the top of the request. */
export const appliedFields: Resolver = (request) => {
  const { name, project, tags } = parseFields(APPLIED, request.fields);
  const type = request.endpoint.types[0] as FeastType;
  const change = changesTo(request, { type, name, project, tags });
  if (type !== 'FeatureView') return change;
  const { batch_source: source } = parseFields(SOURCE_OF_VIEW, request.fields);
  if (source === undefined) return change;
  // A view shows what its source holds to whom may read the view.
  const sources = findNamed(request, project, ['DataSource'], source, ['DESCRIBE']);
  return [{ actions: ['DESCRIBE'], resources: sources }, ...change];
};

const WRITTEN = z.object({
  name: nameSchema,
  project: optionalName,
  tags: tagsSchema,
  version: z.unknown().optional(),
  feature_transformation: z.unknown().optional(),
});

/** An object that is written as a message within the request. */
export const appliedMessage: Resolver = (request) => {
  const { type, message } = soleMessage(request);
  const content = FLAT.has(type) ? message : message['spec'];
  const { name, tags, version, ...written } = parseFields(WRITTEN, content);
  // A project is in itself, whatever the request says.
  if (type === 'Project') return changesTo(request, { type, name, project: name, tags });
  const { project } = parseFields(IN_PROJECT, request.fields);
  assertSameProject(project, written.project);
  const isBatch = type === 'FeatureView' && (written.feature_transformation ?? null) !== null;
  const proposed = { type: isBatch ? 'BatchFeatureView' : type, name, project, tags } as const;
  const restored = VERSIONED.has(type) ? restoredBy(request, project, name, version) : [];
  return [proposed, ...restored].flatMap((one) => changesTo(request, one));
};

/** Messages that may name a version. */
const VERSIONED: ReadonlySet<FeastType> = new Set<FeastType>([
  'FeatureView',
  'OnDemandFeatureView',
  'StreamFeatureView',
]);

/**
 * What a view that is written with a version becomes: the server takes that version from the history, where it is there, in place of
 * what the request says.
 */
function restoredBy(
  { relations }: RequestContext,
  project: string,
  view: string,
  written: unknown,
): readonly (Resource<FeastType> & { readonly project: string })[] {
  const text = parseFields(OPTIONAL_VERSION, { version: written }).version;
  const version = parseVersion(text ?? undefined);
  if (version === undefined) return [];
  return relations.versionsOf(project, view, version).map((one) => ({ ...one.view, project }));
}

const OPTIONAL_VERSION = z.object({ version: z.string().nullish() });

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

const MATERIALIZED = z.object({
  feature_view: z.object({ spec: z.object({ name: nameSchema, project: optionalName }) }),
});

/** The registered view of the name that the message says. */
export const materializedMessage: Resolver = (request) => {
  const { endpoint, fields } = request;
  const { name, project: written } = parseFields(MATERIALIZED, fields).feature_view.spec;
  const project = namedInProject(request);
  assertSameProject(project, written);
  return [
    { actions: endpoint.actions, resources: findNamed(request, project, endpoint.types, name) },
  ];
};
