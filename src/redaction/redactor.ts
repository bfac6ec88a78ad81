import { checkOptions, type OptionNames } from '../foundation/options.js';
import { createPieceRedactor, type PieceRedactor, type TextPiece } from './piece-redactor.js';
import { redactConsole } from './redact-console.js';
import { joinBytes, redactBytes, redactText } from './redact-text.js';
import { redactValue, type ValueLimits, type ValueRedaction } from './redact-value.js';
import {
  SecretRegistry,
  type SecretRegistryOptions,
  type SecretToRedact,
} from './secret-registry.js';
import type { TokenToRedact } from './token-registry.js';
import { type WritableLike, wrapStream } from './wrap-stream.js';

/** How much a redactor remembers, and how deep it looks into values. */
export interface RedactorOptions extends SecretRegistryOptions, Partial<ValueLimits> {}

const REDACTOR_OPTIONS: OptionNames<RedactorOptions> = {
  maxBytes: true,
  maxTokenBytes: true,
  maxDepth: true,
  maxEntries: true,
};

/** Longer texts are taken in parts. */
const LONGEST_WHOLE = 2 ** 25;

const DEFAULT_LIMITS: ValueLimits = { maxDepth: 64, maxEntries: 100_000 };

/**
 * Masks secrets as `***` (`***name***` where they have a name) in whatever is about to be printed,
 * stored or sent.
 *
 * A secret is found as it is and as base64 and base64url (wherever it stands in the encoded text),
 * percent-encoded, escaped for JSON and as hex, in any case of the hex digits, escaped up to three
 * times, with zero-width characters in it, as a list of bytes, and as Node prints it. A secret of
 * several lines is found indented, and its long lines are found alone. The time that a text takes
 * hardly depends on how many secrets there are. A text without secrets is given back unchanged.
 */
export interface Redactor {
  /** Number of different secrets. */
  readonly size: number;
  /**
   * Adds a secret of 8 to 65,536 characters (zero-width ones and white space at the ends do not
   * count).
   *
   * @returns removes it again; a secret that was added twice stays until it is removed twice
   * @throws TypeError for an invalid secret; RangeError where `maxBytes` are in use
   */
  add(secret: string | SecretToRedact): () => void;
  /**
   * Adds a token of a caller. Tokens have room of their own, of which the oldest are given up for
   * new ones; of a signed token the signature is masked, without which it is worth nothing.
   *
   * @throws TypeError if `token` is not a string of 8 to 65,536 characters
   */
  addToken(token: TokenToRedact): void;
  /** Number of secrets and tokens that did not fit. The first one emits a process warning. */
  readonly unmasked: number;
  /** The text with masks in place of secrets. */
  text(text: string): string;
  /** UTF-8. */
  bytes(bytes: Uint8Array): Uint8Array;
  /**
   * Copies a value of any kind as plain data, with masks in all strings, keys and bytes. Never
   * throws because of the value, never changes it; what lies deeper than `maxDepth` (64) or comes
   * after `maxEntries` members (100,000) is replaced by `[truncated]`, what throws by
   * `[unreadable]`.
   */
  value(value: unknown): unknown;
  /**
   * The same for an error: message, stack, causes, the errors of an aggregate, fields. Another
   * value becomes the message of an error.
   */
  error(error: unknown): Error;
  /** For a text that comes in pieces. */
  pieces(): PieceRedactor;
  /** The same as a web stream, for `pipeThrough`: strings in, strings out; bytes in, bytes out. */
  stream(): TransformStream<TextPiece, TextPiece>;
  /**
   * Makes a stream mask what is written to it: a Node stream, such as `process.stdout` or a
   * response, or a destination of pino. Gives back the same stream; its back-pressure, callbacks
   * and encodings are as they were.
   */
  wrap<S extends WritableLike>(stream: S): S;
  /** Ends that: writes what was kept back, and gives the stream its own methods back. */
  unwrap(stream: WritableLike): void;
  /** A console that masks its arguments. */
  console<C extends object>(console: C): C;
}

/**
 * Creates a redactor with secrets of its own.
 *
 * @example
 * const redactor = createRedactor();
 * redactor.add({ name: 'db-password', value: 'correct horse' });
 * redactor.text('login with correct%20horse'); // 'login with ***db-password***'
 */
export function createRedactor(options: RedactorOptions = {}): Redactor {
  checkOptions<RedactorOptions>(options, REDACTOR_OPTIONS);
  const registry = new SecretRegistry(options);
  const pieces = (): PieceRedactor => createPieceRedactor(registry);
  const text = (input: string): string =>
    input.length <= LONGEST_WHOLE ? redactText(registry, input) : inParts(pieces(), input).join('');
  const bytes = (input: Uint8Array): Uint8Array =>
    input.length <= LONGEST_WHOLE
      ? redactBytes(registry, input)
      : joinBytes(inParts(pieces(), input) as Uint8Array[]);
  const redaction: ValueRedaction = {
    maxDepth: options.maxDepth ?? DEFAULT_LIMITS.maxDepth,
    maxEntries: options.maxEntries ?? DEFAULT_LIMITS.maxEntries,
    text,
    bytes,
  };
  const value = (input: unknown): unknown => redactValue(input, redaction);
  const wrapped = new WeakMap<WritableLike, () => void>();
  return {
    get size() {
      return registry.size;
    },
    add: (secret) => registry.add(secret),
    addToken: (token) => registry.addToken(token),
    get unmasked() {
      return registry.unmasked;
    },
    text,
    bytes,
    value,
    error(error) {
      const copy = value(error);
      return copy instanceof Error ? copy : new Error(describe(copy));
    },
    pieces,
    stream: () => createTransform(pieces()),
    wrap(stream) {
      if (!wrapped.has(stream))
        wrapped.set(stream, wrapStream(stream, { pieces: pieces(), value }));
      return stream;
    },
    unwrap(stream) {
      wrapped.get(stream)?.();
      wrapped.delete(stream);
    },
    console: (console) => redactConsole(console, value),
  };
}

function inParts(pieces: PieceRedactor, text: TextPiece): readonly TextPiece[] {
  return [pieces.write(text), pieces.end()];
}

function createTransform(pieces: PieceRedactor): TransformStream<TextPiece, TextPiece> {
  return new TransformStream<TextPiece, TextPiece>({
    transform(piece, controller) {
      const settled = pieces.write(piece);
      if (settled.length > 0) controller.enqueue(settled);
    },
    flush(controller) {
      const last = pieces.end();
      if (last.length > 0) controller.enqueue(last);
    },
  });
}

function describe(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
