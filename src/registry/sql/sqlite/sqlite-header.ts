import { type FileHandle, open, stat } from 'node:fs/promises';
import { RegistryInvalidError, RegistryUnavailableError } from '../../../model/index.js';

/** What the first bytes of a SQLite file say. */
export interface SqliteHeader {
  /** Whether changes are kept in a log beside the file. */
  readonly isWal: boolean;
  /** Changes with each transaction, but for those in a log. */
  readonly changeCounter: number;
  readonly size: number;
  /** User that the file belongs to. */
  readonly uid: number;
}

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const READ_VERSION_AT = 19;
const CHANGE_COUNTER_AT = 24;
const WAL = 2;
/** 1 GiB, as of a registry file. */
const MAX_BYTES = 2 ** 30;

/**
 * Looks at a SQLite file without SQLite: SQLite makes files beside it as soon as it opens some.
 *
 * @throws RegistryInvalidError if it is another file, or larger than 1 GiB
 * @throws RegistryUnavailableError if it is not a regular file
 * @throws Error of the file system
 * @source SQLite, "Database File Format", section 1.3
 */
export async function readSqliteHeader(path: string): Promise<SqliteHeader> {
  // Opening a pipe waits for a writer, which may never come.
  if (!(await stat(path)).isFile()) throw new RegistryUnavailableError('it is not a regular file');
  const file = await open(path, 'r');
  try {
    return await readHeaderOf(file);
  } finally {
    await file.close();
  }
}

async function readHeaderOf(file: FileHandle): Promise<SqliteHeader> {
  const status = await file.stat();
  if (status.size > MAX_BYTES) {
    throw new RegistryInvalidError(`is larger than ${MAX_BYTES} bytes`);
  }
  const header = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0);
  if (bytesRead === 0) throw new RegistryInvalidError('is empty: run `feast apply`');
  if (bytesRead < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new RegistryInvalidError('is not a SQLite database');
  }
  return {
    isWal: header[READ_VERSION_AT] === WAL || header[READ_VERSION_AT - 1] === WAL,
    changeCounter: header.readUInt32BE(CHANGE_COUNTER_AT),
    size: status.size,
    uid: status.uid,
  };
}
