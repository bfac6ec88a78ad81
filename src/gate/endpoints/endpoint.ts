import type { FeastAction, FeastType } from '../../model/index.js';
import type { AnswerFilter } from './answer.js';
import type { ResolverName } from './resolver-name.js';

/** Feast's servers: features over HTTP, training data over Arrow Flight, and the registry over gRPC and over HTTP. */
export type FeastServer = 'online' | 'offline' | 'registry-grpc' | 'registry-rest';

/**
 * How an endpoint is guarded.
 *
 * - `public`: not at all.
 * - `identity`: the caller must be known, and that is all.
 * - `required`: what {@link requirementsOf} says must be granted before the request is handled.
 * - `filtered`: the same, which may be nothing; and of the answer only those objects are shown that the caller may DESCRIBE.
 */
export type EndpointAccess = 'public' | 'identity' | 'required' | 'filtered';

/** What one endpoint of a Feast server asks for. */
export interface Endpoint {
  readonly server: FeastServer;
  /** The method of HTTP or, at the offline server, of Flight. gRPC: `POST`. */
  readonly method: string;
  /**
   * Below the server's root, with `{name}` for a segment that is a parameter. gRPC: `/SERVICE/METHOD`. Flight: the `api` of the
   * command, empty for a method without one.
   */
  readonly path: string;
  readonly access: EndpointAccess;
  /** What must be permitted on the resources; DESCRIBE where an answer is filtered; empty where the request decides. */
  readonly actions: readonly FeastAction[];
  /** What the resources may be; at a filtered endpoint, what its answer holds. */
  readonly types: readonly FeastType[];
  /** How the resources are found. */
  readonly resources: ResolverName;
  /** Field of the request that names the resource. Default: `name`. */
  readonly nameField?: string;
  /** Fields of a gRPC request that hold the object which is written, one of them at a time. */
  readonly messages?: ReadonlyMap<string, FeastType>;
  /** What a caller may see of the answer, where it lists objects. */
  readonly answer?: AnswerFilter | undefined;
  /** Why an answer about several objects has no {@link Endpoint.answer}, in a sentence. */
  readonly unfiltered?: string | undefined;
}

/** One row for each endpoint. */
export type EndpointRow = Omit<Endpoint, 'server'>;

export function endpointsOf(
  server: FeastServer,
  rows: readonly EndpointRow[],
): readonly Endpoint[] {
  return Object.freeze(rows.map((row) => Object.freeze({ ...row, server })));
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
