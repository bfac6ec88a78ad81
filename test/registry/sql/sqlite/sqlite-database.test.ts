import { describe, expect, test } from 'vitest';
import { openRegistry } from '../../../../src/registry/index.js';
import { createSqlRegistry } from '../../../../src/registry/sql/create-sql-registry.js';
import { nativeSqlite } from '../../../../src/registry/sql/sqlite/native-sqlite.js';
import { sqliteDatabase } from '../../../../src/registry/sql/sqlite/sqlite-database.js';
import type { SqliteReader } from '../../../../src/registry/sql/sqlite/sqlite-reader.js';
import { wasmSqlite } from '../../../../src/registry/sql/sqlite/wasm-sqlite.js';
import { describeRegistrySource } from '../../support/source-contract.js';
import { makeSqlitePlace } from '../../support/sqlite-place.js';

const native = nativeSqlite();
const readers: readonly (readonly [string, SqliteReader])[] = [
  ['node-sqlite3-wasm', await wasmSqlite()],
  ...(native === undefined ? [] : [['node:sqlite', native] as const]),
];

for (const [name, reader] of readers) {
  describeRegistrySource(`SQLite, through ${name}`, async () => {
    const place = await makeSqlitePlace();
    return {
      ...place,
      open: async () => createSqlRegistry(sqliteDatabase(place.path, reader)),
    };
  });
}

describe('a SQLite URL', () => {
  test.each([
    ['no file', 'sqlite://', 'in memory'],
    ['memory', 'sqlite:///:memory:', 'in memory'],
    ['two slashes', 'sqlite://data/registry.db', 'three slashes'],
    ['a URI of SQLite', 'sqlite:///file:data.db?mode=ro', '`mode`, which is not supported'],
    ['a URI without parameters', 'sqlite:///file:data.db', 'not a URI'],
  ])('refuses %s', async (_, url, message) => {
    await expect(openRegistry({ type: 'sql', url })).rejects.toThrow(message);
  });

  test('starts a relative path from the working folder', async () => {
    const source = await openRegistry({ type: 'sql', url: 'sqlite:///data/registry.db?timeout=5' });
    expect(source.describe()).toBe(`SQLite registry ${process.cwd()}/data/registry.db`);
  });
});
