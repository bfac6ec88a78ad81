import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { RegistrySchema } from '../../../src/registry/gen/registry_pb.js';
import { VersionRecordSchema } from '../../../src/registry/gen/relations_pb.js';
import { REGISTRY_TABLES } from '../../../src/registry/sql/registry-tables.js';
import { listRecords } from '../../../src/registry/wire/read-records.js';
import { readEnclosedResource } from '../../../src/registry/wire/read-resource.js';

/** A row of one of Feast's tables, by column. */
export interface TableRow {
  readonly table: string;
  readonly values: Readonly<Record<string, string | number | Uint8Array>>;
}

/** How a database writes types. */
export interface TableTypes {
  readonly bytes: string;
  readonly name: string;
}

const HISTORY = 'feature_view_version_history';
/** Of rows that were written by hand. */
const TIME = 1_700_000_000;

/** The statements that make the tables as Feast 0.67 does. */
export function createTables({ bytes, name }: TableTypes): readonly string[] {
  const objects = REGISTRY_TABLES.map(({ name: table, key, object }) => {
    const primary = table === 'projects' ? 'project_id' : `${key}, project_id`;
    return `create table ${table} (${key} ${name} not null, project_id ${name} not null, last_updated_timestamp bigint not null, ${object} ${bytes} not null, primary key (${primary}))`;
  });
  return [
    ...objects,
    `create table ${HISTORY} (feature_view_name ${name} not null, project_id ${name} not null, version_number integer not null, feature_view_type varchar(50) not null, feature_view_proto ${bytes} not null, created_timestamp bigint not null, description text, version_id varchar(36) not null, primary key (feature_view_name, project_id, version_number))`,
    `create table feast_metadata (project_id ${name} not null, metadata_key varchar(50) not null, metadata_value text not null, last_updated_timestamp bigint not null, primary key (project_id, metadata_key))`,
  ];
}

export const TABLES: readonly string[] = [
  ...REGISTRY_TABLES.map(({ name }) => name),
  HISTORY,
  'feast_metadata',
];

/**
 * The rows that Feast keeps of a registry. It leaves the project out of the messages.
 *
 * @param mark when the projects were changed last, in seconds since 1970; null: no marks
 */
export function rowsOf(registry: Uint8Array, mark: number | null = TIME): readonly TableRow[] {
  const rows = listed(registry);
  if (mark === null) return rows;
  const projects = rows.flatMap(({ table, values }) =>
    table === 'projects' ? [String(values['project_id'])] : [],
  );
  return [
    ...rows,
    ...projects.map((project) => ({
      table: 'feast_metadata',
      values: {
        project_id: project,
        metadata_key: 'last_updated_timestamp',
        metadata_value: String(mark),
        last_updated_timestamp: mark,
      },
    })),
  ];
}

function listed(registry: Uint8Array): readonly TableRow[] {
  return [...listRecords(RegistrySchema, registry)].flatMap(({ field, content, end }) => {
    const bytes = registry.subarray(content, end);
    if (field.name === HISTORY) return versionsOf(bytes);
    const table = REGISTRY_TABLES.find(({ list }) => list === field.name);
    const resource = readEnclosedResource(field.name, bytes);
    if (table === undefined || resource === undefined) return [];
    return {
      table: table.name,
      values: {
        [table.key]: resource.name,
        project_id: resource.project,
        last_updated_timestamp: TIME,
        [table.object]: withoutProject(field.name, bytes),
      },
    };
  });
}

function versionsOf(history: Uint8Array): readonly TableRow[] {
  const reader = new BinaryReader(history);
  const rows: TableRow[] = [];
  while (reader.pos < reader.len) {
    reader.tag();
    const record = fromBinary(VersionRecordSchema, reader.bytes());
    rows.push({
      table: HISTORY,
      values: {
        feature_view_name: record.featureViewName,
        project_id: record.projectId,
        version_number: record.versionNumber,
        feature_view_type: record.featureViewType,
        feature_view_proto: record.featureViewProto,
        created_timestamp: TIME,
        version_id: '',
      },
    });
  }
  return rows;
}

/** A message without the field that names its project, in its `spec` or on its own. */
export function withoutProject(list: string, bytes: Uint8Array): Uint8Array {
  const message = RegistrySchema.fields.find(({ name }) => name === list)?.message;
  const spec = message?.fields.find(({ name }) => name === 'spec');
  const project = (spec?.message ?? message)?.fields.find(({ name }) => name === 'project');
  if (project === undefined) return bytes;
  if (spec === undefined) return withoutField(bytes, project.number);
  const reader = new BinaryReader(bytes);
  const writer = new BinaryWriter();
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    if (number === spec.number) {
      const inner = withoutField(reader.bytes(), project.number);
      writer.tag(number, WireType.LengthDelimited).bytes(inner);
    } else {
      reader.skip(wireType, number);
      writer.raw(bytes.subarray(start, reader.pos));
    }
  }
  return writer.finish();
}

function withoutField(bytes: Uint8Array, field: number): Uint8Array {
  const reader = new BinaryReader(bytes);
  const kept: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    reader.skip(wireType, number);
    if (number !== field) kept.push(bytes.subarray(start, reader.pos));
  }
  return Buffer.concat(kept);
}
