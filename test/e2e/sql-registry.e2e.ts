import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRegistry } from '../../src/registry/index.js';
import { createMysqlDatabase } from '../../src/registry/sql/mysql-database.js';
import { parseDatabaseUrl } from '../../src/registry/sql/parse-database-url.js';
import { createPostgresDatabase } from '../../src/registry/sql/postgresql-database.js';
import type { SqlDatabase } from '../../src/registry/sql/sql-database.js';
import { permissionInit, registryBytes } from '../registry/registry-bytes.js';
import { rowsOf } from '../registry/support/feast-tables.js';
import { describeRegistrySource } from '../registry/support/source-contract.js';
import {
  type SqlServer,
  startMariaDbServer,
  startPostgresqlServer,
  statementsOf,
  tablesOf,
  writeRegistry,
} from './support/sql-places.js';

const servers: readonly SqlServer[] = await Promise.all([
  startPostgresqlServer(),
  startMariaDbServer(),
]);
afterAll(async () => {
  await Promise.all(servers.map(({ stop }) => stop()));
});

for (const server of servers) {
  describeRegistrySource(server.product, async () => {
    await server.create('contract');
    await server.run('contract', ...tablesOf(server));
    return {
      open: () => openRegistry({ type: 'sql', url: server.url('contract') }),
      write: async (bytes) => {
        await server.lockOut(false);
        await writeRegistry(server, 'contract', bytes);
      },
      breakDown: () => server.lockOut(true),
      close: async () => {},
      secret: server.password,
    };
  });
}

const DATABASE = 'drivers';
const BIG = '9007199254740993';
const BYTES = Uint8Array.from({ length: 256 }, (_, index) => index);
const { signal } = new AbortController();

describe.each(servers.map((server) => [server.product, server] as const))('%s', (_, server) => {
  const open = (as: 'reader' | 'owner' = 'reader'): Promise<SqlDatabase> => {
    const url = parseDatabaseUrl(server.url(DATABASE, as));
    const make = server.product === 'PostgreSQL' ? createPostgresDatabase : createMysqlDatabase;
    return make(url, server.product);
  };
  const named = (...names: readonly string[]): Uint8Array =>
    registryBytes({ permissions: names.map((name) => permissionInit({ name })) });
  const namesRead = async (url = server.url(DATABASE)): Promise<readonly string[]> => {
    const source = await openRegistry({ type: 'sql', url });
    return (await source.read()).permissions.map(({ name }) => name);
  };
  beforeAll(async () => {
    await server.create(DATABASE);
    await server.run(DATABASE, ...tablesOf(server));
  });

  test('gives numbers as exact text, text as text, and bytes as they are', async () => {
    await server.run(DATABASE, 'delete from projects', {
      sql: `insert into projects (project_id, project_name, last_updated_timestamp, project_proto) values (?, ?, ${BIG}, ?)`,
      values: ['é p', '特', BYTES],
    });
    const database = await open();
    const number = database.asText('last_updated_timestamp');
    const [row] = await database.transaction(
      (transaction) =>
        transaction.rows(
          `select project_id a, project_name b, ${number} c, ${database.asText('max(last_updated_timestamp)')} d, ${database.asText(database.clock)} e, project_proto f from projects group by project_id, project_name, last_updated_timestamp, project_proto`,
        ),
      signal,
    );
    const [id, name, one, most, clock, bytes] = row ?? [];
    expect([id, name, one, most]).toEqual(['é p', '特', BIG, BIG]);
    expect(Math.abs(Number(clock) - Date.now() / 1000)).toBeLessThan(60);
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect(Buffer.from(bytes as Uint8Array)).toEqual(Buffer.from(BYTES));
  });

  test('says when it was read by the clock of the database, before the state that it saw', async () => {
    await writeRegistry(server, DATABASE, named('first'));
    const source = await openRegistry({ type: 'sql', url: server.url(DATABASE) });
    expect(source.readTime?.()).toBeUndefined();
    const clock = async (): Promise<number> => {
      const database = await open();
      const query = `select ${database.asText(database.clock)} a`;
      const [row] = await database.transaction(({ rows }) => rows(query), signal);
      return 1000 * Number(row?.[0]);
    };
    const before = await clock();
    await source.read();
    const read = source.readTime?.() ?? Number.NaN;
    expect(read).toBeGreaterThan(before - 1);
    expect(read).toBeLessThanOrEqual(await clock());
  });

  test('sees one state from its first query to its last', async () => {
    await writeRegistry(server, DATABASE, named('first'));
    const database = await open();
    const counts = await database.transaction(async ({ rows }) => {
      const query = `select ${database.asText('count(*)')} a from permissions`;
      const before = await rows(query);
      await writeRegistry(server, DATABASE, named('first', 'second'));
      return [before, await rows(query)];
    }, signal);
    expect(counts).toEqual([[['1']], [['1']]]);
    expect(await namesRead()).toEqual(['first', 'second']);
  });

  test('sees the state before a transaction that is open', async () => {
    await writeRegistry(server, DATABASE, named('before'));
    const write = await server.begin(DATABASE, ...statementsOf(rowsOf(named('after'))));
    expect(await namesRead()).toEqual(['before']);
    await write.commit();
    expect(await namesRead()).toEqual(['after']);
  });

  test('writes nothing, whatever the account may do', async () => {
    const database = await open('owner');
    const writing = database.transaction(({ rows }) => rows('delete from permissions'), signal);
    await expect(writing).rejects.toThrow(`${server.product} cannot be read: the database reports`);
  });

  test('encrypts without being told to, where the server offers TLS', async () => {
    await writeRegistry(server, DATABASE, named('one'));
    expect(await namesRead(server.url(DATABASE, 'reader', 'none').split('?')[0])).toEqual(['one']);
  });

  test('ends a query that is called off', async () => {
    const database = await open();
    const sleep =
      server.product === 'PostgreSQL' ? 'pg_sleep(30)::text' : 'cast(sleep(30) as char)';
    const controller = new AbortController();
    const reason = new Error('called off');
    const started = performance.now();
    setTimeout(() => controller.abort(reason), 200);
    const reading = database.transaction(
      ({ rows }) => rows(`select ${sleep} a`),
      controller.signal,
    );
    await expect(reading).rejects.toBe(reason);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
