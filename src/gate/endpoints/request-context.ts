import type { OptionNames } from '../../foundation/options.js';
import {
  type FeastAction,
  type FeastType,
  RequestInvalidError,
  type Resource,
} from '../../model/index.js';
import type { RegistryRelations } from '../../registry/relations.js';
import type { AnyRequirement } from '../gate.js';
import type { Endpoint } from './endpoint.js';
import { notKnown, unknownAs } from './unknown-names.js';

/** How a request to one of Feast’s endpoints becomes requirements. */
export interface RequirementOptions {
  /** The project that the server serves. Default: the only one of the registry. */
  readonly project?: string | undefined;
  /**
   * Whether reading a feature service also asks for READ_ONLINE on the views that it is made of. Default: `false`, as Feast,
   * where who may read a service may read what it offers.
   */
  readonly checkViews?: boolean | undefined;
  /**
   * What becomes of training data that is asked for with SQL of the caller's own, which the offline store runs as it is. Default:
   * `refuse`, since no permission says what such a query reads.
   */
  readonly entitySql?: 'refuse' | 'allow' | undefined;
  /**
   * What becomes of training data that is asked for with a file of the caller's choice, which the registry server reads with its own
   * rights. Default: `refuse`.
   */
  readonly entityFiles?: 'refuse' | 'allow' | undefined;
  /** As option `hideUnknown` of the gate. Default: `false`. */
  readonly hideUnknown?: boolean | undefined;
}

export const REQUIREMENT_OPTIONS: OptionNames<RequirementOptions> = {
  project: true,
  checkViews: true,
  entitySql: true,
  entityFiles: true,
  hideUnknown: true,
};

/** One request, as the resolvers see it. */
export interface RequestContext {
  readonly endpoint: Endpoint;
  /** Without a prototype. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly relations: RegistryRelations;
  readonly options: RequirementOptions;
}

export type Resolver = (request: RequestContext) => readonly AnyRequirement[];

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
 * All registered resources of a name and of some types. Where types share a name all of them are meant: which one a server
 * takes first is its own affair.
 *
 * @param actions what the request needs on them. Default: those of the endpoint
 * @throws ResourceNotFoundError when there is none
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
 * No permission can be of a project that is not there: those of the server's own project say who may make others, and what in them.
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

/** One requirement; on the project itself where there is nothing else, so that nothing is never enough. */
export function requireOn(
  actions: readonly FeastAction[],
  resources: readonly Resource<FeastType>[],
  project: string,
): AnyRequirement {
  return { actions, resources: resources.length === 0 ? [projectResource(project)] : resources };
}
