import { quote, RegistryInvalidError } from '../../model/index.js';
import { HISTORY_TABLE, REGISTRY_TABLES, type RegistryTable } from './registry-tables.js';
import type { SqlDatabase, SqlTransaction, SqlValue } from './sql-database.js';

/** An object of a registry, as a row holds it. */
export interface ObjectRow {
  /** Its name, as the key column has it. */
  readonly key: string;
  readonly project: string;
  readonly bytes: Uint8Array;
}

/** A version of a view. */
export interface VersionRow {
  readonly view: string;
  readonly project: string;
  readonly version: number;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Everything that the tables of a registry hold, as far as it is needed. */
export interface RegistryRows {
  readonly objects: readonly {
    readonly table: RegistryTable;
    readonly rows: readonly ObjectRow[];
  }[];
  readonly versions: readonly VersionRow[];
  /** Seconds since 1970. Undefined: no project. */
  readonly lastUpdated: number | undefined;
}

/** 1 GiB, as of a registry file. */
const MAX_BYTES = 2 ** 30;
/** What a row costs beside its content. */
const BYTES_PER_ROW = 128;

/**
 * Reads the tables of a registry. All projects are read, and none is filtered in SQL: databases
 * compare names by rules of their own.
 *
 * @throws {@link RegistryInvalidError} if they hold more than 1 GiB, or values of wrong types
 */
export async function readTables(
  transaction: SqlTransaction,
  { asText, isMySql }: SqlDatabase,
): Promise<RegistryRows> {
  const tables = await presentTables(transaction);
  const hasHistory = await transaction.hasTable(HISTORY_TABLE);
  await assertSize(transaction, tables, hasHistory, asText);
  const objects: RegistryRows['objects'][number][] = [];
  for (const table of tables) {
    const { name, key, object } = table;
    const rows = await transaction.rows(`select ${key} a, project_id b, ${object} c from ${name}`);
    objects.push({ table, rows: rows.map((row) => toObject(row, name, isMySql)) });
  }
  const versions = hasHistory ? await readVersions(transaction, asText) : [];
  const [[seconds = null] = []] = await transaction.rows(
    `select ${asText('max(last_updated_timestamp)')} a from projects`,
  );
  return { objects, versions, lastUpdated: seconds === null ? undefined : toNumber(seconds) };
}

async function presentTables(transaction: SqlTransaction): Promise<readonly RegistryTable[]> {
  const present: RegistryTable[] = [];
  for (const table of REGISTRY_TABLES) {
    if (await transaction.hasTable(table.name)) present.push(table);
    else if (table.isOptional !== true) {
      throw new RegistryInvalidError(
        `has no table ${quote(table.name)}: run \`feast apply\` with a current Feast`,
      );
    }
  }
  return present;
}

/** SECURITY: before any content is held in memory. */
async function assertSize(
  transaction: SqlTransaction,
  tables: readonly RegistryTable[],
  hasHistory: boolean,
  asText: SqlDatabase['asText'],
): Promise<void> {
  const measured = [
    ...tables.map(({ name, key, object }) => [
      name,
      `octet_length(${key}) + octet_length(${object})`,
    ]),
    ...(hasHistory ? [[HISTORY_TABLE, 'octet_length(feature_view_proto)']] : []),
  ];
  const queries = measured.map(
    ([name, length]) =>
      `select ${asText('count(*)')} a, ${asText(`coalesce(sum(${length}), 0)`)} b from ${name}`,
  );
  let size = 0;
  for (const [rows = null, bytes = null] of await transaction.rows(queries.join(' union all '))) {
    size += toNumber(rows) * BYTES_PER_ROW + toNumber(bytes);
  }
  if (size > MAX_BYTES) throw new RegistryInvalidError(`is larger than ${MAX_BYTES} bytes`);
}

async function readVersions(
  transaction: SqlTransaction,
  asText: SqlDatabase['asText'],
): Promise<readonly VersionRow[]> {
  const rows = await transaction.rows(
    `select feature_view_name a, project_id b, ${asText('version_number')} c, feature_view_type d, feature_view_proto e from ${HISTORY_TABLE}`,
  );
  return rows.map(([view, project, version = null, type, bytes]) => {
    if (!isText(view) || !isText(project) || !isText(type) || !isBytes(bytes)) {
      throw unexpected(HISTORY_TABLE);
    }
    return { view, project, version: toNumber(version), type, bytes };
  });
}

/** A `BLOB` of MySQL, which Feast used before 0.67, takes no more. */
const FULL_BLOB = 65_535;

function toObject(
  [key, project, bytes]: readonly SqlValue[],
  table: string,
  isMySql: boolean,
): ObjectRow {
  if (!isText(key) || !isText(project) || !isBytes(bytes)) throw unexpected(table);
  // SECURITY: what was cut off may be read as an object without its last fields.
  if (isMySql && bytes.length === FULL_BLOB) {
    throw new RegistryInvalidError(
      `has a row of ${FULL_BLOB} bytes in table ${quote(table)}, ${quote(key)}: it is probably cut off. Change the columns of type \`BLOB\` to \`LONGBLOB\`, and run \`feast apply\``,
    );
  }
  return { key, project, bytes };
}

function isText(value: SqlValue | undefined): value is string {
  return typeof value === 'string';
}

function isBytes(value: SqlValue | undefined): value is Uint8Array {
  return value instanceof Uint8Array;
}

function unexpected(table: string): RegistryInvalidError {
  return new RegistryInvalidError(`has a row of other types than Feast's in table ${quote(table)}`);
}

/** Whole numbers come as text; a sum may have a fraction of zeros. */
function toNumber(text: SqlValue): number {
  const number =
    typeof text === 'string' && /^\d{1,15}(?:\.0*)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(number)) throw new RegistryInvalidError('has a number that is not one of Feast');
  return number;
}
