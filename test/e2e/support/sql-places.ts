import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import {
  createTables,
  rowsOf,
  TABLES,
  type TableRow,
} from '../../registry/support/feast-tables.js';
import { type MariaDb, startMariaDb } from './mariadb.js';
import { type Postgresql, startPostgresql } from './postgresql.js';

/** A server with a database for each test, and an account that may only read. */
export interface SqlServer {
  /** `PostgreSQL` or `MariaDB`. */
  readonly product: string;
  /** The password of the reader, and no other. */
  readonly password: string;
  /** URL of SQLAlchemy for a database, as the reader or as an account that may do everything. */
  readonly url: (database: string, as?: 'reader' | 'owner', tls?: 'verified' | 'none') => string;
  /** Makes an empty database. */
  readonly create: (database: string) => Promise<void>;
  /** Runs statements, one after the other, as an account that may do everything. */
  readonly run: (database: string, ...statements: readonly Statement[]) => Promise<void>;
  /** Begins a transaction, runs statements in it, and leaves it open until it is ended. */
  readonly begin: (database: string, ...statements: readonly Statement[]) => Promise<OpenWrite>;
  readonly port: number;
  readonly caFile: string;
  /** Changes the password of the reader. */
  readonly setPassword: (password: string) => Promise<void>;
  /** Gives the reader the right to read a database, or takes it. */
  readonly setRights: (database: string, mayRead: boolean) => Promise<void>;
  readonly lockOut: (isOut: boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export type Statement = string | { readonly sql: string; readonly values: readonly unknown[] };

/** A transaction that is open. */
export interface OpenWrite {
  readonly commit: () => Promise<void>;
  readonly rollback: () => Promise<void>;
}

const OWNER_PASSWORD = 'owner-Passw0rd-of-the-test';
const READER_PASSWORD = 'reader-Passw0rd/@-of-the-test';

/** Starts PostgreSQL. */
export async function startPostgresqlServer(): Promise<SqlServer> {
  const server: Postgresql = await startPostgresql(OWNER_PASSWORD);
  const connect = async (database: string): Promise<pg.Client> => {
    const { socketFolder: host, port } = server;
    const client = new pg.Client({ host, port, user: 'postgres', database });
    await client.connect();
    return client;
  };
  const run: SqlServer['run'] = async (database, ...statements) => {
    const client = await connect(database);
    try {
      for (const statement of statements) await execute(client, statement);
    } finally {
      await client.end();
    }
  };
  await run('postgres', `create role reader login password '${READER_PASSWORD}'`);
  return {
    product: 'PostgreSQL',
    password: READER_PASSWORD,
    url: (database, as = 'reader', tls = 'verified') => {
      const [user, password] =
        as === 'reader' ? ['reader', READER_PASSWORD] : ['postgres', OWNER_PASSWORD];
      const query =
        tls === 'verified' ? `sslmode=verify-full&sslrootcert=${server.caFile}` : 'sslmode=disable';
      const login = `${user}:${encodeURIComponent(password as string)}`;
      return `postgresql+psycopg://${login}@${server.host}:${server.port}/${database}?${query}`;
    },
    create: async (database) => {
      await run('postgres', `create database ${database}`);
      await run(
        database,
        'alter default privileges grant select on tables to reader',
        'grant select on all tables in schema public to reader',
      );
    },
    run,
    begin: async (database, ...statements) => {
      const client = await connect(database);
      for (const statement of ['begin', ...statements]) await execute(client, statement);
      const end = (command: string) => async (): Promise<void> => {
        await client.query(command);
        await client.end();
      };
      return { commit: end('commit'), rollback: end('rollback') };
    },
    port: server.port,
    caFile: server.caFile,
    setPassword: (password) => run('postgres', `alter role reader password '${password}'`),
    setRights: (database, mayRead) =>
      run(
        database,
        `${mayRead ? 'grant' : 'revoke'} select on all tables in schema public ${mayRead ? 'to' : 'from'} reader`,
      ),
    lockOut: (isOut) => run('postgres', `alter role reader ${isOut ? 'nologin' : 'login'}`),
    stop: server.stop,
  };
}

function execute(client: pg.Client, statement: Statement): Promise<unknown> {
  if (typeof statement === 'string') return client.query(statement);
  let number = 0;
  const text = statement.sql.replaceAll('?', () => `$${++number}`);
  return client.query(text, [...statement.values]);
}

/** Starts MariaDB, with its default collation, which takes `reader` and `Reader` for one. */
export async function startMariaDbServer(): Promise<SqlServer> {
  const server: MariaDb = await startMariaDb();
  const connect = (database?: string) =>
    createConnection({
      socketPath: server.socketPath,
      user: 'root',
      ...(database === undefined ? {} : { database }),
    });
  const send = async (database: string | undefined, statements: readonly Statement[]) => {
    const connection = await connect(database);
    try {
      for (const statement of statements) {
        if (typeof statement === 'string') await connection.query(statement);
        else await connection.query(statement.sql, statement.values.map(toMySql));
      }
    } finally {
      await connection.end();
    }
  };
  await send(undefined, [
    { sql: "create user reader@'%' identified by ?", values: [READER_PASSWORD] },
    { sql: "create user owner@'%' identified by ?", values: [OWNER_PASSWORD] },
    "grant all on *.* to owner@'%'",
  ]);
  return {
    product: 'MariaDB',
    password: READER_PASSWORD,
    url: (database, as = 'reader', tls = 'verified') => {
      const password = as === 'reader' ? READER_PASSWORD : OWNER_PASSWORD;
      const query = tls === 'verified' ? `?ssl_ca=${server.caFile}` : '';
      const login = `${as}:${encodeURIComponent(password)}`;
      return `mysql+pymysql://${login}@${server.host}:${server.port}/${database}${query}`;
    },
    create: (database) =>
      send(undefined, [
        `create database ${database} character set utf8mb4 collate utf8mb4_general_ci`,
        `grant select on ${database}.* to reader@'%'`,
      ]),
    run: (database, ...statements) => send(database, statements),
    begin: async (database, ...statements) => {
      const connection = await connect(database);
      for (const statement of ['begin', ...statements]) {
        if (typeof statement === 'string') await connection.query(statement);
        else await connection.query(statement.sql, statement.values.map(toMySql));
      }
      const end = (command: string) => async (): Promise<void> => {
        await connection.query(command);
        await connection.end();
      };
      return { commit: end('commit'), rollback: end('rollback') };
    },
    port: server.port,
    caFile: server.caFile,
    setPassword: (password) =>
      send(undefined, [{ sql: "alter user reader@'%' identified by ?", values: [password] }]),
    setRights: (database, mayRead) =>
      send(undefined, [
        `${mayRead ? 'grant' : 'revoke'} select on ${database}.* ${mayRead ? 'to' : 'from'} reader@'%'`,
      ]),
    lockOut: (isOut) =>
      send(undefined, [`alter user reader@'%' account ${isOut ? 'lock' : 'unlock'}`]),
    stop: server.stop,
  };
}

function toMySql(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

/** Statements that make Feast's tables. */
export function tablesOf({ product }: SqlServer): readonly string[] {
  return createTables(
    product === 'PostgreSQL'
      ? { bytes: 'bytea', name: 'varchar(255)' }
      : { bytes: 'longblob', name: 'varchar(255)' },
  );
}

/** Statements that put rows in place of those that are there. */
export function statementsOf(rows: readonly TableRow[]): readonly Statement[] {
  return [
    ...TABLES.map((table) => `delete from ${table}`),
    ...rows.map(({ table, values }) => {
      const columns = Object.keys(values);
      const marks = columns.map(() => '?').join(', ');
      const sql = `insert into ${table} (${columns.join(', ')}) values (${marks})`;
      return { sql, values: Object.values(values) };
    }),
  ];
}

/** Puts a registry into a database, in one transaction. */
export async function writeRegistry(
  server: SqlServer,
  database: string,
  registry: Uint8Array | readonly TableRow[],
): Promise<void> {
  const rows = registry instanceof Uint8Array ? rowsOf(registry) : registry;
  await server.run(database, 'begin', ...statementsOf(rows), 'commit');
}
