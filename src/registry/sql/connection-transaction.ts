import type { Socket } from 'node:net';
import { failureOf } from './failure.js';
import type { SqlDatabase, SqlTransaction } from './sql-database.js';

/** The connection of one transaction. */
export interface OpenConnection<C> {
  readonly client: C;
  /** Ends at once. The client's own end waits for the server, which may not answer any more. */
  readonly socket: Socket;
}

/**
 * Transactions that have a connection each.
 *
 * @param description of the database, for messages
 * @param run begins a read-only transaction, runs `work` in it and ends the connection
 */
export function connectionTransaction<C>(
  description: string,
  open: (signal: AbortSignal) => Promise<OpenConnection<C>>,
  run: <T>(client: C, work: (transaction: SqlTransaction) => Promise<T>) => Promise<T>,
): SqlDatabase['transaction'] {
  return async (work, signal) => {
    let connection: OpenConnection<C> | undefined;
    try {
      connection = await open(signal);
      return await run(connection.client, work);
    } catch (error) {
      connection?.socket.destroy();
      signal.throwIfAborted();
      throw failureOf(error, description);
    }
  };
}
