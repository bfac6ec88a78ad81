import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  isExcludedPermission,
  RegistryInvalidError,
  RegistryUnavailableError,
} from '../../../src/model/index.js';
import type { RegistrySource } from '../../../src/registry/index.js';
import { createSqlRegistry, SqlRegistry } from '../../../src/registry/sql/create-sql-registry.js';
import type { SqlDatabase } from '../../../src/registry/sql/sql-database.js';
import { sqliteDatabase } from '../../../src/registry/sql/sqlite/sqlite-database.js';
import { wasmSqlite } from '../../../src/registry/sql/sqlite/wasm-sqlite.js';
import { fixtureBytes, permissionInit, registryBytes, SOURCES } from '../registry-bytes.js';
import { rowsOf, type TableRow } from '../support/feast-tables.js';
import {
  changeSqlite,
  makeSqlitePlace,
  type SqlitePlace,
  writeSqlite,
} from '../support/sqlite-place.js';

const reader = await wasmSqlite();
let place: SqlitePlace;
beforeEach(async () => {
  place = await makeSqlitePlace();
});
afterEach(() => place.close());

const PERMISSIONS = registryBytes({
  permissions: [permissionInit({ name: 'reader' }), permissionInit({ name: 'writer' })],
});

function open(changes: Partial<SqlDatabase> = {}): RegistrySource {
  return createSqlRegistry({ ...sqliteDatabase(place.path, reader), ...changes });
}

/** Rows in which some values of the first row of a table are others. */
function changed(rows: readonly TableRow[], table: string, values: TableRow['values']): TableRow[] {
  const index = rows.findIndex((row) => row.table === table);
  return rows.map((row, at) =>
    at === index ? { table, values: { ...row.values, ...values } } : row,
  );
}

async function refusalOf(source: RegistrySource): Promise<string> {
  const reading = source.read();
  await expect(reading).rejects.toBeInstanceOf(RegistryInvalidError);
  return await reading.then(
    () => '',
    ({ message }: Error) => message,
  );
}

describe('a row', () => {
  test.each<readonly [string, string, TableRow['values'], string]>([
    [
      'with the key of another object',
      'permissions',
      { permission_name: 'Reader' },
      'row `Reader` of project `p` in table `permissions` holds an object of the name `reader`',
    ],
    [
      'of a project with another id',
      'projects',
      { project_id: 'P' },
      'row `p` of project `P` in table `projects` holds an object of the name `p`',
    ],
    ['of a project that is not listed', 'permissions', { project_id: 'P' }, 'which is not listed'],
    [
      'that was cut off',
      'permissions',
      { permission_proto: Uint8Array.from([10, 40, 10, 6, 114, 101]) },
      'in table `permissions` is cut off or damaged',
    ],
    ['that is empty', 'permissions', { permission_proto: new Uint8Array() }, 'of the name ``'],
    ['of another type', 'permissions', { permission_proto: 'text' }, "other types than Feast's"],
  ])('%s is refused', async (_, table, values, message) => {
    writeSqlite(place.path, changed(rowsOf(PERMISSIONS), table, values));
    const refusal = await refusalOf(open());
    expect(refusal).toMatch(new RegExp(`^SQLite registry ${place.path} `));
    expect(refusal).toContain(message);
  });

  test('whose message names another project is refused', async () => {
    const rows = rowsOf(PERMISSIONS);
    const spec = Buffer.from([10, 6, ...Buffer.from('reader'), 18, 1, 80]);
    const proto = Uint8Array.from([10, spec.length, ...spec]);
    writeSqlite(place.path, changed(rows, 'permissions', { permission_proto: proto }));
    expect(await refusalOf(open())).toContain('says that its project is `P`');
  });

  test('without its policy is an excluded permission', async () => {
    const spec = Buffer.from([10, 6, ...Buffer.from('reader')]);
    const proto = Uint8Array.from([10, spec.length, ...spec]);
    const rows = changed(rowsOf(PERMISSIONS), 'permissions', { permission_proto: proto });
    writeSqlite(place.path, rows);
    const { permissions } = await open().read();
    expect(permissions.filter(isExcludedPermission).map(({ name }) => name)).toEqual(['reader']);
  });

  test('as long as a `BLOB` of MySQL can be is refused there', async () => {
    const description = 'x'.repeat(65_535);
    const long = registryBytes({
      entities: [{ spec: { name: 'e', project: 'p', tags: { description } } }],
    });
    const rows = rowsOf(long).map((row) =>
      row.table === 'entities'
        ? changed([row], 'entities', {
            entity_proto: (row.values['entity_proto'] as Uint8Array).subarray(0, 65_535),
          })
        : [row],
    );
    writeSqlite(place.path, rows.flat());
    expect(await refusalOf(open({ isMySql: true }))).toContain('it is probably cut off');
    expect(await refusalOf(open())).toContain('is cut off or damaged');
  });
});

describe('names that differ only in case or in blanks at the end', () => {
  test.each(['Reader', 'reader '])('reader and %j', async (name) => {
    const both = registryBytes({
      permissions: [permissionInit({ name: 'reader' }), permissionInit({ name })],
    });
    writeSqlite(place.path, rowsOf(both));
    expect(await refusalOf(open({ isMySql: true }))).toMatch(
      /holds `p\/reader ?`? and|holds `p\/Reader` and/,
    );
    expect((await open().read()).permissions).toHaveLength(2);
  });

  test('are refused of projects too', async () => {
    writeSqlite(
      place.path,
      rowsOf(registryBytes({ projects: [{ spec: { name: 'p' } }, { spec: { name: 'P' } }] })),
    );
    expect(await refusalOf(open({ isMySql: true }))).toContain('in table `projects`');
    expect((await open().read()).projects).toEqual(['P', 'p']);
  });
});

describe('a table', () => {
  beforeEach(() => place.write(PERMISSIONS));

  test.each(['label_views', 'feature_view_version_history'])(
    'that older versions of Feast do not have may be missing: %s',
    async (table) => {
      changeSqlite(place.path, `drop table ${table}`);
      expect((await open().read()).permissions).toHaveLength(2);
    },
  );

  test.each(['permissions', 'projects', 'entities'])(
    'that every version has must be there: %s',
    async (table) => {
      changeSqlite(place.path, `drop table ${table}`);
      expect(await refusalOf(open())).toContain(`has no table \`${table}\``);
    },
  );

  test('is not a view of that name', async () => {
    changeSqlite(
      place.path,
      'alter table permissions rename to others',
      'create view permissions as select * from others',
    );
    expect(await refusalOf(open())).toContain('has no table `permissions`');
  });

  test('without a column of Feast is refused', async () => {
    changeSqlite(place.path, 'alter table permissions rename column permission_proto to proto');
    expect(await refusalOf(open())).toContain('has not all tables and columns of Feast');
  });
});

test('versions of views that are gone are left out', async () => {
  const rows = rowsOf(fixtureBytes(SOURCES));
  const version = rows.find(({ table }) => table === 'feature_view_version_history') as TableRow;
  const name = String(version.values['feature_view_name']);
  const project = String(version.values['project_id']);
  const gone = { ...version.values, feature_view_name: 'gone', feature_view_type: 'label_view' };
  writeSqlite(place.path, [...rows, { table: version.table, values: gone }]);
  const { relations } = await open().read();
  const number = Number(version.values['version_number']);
  expect(relations?.versionsOf(project, name, number)).toHaveLength(1);
  expect(relations?.versionsOf(project, 'gone', number)).toEqual([]);
});

test('a registry of more than 1 GiB is refused before it is read', async () => {
  await place.write(PERMISSIONS);
  const asked: string[] = [];
  const database = sqliteDatabase(place.path, reader);
  const large: SqlDatabase = {
    ...database,
    transaction: (work, signal) =>
      database.transaction(
        (transaction) =>
          work({
            ...transaction,
            rows: async (query) => {
              asked.push(query);
              return query.includes('octet_length') ? [['1', '1073741824']] : [];
            },
          }),
        signal,
      ),
  };
  expect(await refusalOf(createSqlRegistry(large))).toContain('is larger than 1073741824 bytes');
  expect(asked.filter((query) => query.includes('permission_proto c'))).toEqual([]);
});

describe('the watch of a database', () => {
  const { signal } = new AbortController();
  const MARK = 1_700_000_000;
  const HOUR = 3600;
  let now = 0;
  beforeEach(() => {
    now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** A registry that was read just now. The clock of its database is set. */
  async function readOnce(mark: number | null, clock = MARK + HOUR): Promise<SqlRegistry> {
    writeSqlite(place.path, rowsOf(PERMISSIONS, mark));
    const { readState: _, ...database } = sqliteDatabase(place.path, reader);
    const registry = new SqlRegistry({ ...database, clock: String(clock) });
    await registry.read(signal);
    return registry;
  }

  /** One that was read again after its marks had been the same for some time. */
  async function readTwice(mark: number | null, clock?: number): Promise<SqlRegistry> {
    const registry = await readOnce(mark, clock);
    now += 2500;
    await registry.read(signal);
    return registry;
  }

  test('is quiet while the marks are the same', async () => {
    const registry = await readTwice(MARK);
    for (let look = 0; look < 5; look++) expect(await registry.hasChanged(signal)).toBe(false);
  });

  test('reads again what it met less than two seconds before', async () => {
    const registry = await readOnce(MARK);
    expect(await registry.hasChanged(signal)).toBe(true);
    now += 1900;
    await registry.read(signal);
    expect(await registry.hasChanged(signal)).toBe(true);
    now += 200;
    await registry.read(signal);
    expect(await registry.hasChanged(signal)).toBe(false);
  });

  test("reads again while a mark is younger than two seconds by the database's clock", async () => {
    expect(await (await readTwice(MARK, MARK + 2)).hasChanged(signal)).toBe(true);
    expect(await (await readTwice(MARK, MARK - 60)).hasChanged(signal)).toBe(true);
    expect(await (await readTwice(MARK, MARK + 3)).hasChanged(signal)).toBe(false);
  });

  test('reads again at every look where Feast keeps no marks', async () => {
    const registry = await readTwice(null);
    expect(await registry.hasChanged(signal)).toBe(true);
    now += HOUR;
    await registry.read(signal);
    expect(await registry.hasChanged(signal)).toBe(true);
  });

  test.each([
    ['a mark that moves', `update feast_metadata set metadata_value = '${MARK + 9}'`],
    ['a mark that moves back', `update feast_metadata set metadata_value = '${MARK - 9}'`],
    ['a mark that vanishes', 'delete from feast_metadata'],
    [
      'a permission that was deleted by hand',
      "delete from permissions where permission_name = 'reader'",
    ],
    ['a project that vanishes', 'delete from projects'],
    ['a table that vanishes', 'drop table feature_views'],
  ])('sees %s', async (_, statement) => {
    const registry = await readTwice(MARK);
    changeSqlite(place.path, statement);
    expect(await registry.hasChanged(signal)).toBe(true);
  });

  test('reads now and then whatever the marks say', async () => {
    const registry = await readTwice(MARK);
    const looks: boolean[] = [];
    for (let look = 1; look <= 12; look++) looks.push(await registry.hasChanged(signal));
    expect(looks).toEqual([...Array<boolean>(11).fill(false), true]);
    await registry.read(signal);
    expect(await registry.hasChanged(signal)).toBe(false);
  });

  test('asks to read what could not be read, and not what was refused', async () => {
    const registry = await readTwice(MARK);
    await place.breakDown();
    await expect(registry.read(signal)).rejects.toThrow('does not exist');
    expect(await registry.hasChanged(signal)).toBe(true);
    const rows = changed(rowsOf(PERMISSIONS, MARK), 'permissions', { permission_name: 'x' });
    writeSqlite(place.path, rows);
    now += HOUR;
    await expect(registry.read(signal)).rejects.toBeInstanceOf(RegistryInvalidError);
    now += HOUR;
    await expect(registry.read(signal)).rejects.toBeInstanceOf(RegistryInvalidError);
    expect(await registry.hasChanged(signal)).toBe(false);
  });
});

test('what takes too long is unavailable', async () => {
  const database = sqliteDatabase(place.path, reader);
  const timeout = vi
    .spyOn(AbortSignal, 'timeout')
    .mockReturnValue(AbortSignal.abort(new Error('x')));
  try {
    const reading = createSqlRegistry(database).read();
    await expect(reading).rejects.toBeInstanceOf(RegistryUnavailableError);
    await expect(reading).rejects.toThrow('it took more than 60 seconds');
  } finally {
    timeout.mockRestore();
  }
});

test('a registry says when it was read, by the clock of its database', async () => {
  await place.write(PERMISSIONS);
  const file = sqliteDatabase(place.path, reader);
  const beganAt = async (): Promise<string> => '1700000000.25';
  const source = createSqlRegistry({
    ...file,
    transaction: (work, signal) =>
      file.transaction((transaction) => work({ ...transaction, beganAt }), signal),
  });
  expect(source.readTime?.()).toBeUndefined();
  await source.read();
  expect(source.readTime?.()).toBe(1_700_000_000_250);
  const alone = open();
  await alone.read();
  expect(alone.readTime?.()).toBeUndefined();
});
