import { fromBinary } from '@bufbuild/protobuf';
import { quote, RegistryInvalidError } from '../../model/index.js';
import type { EncodedObject } from '../encoded-object.js';
import {
  VersionHistorySchema,
  type VersionRecord,
  VersionRecordSchema,
} from '../gen/relations_pb.js';
import { pinsAmong, registeredViews } from '../linked-views.js';
import type { RegistryRelations, ViewVersion } from '../relations.js';
import { LINK_READERS } from './read-links.js';
import { checkRecord, listRecords } from './read-records.js';
import { readEnclosedResource } from './read-resource.js';

/** The versions of views that a registry holds. */
export type VersionHistory = Pick<RegistryRelations, 'versionsOf'>;

/** Objects and versions that are read between two pauses. */
const OBJECTS_PER_STEP = 64;
/** Field of `feast.core.Registry`. */
const HISTORY = 'feature_view_version_history';

/** The lists whose objects a version may be, by the name that the history gives to its type. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ['feature_view', 'feature_views'],
  ['stream_feature_view', 'stream_feature_views'],
  ['on_demand_feature_view', 'on_demand_feature_views'],
  ['label_view', 'label_views'],
]);

/**
 * Reads the history of versions. A version is decoded when it is first asked for.
 *
 * @returns a history whose method throws RegistryInvalidError when the version is damaged, or of an
 *   unknown type
 * @throws RegistryInvalidError when the history is damaged
 * @source Feast 0.66.0, how its registry keeps versions and finds one; differs: of two with one
 *   number it reads the first
 */
export function* readVersionHistory(
  objects: Iterable<EncodedObject>,
  registered: Pick<RegistryRelations, 'named'>,
): Generator<undefined, VersionHistory> {
  const records = new Map<string, VersionRecord[]>();
  let read = 0;
  for (const { list, bytes } of objects) {
    read += 1;
    if (read % OBJECTS_PER_STEP === 0) yield;
    if (list !== HISTORY) continue;
    checkRecord(VersionHistorySchema, bytes);
    for (const { content, end } of listRecords(VersionHistorySchema, bytes)) {
      read += 1;
      if (read % OBJECTS_PER_STEP === 0) yield;
      const record = fromBinary(VersionRecordSchema, bytes.subarray(content, end));
      const key = keyOf(record.projectId, record.featureViewName, record.versionNumber);
      const others = records.get(key);
      if (others === undefined) records.set(key, [record]);
      else others.push(record);
    }
  }
  const known = new Map<string, readonly ViewVersion[]>();
  return {
    versionsOf: (project, view, version) => {
      const key = keyOf(project, view, version);
      let versions = known.get(key);
      if (versions === undefined) {
        const found = records.get(key);
        if (found === undefined) return [];
        versions = Object.freeze(found.map((record) => readVersion(record, registered)));
        known.set(key, versions);
      }
      return versions;
    },
  };
}

function keyOf(project: string, view: string, version: number): string {
  return JSON.stringify([project, view, version]);
}

function readVersion(
  record: VersionRecord,
  registered: Pick<RegistryRelations, 'named'>,
): ViewVersion {
  const { featureViewName: name, projectId: project, featureViewType, featureViewProto } = record;
  const list = LISTS.get(featureViewType) ?? '';
  const stored = readEnclosedResource(list, featureViewProto);
  const links = LINK_READERS.get(list)?.read(featureViewProto);
  if (stored === undefined || links === undefined || stored.name !== name) {
    throw new RegistryInvalidError(
      `version ${record.versionNumber} of view ${quote(name)} is damaged, or of an unknown type`,
    );
  }
  const { known, areAll } = registeredViews(project, links.views, registered);
  const view = Object.freeze({ type: stored.type, name, project, tags: stored.tags });
  return Object.freeze({
    view,
    sources: areAll ? known : undefined,
    pins: pinsAmong(links.views),
  });
}
