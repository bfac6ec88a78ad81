import { readFile, rename, truncate, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSqlRegistry } from '../../../../src/registry/sql/create-sql-registry.js';
import { nativeSqlite } from '../../../../src/registry/sql/sqlite/native-sqlite.js';
import { sqliteDatabase } from '../../../../src/registry/sql/sqlite/sqlite-database.js';
import { wasmSqlite } from '../../../../src/registry/sql/sqlite/wasm-sqlite.js';
import {
  inForce,
  OPENING,
  onV,
  READER,
  sort,
  UNCOVERED,
  watchSource,
} from '../../../gate/faulty-source.js';
import { registryBytes } from '../../registry-bytes.js';
import { TABLES } from '../../support/feast-tables.js';
import { changeSqlite, makeSqlitePlace, type SqlitePlace } from '../../support/sqlite-place.js';

const reader = nativeSqlite() ?? (await wasmSqlite());
const WHOLE = registryBytes({
  permissions: [onV('reader')],
  featureViews: ['v', 'free'].map((name) => ({ spec: { name, project: 'p' } })),
});
const BEFORE = sort([...READER, ...UNCOVERED]);

interface Fault {
  readonly fault: string;
  readonly breakDown: (path: string) => unknown;
  /** The code of the error that is told; none: the registry is believed. */
  readonly error?: string;
  /** What is in force during it. Default: what was in force before. */
  readonly during?: readonly string[];
}

const FAULTS: readonly Fault[] = [
  {
    fault: 'a file that is gone',
    breakDown: (path) => rename(path, `${path}.gone`),
    error: 'ERR_REGISTRY_UNAVAILABLE',
  },
  {
    fault: 'a half-written file',
    breakDown: (path) => truncate(path, 8192),
    error: 'ERR_REGISTRY_INVALID',
  },
  {
    fault: 'another file in its place',
    breakDown: (path) => writeFile(path, WHOLE),
    error: 'ERR_REGISTRY_INVALID',
  },
  {
    fault: 'a half-written row',
    breakDown: (path) =>
      changeSqlite(path, "update permissions set permission_proto = x'0a280a06726561'"),
    error: 'ERR_REGISTRY_INVALID',
  },
  {
    fault: 'a key that is renamed in case',
    breakDown: (path) => changeSqlite(path, "update permissions set permission_name = 'Reader'"),
    error: 'ERR_REGISTRY_INVALID',
  },
  {
    fault: 'a table that is dropped',
    breakDown: (path) => changeSqlite(path, 'drop table permissions'),
    error: 'ERR_REGISTRY_INVALID',
  },
  {
    fault: 'a registry that is torn down',
    breakDown: (path) => changeSqlite(path, ...TABLES.map((table) => `delete from ${table}`)),
    error: 'ERR_REGISTRY_PROJECT_MISSING',
  },
  {
    fault: 'permissions that are emptied while the project stands',
    breakDown: (path) => changeSqlite(path, 'delete from permissions'),
    during: sort(UNCOVERED),
  },
];

let place: SqlitePlace;
beforeEach(async () => {
  place = await makeSqlitePlace();
  await place.write(WHOLE);
});
afterEach(() => place.close());

test.each(FAULTS)('$fault: nothing widens', async ({ breakDown, error, during = BEFORE }) => {
  const whole = await readFile(place.path);
  const source = createSqlRegistry(sqliteDatabase(place.path, reader));
  const { live, events } = await watchSource(source, {
    pollSeconds: 0.05,
    settleSeconds: 0.1,
    rules: OPENING,
  });
  const inForceNow = (): readonly string[] => sort(inForce(live));
  try {
    // What no permission covers is open once two looks agree.
    await vi.waitFor(() => expect(inForceNow()).toEqual(BEFORE), 10_000);
    await breakDown(place.path);
    const told = (): readonly unknown[] =>
      events.map((event) =>
        event.outcome === 'failed' ? (event.error as { code?: unknown }).code : event.outcome,
      );
    await vi.waitFor(() => expect(told()).toContain(error ?? 'reloaded'), 10_000);
    expect(inForceNow()).toEqual(during);
    await writeFile(place.path, whole);
    await vi.waitFor(() => expect(inForceNow()).toEqual(BEFORE), 10_000);
  } finally {
    live.close();
  }
});
