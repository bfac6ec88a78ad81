import { Socket } from 'node:net';
import type { Client, ClientConfig } from 'pg';
import { importPeer } from '../import-peer.js';
import { connectionTransaction, type OpenConnection } from './connection-transaction.js';
import type { DatabaseUrl } from './parse-database-url.js';
import { postgresTarget } from './postgresql-target.js';
import type { SqlDatabase, SqlTransaction, SqlValue } from './sql-database.js';

const CONNECT_MS = 10_000;
const BYTEA = 17;
/** Limits of the server. `set local`, since poolers refuse them as parameters of a connection. */
const BEGIN =
  "begin isolation level repeatable read read only; set local statement_timeout = 60000; set local bytea_output = 'hex'";

/** Everything but bytes stays text, so that no number is rounded. */
const TYPES = {
  getTypeParser: (oid: number) => (oid === BYTEA ? parseBytea : (text: string) => text),
};

function parseBytea(text: string): Uint8Array {
  return Buffer.from(text.slice(2), 'hex');
}

/**
 * Opens a registry in PostgreSQL. Each transaction has a connection of its own.
 *
 * @param description for messages
 * @throws ConfigInvalidError if the URL cannot be used, or `pg` is not installed
 */
export async function createPostgresDatabase(
  url: DatabaseUrl,
  description: string,
): Promise<SqlDatabase> {
  const { Client: PgClient } = (
    await importPeer('pg', () => import('pg'), 'a registry in PostgreSQL')
  ).default;
  const { config, tls } = await postgresTarget(url);
  const makeClient = (ssl: ClientConfig['ssl'], socket: Socket): Client =>
    new PgClient({
      ...config,
      ssl,
      stream: () => socket,
      connectionTimeoutMillis: CONNECT_MS,
      types: TYPES,
    } as ClientConfig);
  return {
    description,
    isMySql: false,
    clock: 'extract(epoch from clock_timestamp())',
    asText: (number) => `cast(${number} as text)`,
    transaction: connectionTransaction(
      description,
      (signal) => connect(makeClient, tls, signal),
      async (client, work) => {
        await client.query(BEGIN);
        const result = await work(transactionOn(client));
        await client.end();
        return result;
      },
    ),
  };
}

/** Tries the ways to encrypt, the next one only if the server does not offer TLS. */
async function connect(
  makeClient: (ssl: ClientConfig['ssl'], socket: Socket) => Client,
  tls: readonly ClientConfig['ssl'][],
  signal: AbortSignal,
): Promise<OpenConnection<Client>> {
  const [ssl, ...others] = tls;
  const socket = new Socket();
  const client = makeClient(ssl, socket);
  // An error without a listener ends the process. Queries fail with it too.
  client.on('error', () => {});
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  signal.throwIfAborted();
  try {
    await client.connect();
    return { client, socket };
  } catch (error) {
    socket.destroy();
    const isRefused = /does not support SSL/.test((error as Error).message);
    if (isRefused && others.length > 0) return await connect(makeClient, others, signal);
    throw error;
  }
}

function transactionOn(client: Client): SqlTransaction {
  const rows = async (text: string): Promise<SqlValue[][]> =>
    (await client.query<SqlValue[]>({ text, rowMode: 'array' })).rows;
  return {
    rows,
    // That of `begin`, which goes before the state that is seen.
    beganAt: async () =>
      (await rows('select cast(extract(epoch from now()) as text)'))[0]?.[0] ?? null,
    hasTable: async (name) => (await rows(`select to_regclass('${name}')`))[0]?.[0] !== null,
  };
}
