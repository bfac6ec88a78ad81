/** The columns of a row, in their order. */
export type SqliteRow = readonly unknown[] | Readonly<Record<string, unknown>>;

/** An open database. All its calls are synchronous. */
export interface OpenSqlite {
  readonly iterate: (query: string) => Iterator<SqliteRow>;
  readonly close: () => void | Promise<void>;
}

/** A way to read SQLite. */
export interface SqliteReader {
  /**
   * Opens a file for reading, in the state of the last finished transaction.
   *
   * @throws {@link SqliteBusy} if a writer is at work: to be tried again
   */
  open(path: string): Promise<OpenSqlite>;
}

/** A writer is at work on the file. */
export class SqliteBusy extends Error {}
