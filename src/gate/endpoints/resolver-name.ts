/** A way to find the resources of a request. */
export type ResolverName =
  | 'none'
  | 'object'
  | 'ownObject'
  | 'oneProject'
  | 'oldOrNewProject'
  | 'ownProject'
  | 'anyProject'
  | 'changeOfAny'
  | 'namedProject'
  | 'everything'
  | 'everythingOfAll'
  | 'appliedFields'
  | 'appliedMessage'
  | 'retrievedDataset'
  | 'datasetData'
  | 'materializedMessage'
  | 'monitored'
  | 'monitoredInPart'
  | 'searched'
  | 'servedFeatures'
  | 'pushed'
  | 'materialized'
  | 'vectorStore'
  | 'historicalFeatures'
  | 'persisted'
  | 'writtenBatch'
  | 'describedSource';

const HISTORICAL: readonly string[] = [
  'project',
  'feature_view_names',
  'name_aliases',
  'feature_refs',
  'entity_df_sql',
];

/**
 * The parameters that each way to find resources reads.
 *
 * A row names those that it takes besides: `EndpointRow.parameters`.
 */
export const RESOLVER_PARAMETERS: Readonly<Record<ResolverName, readonly string[]>> = {
  none: [],
  object: ['project'],
  ownObject: [],
  oneProject: ['project'],
  oldOrNewProject: ['project'],
  ownProject: [],
  anyProject: ['project'],
  changeOfAny: [],
  namedProject: ['name'],
  everything: ['project'],
  everythingOfAll: [],
  appliedFields: ['name', 'project', 'tags'],
  appliedMessage: ['project'],
  retrievedDataset: [
    'name',
    'project',
    'tags',
    'feature_service_name',
    'features',
    'entity_source_type',
  ],
  datasetData: ['name', 'project'],
  materializedMessage: ['project', 'feature_view'],
  monitored: ['project'],
  monitoredInPart: ['project'],
  searched: ['projects'],
  servedFeatures: ['feature_service', 'features'],
  pushed: ['push_source_name', 'to'],
  materialized: ['feature_views', 'version'],
  vectorStore: [],
  historicalFeatures: HISTORICAL,
  persisted: [...HISTORICAL, 'retrieve_func', 'data_source_name'],
  writtenBatch: ['feature_view_names'],
  describedSource: ['data_source_proto'],
};
