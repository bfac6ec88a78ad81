import type { FeastAction, FeastType } from '../../model/index.js';
import { MONITORING_JOB, UNFILTERED } from './answer.js';
import { type EndpointRow, requiredRow, unfilteredRow } from './endpoint.js';
import { PLAIN_VIEWS } from './view-types.js';

/** The parameters that narrow statistics to one view or to one service. */
const VIEW = 'feature_view_name';
const SERVICE = 'feature_service_name';

/**
 * Of statistics that may be narrowed: what each version does for a request that does not narrow
 * them.
 */
function monitoredRows(
  method: 'GET' | 'POST',
  path: string,
  action: FeastAction,
  ...selectors: readonly (typeof VIEW | typeof SERVICE)[]
): readonly EndpointRow[] {
  const views: readonly FeastType[] = selectors.includes(VIEW) ? PLAIN_VIEWS : [];
  const services: readonly FeastType[] = selectors.includes(SERVICE) ? ['FeatureService'] : [];
  const row = requiredRow(method, `/monitoring${path}`, [action], [...views, ...services]);
  const narrowed = { ...row, parameters: selectors };
  return [
    { ...narrowed, resources: 'monitored', unfiltered: UNFILTERED.all, until: '0.66' },
    { ...narrowed, resources: 'monitoredInPart', unfiltered: UNFILTERED.permitted, since: '0.67' },
  ];
}

/** Of statistics about the one view or service that the request must name. */
function namedRow(
  path: string,
  action: FeastAction,
  nameField: typeof VIEW | typeof SERVICE,
): EndpointRow {
  const types: readonly FeastType[] = nameField === VIEW ? PLAIN_VIEWS : ['FeatureService'];
  return { ...requiredRow('POST', `/monitoring${path}`, [action], types), nameField };
}

const JOB = '/monitoring/jobs/{job_id}';

/**
 * Statistics of features, of the registry server over HTTP. A view that is named goes before a
 * service.
 *
 * @source Feast 0.66.0 and 0.67.0, its REST registry server; differs: 0.66 asks for nothing where a
 *   request names nothing, and not for the service
 */
export const MONITORING_ROWS: readonly EndpointRow[] = [
  ...monitoredRows('POST', '/compute', 'UPDATE', VIEW),
  ...monitoredRows('POST', '/auto_compute', 'UPDATE', VIEW),
  ...monitoredRows('POST', '/auto_compute/log', 'UPDATE', SERVICE),
  namedRow('/compute/log', 'UPDATE', SERVICE),
  namedRow('/compute/transient', 'DESCRIBE', VIEW),
  ...monitoredRows('GET', '/metrics/features', 'DESCRIBE', VIEW, SERVICE),
  ...monitoredRows('GET', '/metrics/feature_views', 'DESCRIBE', VIEW, SERVICE),
  ...monitoredRows('GET', '/metrics/timeseries', 'DESCRIBE', VIEW, SERVICE),
  ...monitoredRows('GET', '/metrics/feature_services', 'DESCRIBE', SERVICE),
  ...monitoredRows('GET', '/metrics/baseline', 'DESCRIBE', VIEW),
  {
    ...unfilteredRow(
      UNFILTERED.all,
      'GET',
      JOB,
      [...PLAIN_VIEWS, 'FeatureService'],
      'everythingOfAll',
    ),
    until: '0.66',
  },
  {
    ...requiredRow('GET', JOB, ['DESCRIBE'], ['Project'], 'oneProject'),
    answer: MONITORING_JOB,
    since: '0.67',
  },
];
