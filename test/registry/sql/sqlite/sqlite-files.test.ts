import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { chmod, chown, mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RegistryInvalidError, RegistryUnavailableError } from '../../../../src/model/index.js';
import { createSqlRegistry } from '../../../../src/registry/sql/create-sql-registry.js';
import { nativeSqlite } from '../../../../src/registry/sql/sqlite/native-sqlite.js';
import { sqliteDatabase } from '../../../../src/registry/sql/sqlite/sqlite-database.js';
import type { SqliteReader } from '../../../../src/registry/sql/sqlite/sqlite-reader.js';
import { wasmSqlite } from '../../../../src/registry/sql/sqlite/wasm-sqlite.js';
import { permissionInit, registryBytes } from '../../registry-bytes.js';
import { makeSqlitePlace, type SqlitePlace } from '../../support/sqlite-place.js';

const native = nativeSqlite();
const READERS: readonly (readonly [string, SqliteReader])[] = [
  ['node-sqlite3-wasm', await wasmSqlite()],
  ...(native === undefined ? [] : [['node:sqlite', native] as const]),
];
const isRoot = process.getuid?.() === 0;
const WAL_VERSION = 2;
const VERSIONS_AT = 18;

let place: SqlitePlace;
beforeEach(async () => {
  place = await makeSqlitePlace();
});
afterEach(() => place.close());

/** Bytes 18 and 19 say how a database is to be written and read. */
async function setWal(): Promise<void> {
  const file = await open(place.path, 'r+');
  await file.write(Uint8Array.of(WAL_VERSION, WAL_VERSION), 0, 2, VERSIONS_AT);
  await file.close();
}

describe.each(READERS)('through %s', (_, reader) => {
  const read = () => createSqlRegistry(sqliteDatabase(place.path, reader)).read();

  test.each<readonly [string, () => Promise<unknown>, new (message: string) => Error, string]>([
    [
      'is missing',
      async () => {},
      RegistryUnavailableError,
      'cannot be read: the file does not exist',
    ],
    ['is a folder', () => mkdir(place.path), RegistryUnavailableError, 'it is not a regular file'],
    [
      'is a pipe',
      async () => execFileSync('mkfifo', [place.path]),
      RegistryUnavailableError,
      'it is not a regular file',
    ],
    [
      'is empty',
      () => writeFile(place.path, ''),
      RegistryInvalidError,
      'is empty: run `feast apply`',
    ],
    [
      'is a registry file',
      () => writeFile(place.path, registryBytes()),
      RegistryInvalidError,
      'is not a SQLite database',
    ],
    [
      'is larger than 1 GiB',
      async () => {
        await writeFile(place.path, '');
        await truncate(place.path, 2 ** 30 + 1);
      },
      RegistryInvalidError,
      'is larger than 1073741824 bytes',
    ],
    [
      'was cut off',
      async () => {
        const permissions = Array.from({ length: 500 }, (__, n) =>
          permissionInit({ name: `p${n}` }),
        );
        await place.write(registryBytes({ permissions }));
        await truncate(place.path, 40_960);
      },
      RegistryInvalidError,
      'is damaged: SQLite cannot read it',
    ],
    [
      'holds other tables',
      async () => {
        await place.write(registryBytes());
        const bytes = await readFile(place.path);
        await writeFile(
          place.path,
          bytes.toString('latin1').replaceAll('projects', 'projectz'),
          'latin1',
        );
      },
      RegistryInvalidError,
      'has no table `projects`',
    ],
  ])('a file that %s is refused', async (__, prepare, type, message) => {
    await prepare();
    const reading = read();
    await expect(reading).rejects.toBeInstanceOf(type);
    await expect(reading).rejects.toThrow(`SQLite registry ${place.path} `);
    await expect(reading).rejects.toThrow(message);
  });

  test.skipIf(isRoot)('a file that may not be read is unavailable', async () => {
    await place.write(registryBytes());
    await chmod(place.path, 0);
    await expect(read()).rejects.toThrow('cannot be read: EACCES');
  });

  test('leaves the file, its folder and the folder of copies as they were', async () => {
    await place.write(registryBytes());
    const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith('feast-registry-'));
    const before = [await readFile(place.path), readdirSync(dirname(place.path)), copies()];
    await read();
    expect([await readFile(place.path), readdirSync(dirname(place.path)), copies()]).toEqual(
      before,
    );
  });
});

describe('a database in WAL mode', () => {
  test.skipIf(!isRoot || native === undefined)(
    'of another user is refused, and no file is made beside it',
    async () => {
      await place.write(registryBytes());
      await setWal();
      await chown(place.path, 12_345, 12_345);
      const source = createSqlRegistry(sqliteDatabase(place.path, native as SqliteReader));
      const reading = source.read();
      await expect(reading).rejects.toBeInstanceOf(RegistryUnavailableError);
      await expect(reading).rejects.toThrow('it is in WAL mode and belongs to another user');
      expect(readdirSync(dirname(place.path))).toEqual(['registry.db']);
    },
  );

  test.skipIf(native === undefined)('of the same user is read', async () => {
    await place.write(registryBytes());
    await setWal();
    const source = createSqlRegistry(sqliteDatabase(place.path, native as SqliteReader));
    expect((await source.read()).projects).toEqual(['p']);
  });
});
