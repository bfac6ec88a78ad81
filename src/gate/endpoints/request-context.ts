import {
  type FeastAction,
  type FeastType,
  quote,
  RequestInvalidError,
  type Resource,
  ResourceNotFoundError,
} from '../../model/index.js';
import type { RegistryRelations } from '../../registry/relations.js';
import type { AnyRequirement } from '../gate.js';
import type { Endpoint } from './endpoint.js';

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
}

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
export function ownProject({ relations, options }: RequestContext): string {
  const [only] = relations.projects.length === 1 ? relations.projects : [];
  const project = options.project ?? only;
  if (project === undefined) throw new RequestInvalidError('the request names no project');
  return knownProject(relations, project);
}

/** @throws ResourceNotFoundError when the registry does not know the project */
export function knownProject(relations: RegistryRelations, project: string): string {
  if (relations.projects.includes(project)) return project;
  throw new ResourceNotFoundError(`Project ${quote(project)} is not known`);
}

/**
 * All registered resources of a name and of some types. Where types share a name all of them are meant: which one a server
 * takes first is its own affair.
 *
 * @throws ResourceNotFoundError when there is none
 */
export function findNamed(
  relations: RegistryRelations,
  project: string,
  types: readonly FeastType[],
  name: string,
): readonly Resource<FeastType>[] {
  const found = relations.named(project, types, name);
  if (found.length === 0) {
    throw new ResourceNotFoundError(`${types[0]} ${quote(name)} is not known`);
  }
  return found;
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
