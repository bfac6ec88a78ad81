import type { FeastAction } from '../../model/index.js';
import { UNFILTERED } from './answer.js';
import {
  type Endpoint,
  type EndpointRow,
  endpointsOf,
  filteredRow,
  identityRow,
  publicRow,
  requiredRow,
} from './endpoint.js';

const OPENLINEAGE = '/lineage/openlineage';
/** Removing what was recorded of all projects. */
const REMOVE: readonly FeastAction[] = ['DESCRIBE', 'UPDATE'];

/** Lineage is kept by namespace, and a namespace belongs to a project. */
const shown = (path: string): EndpointRow => ({
  ...filteredRow('GET', `${OPENLINEAGE}${path}`, ['Project'], undefined, 'none'),
  unfiltered: UNFILTERED.namespaces,
});

const remove = (method: string, path: string): EndpointRow =>
  requiredRow(method, `${OPENLINEAGE}${path}`, REMOVE, [], 'everythingOfAll');

const since67 = (row: EndpointRow): EndpointRow => ({ ...row, since: '0.67' });

/**
 * Lineage that other programs report, at the registry server over HTTP and at the lineage server.
 *
 * @source Feast 0.66.0 and 0.67.0, its OpenLineage consumer; differs: it asks for an API key where
 *   one is set, and for nothing else, to remove what was recorded
 */
export const LINEAGE_ROWS: readonly EndpointRow[] = [
  identityRow('POST', '/lineage'),
  identityRow('POST', '/lineage/batch'),
  shown('/events'),
  shown('/jobs'),
  shown('/datasets'),
  shown('/namespaces'),
  shown('/graph'),
  shown('/graph/{node_type}/{namespace}/{name}'),
  since67(shown('/datasets/{namespace}/{name}/versions')),
  since67(shown('/datasets/{namespace}/{name}/columns')),
  shown('/runs'),
  shown('/runs/{run_id}'),
  since67(shown('/runs/{run_id}/tree')),
  identityRow('GET', `${OPENLINEAGE}/retention`),
  remove('POST', '/retention/prune'),
  remove('DELETE', '/reset'),
];

/**
 * The lineage server.
 *
 * @source Feast 0.67.0, its lineage server; differs: 0.66 asks for no caller
 */
export const LINEAGE_ENDPOINTS: readonly Endpoint[] = endpointsOf('lineage', [
  ...LINEAGE_ROWS,
  publicRow('GET', '/'),
  publicRow('GET', '/docs'),
  publicRow('GET', '/openapi.json'),
]);
