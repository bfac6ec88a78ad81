import * as z from 'zod';
import type { FeastType } from '../../model/index.js';
import type { AnyRequirement, Requirement } from '../gate.js';
import {
  createInNewProject,
  findNamed,
  IN_PROJECT,
  knownProject,
  namedInProject,
  ownProject,
  projectResource,
  requireOn,
} from './named-resources.js';
import { nameSchema, optionalName, optionalNames, parseFields } from './read-request.js';
import type {
  RequestContext,
  ResolvedRequirements,
  Resolver,
  SlowResolver,
} from './request-context.js';

const OPTIONAL_PROJECT = z.object({ project: optionalName });

/** The projects that a request is about: the one that it names, or all. */
function projectsMeant(request: RequestContext): readonly string[] {
  const { project } = parseFields(OPTIONAL_PROJECT, request.fields);
  return project === undefined ? request.relations.projects : [knownProject(request, project)];
}

function objectIn(request: RequestContext, project: string): readonly AnyRequirement[] {
  const { nameField = 'name', types, actions } = request.endpoint;
  const name = parseFields(z.object({ [nameField]: nameSchema }), request.fields)[nameField] ?? '';
  return [{ actions, resources: findNamed(request, project, types, name) }];
}

/** The resource that the request names, in the project that it names. */
export const object: Resolver = (request) => objectIn(request, namedInProject(request));

/** The resource that the request names, in the project of the server. */
export const ownObject: Resolver = (request) => objectIn(request, ownProject(request));

/** What is asked for on a project. A list of what is in a project that is not there is empty. */
function onProject(request: RequestContext, project: string): readonly AnyRequirement[] {
  const { endpoint } = request;
  if (endpoint.access === 'filtered') return [];
  return [requireOn(endpoint.actions, [], knownProject(request, project))];
}

/** The project that the request names. */
export const oneProject: Resolver = (request) =>
  onProject(request, parseFields(IN_PROJECT, request.fields).project);

/**
 * The same; CREATE where it is not there yet, as Feast's client asks about a project that it is to
 * make.
 */
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

/** Alternatives that are listed between two pauses. */
const ALTERNATIVES_PER_STEP = 1000;

/** CREATE or UPDATE on any project. What is committed was decided on when it was written. */
export const changeOfAny: SlowResolver = function* (request) {
  const { projects } = request.relations;
  const actions = ['UPDATE', 'CREATE'] as const;
  // The refusal is that of the first alternative: on the server's own project.
  const { project: own } = request.options;
  const anyOf: Requirement[] = [];
  for (const project of new Set(own === undefined ? projects : [own, ...projects])) {
    const resources = projectResource(project);
    for (const action of actions) anyOf.push({ actions: action, resources });
    if (anyOf.length % ALTERNATIVES_PER_STEP === 0) yield;
  }
  return [{ anyOf }];
};

const NAMED = z.object({ name: nameSchema });

/** The project whose name is the name that the request says. */
export const namedProject: Resolver = (request) => {
  const { name } = parseFields(NAMED, request.fields);
  return [requireOn(request.endpoint.actions, [], knownProject(request, name))];
};

/** Resources that are listed between two pauses, about a millisecond. */
const RESOURCES_PER_STEP = 10_000;
/** A project costs more than a resource: it is a requirement of its own. */
const WORK_OF_PROJECT = 20;

/** A requirement for each project and all that it holds, with pauses. */
function* everythingOf(
  { endpoint, relations }: RequestContext,
  projects: readonly string[],
): Generator<undefined, readonly AnyRequirement[]> {
  const { actions, types } = endpoint;
  const needs: AnyRequirement[] = [];
  let work = 0;
  for (const project of projects) {
    const resources = [projectResource(project)];
    needs.push({ actions, resources });
    work += WORK_OF_PROJECT;
    if (work >= RESOURCES_PER_STEP) {
      work = 0;
      yield;
    }
    for (const type of types) {
      for (const resource of relations.resourcesOf(project, [type])) {
        resources.push(resource);
        work += 1;
        if (work < RESOURCES_PER_STEP) continue;
        work = 0;
        yield;
      }
    }
  }
  return needs;
}

/** A project and all that is in it, or all projects where the request names none. */
export const everything: SlowResolver = (request) => everythingOf(request, projectsMeant(request));

export const everythingOfAll: SlowResolver = (request) =>
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
 * The view that statistics are about, or else the service.
 *
 * @param ofAll what is asked for where the request names neither
 */
function monitoredBy(
  request: RequestContext,
  ofAll: (project: string, summed: readonly FeastType[]) => ResolvedRequirements,
): ResolvedRequirements {
  const { endpoint } = request;
  const { project, ...named } = parseFields(MONITORED, request.fields);
  knownProject(request, project);
  const views = endpoint.types.filter((type) => type !== 'FeatureService');
  const find = (types: readonly FeastType[], name: string): readonly AnyRequirement[] => [
    { actions: endpoint.actions, resources: findNamed(request, project, types, name) },
  ];
  const { feature_view_name: view, feature_service_name: service } = named;
  if (view !== undefined) return find(views, view);
  if (service !== undefined) return find(['FeatureService'], service);
  return ofAll(project, views.length > 0 ? views : ['FeatureService']);
}

/** What statistics are about; all that they can be made of where the request names nothing. */
export const monitored: Resolver = (request) =>
  monitoredBy(request, (project) => everythingOf(request, [project]));

/** The same, of a server that leaves out what is not permitted, and refuses where nothing is. */
export const monitoredInPart: Resolver = (request) =>
  monitoredBy(request, (project, summed) => {
    const { actions } = request.endpoint;
    const someOf = request.relations.resourcesOf(project, summed);
    return someOf.length > 0 ? [{ actions, someOf }] : [requireOn(actions, [], project)];
  });
