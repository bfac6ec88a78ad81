import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSqlRegistry } from '../../../../src/registry/sql/create-sql-registry.js';
import { nativeSqlite } from '../../../../src/registry/sql/sqlite/native-sqlite.js';
import { sqliteDatabase } from '../../../../src/registry/sql/sqlite/sqlite-database.js';
import { wasmSqlite } from '../../../../src/registry/sql/sqlite/wasm-sqlite.js';
import { permissionInit, registryBytes } from '../../registry-bytes.js';
import { makeSqlitePlace, type SqlitePlace } from '../../support/sqlite-place.js';

/** A connection that writes, with SQLite's own locks. */
interface Writer {
  exec(sql: string): void;
  close(): void;
}
const sqlite = process.getBuiltinModule('node:sqlite') as
  | { readonly DatabaseSync: new (path: string) => Writer }
  | undefined;
const native = nativeSqlite();
const wasm = await wasmSqlite();

/** More rows than a small cache holds, so that a transaction writes to the file before its end. */
const MANY = registryBytes({
  permissions: Array.from({ length: 500 }, (_, index) => permissionInit({ name: `p${index}` })),
});
const DELETE = "delete from permissions where permission_name <> 'p0'";

describe.skipIf(sqlite === undefined)('while a writer holds an open transaction', () => {
  let place: SqlitePlace;
  let writer: Writer;
  beforeEach(async () => {
    place = await makeSqlitePlace();
    await place.write(MANY);
  });
  afterEach(async () => {
    writer.close();
    await place.close();
  });

  function begin(journal: string, ...statements: readonly string[]): void {
    if (sqlite === undefined) throw new Error('no SQLite');
    writer = new sqlite.DatabaseSync(place.path);
    writer.exec(`pragma journal_mode = ${journal}`);
    for (const statement of ['begin immediate', ...statements, DELETE]) writer.exec(statement);
  }
  const numberRead = async (reader = native): Promise<number> => {
    if (reader === undefined) throw new Error('no SQLite');
    const { permissions } = await createSqlRegistry(sqliteDatabase(place.path, reader)).read();
    return permissions.length;
  };
  /** Whether reading goes on after some time. */
  const isWaiting = async (reading: Promise<unknown>): Promise<boolean> => {
    const late = new Promise((resolve) => setTimeout(resolve, 100, 'late'));
    return (await Promise.race([reading, late])) === 'late';
  };

  test.each(['delete', 'truncate', 'persist', 'memory', 'wal'])(
    'node:sqlite sees the state before (journal mode %s)',
    async (journal) => {
      begin(journal);
      expect(await numberRead()).toBe(500);
      writer.exec('commit');
      expect(await numberRead()).toBe(1);
    },
  );

  test('node:sqlite waits for a transaction that writes to the file', async () => {
    begin('delete', 'pragma cache_size = 1', 'pragma cache_spill = 1');
    const reading = numberRead();
    expect(await isWaiting(reading)).toBe(true);
    writer.exec('rollback');
    expect(await reading).toBe(500);
  });

  test.each(['delete', 'truncate', 'persist'])(
    'node-sqlite3-wasm waits for its end (journal mode %s)',
    async (journal) => {
      begin(journal, 'pragma cache_size = 1', 'pragma cache_spill = 1');
      expect(existsSync(`${place.path}-journal`)).toBe(true);
      const reading = numberRead(wasm);
      expect(await isWaiting(reading)).toBe(true);
      writer.exec('rollback');
      expect(await reading).toBe(500);
      writer.exec('begin');
      writer.exec(DELETE);
      writer.exec('commit');
      expect(await numberRead(wasm)).toBe(1);
    },
  );

  test('node-sqlite3-wasm sees the state before where nothing is written yet', async () => {
    begin('memory');
    expect(await numberRead(wasm)).toBe(500);
  });

  test('node-sqlite3-wasm refuses a database in WAL mode', async () => {
    begin('wal');
    await expect(numberRead(wasm)).rejects.toThrow(
      `SQLite registry ${place.path} cannot be read: it is in WAL mode, which needs Node.js 22.13`,
    );
  });

  test('reading that waits stops when it is told to', async () => {
    begin('delete', 'pragma cache_size = 1', 'pragma cache_spill = 1');
    for (const reader of [wasm, native].filter((one) => one !== undefined)) {
      const controller = new AbortController();
      const reading = createSqlRegistry(sqliteDatabase(place.path, reader)).read({
        signal: controller.signal,
      });
      expect(await isWaiting(reading.catch(() => {}))).toBe(true);
      const reason = new Error('called off');
      controller.abort(reason);
      await expect(reading).rejects.toBe(reason);
    }
  });
});
