import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Redactor } from '../../../src/redaction/index.js';
import { findSecrets } from './find-secrets.js';

/**
 * What a test file put out, by channels, and the secrets that it must not have put out. It lies in
 * a folder, not in memory.
 */
export interface Transcript {
  /**
   * From now on nothing may hold this secret, nor may what was put out before.
   *
   * @param what its name in a report
   */
  readonly watchSecret: (value: string, what: string) => void;
  /**
   * The next piece of something that is written bit by bit; a secret may be cut by the borders of
   * the pieces.
   */
  readonly write: (channel: string, piece: string | Uint8Array) => void;
  /**
   * Something of this package, as it may come to be printed: text as it is, anything else as
   * `inspect` and as JSON write it.
   */
  readonly record: (channel: string, value: unknown) => void;
  /** Something of another package: as a log with the redaction shows it. */
  readonly recordForeign: (channel: string, value: unknown, redactor: Redactor) => void;
  /** How many different secrets are watched. */
  readonly watched: () => number;
  /** How many different texts were recorded in a channel. */
  readonly recorded: (channel: string) => number;
  /** Where its own secrets are in it. */
  readonly search: () => readonly Leak[];
}

/** A secret that was found; never its value. */
export interface Leak {
  /** The test file that put it out. */
  readonly file: string;
  readonly channel: string;
  /** What was put out. */
  readonly what: string;
}

/** Characters of a secret at least: shorter ones stand in innocent text. */
const MIN_LENGTH = 6;
/** Nobody writes a character of a secret with more. */
const LONGEST_CHARACTER = 24;
const WINDOW = 2 ** 18;
/** Texts that are known to be recorded already. More are recorded again. */
const MAX_KNOWN = 50_000;

const SECRETS = 'secrets.jsonl';
const FILE = 'file.txt';
const CHANNEL = '.channel';

/** @param folder of all transcripts of a run */
export function createTranscript(folder: string, file: string): Transcript {
  const own = mkdtempSync(join(folder, 'file-'));
  const secrets = new Map<string, string>();
  const known = new Map<string, Set<string>>();
  writeFileSync(join(own, FILE), file);

  const write = (channel: string, piece: string | Uint8Array): void => {
    appendFileSync(join(own, encodeURIComponent(channel) + CHANNEL), piece);
  };
  const recordText = (channel: string, text: string): void => {
    const texts = known.get(channel) ?? new Set();
    known.set(channel, texts);
    const hash = createHash('sha256').update(text).digest('base64');
    if (texts.has(hash)) return;
    if (texts.size < MAX_KNOWN) texts.add(hash);
    write(channel, `${text}\n\n`);
  };
  return {
    watchSecret(value, what) {
      for (const part of secretParts(value)) {
        if (secrets.has(part)) continue;
        secrets.set(part, what);
        appendFileSync(join(own, SECRETS), `${JSON.stringify([part, what])}\n`, { mode: 0o600 });
      }
    },
    write,
    record(channel, value) {
      for (const text of print(value)) recordText(channel, text);
    },
    recordForeign(channel, value, redactor) {
      for (const text of print(value)) recordText(channel, redactor.text(text));
    },
    watched: () => secrets.size,
    recorded: (channel) => known.get(channel)?.size ?? 0,
    search: () => searchFolder(own, secrets),
  };
}

/** Finds the secrets of all transcripts of a run in each of them. */
export function searchTranscripts(folder: string): readonly Leak[] {
  const folders = readdirSync(folder).map((name) => join(folder, name));
  const secrets = new Map(folders.flatMap(readSecrets));
  return folders.flatMap((each) => searchFolder(each, secrets));
}

/** What makes a run fail: where secrets were found, a line for each. */
export function describeLeaks(leaks: readonly Leak[]): string {
  const lines = leaks.map(({ file, channel, what }) => `  ${file}: ${channel}: ${what}`);
  return ['secrets were put out:', ...new Set(lines)].join('\n');
}

/** Half a signed token is too much: its claims are watched, and its signature. */
function secretParts(value: string): readonly string[] {
  if (value.length < MIN_LENGTH) {
    throw new TypeError(`a secret of ${value.length} characters cannot be watched`);
  }
  // A file that a secret is read from ends with a line break; what is printed is the secret alone.
  const trimmed = value.trim();
  const secret = trimmed.length < MIN_LENGTH ? value : trimmed;
  const [, claims, signature] = /^[\w-]+\.([\w-]{32,})\.([\w-]{32,})$/.exec(secret) ?? [];
  return claims === undefined || signature === undefined ? [secret] : [claims, signature];
}

function print(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  const shown = inspect(value, { depth: 12, showHidden: true, maxStringLength: null });
  const said = value instanceof Error ? `${value}\n${value.message}\n${value.stack}` : '';
  return [shown, said, toJson(value)].filter((text) => text !== '');
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // A cycle, or a number too large for JSON: nobody can have printed it this way.
    return '';
  }
}

function readSecrets(folder: string): readonly (readonly [value: string, what: string])[] {
  if (!readdirSync(folder).includes(SECRETS)) return [];
  const lines = readFileSync(join(folder, SECRETS), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as readonly [string, string]);
}

function searchFolder(folder: string, secrets: ReadonlyMap<string, string>): readonly Leak[] {
  const file = readFileSync(join(folder, FILE), 'utf8');
  return readdirSync(folder)
    .filter((name) => name.endsWith(CHANNEL))
    .flatMap((name) => {
      const channel = decodeURIComponent(name.slice(0, -CHANNEL.length));
      const found = searchFile(join(folder, name), secrets.keys());
      return Array.from(found, (value) => ({ file, channel, what: secrets.get(value) ?? '' }));
    });
}

/** Goes through a file in windows that overlap by the longest form of the longest secret. */
function searchFile(path: string, values: Iterable<string>): ReadonlySet<string> {
  const left = new Set(values);
  const found = new Set<string>();
  const longest = Math.max(0, ...Array.from(left, (value) => Buffer.byteLength(value)));
  const overlap = longest * LONGEST_CHARACTER;
  const window = Buffer.alloc(overlap + WINDOW);
  const descriptor = openSync(path, 'r');
  try {
    let size = 0;
    for (;;) {
      const read = readSync(descriptor, window, size, window.length - size, null);
      size += read;
      const isFull = size === window.length;
      if (read > 0 && !isFull) continue;
      for (const value of findSecrets(left, window.subarray(0, size))) {
        found.add(value);
        left.delete(value);
      }
      if (!isFull || left.size === 0) return found;
      window.copyWithin(0, size - overlap);
      size = overlap;
    }
  } finally {
    closeSync(descriptor);
  }
}
