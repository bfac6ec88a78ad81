import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPeer } from '../../import-peer.js';
import { readQuietFile } from './private-copy.js';
import type { OpenSqlite, SqliteReader } from './sqlite-reader.js';

/**
 * Reads with `node-sqlite3-wasm`, from a private copy: its locks are not SQLite's, so it would read
 * in the middle of a transaction.
 *
 * @throws ConfigInvalidError if the package is not installed
 */
export async function wasmSqlite(): Promise<SqliteReader> {
  const { Database } = (
    await importPeer(
      'node-sqlite3-wasm',
      () => import('node-sqlite3-wasm'),
      'a SQLite registry on Node.js before 22.13',
    )
  ).default;
  return {
    open: async (path): Promise<OpenSqlite> => {
      const bytes = await readQuietFile(path);
      const folder = await mkdtemp(join(tmpdir(), 'feast-registry-'));
      const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
      try {
        const copy = join(folder, 'registry.db');
        await writeFile(copy, bytes, { mode: 0o600 });
        const database = new Database(copy, { readOnly: true });
        return {
          iterate: (query) => iterateOf(database.prepare(query)),
          close: async () => {
            database.close();
            await remove();
          },
        };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}

function* iterateOf(statement: {
  iterate(): Iterable<unknown>;
  finalize(): void;
}): Generator<Readonly<Record<string, unknown>>> {
  try {
    yield* statement.iterate() as Iterable<Readonly<Record<string, unknown>>>;
  } finally {
    statement.finalize();
  }
}
