import type { FeastAction } from '../../model/index.js';
import { ALL_FEATURE_VIEW_TYPES } from '../../model/index.js';
import { type Endpoint, type EndpointRow, endpointsOf, requiredRow } from './endpoint.js';
import type { ResolverName } from './resolver-name.js';

/** A command lies in the descriptor of DoPut and of GetFlightInfo, and in the ticket of DoGet. */
const READ_METHODS = ['DoPut', 'GetFlightInfo', 'DoGet'];
const WRITE_METHODS = ['DoPut', 'GetFlightInfo'];

const readCommand = (api: string, resources: ResolverName): readonly EndpointRow[] =>
  READ_METHODS.map((method) =>
    requiredRow(method, api, ['READ_OFFLINE'], ['DataSource'], resources),
  );

const writeCommand = (
  api: string,
  actions: readonly FeastAction[],
  row: Pick<EndpointRow, 'types' | 'resources' | 'nameField'>,
): readonly EndpointRow[] =>
  WRITE_METHODS.map((method) => ({ ...requiredRow(method, api, actions, []), ...row }));

const pullCommand = (api: string): readonly EndpointRow[] =>
  readCommand(api, 'object').map((row) => ({ ...row, nameField: 'data_source_name' }));

/**
 * The offline server. A command is checked wherever it is brought: when its table is put, when its flight is asked for and
 * when its answer is fetched.
 *
 * @source Feast 0.66.0, its offline server; differs: it checks a command that reads when its answer is fetched, and shows
 *   all waiting flights to everyone
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
    resources: 'object',
    nameField: 'feature_service_name',
  }),
  ...writeCommand('persist', ['WRITE_OFFLINE'], { types: ['DataSource'], resources: 'persisted' }),
  requiredRow('ListFlights', '', ['DESCRIBE', 'UPDATE'], ['Project'], 'ownProject'),
  {
    method: 'ListActions',
    path: '',
    access: 'identity',
    actions: [],
    types: [],
    resources: 'none',
  },
]);
