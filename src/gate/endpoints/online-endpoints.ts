import { listed } from './answer.js';
import { type Endpoint, endpointsOf, filteredRow, publicRow, requiredRow } from './endpoint.js';
import { PLAIN_VIEWS } from './view-types.js';

const VECTOR_STORES = { lists: [listed('data', 'vector store', PLAIN_VIEWS)], shown: ['object'] };

/**
 * The online server.
 *
 * @source Feast 0.66.0 and 0.67.0, its online feature server; differs: label views that a push
 *   feeds are asked for as well
 */
export const ONLINE_ENDPOINTS: readonly Endpoint[] = endpointsOf('online', [
  requiredRow('POST', '/get-online-features', ['READ_ONLINE'], [], 'servedFeatures'),
  requiredRow('POST', '/search', ['READ_ONLINE'], [], 'servedFeatures'),
  requiredRow('POST', '/retrieve-online-documents', ['READ_ONLINE'], [], 'servedFeatures'),
  requiredRow('POST', '/push', [], [], 'pushed'),
  {
    ...requiredRow(
      'POST',
      '/write-to-online-store',
      ['WRITE_ONLINE'],
      [...PLAIN_VIEWS, 'OnDemandFeatureView', 'StreamFeatureView'],
      'ownObject',
    ),
    nameField: 'feature_view_name',
  },
  requiredRow('POST', '/materialize', ['WRITE_ONLINE'], [], 'materialized'),
  requiredRow('POST', '/materialize-incremental', ['WRITE_ONLINE'], [], 'materialized'),
  filteredRow('GET', '/v1/vector_stores', PLAIN_VIEWS, VECTOR_STORES, 'ownProject'),
  requiredRow('GET', '/v1/vector_stores/{vector_store_id}', ['DESCRIBE'], [], 'vectorStore'),
  requiredRow(
    'POST',
    '/v1/vector_stores/{vector_store_id}/search',
    ['READ_ONLINE'],
    [],
    'vectorStore',
  ),
  publicRow('GET', '/health'),
  publicRow('GET', '/chat'),
  publicRow('POST', '/chat'),
  publicRow('GET', '/docs'),
  publicRow('GET', '/docs/oauth2-redirect'),
  publicRow('GET', '/redoc'),
  publicRow('GET', '/openapi.json'),
]);
