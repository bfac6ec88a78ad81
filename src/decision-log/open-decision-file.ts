import { type FileHandle, open } from 'node:fs/promises';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import type { DecisionLineSink } from './create-decision-log.js';

/** How {@link openDecisionFile} writes. */
export interface DecisionFileOptions {
  /**
   * Maximum length of what waits to be written, in UTF-16 code units. Records beyond it are lost.
   * Default: 16,777,216.
   */
  readonly maxWaiting?: number | undefined;
}

/** A file that records are appended to, one JSON object a line. */
export interface DecisionFile {
  /** For the option `sink` of `createDecisionLog`. Throws if the record cannot be taken. */
  readonly sink: DecisionLineSink;
  /** The error of the last write; undefined if it succeeded. */
  readonly error: Error | undefined;
  /** Number of records that were taken and could not be written. */
  readonly lost: number;
  /** Waits until all records so far are written, or lost. */
  flush(): Promise<void>;
  /** Writes what waits and closes the file. Later records are refused. */
  close(): Promise<void>;
}

const OPTIONS: OptionNames<DecisionFileOptions> = { maxWaiting: true };
const DEFAULT_MAX_WAITING = 16 * 1024 * 1024;
/** How long a record may wait for others, in milliseconds. */
const BATCH_MS = 20;
/**
 * Strings that wait are copied by the garbage collector, more than once; bytes are not. So lines
 * are encoded soon.
 */
const LINES_PER_CHUNK = 32;
const LINE_BREAK = Buffer.from('\n');
/** Read and written by the owner alone: names of users are in it. */
const FILE_MODE = 0o600;

/**
 * Opens a file that records are appended to. A new file is readable by its owner only.
 *
 * Requests never wait for it: the records of 20 ms are written together, one write at a time.
 *
 * @throws TypeError if an option is unknown or invalid
 * @throws Error of the system if the file cannot be opened
 * @example
 * const file = await openDecisionFile('decisions.jsonl');
 * const log = createDecisionLog({ sink: file.sink });
 */
export async function openDecisionFile(
  path: string,
  options: DecisionFileOptions = {},
): Promise<DecisionFile> {
  checkOptions<DecisionFileOptions>(options, OPTIONS);
  const { maxWaiting = DEFAULT_MAX_WAITING } = options;
  if (!(Number.isInteger(maxWaiting) && maxWaiting >= 1)) {
    throw new TypeError('option maxWaiting must be an integer of at least 1');
  }
  return new AppendedFile(await open(path, 'a', FILE_MODE), maxWaiting);
}

/** Lines that wait to be written. */
interface Chunk {
  readonly bytes: Buffer;
  /** In UTF-16 code units. */
  readonly length: number;
  readonly lines: number;
}

// Made once: each error of its own would record a stack, at ten times the cost of a record.
const CLOSED = new Error('the file of decisions is closed');
const FULL = new Error('too many decisions wait to be written');

class AppendedFile implements DecisionFile {
  readonly #handle: FileHandle;
  readonly #maxWaiting: number;
  #lines: string[] = [];
  #chunks: Chunk[] = [];
  /** Length of all lines and chunks, the one that is being written included. */
  #waiting = 0;
  #writing: Promise<void> | undefined;
  /** It keeps the process alive until records that wait are written. */
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #lost = 0;
  #error: Error | undefined;

  constructor(handle: FileHandle, maxWaiting: number) {
    this.#handle = handle;
    this.#maxWaiting = maxWaiting;
  }

  readonly sink: DecisionLineSink = { writeLine: (line) => this.#take(line) };

  #take(line: string): void {
    if (this.#isClosed) throw CLOSED;
    const length = line.length + 1;
    if (this.#waiting + length > this.#maxWaiting) throw FULL;
    this.#waiting += length;
    if (this.#lines.push(line) === LINES_PER_CHUNK) this.#encode();
    // Writing each record by itself would take more time than making it.
    if (this.#writing === undefined) this.#timer ??= setTimeout(() => this.#start(), BATCH_MS);
  }

  get error(): Error | undefined {
    return this.#error;
  }

  get lost(): number {
    return this.#lost;
  }

  async flush(): Promise<void> {
    if (this.#timer !== undefined) this.#start();
    while (this.#writing !== undefined) await this.#writing;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return this.flush();
    this.#isClosed = true;
    await this.flush();
    await this.#handle.close();
  }

  #encode(): void {
    if (this.#lines.length === 0) return;
    const lines = this.#lines.length;
    this.#lines.push('');
    const text = this.#lines.join('\n');
    this.#chunks.push({ bytes: Buffer.from(text), length: text.length, lines });
    this.#lines = [];
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#write();
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    this.#encode();
    while (this.#chunks.length > 0) {
      const chunks = this.#chunks;
      this.#chunks = [];
      // A write that failed may have left a part of a line.
      const start = this.#error === undefined ? [] : [LINE_BREAK];
      try {
        await writeAll(this.#handle, [...start, ...chunks.map(({ bytes }) => bytes)]);
        this.#error = undefined;
      } catch (error) {
        this.#error = error instanceof Error ? error : new Error(String(error));
        this.#lost += sum(chunks, ({ lines }) => lines);
      }
      this.#waiting -= sum(chunks, ({ length }) => length);
      this.#encode();
    }
    this.#writing = undefined;
  }
}

/** In one call, unless the system takes a part only. */
async function writeAll(handle: FileHandle, buffers: readonly Buffer[]): Promise<void> {
  const { bytesWritten } = await handle.writev(buffers);
  if (bytesWritten === sum(buffers, ({ length }) => length)) return;
  let rest = Buffer.concat(buffers).subarray(bytesWritten);
  while (rest.length > 0) rest = rest.subarray((await handle.write(rest)).bytesWritten);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
