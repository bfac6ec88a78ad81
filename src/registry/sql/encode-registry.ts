import { createHash } from 'node:crypto';
import { create, toBinary } from '@bufbuild/protobuf';
import { quote, RegistryInvalidError } from '../../model/index.js';
import { RegistrySchema } from '../gen/registry_pb.js';
import { VersionRecordSchema } from '../gen/relations_pb.js';
import { MessageWriter } from '../wire/message-writer.js';
import { ObjectWriter } from '../wire/object-writer.js';
import type { ObjectRow, RegistryRows, VersionRow } from './read-tables.js';
import { type RegistryTable, VIEW_KEY } from './registry-tables.js';

/** A registry as `feast.core.Registry` encodes it, for `decodeRegistry`. */
export interface EncodedRegistry {
  /** A digest of all objects. The same rows in another order have the same. */
  readonly version: string;
  readonly bytes: () => Uint8Array;
}

/** Rows that are written between two pauses. */
const ROWS_PER_STEP = 128;

const fieldNumbers: ReadonlyMap<string, number> = new Map(
  RegistrySchema.fields.map(({ name, number }) => [name, number]),
);
const numberOf = (list: string): number => fieldNumbers.get(list) as number;
const HISTORY = 'feature_view_version_history';
/** Field of the history. */
const RECORDS = 1;

/**
 * Makes one message of the rows of a registry, as Feast does for its own `proto()`: objects get the
 * project of their row.
 *
 * Names, types, tags, roles and everything else come from the messages, with which the key columns
 * are compared. Versions of a view that is gone are left out: Feast deletes label views and
 * projects without their versions.
 *
 * @param isMySql whether names that differ only in case, or in blanks at the end, are refused
 * @throws RegistryInvalidError if a row has another key than its message
 */
export function* encodeRegistry(
  rows: RegistryRows,
  isMySql: boolean,
): Generator<undefined, EncodedRegistry> {
  const header = numberOf('registry_schema_version');
  const history = numberOf(HISTORY);
  const parts = [new MessageWriter(), new MessageWriter(), new MessageWriter()] as const;
  for (const { table, rows: own } of rows.objects) {
    const field = numberOf(table.list);
    const sorted = own.toSorted(byKey);
    if (isMySql) assertDistinct(table, sorted);
    yield* writeObjects(parts[field < header ? 0 : field < history ? 1 : 2], table, sorted);
  }
  // Present although it may be empty: a registry file without it is one that was cut off.
  const versions = encodeHistory(rows);
  parts[1].header(history, versions.length);
  parts[1].copy(versions);
  const [head, body, tail] = parts.map((part) => part.finish()) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const digest = createHash('sha256');
  for (const part of [head, body, tail]) digest.update(part);
  const version = digest.digest('hex');
  return {
    version,
    bytes: () => Buffer.concat([head, encodeHeader(version, rows.lastUpdated), body, tail]),
  };
}

function encodeHeader(versionId: string, lastUpdated: number | undefined): Uint8Array {
  const time = lastUpdated === undefined ? {} : { lastUpdated: { seconds: BigInt(lastUpdated) } };
  return toBinary(
    RegistrySchema,
    create(RegistrySchema, { registrySchemaVersion: '1', versionId, ...time }),
  );
}

function* writeObjects(
  writer: MessageWriter,
  { name: table, list }: RegistryTable,
  rows: readonly ObjectRow[],
): Generator<undefined, void> {
  const objects = new ObjectWriter(writer, list);
  for (const [index, { key, project, bytes }] of rows.entries()) {
    if (index % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield;
    try {
      const name = objects.write(bytes, project);
      if (name !== key || (list === 'projects' && name !== project)) throw wrongKey(name);
    } catch (error) {
      if (!(error instanceof RegistryInvalidError)) throw error;
      const row = `row ${quote(key)} of project ${quote(project)} in table ${quote(table)}`;
      throw new RegistryInvalidError(`is damaged: ${row} ${error.message}`, { cause: error });
    }
  }
}

/**
 * SECURITY: MySQL takes keys for equal that Feast takes for two, so a row may hold an object of
 * another name than its key, and a project the objects of another.
 */
function wrongKey(name: string): RegistryInvalidError {
  return new RegistryInvalidError(
    `holds an object of the name ${quote(name)}. Delete the row, and run \`feast apply\``,
  );
}

function assertDistinct({ name: table }: RegistryTable, rows: readonly ObjectRow[]): void {
  const seen = new Map<string, ObjectRow>();
  for (const row of rows) {
    const folded = JSON.stringify([fold(row.project), fold(row.key)]);
    const other = seen.get(folded);
    if (other !== undefined) {
      const names = [other, row]
        .map(({ project, key }) => quote(`${project}/${key}`))
        .join(' and ');
      throw new RegistryInvalidError(
        `holds ${names} in table ${quote(table)}: MySQL and MariaDB take such names for one. Rename one of them`,
      );
    }
    seen.set(folded, row);
  }
}

function fold(name: string): string {
  return name.toLowerCase().replace(/ +$/, '');
}

function encodeHistory({ objects, versions }: RegistryRows): Uint8Array {
  const writer = new MessageWriter();
  if (versions.length === 0) return writer.finish();
  const views = new Set<string>();
  for (const { table, rows } of objects) {
    if (table.key === VIEW_KEY)
      for (const { project, key } of rows) views.add(nameIn(project, key));
  }
  for (const row of versions.toSorted(byVersion)) {
    if (!views.has(nameIn(row.project, row.view))) continue;
    const record = create(VersionRecordSchema, {
      featureViewName: row.view,
      projectId: row.project,
      versionNumber: row.version,
      featureViewType: row.type,
      featureViewProto: row.bytes,
    });
    const bytes = toBinary(VersionRecordSchema, record);
    writer.header(RECORDS, bytes.length);
    writer.copy(bytes);
  }
  return writer.finish();
}

function nameIn(project: string, name: string): string {
  return JSON.stringify([project, name]);
}

function byKey(a: ObjectRow, b: ObjectRow): number {
  return compare(a.project, b.project) || compare(a.key, b.key);
}

function byVersion(a: VersionRow, b: VersionRow): number {
  return compare(a.project, b.project) || compare(a.view, b.view) || a.version - b.version;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
