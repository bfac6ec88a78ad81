import { connect, type Socket } from 'node:net';
import type { Connection, ConnectionOptions, RowDataPacket } from 'mysql2/promise';
import { importPeer } from '../import-peer.js';
import { failureOf } from './failure.js';
import { mysqlTarget } from './mysql-target.js';
import type { DatabaseUrl } from './parse-database-url.js';
import type { SqlDatabase, SqlTransaction, SqlValue } from './sql-database.js';

const CONNECT_MS = 10_000;
const DEFAULT_PORT = 3306;

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
  const target = await mysqlTarget(url);
  return {
    description,
    isMySql: true,
    clock: 'unix_timestamp(sysdate(6))',
    asText: (number) => `cast(${number} as char)`,
    transaction: async (work, signal) => {
      let socket: Socket | undefined;
      try {
        signal.throwIfAborted();
        // Its own `destroy` waits for the server, which may not answer any more.
        socket = openSocket(target);
        const open = socket;
        signal.addEventListener('abort', () => open.destroy(), { once: true });
        const connection = await createConnection({
          ...target,
          stream: socket,
          connectTimeout: CONNECT_MS,
          charset: 'utf8mb4',
          rowsAsArray: true,
          supportBigNumbers: true,
          bigNumberStrings: true,
          // SECURITY: the server must not ask for a file of this machine.
          flags: ['-LOCAL_FILES'],
        });
        // An error without a listener ends the process. Queries fail with it too.
        connection.on('error', () => {});
        await connection.query('set transaction isolation level repeatable read');
        await connection.query('start transaction with consistent snapshot, read only');
        const result = await work(transactionOn(connection));
        await connection.end();
        return result;
      } catch (error) {
        socket?.destroy();
        signal.throwIfAborted();
        throw failureOf(error, description);
      }
    },
  };
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
