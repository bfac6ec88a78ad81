import { runInSlices } from '../../foundation/time-slices.js';
import {
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
} from '../../model/index.js';
import type { FileState } from '../file/file-state.js';
import { polledSource } from '../polled-source.js';
import type { RegistryContents, RegistrySource } from '../registry-source.js';
import { decodeInSteps } from '../wire/decode-registry.js';
import { encodeRegistry } from './encode-registry.js';
import { readMarks } from './read-marks.js';
import { type RegistryRows, readTables } from './read-tables.js';
import type { SqlDatabase } from './sql-database.js';

/** How long a registry may take to be read, and a look at its marks. */
const READ_SECONDS = 60;
const LOOK_SECONDS = 10;
/** Looks at marks that say "unchanged", between two reads. */
const LOOKS_PER_READ = 12;
/** See `MARK_STEP_SECONDS`. Measured here, since the clock of who writes marks may be wrong. */
const SETTLE_MS = 2000;

/**
 * The registry that Feast keeps in a database, as a source.
 *
 * A watch compares marks: small rows that Feast writes with each change, with the number of
 * permissions and views. Where marks may be missing or too coarse to tell, it reads.
 */
export function createSqlRegistry(database: SqlDatabase): RegistrySource {
  const registry = new SqlRegistry(database);
  return polledSource(registry, {
    isAppliedInSteps: true,
    describe: () => database.description,
    readTime: () => registry.readTime(),
  });
}

interface ReadState extends FileState {
  /** Whether equal fingerprints mean equal registries. */
  readonly areKept: boolean;
}

/** Reads a database, and tells whether it may have changed since. */
export class SqlRegistry {
  readonly #database: SqlDatabase;
  /** When it was read last. Undefined: never, or it could not be reached. */
  #state: ReadState | undefined;
  /** When the state was met first, in milliseconds of a clock that is never set. */
  #metAt = 0;
  #met: string | undefined;
  #looks = 0;
  #readTime: number | undefined;
  #last: { readonly version: string; readonly contents: RegistryContents } | undefined;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  async read(given: AbortSignal | undefined): Promise<RegistryContents> {
    const database = this.#database;
    const { description } = database;
    this.#state = undefined;
    this.#looks = 0;
    let state: ReadState | undefined;
    let beganAt = Number.NaN;
    try {
      // Before the content: a change between the two is seen at the next look.
      const ofFiles = await database.readState?.();
      const rows = await withLimit(given, READ_SECONDS, description, (signal) =>
        database.transaction(async (transaction) => {
          beganAt = Number(await transaction.beganAt?.());
          state = { areKept: true, ...(ofFiles ?? (await readMarks(transaction, database))) };
          return await readTables(transaction, database);
        }, signal),
      );
      const contents = await this.#decode(rows);
      this.#readTime = Number.isNaN(beganAt) ? undefined : Math.floor(1000 * beganAt);
      return contents;
    } catch (error) {
      const refusal = refusalOf(error, description);
      if (refusal !== undefined) throw refusal;
      state = undefined;
      throw error;
    } finally {
      this.#state = state === undefined ? undefined : this.#settle(state);
    }
  }

  async #decode(rows: RegistryRows): Promise<RegistryContents> {
    const steps = encodeRegistry(rows, this.#database.isMySql);
    const { version, bytes } = await runInSlices(steps, Number.POSITIVE_INFINITY);
    if (this.#last?.version === version) return this.#last.contents;
    const contents = await runInSlices(decodeInSteps(bytes()), Number.POSITIVE_INFINITY);
    this.#last = { version, contents };
    return contents;
  }

  /** See `readTime` of a source. */
  readTime(): number | undefined {
    return this.#readTime;
  }

  async hasChanged(given: AbortSignal): Promise<boolean> {
    const before = this.#state;
    if (before === undefined || before.isRecent || !before.areKept) return true;
    try {
      const now = await this.#look(given);
      return now === undefined || now.fingerprint !== before.fingerprint;
    } catch {
      // A database that cannot be asked may hold anything: reading says what is wrong.
      return true;
    }
  }

  /** @returns undefined: it is time to read, whatever the marks say */
  async #look(given: AbortSignal): Promise<FileState | undefined> {
    const database = this.#database;
    if (database.readState !== undefined) return await database.readState();
    this.#looks += 1;
    if (this.#looks >= LOOKS_PER_READ) return undefined;
    return await withLimit(given, LOOK_SECONDS, database.description, (signal) =>
      database.transaction((transaction) => readMarks(transaction, database), signal),
    );
  }

  #settle(state: ReadState): ReadState {
    const now = performance.now();
    if (state.fingerprint !== this.#met) {
      this.#met = state.fingerprint;
      this.#metAt = now;
    }
    return { ...state, isRecent: state.isRecent || now - this.#metAt < SETTLE_MS };
  }
}

/** The same error with what was read, or undefined if it does not refuse the content. */
function refusalOf(cause: unknown, description: string): Error | undefined {
  if (cause instanceof RegistryInvalidError) {
    return new RegistryInvalidError(`${description} ${cause.message}`, { cause });
  }
  if (!(cause instanceof RegistryProjectMissingError)) return undefined;
  return new RegistryProjectMissingError(`${description} ${cause.message}`, {}, { cause });
}

async function withLimit<T>(
  given: AbortSignal | undefined,
  seconds: number,
  description: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  given?.throwIfAborted();
  const own = AbortSignal.timeout(seconds * 1000);
  try {
    return await run(given === undefined ? own : AbortSignal.any([given, own]));
  } catch (cause) {
    if (!own.aborted || given?.aborted === true) throw cause;
    const message = `${description} cannot be read: it took more than ${seconds} seconds`;
    throw new RegistryUnavailableError(message, { cause });
  }
}
