import { type DescMessage, fromBinary, type Message } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import type { FeastType } from '../../model/index.js';
import {
  DataSourceSchema,
  EntitySchema,
  FeatureServiceSchema,
  type FeatureView,
  FeatureViewSchema,
  LabelViewSchema,
  type OnDemandFeatureView,
  OnDemandFeatureViewSchema,
  PermissionSchema,
  ProjectSchema,
  SavedDatasetSchema,
  type StreamFeatureView,
  StreamFeatureViewSchema,
  ValidationReferenceSchema,
} from '../gen/registry_pb.js';
import { checkRecord } from './read-records.js';

/** What one object of the registry says of itself. Text that is not written is empty. */
export interface StoredResource {
  readonly type: FeastType;
  readonly name: string;
  readonly project: string;
  readonly tags: { readonly [key: string]: string };
  /** A view that has not been touched since a Feast that keeps a history of versions made it. */
  readonly inHistory?: boolean;
}

interface Reader {
  readonly schema: DescMessage;
  readonly read: (bytes: Uint8Array) => StoredResource;
}

/** The lists of the registry, by field: how to read one object of each. */
const READERS: ReadonlyMap<string, Reader> = new Map([
  ['entities', reader(EntitySchema, ({ spec }) => resource('Entity', spec))],
  ['feature_views', reader(FeatureViewSchema, (view) => viewResource(featureViewType(view), view))],
  [
    'on_demand_feature_views',
    reader(OnDemandFeatureViewSchema, (view) => viewResource('OnDemandFeatureView', view)),
  ],
  [
    'stream_feature_views',
    reader(StreamFeatureViewSchema, (view) => viewResource('StreamFeatureView', view)),
  ],
  ['label_views', reader(LabelViewSchema, ({ spec }) => resource('LabelView', spec))],
  [
    'feature_services',
    reader(FeatureServiceSchema, ({ spec }) => resource('FeatureService', spec)),
  ],
  ['data_sources', reader(DataSourceSchema, (source) => resource('DataSource', source))],
  ['saved_datasets', reader(SavedDatasetSchema, ({ spec }) => resource('SavedDataset', spec))],
  [
    'validation_references',
    reader(ValidationReferenceSchema, (reference) => resource('ValidationReference', reference)),
  ],
  // Permissions are resources too: there are permissions that cover permissions.
  ['permissions', reader(PermissionSchema, ({ spec }) => resource('Permission', spec))],
  // A project is in itself: its own permissions cover it.
  [
    'projects',
    reader(ProjectSchema, ({ spec }) =>
      resource('Project', spec && { ...spec, project: spec.name }),
    ),
  ],
]);

/**
 * Reads one object of one of the registry's lists.
 *
 * Shape: `list` is the field's name in the schema; undefined for a list that holds no resources.
 */
export function readResource(list: string, bytes: Uint8Array): StoredResource | undefined {
  return READERS.get(list)?.read(bytes);
}

/**
 * The same for an object that lies within another one as bytes, which nothing has checked yet.
 *
 * @throws RegistryInvalidError when it is damaged
 */
export function readEnclosedResource(list: string, bytes: Uint8Array): StoredResource | undefined {
  const reader = READERS.get(list);
  if (reader === undefined) return undefined;
  checkRecord(reader.schema, bytes);
  return reader.read(bytes);
}

function reader<T extends Message>(
  schema: GenMessage<T>,
  read: (message: T) => StoredResource,
): Reader {
  return {
    schema,
    read: (bytes) => read(fromBinary(schema, bytes, { readUnknownFields: false })),
  };
}

function resource(
  type: FeastType,
  fields: Pick<StoredResource, 'name' | 'project' | 'tags'> | undefined,
): StoredResource {
  return {
    type,
    name: fields?.name ?? '',
    project: fields?.project ?? '',
    tags: fields?.tags ?? {},
  };
}

/**
 * Both kinds lie in one list. What tells them apart is the transformation: a `BatchFeatureView`
 * without one comes back as a `FeatureView` from Feast as well.
 *
 * @source Feast 0.66.0, how its `FeatureView` is read from a registry: same
 */
function featureViewType(view: FeatureView): FeastType {
  return view.spec?.featureTransformation === undefined ? 'FeatureView' : 'BatchFeatureView';
}

function viewResource(
  type: FeastType,
  view: FeatureView | OnDemandFeatureView | StreamFeatureView,
): StoredResource {
  const { spec, meta } = view;
  const created = meta?.createdTimestamp;
  const updated = meta?.lastUpdatedTimestamp;
  const untouched =
    created !== undefined &&
    created.seconds === updated?.seconds &&
    created.nanos === updated.nanos;
  const versioned = spec !== undefined && spec.version !== '';
  return { ...resource(type, spec), inHistory: untouched && versioned };
}
