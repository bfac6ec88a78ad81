import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInSlices } from '../../../foundation/time-slices.js';
import { ConfigInvalidError } from '../../../model/index.js';
import { readFileState } from '../../file/file-state.js';
import type { DatabaseUrl } from '../parse-database-url.js';
import { readParameters } from '../read-parameters.js';
import type { SqlDatabase, SqlTransaction, SqlValue } from '../sql-database.js';
import { nativeSqlite } from './native-sqlite.js';
import { failureOfFile } from './sqlite-failure.js';
import { type OpenSqlite, SqliteBusy, type SqliteReader, type SqliteRow } from './sqlite-reader.js';
import { wasmSqlite } from './wasm-sqlite.js';

const RETRY_MS = 50;
const ROWS_PER_STEP = 64;
const PARAMETERS = {
  used: [],
  ignored: ['cached_statements', 'check_same_thread', 'detect_types', 'isolation_level', 'timeout'],
} as const;

/**
 * Opens a registry in a SQLite file, with SQLite of Node.js from 22.13 on, and with the package
 * `node-sqlite3-wasm` before.
 *
 * @throws ConfigInvalidError if the URL names no file, or the package is needed and not installed
 */
export async function createSqliteDatabase(url: DatabaseUrl): Promise<SqlDatabase> {
  const path = pathOf(url);
  return sqliteDatabase(path, nativeSqlite() ?? (await wasmSqlite()));
}

/** The registry in a SQLite file, read in one of the ways. */
export function sqliteDatabase(path: string, reader: SqliteReader): SqlDatabase {
  const description = `SQLite registry ${path}`;
  return {
    description,
    isMySql: false,
    clock: "strftime('%s', 'now')",
    asText: (number) => `cast(${number} as text)`,
    transaction: async (work, signal) => {
      const database = await openWhenFree(reader, path, description, signal);
      try {
        return await work(transactionOn(database, signal));
      } catch (error) {
        throw failureOfFile(error, description);
      } finally {
        await database.close();
      }
    },
    readState: async () => {
      const states = await Promise.all([readFileState(path), readFileState(`${path}-wal`)]);
      return {
        fingerprint: states.map(({ fingerprint }) => fingerprint).join(' '),
        isRecent: states.some(({ isRecent }) => isRecent),
      };
    },
  };
}

/** SQLAlchemy starts a relative path from the working folder. */
function pathOf({ host, database, parameters }: DatabaseUrl): string {
  readParameters(parameters, PARAMETERS);
  if (host !== undefined) {
    throw new ConfigInvalidError(
      'the database URL of a SQLite registry has three slashes before a relative path and four before an absolute one: `sqlite:///data/registry.db`',
    );
  }
  if (database === undefined || database === ':memory:') {
    throw new ConfigInvalidError('a SQLite registry in memory cannot be read: name a file');
  }
  if (database.startsWith('file:')) {
    throw new ConfigInvalidError(
      'the database URL of a SQLite registry must hold a path, not a URI of SQLite',
    );
  }
  return resolve(database);
}

async function openWhenFree(
  reader: SqliteReader,
  path: string,
  description: string,
  signal: AbortSignal,
): Promise<OpenSqlite> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await reader.open(path);
    } catch (error) {
      if (!(error instanceof SqliteBusy)) throw failureOfFile(error, description);
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
  }
}

function transactionOn(database: OpenSqlite, signal: AbortSignal): SqlTransaction {
  const rows = async (query: string): Promise<SqlValue[][]> =>
    await runInSlices(collect(database.iterate(query), signal), Number.POSITIVE_INFINITY);
  return {
    rows,
    // SECURITY: a view of that name would run what its definition says.
    hasTable: async (name) =>
      (await rows(`select 1 a from sqlite_master where type = 'table' and name = '${name}'`))
        .length > 0,
  };
}

function* collect(
  found: Iterator<SqliteRow>,
  signal: AbortSignal,
): Generator<undefined, SqlValue[][]> {
  const rows: SqlValue[][] = [];
  for (let row = found.next(); row.done !== true; row = found.next()) {
    const { value } = row;
    rows.push((Array.isArray(value) ? value : Object.values(value)) as SqlValue[]);
    if (rows.length % ROWS_PER_STEP > 0) continue;
    signal.throwIfAborted();
    yield;
  }
  return rows;
}
