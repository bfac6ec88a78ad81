import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { createTables, rowsOf, TABLES, type TableRow } from './feast-tables.js';

/** Writes rows into a new SQLite file, or in place of those that a file holds. */
export function writeSqlite(path: string, rows: readonly TableRow[]): void {
  const isNew = !existsSync(path);
  const database = new sqlite.Database(path);
  try {
    database.exec('begin');
    const tables = createTables({ bytes: 'blob', name: 'varchar(255)' });
    for (const statement of isNew ? tables : TABLES.map((table) => `delete from ${table}`)) {
      database.exec(statement);
    }
    for (const { table, values } of rows) insert(database, table, values);
    database.exec('commit');
  } finally {
    database.close();
  }
}

/** Runs statements on a SQLite file. */
export function changeSqlite(path: string, ...statements: readonly string[]): void {
  const database = new sqlite.Database(path);
  try {
    for (const statement of statements) database.exec(statement);
  } finally {
    database.close();
  }
}

function insert(
  database: InstanceType<typeof sqlite.Database>,
  table: string,
  values: TableRow['values'],
): void {
  const columns = Object.keys(values);
  const marks = columns.map(() => '?').join(', ');
  const statement = `insert into ${table} (${columns.join(', ')}) values (${marks})`;
  database.run(statement, Object.values(values));
}

/** A SQLite registry in a folder of its own. */
export interface SqlitePlace {
  readonly path: string;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly breakDown: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Makes a place for a SQLite registry, which is not there yet. */
export async function makeSqlitePlace(): Promise<SqlitePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'sqlite-registry-'));
  const path = join(folder, 'registry.db');
  return {
    path,
    write: async (bytes) => writeSqlite(path, rowsOf(bytes)),
    breakDown: () => rename(path, `${path}.gone`),
    close: () => rm(folder, { recursive: true }),
  };
}
