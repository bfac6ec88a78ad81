import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { quote, RegistryInvalidError } from '../../model/index.js';

/**
 * The lists of a registry that its server gives out, project by project: the field of
 * `feast.core.Registry` that holds such objects, and the method. In the order of the fields.
 *
 * @source Feast 0.66.0 and 0.67.0, its registry service: every answer has the objects in field 1
 */
export const PROJECT_LISTS = [
  { list: 'entities', method: 'ListEntities' },
  { list: 'feature_views', method: 'ListFeatureViews' },
  { list: 'feature_services', method: 'ListFeatureServices' },
  { list: 'on_demand_feature_views', method: 'ListOnDemandFeatureViews' },
  { list: 'saved_datasets', method: 'ListSavedDatasets' },
  { list: 'data_sources', method: 'ListDataSources' },
  { list: 'validation_references', method: 'ListValidationReferences' },
  { list: 'stream_feature_views', method: 'ListStreamFeatureViews' },
  { list: 'permissions', method: 'ListPermissions' },
  { list: 'label_views', method: 'ListLabelViews' },
] as const;

const OBJECTS_FIELD = 1;
const PAGINATION_FIELD = 2;
const TOTAL_COUNT_FIELD = 3;

/** A request for an object or a list of one project: its name is field 1 of all of them. */
export function encodeProjectRequest(project: string): Uint8Array {
  return new BinaryWriter().tag(1, WireType.LengthDelimited).string(project).finish();
}

/** A request for the list of projects, which is empty. */
export const LIST_PROJECTS_REQUEST: Uint8Array = new Uint8Array();

/**
 * The objects of a list's answer, each as it was sent.
 *
 * @param what the method, for the message
 * @throws RegistryInvalidError if the answer is not such a message, or says that it holds another
 *   number of objects
 */
export function decodeList(answer: Uint8Array, what: string): readonly Uint8Array[] {
  try {
    return readList(answer, what);
  } catch (cause) {
    if (cause instanceof RegistryInvalidError) throw cause;
    throw new RegistryInvalidError(`the answer to ${quote(what)} is cut off or damaged`, { cause });
  }
}

function readList(answer: Uint8Array, what: string): readonly Uint8Array[] {
  const objects: Uint8Array[] = [];
  let announced: number | undefined;
  const reader = new BinaryReader(answer);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited && field === OBJECTS_FIELD) {
      objects.push(reader.bytes());
    } else if (wireType === WireType.LengthDelimited && field === PAGINATION_FIELD) {
      announced = readTotalCount(reader.bytes());
    } else reader.skip(wireType, field);
  }
  if (announced !== undefined && announced !== objects.length) {
    throw new RegistryInvalidError(
      `the answer to ${quote(what)} has ${objects.length} of ${announced} objects`,
    );
  }
  return objects;
}

function readTotalCount(pagination: Uint8Array): number {
  const reader = new BinaryReader(pagination);
  let count = 0;
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.Varint && field === TOTAL_COUNT_FIELD) count = reader.int32();
    else reader.skip(wireType, field);
  }
  return count;
}
