import { createRedactor } from '../src/redaction/index.js';
import { createRandom, pick } from './generate-store.js';
import { median } from './measure.js';

/** What it takes to redact a log. */
export interface RedactionRow {
  readonly secrets: number;
  /** Milliseconds of processor time to make the tables of all secrets. */
  readonly compileMs: number;
  /** Milliseconds to add one secret to the others, and be ready to find it. */
  readonly addMs: number;
  /**
   * Megabytes (10^6 bytes) per second of processor time, bytes in and bytes out, the median of the
   * rounds.
   */
  readonly mbPerSecond: number;
  /** The same for the copying of the bytes alone, in the same rounds: the floor. */
  readonly copyMbPerSecond: number;
  /**
   * One `replaceAll` for each secret, which finds the secrets as they are and in no other form, on
   * a part of the log.
   */
  readonly replaceAllMbPerSecond: number;
}

const CHUNK = 65_536;
const ROUNDS = 3;
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!@#$%&+/=';
const PATHS = ['/get-online-features', '/push', '/materialize', '/retrieve-online-documents'];
const NAMES = ['driver_hourly_stats', 'merchant_risk_profile', 'user_card_transactions'];

/**
 * Redacts a log of 100 MB, written like that of a feature server, in chunks of 64 KiB; one line of
 * a thousand holds a secret.
 *
 * @param counts numbers of secrets
 * @param megabytes size of the log
 */
export function benchRedaction(
  counts: readonly number[] = [1, 10, 100, 1000, 10_000],
  megabytes = 100,
): readonly RedactionRow[] {
  return counts.map((count) => benchCount(count, megabytes * 1e6));
}

function benchCount(count: number, size: number): RedactionRow {
  const random = createRandom(count);
  const secrets = Array.from({ length: count }, () => makeSecret(random));
  const log = makeLog(random, secrets, size);
  const redactor = createRedactor();
  for (const value of secrets) redactor.add(value);
  const compileMs = time(() => redactor.text('nothing to see'));
  const added = Array.from({ length: 21 }, () => makeSecret(random));
  const addMs = median(
    added.map((value) =>
      time(() => {
        redactor.add(value);
        redactor.text('nothing to see');
      }),
    ),
  );
  const quiet = createRedactor();
  for (const value of secrets) quiet.add(value);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    redact: time(() => redactAll(quiet.pieces(), log)),
    copy: time(() => copyAll(log)),
  }));
  const megabytes = size / 1e6;
  return {
    secrets: count,
    compileMs,
    addMs,
    mbPerSecond: (1000 * megabytes) / median(rounds.map(({ redact }) => redact)),
    copyMbPerSecond: (1000 * megabytes) / median(rounds.map(({ copy }) => copy)),
    replaceAllMbPerSecond: benchReplaceAll(secrets, log),
  };
}

function redactAll(
  pieces: ReturnType<ReturnType<typeof createRedactor>['pieces']>,
  log: Uint8Array,
): number {
  let written = 0;
  for (let at = 0; at < log.length; at += CHUNK) {
    written += pieces.write(log.subarray(at, at + CHUNK)).length;
  }
  return written + pieces.end().length;
}

function copyAll(log: Uint8Array): number {
  let written = 0;
  for (let at = 0; at < log.length; at += CHUNK) written += log.slice(at, at + CHUNK).length;
  return written;
}

/** A part of the log that takes about as long for any number of secrets. */
function benchReplaceAll(secrets: readonly string[], log: Uint8Array): number {
  const size = Math.min(log.length, Math.max(CHUNK, Math.floor(2e9 / secrets.length / 4)));
  const text = new TextDecoder().decode(log.subarray(0, size));
  const ms = time(() => {
    for (let at = 0; at < text.length; at += CHUNK) {
      let chunk = text.slice(at, at + CHUNK);
      for (const secret of secrets) chunk = chunk.replaceAll(secret, '***');
    }
  });
  return size / 1000 / ms;
}

export function makeSecret(random: () => number): string {
  return Array.from({ length: 24 + Math.floor(random() * 24) }, () =>
    pick(random, [...CHARACTERS]),
  ).join('');
}

export function makeLog(
  random: () => number,
  secrets: readonly string[],
  size: number,
): Uint8Array {
  const block = Array.from({ length: 5000 }, (_, index) => makeLine(random, index, secrets));
  const bytes = new TextEncoder().encode(block.join(''));
  const log = new Uint8Array(size);
  for (let at = 0; at < size; at += bytes.length) log.set(bytes.subarray(0, size - at), at);
  return log;
}

function makeLine(random: () => number, index: number, secrets: readonly string[]): string {
  const user = `user-${Math.floor(random() * 1e6)}`;
  const line = {
    level: 30,
    time: 1_764_000_000_000 + index,
    pid: 4711,
    hostname: 'feature-server-6c9d7b5f4-x2x7q',
    reqId: `req-${Math.floor(random() * 2 ** 32).toString(16)}${Math.floor(random() * 2 ** 32).toString(16)}`,
    method: 'POST',
    url: `${pick(random, PATHS)}?feature_view=${pick(random, NAMES)}&entity=driver%3A${Math.floor(random() * 1e5)}`,
    user,
    responseTime: Math.floor(random() * 1e5) / 100,
    msg:
      index % 10 === 0
        ? `request body {"features":["${pick(random, NAMES)}:trips_today"]}`
        : 'request completed',
    ...(index % 1000 === 999 ? { authorization: `Bearer ${pick(random, secrets)}` } : {}),
  };
  return `${JSON.stringify(line)}\n`;
}

/** Milliseconds of processor time: what else the machine does is not in it. */
function time(run: () => unknown): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

if (process.argv[1]?.endsWith('redaction.js') === true) {
  const rows = benchRedaction().map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, Number(value.toPrecision(3))]),
    ),
  );
  console.table(rows);
}
