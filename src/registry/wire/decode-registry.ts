import { create, fromBinary, mergeFromBinary } from '@bufbuild/protobuf';
import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import {
  type ExcludedPermission,
  type FeastType,
  freezeTags,
  type Permission,
  quote,
  RegistryInvalidError,
  type Resource,
} from '../../model/index.js';
import { createRelations } from '../create-relations.js';
import type { EncodedObject } from '../encoded-object.js';
import {
  FeatureViewVersionHistorySchema,
  FeatureViewVersionRecordSchema,
  type Registry,
  RegistrySchema,
} from '../gen/registry_pb.js';
import type { RegistryContents } from '../registry-source.js';
import { assertComplete, type ViewVersions } from './assert-complete.js';
import { readPermission } from './read-permission.js';
import { listRecords, visitRecords, type WireRecord } from './read-records.js';
import { readResource, type StoredResource } from './read-resource.js';
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
 * @throws TypeError when `bytes` is not a `Uint8Array`
 */
export function decodeRegistry(bytes: Uint8Array): RegistryContents {
  if (!(bytes instanceof Uint8Array))
    throw new TypeError('a registry is decoded from a Uint8Array');
  if (bytes.length === 0) throw new RegistryInvalidError('is empty');
  const target: Target = {
    header: create(RegistrySchema),
    stored: new Map(),
    permissions: [],
    history: { isKept: false, labelViews: [] },
    unknown: new UnknownFields(),
  };
  visitRecords(RegistrySchema, bytes, (record) => {
    try {
      readRecord(record, bytes, target);
    } catch (error) {
      throw inRecord(record, error);
    }
  });
  return toContents(target, bytes);
}

function toContents(
  { header, stored, permissions, history, unknown }: Target,
  bytes: Uint8Array,
): RegistryContents {
  const all = [...stored.values()];
  assertComplete({
    schemaVersion: header.registrySchemaVersion,
    version: header.versionId,
    resources: all,
    history,
  });
  const resources = Object.freeze(all.filter(isListed).map(freezeResource));
  const relations = createRelations(resources, () => encodedObjects(bytes));
  return Object.freeze({
    version: header.versionId,
    lastUpdated: readTime(header.lastUpdated),
    projects: relations.projects,
    permissions: Object.freeze(permissions),
    resources,
    relations,
    warnings: unknown.warnings(),
  });
}

function* encodedObjects(bytes: Uint8Array): Generator<EncodedObject> {
  for (const { field, content, end } of listRecords(RegistrySchema, bytes)) {
    yield { list: field.name, bytes: bytes.subarray(content, end) };
  }
}

interface Target {
  readonly header: Registry;
  /** By list, project and name. */
  readonly stored: Map<string, StoredResource>;
  readonly permissions: (Permission | ExcludedPermission)[];
  readonly history: { isKept: boolean; readonly labelViews: ViewVersions[] };
  readonly unknown: UnknownFields;
}

function readRecord(record: WireRecord, bytes: Uint8Array, target: Target): void {
  const { field, start, content, end } = record;
  if (field.name === 'feature_view_version_history') {
    readHistory(bytes.subarray(content, end), target.history);
    return;
  }
  if (field.fieldKind !== 'list') {
    mergeFromBinary(RegistrySchema, target.header, bytes.subarray(start, end), {
      readUnknownFields: false,
    });
    return;
  }
  const object = bytes.subarray(content, end);
  const resource = readResource(field.name, object);
  if (resource === undefined) return;
  const { type, project, name } = resource;
  if (name === '') throw new RegistryInvalidError(`a ${type} has no name`);
  if (project === '') throw new RegistryInvalidError(`${type} ${quote(name)} has no project`);
  const key = JSON.stringify([field.number, project, name]);
  if (target.stored.has(key)) {
    throw new RegistryInvalidError(
      `${type} ${quote(name)} of project ${quote(project)} occurs twice`,
    );
  }
  target.stored.set(key, resource);
  target.unknown.add(field.name, object, resource);
  if (type === 'Permission') target.permissions.push(readPermission(object));
}

/** Keeps what completeness is judged by: whether a history exists, and the label views in it. */
function readHistory(bytes: Uint8Array, history: Target['history']): void {
  for (const { content, end } of listRecords(FeatureViewVersionHistorySchema, bytes)) {
    const { featureViewName, projectId, featureViewType } = fromBinary(
      FeatureViewVersionRecordSchema,
      bytes.subarray(content, end),
      { readUnknownFields: false },
    );
    if (featureViewName === '' || projectId === '') {
      throw new RegistryInvalidError('a version of a view has no name or no project');
    }
    history.isKept = true;
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

function freezeResource({ type, name, project, tags }: StoredResource): Resource<FeastType> {
  return Object.freeze({ type, name, project, tags: freezeTags(Object.entries(tags)) });
}
