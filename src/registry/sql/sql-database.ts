import type { FileState } from '../file/file-state.js';

/** A value of a row. Numbers are asked for as text, since drivers round large ones. */
export type SqlValue = string | Uint8Array | null;

/** One transaction that sees one state of a database. */
export interface SqlTransaction {
  /** The rows of a query, as arrays of its columns. */
  rows(query: string): Promise<readonly (readonly SqlValue[])[]>;
  /**
   * When it began, in seconds since 1970 as text, by the clock of the database: what was committed
   * before is seen. Missing where the clock is that of this machine.
   */
  beganAt?(): Promise<SqlValue>;
  /** Whether a table exists. Fails if the account may not know. */
  hasTable(name: string): Promise<boolean>;
}

/** A database that holds a registry. */
export interface SqlDatabase {
  /** For messages. Holds no secret. */
  readonly description: string;
  /** Whether it takes `reader` and `Reader` for one key, and cuts long values off. */
  readonly isMySql: boolean;
  /** An expression that gives the database's own time in seconds since 1970. */
  readonly clock: string;
  /** An expression that gives a number as text. */
  readonly asText: (number: string) => string;
  /**
   * Runs `work` in one read-only transaction, and ends it.
   *
   * @throws {@link RegistryUnavailableError}, {@link RegistryInvalidError}
   * @throws the signal's reason, if it is aborted
   */
  transaction<T>(
    work: (transaction: SqlTransaction) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /** The state of the files of a database that lies in files. */
  readState?(): Promise<FileState>;
}
