import * as z from 'zod';
import {
  type FeastAction,
  type FeastType,
  RequestInvalidError,
  type Resource,
} from '../../model/index.js';
import type { AnyRequirement } from '../gate.js';
import { nameSchema, parseFields } from './read-request.js';
import type { RequestContext } from './request-context.js';
import { notKnown, unknownAs } from './unknown-names.js';

export const IN_PROJECT: z.ZodType<{ readonly project: string }> = z.object({
  project: nameSchema,
});

/** The project that a request names. */
export function namedInProject(request: RequestContext): string {
  return knownProject(request, parseFields(IN_PROJECT, request.fields).project);
}

/** @throws RequestInvalidError when the server serves several projects */
export function ownProject(request: RequestContext): string {
  const project = serverProjectOf(request);
  if (project === undefined) throw new RequestInvalidError('the request names no project');
  return knownProject(request, project);
}

function serverProjectOf({ relations, options }: RequestContext): string | undefined {
  const [only] = relations.projects.length === 1 ? relations.projects : [];
  return options.project ?? only;
}

/** @throws ResourceNotFoundError when the registry does not know the project */
export function knownProject(request: RequestContext, project: string): string {
  if (request.relations.projects.includes(project)) return project;
  const asNew = { ...projectResource(project), project: serverProjectOf(request) ?? project };
  throw unknownAs(request, notKnown('Project', project), [asNew], ['DESCRIBE']);
}

/**
 * All registered resources of a name and of some types. Where types share a name all of them are
 * meant: which one a server takes first is its own affair.
 *
 * @param actions what the request needs on them. Default: those of the endpoint
 * @throws ResourceNotFoundError if none exists
 */
export function findNamed(
  request: RequestContext,
  project: string,
  types: readonly FeastType[],
  name: string,
  actions?: readonly FeastAction[],
): readonly Resource<FeastType>[] {
  const found = request.relations.named(project, types, name);
  if (found.length > 0) return found;
  const asNew = types.map((type) => ({ type, name, project }));
  throw unknownAs(request, notKnown(types[0] ?? 'resource', name), asNew, actions);
}

/**
 * What making a project asks for, and an object in a project that is not there yet.
 *
 * No permission can be of a project that is not there: those of the server's own project say who
 * may make others, and what in them.
 */
export function createInNewProject(
  request: RequestContext,
  project: string,
  made: readonly Resource<FeastType>[],
): AnyRequirement {
  const own = ownProject(request);
  const inOwn = made.map((resource) => ({ tags: {}, ...resource, project: own }));
  const isProject = made.some(({ type }) => type === 'Project');
  const container = isProject ? [] : [{ ...projectResource(project), tags: {}, project: own }];
  return { actions: ['CREATE'], described: [...container, ...inOwn] };
}

export function projectResource(project: string): Resource<FeastType> {
  return { type: 'Project', name: project, project };
}

/**
 * One requirement; on the project itself if nothing else is required, so that an empty list never
 * passes.
 */
export function requireOn(
  actions: readonly FeastAction[],
  resources: readonly Resource<FeastType>[],
  project: string,
): AnyRequirement {
  return { actions, resources: resources.length === 0 ? [projectResource(project)] : resources };
}
