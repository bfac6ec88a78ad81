import { connect, type Socket } from 'node:net';
import type { Connection, ConnectionOptions, RowDataPacket } from 'mysql2/promise';
import { importPeer } from '../import-peer.js';
import { connectionTransaction, type OpenConnection } from './connection-transaction.js';
import { mysqlTarget } from './mysql-target.js';
import type { DatabaseUrl } from './parse-database-url.js';
import type { SqlDatabase, SqlTransaction, SqlValue } from './sql-database.js';

const CONNECT_MS = 10_000;
const DEFAULT_PORT = 3306;
const NO_TLS = 'HANDSHAKE_NO_SSL_SUPPORT';

/** The same for every connection. */
const OPTIONS = {
  connectTimeout: CONNECT_MS,
  charset: 'utf8mb4',
  rowsAsArray: true,
  supportBigNumbers: true,
  bigNumberStrings: true,
  // SECURITY: the server must not ask for a file of this machine.
  flags: ['-LOCAL_FILES'],
};

/**
 * Opens a registry in MySQL or MariaDB. Each transaction has a connection of its own.
 *
 * @param description for messages
 * @throws ConfigInvalidError if the URL cannot be used, or `mysql2` is not installed
 */
export async function createMysqlDatabase(
  url: DatabaseUrl,
  description: string,
): Promise<SqlDatabase> {
  const { createConnection } = (
    await importPeer('mysql2', () => import('mysql2/promise'), 'a registry in MySQL or MariaDB')
  ).default;
  const { options, tls } = await mysqlTarget(url);
  const makeConnection: MakeConnection = (ssl, socket) =>
    createConnection({
      ...OPTIONS,
      ...options,
      ...(ssl === undefined ? {} : { ssl }),
      stream: socket,
    });
  return {
    description,
    isMySql: true,
    clock: 'unix_timestamp(sysdate(6))',
    asText: (number) => `cast(${number} as char)`,
    transaction: connectionTransaction(
      description,
      (signal) => openConnection(options, tls, makeConnection, signal),
      async (connection, work) => {
        await connection.query('set transaction isolation level repeatable read');
        // Before the state that is seen is chosen.
        const [[now]] = await connection.query<RowDataPacket[]>(NOW);
        await connection.query('start transaction with consistent snapshot, read only');
        const result = await work({
          ...transactionOn(connection),
          beganAt: async () => (now as unknown as SqlValue[] | undefined)?.[0] ?? null,
        });
        await connection.end();
        return result;
      },
    ),
  };
}

const NOW = 'select cast(unix_timestamp(sysdate(6)) as char)';

type MakeConnection = (ssl: ConnectionOptions['ssl'], socket: Socket) => Promise<Connection>;

/** Tries the ways to encrypt, the next one only if the server does not offer TLS. */
async function openConnection(
  options: ConnectionOptions,
  [ssl, ...others]: readonly ConnectionOptions['ssl'][],
  makeConnection: MakeConnection,
  signal: AbortSignal,
): Promise<OpenConnection<Connection>> {
  signal.throwIfAborted();
  const socket = openSocket(options);
  signal.addEventListener('abort', () => socket.destroy(), { once: true });
  try {
    const connection = await makeConnection(ssl, socket);
    // An error without a listener ends the process. Queries fail with it too.
    connection.on('error', () => {});
    return { client: connection, socket };
  } catch (error) {
    socket.destroy();
    const isRefused = (error as { readonly code?: unknown }).code === NO_TLS;
    if (isRefused && others.length > 0) {
      return await openConnection(options, others, makeConnection, signal);
    }
    throw error;
  }
}

function openSocket({ socketPath, host, port }: ConnectionOptions): Socket {
  const socket =
    socketPath === undefined
      ? connect({ host: host ?? 'localhost', port: port ?? DEFAULT_PORT })
      : connect(socketPath);
  socket.setNoDelay(true);
  return socket;
}

function transactionOn(connection: Connection): SqlTransaction {
  const rows = async (sql: string): Promise<SqlValue[][]> => {
    const [found] = await connection.query<RowDataPacket[]>(sql);
    return found as unknown as SqlValue[][];
  };
  return {
    rows,
    // Not from `information_schema`, which hides what the account may not read.
    hasTable: async (name) => {
      try {
        await rows(`select 1 from ${name} limit 0`);
        return true;
      } catch (error) {
        if ((error as { readonly code?: unknown }).code === 'ER_NO_SUCH_TABLE') return false;
        throw error;
      }
    },
  };
}
