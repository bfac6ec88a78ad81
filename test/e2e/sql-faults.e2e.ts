import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LiveStore } from '../../src/gate/live-store.js';
import type { ReloadEvent } from '../../src/node.js';
import { openRegistry } from '../../src/registry/index.js';
import {
  inForce,
  OPENING,
  onV,
  READER,
  sort,
  UNCOVERED,
  watchSource,
} from '../gate/faulty-source.js';
import { registryBytes } from '../registry/registry-bytes.js';
import { rowsOf, TABLES } from '../registry/support/feast-tables.js';
import {
  type SqlServer,
  startMariaDbServer,
  startPostgresqlServer,
  statementsOf,
  tablesOf,
  writeRegistry,
} from './support/sql-places.js';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.js';

const DATABASE = 'faults';
const BEFORE = sort([...READER, ...UNCOVERED]);
/** More than what is sent before the tables are. */
const LONG = 'x'.repeat(200_000);

/** The views `v` and `free`, and permissions on views that are called `v`. */
function registry(...permissions: readonly ReturnType<typeof onV>[]): Uint8Array {
  const views = ['v', 'free'].map((name) => ({ spec: { name, project: 'p' } }));
  const entity = { spec: { name: 'e', project: 'p', tags: { long: LONG } } };
  return registryBytes({ permissions: [...permissions], featureViews: views, entities: [entity] });
}
const WHOLE = registry(onV('reader'));
const [PERMISSION] = rowsOf(WHOLE).filter(({ table }) => table === 'permissions');
const MESSAGE = PERMISSION?.values['permission_proto'] as Uint8Array;

interface Place {
  readonly server: SqlServer;
  readonly proxy: TcpProxy;
}

/** What happens to a database, and what is in force during it. */
interface Fault {
  readonly fault: string;
  readonly only?: 'MariaDB' | 'PostgreSQL';
  readonly breakDown: (place: Place) => unknown;
  /** Puts right what `writeRegistry` does not. */
  readonly mend?: (place: Place) => unknown;
  /** The code of the error that is told; none: the registry is believed. */
  readonly error?: string;
  /** Default: what was in force before. */
  readonly during?: readonly string[];
}

const UNAVAILABLE = 'ERR_REGISTRY_UNAVAILABLE';
const INVALID = 'ERR_REGISTRY_INVALID';
const MISSING = 'ERR_REGISTRY_PROJECT_MISSING';

const FAULTS: readonly Fault[] = [
  {
    fault: 'a connection that is cut while tables are read',
    breakDown: async ({ server, proxy }) => {
      proxy.set({ cutAfter: 100_000 });
      // A look at the marks is short, and passes.
      await writeRegistry(server, DATABASE, rowsOf(WHOLE, 1_700_000_001));
    },
    mend: ({ proxy }) => proxy.set('pass'),
    error: UNAVAILABLE,
  },
  {
    fault: 'a server that refuses connections',
    breakDown: ({ proxy }) => proxy.set('refuse'),
    mend: ({ proxy }) => proxy.set('pass'),
    error: UNAVAILABLE,
  },
  {
    fault: 'a password that was changed',
    breakDown: ({ server }) => server.setPassword('another-Passw0rd'),
    mend: ({ server }) => server.setPassword(server.password),
    error: UNAVAILABLE,
  },
  {
    fault: 'an account that is locked',
    breakDown: ({ server }) => server.lockOut(true),
    mend: ({ server }) => server.lockOut(false),
    error: UNAVAILABLE,
  },
  {
    fault: 'an account without the right to read',
    breakDown: ({ server }) => server.setRights(DATABASE, false),
    mend: ({ server }) => server.setRights(DATABASE, true),
    error: UNAVAILABLE,
  },
  {
    fault: 'a half-written permission',
    breakDown: ({ server }) =>
      server.run(DATABASE, setMessage(MESSAGE.subarray(0, MESSAGE.length - 3)), MOVE_MARK),
    error: INVALID,
  },
  {
    fault: 'a table that is dropped',
    breakDown: ({ server }) => server.run(DATABASE, 'drop table permissions'),
    mend: async ({ server }) => {
      const statements = TABLES.filter((table) => table !== 'permissions');
      await server.run(
        DATABASE,
        ...statements.map((table) => `drop table ${table}`),
        ...tablesOf(server),
      );
      await server.setRights(DATABASE, true);
    },
    error: INVALID,
  },
  {
    fault: 'a registry that is torn down',
    breakDown: ({ server }) => server.run(DATABASE, ...statementsOf([])),
    error: MISSING,
  },
  {
    fault: 'a registry that is torn down without marks and projects, as another command does',
    breakDown: ({ server }) =>
      server.run(
        DATABASE,
        ...TABLES.filter((table) => !['projects', 'feast_metadata'].includes(table)).map(
          (table) => `delete from ${table}`,
        ),
      ),
    // The project stands, so its permissions were revoked. What they covered stays closed, and
    // views that are gone are not registered any more.
    during: sort(UNCOVERED),
  },
  {
    fault: 'permissions that are emptied while the project stands',
    breakDown: ({ server }) => server.run(DATABASE, 'delete from permissions'),
    during: sort(UNCOVERED),
  },
  {
    fault: 'a project that is renamed in case',
    breakDown: async ({ server }) => {
      const renamed = registryBytes({ projects: [{ spec: { name: 'P' } }] });
      await writeRegistry(server, DATABASE, renamed);
    },
    error: MISSING,
  },
  {
    fault: 'a permission that Feast renamed in case, under the key of before',
    breakDown: ({ server }) => server.run(DATABASE, setMessage(renamedMessage()), MOVE_MARK),
    error: INVALID,
  },
  {
    fault: 'an older version: the registry is right, whatever it held',
    breakDown: ({ server }) => writeRegistry(server, DATABASE, registry(onV('writer'))),
    during: sort(['writer v', ...UNCOVERED]),
  },
];

const MOVE_MARK = "update feast_metadata set metadata_value = '1700000009'";

function setMessage(message: Uint8Array): { readonly sql: string; readonly values: unknown[] } {
  return { sql: 'update permissions set permission_proto = ?', values: [message] };
}

function renamedMessage(): Uint8Array {
  const text = Buffer.from(MESSAGE);
  text.write('Reader', text.indexOf('reader'));
  return text;
}

const servers: readonly SqlServer[] = await Promise.all([
  startPostgresqlServer(),
  startMariaDbServer(),
]);
afterAll(() => Promise.all(servers.map(({ stop }) => stop())));

describe.each(servers.map((server) => [server.product, server] as const))('%s', (_, server) => {
  let proxy: TcpProxy;
  beforeAll(async () => {
    proxy = await startTcpProxy(server.port);
    await server.create(DATABASE);
    await server.run(DATABASE, ...tablesOf(server));
  });
  afterAll(() => proxy.close());

  test.each(FAULTS)('$fault', async ({ breakDown, mend, error, during = BEFORE }) => {
    await writeRegistry(server, DATABASE, WHOLE);
    const url = server.url(DATABASE).replace(`:${server.port}/`, `:${proxy.port}/`);
    const source = await openRegistry({ type: 'sql', url });
    const { live, events } = await watchSource(source, { pollSeconds: 0.1, rules: OPENING });
    try {
      // What no permission covers is open once two looks agree.
      await vi.waitFor(() => expect(answers(live)).toEqual(BEFORE), 20_000);
      await breakDown({ server, proxy });
      await vi.waitFor(() => expect(codesOf(events)).toContain(error ?? 'reloaded'), 20_000);
      // What a changed registry grants waits until it has settled.
      if (error === undefined)
        await vi.waitFor(() => expect(answers(live)).toEqual(during), 20_000);
      expect(answers(live)).toEqual(during);
      expect(String(events.map((event) => ('error' in event ? event.error : '')))).not.toContain(
        server.password,
      );
      await mend?.({ server, proxy });
      await writeRegistry(server, DATABASE, registry(onV('writer'), onV('reader')));
      const after = sort(['writer v', ...BEFORE]);
      await vi.waitFor(() => expect(answers(live)).toEqual(after), 20_000);
    } finally {
      live.close();
    }
  });

  test('a certificate of another authority', async () => {
    const other = servers.find(({ product }) => product !== server.product) as SqlServer;
    const url = server.url(DATABASE).replace(server.caFile, other.caFile);
    const source = await openRegistry({ type: 'sql', url });
    await expect(source.read()).rejects.toThrow(/cannot be read: TLS failed \(\w+\)$/);
  });
});

function answers(live: LiveStore): readonly string[] {
  return sort(inForce(live));
}

function codesOf(events: readonly ReloadEvent[]): readonly unknown[] {
  return events.map((event) =>
    event.outcome === 'failed'
      ? (event.error as { readonly code?: unknown } | undefined)?.code
      : event.outcome,
  );
}
