/** A table that holds objects of a registry, encoded. */
export interface RegistryTable {
  readonly name: string;
  /** Field of `feast.core.Registry` that holds the same objects. */
  readonly list: string;
  /** The column that repeats an object's name. */
  readonly key: string;
  readonly object: string;
  /** Older versions of Feast do not have it. */
  readonly isOptional?: boolean;
}

/** The key column of all views. */
export const VIEW_KEY = 'feature_view_name';

/**
 * The tables of objects, in the order of their lists.
 *
 * @source Feast 0.67.0, the tables of its SQL registry
 */
export const REGISTRY_TABLES: readonly RegistryTable[] = [
  { name: 'entities', list: 'entities', key: 'entity_name', object: 'entity_proto' },
  view('feature_views'),
  {
    name: 'feature_services',
    list: 'feature_services',
    key: 'feature_service_name',
    object: 'feature_service_proto',
  },
  view('on_demand_feature_views'),
  {
    name: 'saved_datasets',
    list: 'saved_datasets',
    key: 'saved_dataset_name',
    object: 'saved_dataset_proto',
  },
  {
    name: 'data_sources',
    list: 'data_sources',
    key: 'data_source_name',
    object: 'data_source_proto',
  },
  {
    name: 'validation_references',
    list: 'validation_references',
    key: 'validation_reference_name',
    object: 'validation_reference_proto',
  },
  view('stream_feature_views'),
  { name: 'permissions', list: 'permissions', key: 'permission_name', object: 'permission_proto' },
  { name: 'projects', list: 'projects', key: 'project_name', object: 'project_proto' },
  { ...view('label_views'), isOptional: true },
];

/** Versions of views. Its rows are spread over columns. */
export const HISTORY_TABLE = 'feature_view_version_history';
/** When each project was last changed, among other things. */
export const METADATA_TABLE = 'feast_metadata';

function view(name: string): RegistryTable {
  return { name, list: name, key: VIEW_KEY, object: 'feature_view_proto' };
}
