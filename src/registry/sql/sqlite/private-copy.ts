import { open, readFile, stat } from 'node:fs/promises';
import { RegistryUnavailableError } from '../../../model/index.js';
import { readSqliteHeader } from './sqlite-header.js';
import { SqliteBusy } from './sqlite-reader.js';

/** What a journal starts with. */
const MAGIC_BYTES = 8;

/**
 * Reads a SQLite file without SQLite's locks, as no transaction was at work on it.
 *
 * A transaction keeps a journal while it writes, and changes the change counter and the times of
 * the file when it ends. So no journal and the same counter, size and times before and after mean
 * that none was at work. A second copy must be equal to the first, for writers that keep no journal
 * on the disk.
 *
 * @throws {@link SqliteBusy} if a writer may be at work
 * @throws RegistryUnavailableError of a database in WAL mode, whose log is not read
 * @source SQLite, "Database File Format", sections 1.3.7 and 3
 */
export async function readQuietFile(path: string): Promise<Uint8Array> {
  const before = await readQuietState(path);
  const first = await readFile(path);
  const second = await readFile(path);
  const after = await readQuietState(path);
  if (before !== after || !first.equals(second)) throw new SqliteBusy();
  return first;
}

async function readQuietState(path: string): Promise<string> {
  const { isWal, changeCounter } = await readSqliteHeader(path);
  if (isWal) {
    throw new RegistryUnavailableError(
      'it is in WAL mode, which needs Node.js 22.13 or newer. Or set `PRAGMA journal_mode = delete`',
    );
  }
  if (await hasJournal(`${path}-journal`)) throw new SqliteBusy();
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs, changeCounter].join();
}

/** A journal that is over is deleted, emptied, or has a header of zeros. */
async function hasJournal(path: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    const header = Buffer.alloc(MAGIC_BYTES);
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    return bytesRead > 0 && header.some((byte) => byte !== 0);
  } finally {
    await file.close();
  }
}
