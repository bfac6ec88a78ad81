import type { FeastAction, FeastType } from '../../model/index.js';
import type { AnswerFilter } from './answer.js';
import type { FeastVersion } from './feast-version.js';
import { RESOLVER_PARAMETERS, type ResolverName } from './resolver-name.js';

/**
 * Feast's servers: features over HTTP, training data over Arrow Flight, the registry over gRPC and
 * over HTTP, and lineage over HTTP.
 */
export type FeastServer = 'online' | 'offline' | 'registry-grpc' | 'registry-rest' | 'lineage';

/**
 * How an endpoint is guarded.
 *
 * - `public`: not at all.
 * - `identity`: the caller must be known, and that is all.
 * - `required`: what {@link requirementsOf} says must be granted before the request is handled.
 * - `filtered`: the same, which may be nothing; and of the answer only those objects are shown that
 *   the caller may DESCRIBE.
 */
export type EndpointAccess = 'public' | 'identity' | 'required' | 'filtered';

/** What one endpoint of a Feast server asks for. */
export interface Endpoint {
  readonly server: FeastServer;
  /** The method of HTTP or, at the offline server, of Flight. gRPC: `POST`. */
  readonly method: string;
  /**
   * Below the server's root, with `{name}` for a segment that is a parameter. gRPC:
   * `/SERVICE/METHOD`. Flight: the `api` of the command, empty for a method without one.
   */
  readonly path: string;
  readonly access: EndpointAccess;
  /**
   * What must be permitted on the resources; DESCRIBE where an answer is filtered; empty where the
   * request decides.
   */
  readonly actions: readonly FeastAction[];
  /** What the resources may be; at a filtered endpoint, what its answer holds. */
  readonly types: readonly FeastType[];
  /** How the resources are found. */
  readonly resources: ResolverName;
  /**
   * Names of the fields of a request, of its path and of its query, that say what it needs. No
   * other is looked at: what the server ignores must not narrow what is asked for.
   */
  readonly parameters: readonly string[];
  /**
   * The first version of Feast that has the endpoint in this form. Undefined: the oldest known one.
   */
  readonly since?: FeastVersion | undefined;
  /**
   * The last version of Feast that has the endpoint in this form. Undefined: the newest known one.
   */
  readonly until?: FeastVersion | undefined;
  /** Field of the request that names the resource. Default: `name`. */
  readonly nameField?: string;
  /** Fields of a gRPC request that hold the object which is written, one of them at a time. */
  readonly messages?: ReadonlyMap<string, FeastType>;
  /** What a caller may see of the answer, where it lists objects. */
  readonly answer?: AnswerFilter | undefined;
  /** Why an answer about several objects has no {@link Endpoint.answer}, in a sentence. */
  readonly unfiltered?: string | undefined;
}

/** One row for each endpoint, and for each form that it had from version to version. */
export interface EndpointRow extends Omit<Endpoint, 'server' | 'parameters'> {
  /** Besides those in the path and those that {@link EndpointRow.resources} reads. */
  readonly parameters?: readonly string[] | undefined;
}

export function endpointsOf(
  server: FeastServer,
  rows: readonly EndpointRow[],
): readonly Endpoint[] {
  return Object.freeze(
    rows.map((row) => Object.freeze({ ...row, server, parameters: parametersOf(row) })),
  );
}

function parametersOf(row: EndpointRow): readonly string[] {
  const { resources, path, nameField = 'name', messages, parameters = [] } = row;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name));
  const names = resources === 'object' || resources === 'ownObject' ? [nameField] : [];
  const fields = [...RESOLVER_PARAMETERS[resources], ...(messages?.keys() ?? [])];
  return Object.freeze([...new Set([...inPath, ...names, ...fields, ...parameters])]);
}

/** @returns the row of an endpoint without a known caller */
export function publicRow(method: string, path: string): EndpointRow {
  return { method, path, access: 'public', actions: [], types: [], resources: 'none' };
}

/** @returns the row of an endpoint whose answer is a list */
export function filteredRow(
  method: string,
  path: string,
  types: readonly FeastType[],
  answer: AnswerFilter | undefined,
  resources: ResolverName = 'oneProject',
): EndpointRow {
  return { method, path, access: 'filtered', actions: ['DESCRIBE'], types, resources, answer };
}

/** @returns the row of an endpoint that asks for a known caller and nothing else */
export function identityRow(method: string, path: string): EndpointRow {
  return { method, path, access: 'identity', actions: [], types: [], resources: 'none' };
}

/** @returns the row of an endpoint that needs `actions` on what is found */
export function requiredRow(
  method: string,
  path: string,
  actions: readonly FeastAction[],
  types: readonly FeastType[],
  resources: ResolverName = 'object',
): EndpointRow {
  return { method, path, access: 'required', actions, types, resources };
}

/**
 * @param why its answer is about several objects and not filtered
 * @returns the row of an endpoint that needs DESCRIBE on what is found
 */
export function unfilteredRow(
  why: string,
  method: string,
  path: string,
  types: readonly FeastType[],
  resources: ResolverName,
): EndpointRow {
  return { ...requiredRow(method, path, ['DESCRIBE'], types, resources), unfiltered: why };
}
