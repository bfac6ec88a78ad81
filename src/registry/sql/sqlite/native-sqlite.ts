import { RegistryUnavailableError } from '../../../model/index.js';
import { readSqliteHeader } from './sqlite-header.js';
import { type OpenSqlite, SqliteBusy, type SqliteReader, type SqliteRow } from './sqlite-reader.js';

/** The part of `node:sqlite` that is used. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean },
  ) => {
    exec(sql: string): void;
    prepare(sql: string): {
      iterate(): Iterator<SqliteRow>;
      /** Newer than the rest: not in Node.js 22.13. */
      setReturnArrays?(enabled: boolean): void;
    };
    close(): void;
  };
}

/** SQLite's codes of a file that is busy, in the lowest byte. */
const BUSY = 5;
const LOCKED = 6;

/**
 * Reads with the SQLite of Node.js. It takes SQLite's own locks, so it sees what was committed.
 *
 * @returns undefined before Node.js 22.13, and in runtimes without `node:sqlite`
 */
export function nativeSqlite(): SqliteReader | undefined {
  const module = (process.getBuiltinModule as ((id: string) => unknown) | undefined)?.(
    'node:sqlite',
  ) as NodeSqlite | undefined;
  return module === undefined ? undefined : { open: (path) => openNative(module, path) };
}

async function openNative({ DatabaseSync }: NodeSqlite, path: string): Promise<OpenSqlite> {
  const { isWal, uid } = await readSqliteHeader(path);
  if (isWal) assertOwn(uid);
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec('pragma trusted_schema = off');
    database.exec('begin');
    // Only the first read takes the lock.
    const first = database.prepare('select count(*) from sqlite_master').iterate();
    while (first.next().done !== true);
  } catch (error) {
    database.close();
    const code = ((error as { readonly errcode?: number }).errcode ?? 0) & 0xff;
    if (code === BUSY || code === LOCKED) throw new SqliteBusy();
    throw error;
  }
  return {
    iterate: (query) => {
      const statement = database.prepare(query);
      statement.setReturnArrays?.(true);
      return statement.iterate();
    },
    close: () => database.close(),
  };
}

/**
 * A reader of a file with a log makes the files of the log if they are missing. Those of one user
 * lock out the other.
 */
function assertOwn(uid: number): void {
  const own = process.getuid?.();
  if (own === undefined || own === uid) return;
  throw new RegistryUnavailableError(
    'it is in WAL mode and belongs to another user, whose writes a reader could lock out. Run as that user, or set `PRAGMA journal_mode = delete`',
  );
}
