import type { FeastAction } from '../../model/index.js';
import { ALL_FEATURE_VIEW_TYPES } from '../../model/index.js';
import {
  type Endpoint,
  type EndpointRow,
  endpointsOf,
  identityRow,
  requiredRow,
} from './endpoint.js';
import type { ResolverName } from './resolver-name.js';

/**
 * A command lies in the descriptor of DoPut, GetFlightInfo and DoExchange, and in the ticket of
 * DoGet.
 */
const READ_METHODS = ['DoPut', 'GetFlightInfo', 'DoGet', 'DoExchange'];
const WRITE_METHODS = ['DoPut', 'GetFlightInfo'];

const readCommand = (api: string, resources: ResolverName): readonly EndpointRow[] =>
  READ_METHODS.map((method) => {
    const row = requiredRow(method, api, ['READ_OFFLINE'], ['DataSource'], resources);
    return method === 'DoExchange' ? { ...row, since: '0.67' } : row;
  });

const writeCommand = (
  api: string,
  actions: readonly FeastAction[],
  row: Pick<EndpointRow, 'types' | 'resources' | 'nameField'>,
): readonly EndpointRow[] =>
  WRITE_METHODS.map((method) => ({ ...requiredRow(method, api, actions, []), ...row }));

const pullCommand = (api: string): readonly EndpointRow[] =>
  readCommand(api, 'ownObject').map((row) => ({ ...row, nameField: 'data_source_name' }));

/**
 * The offline server. A command is checked wherever it is brought: when its table is put, when its
 * flight is asked for and when its answer is fetched.
 *
 * @source Feast 0.66.0 and 0.67.0, its offline server; differs: it checks a command that reads when
 *   its answer is fetched, and shows all waiting flights to everyone
 */
export const OFFLINE_ENDPOINTS: readonly Endpoint[] = endpointsOf('offline', [
  ...readCommand('get_historical_features', 'historicalFeatures'),
  ...pullCommand('pull_latest_from_table_or_query'),
  ...pullCommand('pull_all_from_table_or_query'),
  ...readCommand('get_table_column_names_and_types_from_data_source', 'describedSource'),
  ...writeCommand('validate_data_source', ['READ_OFFLINE'], {
    types: ['DataSource'],
    resources: 'describedSource',
  }),
  ...writeCommand('offline_write_batch', ['WRITE_OFFLINE'], {
    types: ALL_FEATURE_VIEW_TYPES,
    resources: 'writtenBatch',
  }),
  ...writeCommand('write_logged_features', ['WRITE_OFFLINE'], {
    types: ['FeatureService'],
    resources: 'ownObject',
    nameField: 'feature_service_name',
  }),
  ...writeCommand('persist', ['WRITE_OFFLINE'], { types: ['DataSource'], resources: 'persisted' }),
  requiredRow('ListFlights', '', ['DESCRIBE', 'UPDATE'], ['Project'], 'ownProject'),
  identityRow('ListActions', ''),
]);
