import { create, fromBinary, mergeFromBinary } from '@bufbuild/protobuf';
import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import { runAtOnce } from '../../foundation/time-slices.js';
import {
  type ExcludedPermission,
  type Permission,
  RegistryInvalidError,
} from '../../model/index.js';
import { createRelations } from '../create-relations.js';
import type { EncodedObject } from '../encoded-object.js';
import {
  FeatureViewVersionHistorySchema,
  FeatureViewVersionRecordSchema,
  RegistrySchema,
} from '../gen/registry_pb.js';
import type { RegistryContents } from '../registry-source.js';
import { assertComplete, type ViewVersions } from './assert-complete.js';
import { PermissionReader } from './read-permission.js';
import { CheckedRecords, listRecords, type WireRecord } from './read-records.js';
import { ResourceReader, type StoredResource } from './read-resource.js';
import { StoredResources } from './stored-resources.js';
import { TextReader } from './text-reader.js';
import { UnknownFields } from './unknown-fields.js';

/**
 * Entity of the views that have none. It is Feast's own, it is never requested, and Feast's lists
 * omit it.
 *
 * @source Feast 0.66.0, its list of entities: same
 */
const PLACEHOLDER_ENTITY = '__dummy';

/**
 * Decodes a registry as Feast writes it: the protobuf message `feast.core.Registry`.
 *
 * Shape: `bytes` is the whole file, and is not to be written to afterwards: the relations are read
 * from it later. All projects are read. Permissions that cannot be understood are among the
 * permissions, as excluded ones. The resources are what Feast lists: the registry's own objects,
 * without the copies of data sources inside views and without the placeholder entity. Cost: linear
 * in the bytes.
 *
 * @throws {@link RegistryInvalidError} when the bytes are cut off, damaged or of an unknown
 *   version; which cuts can be told is written at `assertComplete`
 * @throws {@link RegistryProjectMissingError} when the registry holds no project
 * @throws TypeError when `bytes` is not a `Uint8Array`
 */
export function decodeRegistry(bytes: Uint8Array): RegistryContents {
  return runAtOnce(decodeInSteps(bytes), Number.POSITIVE_INFINITY);
}

/** Records that are read between two pauses. */
const RECORDS_PER_STEP = 256;

/**
 * {@link decodeRegistry} with pauses.
 *
 * @throws what {@link decodeRegistry} throws
 */
export function* decodeInSteps(bytes: Uint8Array): Generator<undefined, RegistryContents> {
  if (!(bytes instanceof Uint8Array))
    throw new TypeError('a registry is decoded from a Uint8Array');
  if (bytes.length === 0) throw new RegistryInvalidError('is empty');
  const decoder = new RegistryDecoder(bytes);
  let read = 0;
  const records = new CheckedRecords(RegistrySchema, bytes);
  while (records.next()) {
    decoder.read(records);
    read += 1;
    if (read % RECORDS_PER_STEP === 0) yield;
  }
  return decoder.finish();
}

class RegistryDecoder {
  readonly #bytes: Uint8Array;
  readonly #header = create(RegistrySchema);
  readonly #stored = new StoredResources();
  readonly #permissions: (Permission | ExcludedPermission)[] = [];
  readonly #history = { isKept: false, labelViews: [] as ViewVersions[] };
  readonly #unknown = new UnknownFields();
  readonly #resources: ResourceReader;
  readonly #permissionReader: PermissionReader;

  constructor(bytes: Uint8Array) {
    const text = new TextReader(bytes);
    this.#bytes = bytes;
    this.#resources = new ResourceReader(bytes, this.#unknown, text);
    this.#permissionReader = new PermissionReader(bytes, text);
  }

  read(record: WireRecord): void {
    try {
      this.#read(record);
    } catch (error) {
      throw inRecord(record, error);
    }
  }

  finish(): RegistryContents {
    const { registrySchemaVersion: schemaVersion, versionId: version, lastUpdated } = this.#header;
    const stored = this.#stored;
    assertComplete({ schemaVersion, version, stored, history: this.#history });
    const resources = Object.freeze(stored.all.filter(isListed));
    const relations = createRelations(resources, () => encodedObjects(this.#bytes));
    return Object.freeze({
      version,
      lastUpdated: readTime(lastUpdated),
      projects: relations.projects,
      permissions: Object.freeze(this.#permissions),
      resources,
      relations,
      warnings: this.#unknown.warnings(),
    });
  }

  #read({ field, start, content, end }: WireRecord): void {
    const list = field.name;
    if (list === 'feature_view_version_history') {
      readHistory(this.#bytes.subarray(content, end), this.#history);
    } else if (field.fieldKind === 'list') {
      const resource = this.#resources.read(list, content, end);
      if (resource === undefined) return;
      this.#stored.add(list, resource);
      if (this.#resources.isInHistory) this.#stored.untouchedView ??= resource;
      if (resource.type === 'Permission') {
        this.#permissions.push(this.#permissionReader.read(content, end));
      }
    } else {
      mergeFromBinary(RegistrySchema, this.#header, this.#bytes.subarray(start, end), {
        readUnknownFields: false,
      });
    }
  }
}

function* encodedObjects(bytes: Uint8Array): Generator<EncodedObject> {
  for (const { field, content, end } of listRecords(RegistrySchema, bytes)) {
    yield { list: field.name, bytes: bytes.subarray(content, end) };
  }
}

/** Keeps what completeness is judged by: whether a history exists, and the label views in it. */
function readHistory(
  bytes: Uint8Array,
  history: { isKept: boolean; readonly labelViews: ViewVersions[] },
): void {
  // An empty one too: what stands behind it in the file was not cut off.
  history.isKept = true;
  for (const { content, end } of listRecords(FeatureViewVersionHistorySchema, bytes)) {
    const { featureViewName, projectId, featureViewType } = fromBinary(
      FeatureViewVersionRecordSchema,
      bytes.subarray(content, end),
      { readUnknownFields: false },
    );
    if (featureViewName === '' || projectId === '') {
      throw new RegistryInvalidError('a version of a view has no name or no project');
    }
    if (featureViewType !== 'label_view') continue;
    const last = history.labelViews.at(-1);
    // Versions of a view stand together, so that this keeps one of each.
    if (last?.name === featureViewName && last.project === projectId) continue;
    history.labelViews.push({ name: featureViewName, project: projectId });
  }
}

function inRecord({ field, start }: WireRecord, error: unknown): unknown {
  const problem = problemOf(error as NodeJS.ErrnoException);
  if (problem === undefined) return error;
  const message = `is damaged: ${problem} (in \`${field.name}\`, byte ${start})`;
  return new RegistryInvalidError(message, { cause: error });
}

/**
 * All that decoding can still refuse after the check of the bytes; anything else is a defect of
 * ours.
 */
function problemOf(error: NodeJS.ErrnoException): string | undefined {
  if (error instanceof RegistryInvalidError) return error.message;
  return error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'text is not UTF-8' : undefined;
}

function readTime(time: Timestamp | undefined): Date | undefined {
  if (time === undefined) return undefined;
  const date = timestampDate(time);
  if (Number.isNaN(date.getTime())) {
    throw new RegistryInvalidError('is damaged: it was last updated at an impossible time');
  }
  return date;
}

function isListed({ type, name }: StoredResource): boolean {
  return type !== 'Entity' || name !== PLACEHOLDER_ENTITY;
}
