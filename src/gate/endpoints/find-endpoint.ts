import type { Endpoint, FeastServer } from './endpoint.js';
import {
  FEAST_VERSIONS,
  isInRange,
  NEWEST_FEAST_VERSION,
  parseFeastVersion,
} from './feast-version.js';
import { LINEAGE_ENDPOINTS } from './lineage-endpoints.js';
import { OFFLINE_ENDPOINTS } from './offline-endpoints.js';
import { ONLINE_ENDPOINTS } from './online-endpoints.js';
import { REGISTRY_GRPC_ENDPOINTS } from './registry-grpc-endpoints.js';
import { REGISTRY_REST_ENDPOINTS } from './registry-rest-endpoints.js';

const ALL_ENDPOINTS: readonly Endpoint[] = [
  ...ONLINE_ENDPOINTS,
  ...OFFLINE_ENDPOINTS,
  ...REGISTRY_GRPC_ENDPOINTS,
  ...REGISTRY_REST_ENDPOINTS,
  ...LINEAGE_ENDPOINTS,
];

/** Of each version that is known. */
const tables: ReadonlyMap<string, readonly Endpoint[]> = new Map(
  FEAST_VERSIONS.map((version) => [
    version,
    Object.freeze(ALL_ENDPOINTS.filter((row) => isInRange(version, row))),
  ]),
);

/**
 * All endpoints of one version of Feast's servers that are let through to anybody. What is not here
 * does not exist for a gate.
 *
 * @param feastVersion as `0.66.0`; one that is not known stands for the newest. Default: the newest
 *   known version
 * @throws TypeError if it is not a version
 */
export function endpointsOfFeast(feastVersion?: string): readonly Endpoint[] {
  return tables.get(parseFeastVersion(feastVersion).version) ?? [];
}

/** {@link endpointsOfFeast} of the newest version. */
export const ENDPOINTS: readonly Endpoint[] = endpointsOfFeast();

/** An endpoint, and the values of the parameters in its path, decoded. */
export interface FoundEndpoint {
  readonly endpoint: Endpoint;
  readonly params: ReadonlyMap<string, string>;
}

/**
 * Where the HTTP servers of the registry and of lineage say that their paths start. The registry's
 * answers without it as well.
 */
const REST_PREFIX = '/api/v1';
/**
 * Longer paths belong to no endpoint: a name is at most 1,024 characters, which are at most nine
 * bytes each when encoded.
 */
const MAX_PATH_LENGTH = 20_000;

interface MethodEndpoints {
  readonly byPath: Map<string, Endpoint>;
  readonly withParameters: { readonly endpoint: Endpoint; readonly segments: readonly string[] }[];
}

type EndpointIndex = ReadonlyMap<string, MethodEndpoints>;

const indexes: ReadonlyMap<string, EndpointIndex> = new Map(
  Array.from(tables, ([version, endpoints]) => [version, indexOf(endpoints)]),
);

/**
 * Finds what a request asks for.
 *
 * @param method as {@link Endpoint.method}, in upper case where it is HTTP's
 * @param path as it came, percent-encoded and without the query; of Flight: the `api` of the
 *   command, or empty
 * @param feastVersion as {@link endpointsOfFeast}
 * @returns undefined for everything that is to be answered with "not found", paths that can be read
 *   in two ways included
 */
export function findEndpoint(
  server: FeastServer,
  method: string,
  path: string,
  feastVersion: string = NEWEST_FEAST_VERSION,
): FoundEndpoint | undefined {
  const index = indexes.get(feastVersion) ?? indexes.get(parseFeastVersion(feastVersion).version);
  const endpoints = index?.get(keyOf(server, method));
  if (endpoints === undefined || path.length > MAX_PATH_LENGTH) return undefined;
  const hasPrefix = server === 'registry-rest' || server === 'lineage';
  const asked = hasPrefix ? withoutPrefix(path) : path;
  const endpoint = endpoints.byPath.get(asked);
  if (endpoint !== undefined) return { endpoint, params: new Map() };
  if (endpoints.withParameters.length === 0) return undefined;
  const segments = decodeSegments(asked);
  if (segments === undefined) return undefined;
  // A segment that is a word of another endpoint when it is decoded is read differently from server
  // to server.
  if (endpoints.byPath.has(segments.join('/'))) return undefined;
  for (const candidate of endpoints.withParameters) {
    const params = matchSegments(candidate.segments, segments);
    if (params !== undefined) return { endpoint: candidate.endpoint, params };
  }
  return undefined;
}

function indexOf(endpoints: readonly Endpoint[]): EndpointIndex {
  const index = new Map<string, MethodEndpoints>();
  for (const endpoint of endpoints) {
    const key = keyOf(endpoint.server, endpoint.method);
    const ofMethod: MethodEndpoints = index.get(key) ?? { byPath: new Map(), withParameters: [] };
    index.set(key, ofMethod);
    if (endpoint.path.includes('{')) {
      ofMethod.withParameters.push({ endpoint, segments: endpoint.path.split('/') });
    } else {
      ofMethod.byPath.set(endpoint.path, endpoint);
    }
  }
  return index;
}

function keyOf(server: FeastServer, method: string): string {
  return `${server} ${method}`;
}

function withoutPrefix(path: string): string {
  return path.startsWith(`${REST_PREFIX}/`) ? path.slice(REST_PREFIX.length) : path;
}

/**
 * SECURITY: a segment that holds a separator, or means another folder, is one thing here and
 * another behind a proxy.
 */
function decodeSegments(path: string): readonly string[] | undefined {
  try {
    const segments = path.split('/').map(decodeURIComponent);
    return segments.slice(1).some(isAmbiguous) ? undefined : segments;
  } catch {
    return undefined;
  }
}

function isAmbiguous(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..' || /[/\\?#\p{Cc}]/u.test(segment);
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): ReadonlyMap<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params = new Map<string, string>();
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at] as string;
    if (part.startsWith('{')) params.set(part.slice(1, -1), segment);
    else if (part !== segment) return undefined;
  }
  return params;
}
