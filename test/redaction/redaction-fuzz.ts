import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedactor, type Redactor } from '../../src/redaction/index.js';
import {
  arbitraryGlue,
  arbitrarySecret,
  ENCODINGS,
  withZeroWidth,
} from '../support/arbitrary-secrets.js';
import { holdsSecret } from '../support/find-secret.js';
import { propertyRuns } from '../support/property-runs.js';

interface Leak {
  readonly secrets: readonly string[];
  /** Texts that hold secrets, each in some encoding. */
  readonly texts: readonly string[];
  readonly cuts: readonly number[];
  /** Whether the secrets are searched for in more than one table. */
  readonly several: boolean;
}

/** Rare, for the time that large tables take. */
const arbitrarySeveral: fc.Arbitrary<boolean> = fc.nat(49).map((number) => number === 1);

/** Numbers below 1 from a seed: mulberry32. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const arbitraryLeak: fc.Arbitrary<Leak> = fc
  .record({
    secrets: fc.array(arbitrarySecret, { minLength: 1, maxLength: 4 }),
    parts: fc.array(
      fc.record({
        glue: arbitraryGlue,
        secret: fc.nat(),
        encoding: fc.nat(),
        hidden: fc.boolean(),
        seed: fc.nat(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    after: arbitraryGlue,
    cuts: fc.array(fc.nat(40), { minLength: 1, maxLength: 8 }),
    several: arbitrarySeveral,
  })
  .map(({ secrets, parts, after, cuts, several }) => {
    const texts = parts.map(({ glue, secret, encoding, hidden, seed }) => {
      const random = numbers(seed);
      const value = secrets[secret % secrets.length] as string;
      const { encode } = ENCODINGS[encoding % ENCODINGS.length] as (typeof ENCODINGS)[number];
      const encoded = encode(value, random);
      return glue + (hidden ? withZeroWidth(encoded, random) : encoded);
    });
    return { secrets, texts: [...texts, after], cuts, several };
  });

/** A secret that is in no text, and too large to share its tables with the others. */
const LARGE_SECRET = 'not in any text '.repeat(256);

/** A redactor with one table for all secrets, or with two. */
function redactorOf({ secrets, several }: Pick<Leak, 'secrets' | 'several'>): Redactor {
  const redactor = createRedactor();
  if (several) {
    redactor.add(LARGE_SECRET);
    redactor.text('');
  }
  for (const value of secrets) {
    redactor.add(value);
    // In use by now: what is added next changes what is there.
    redactor.text('');
  }
  return redactor;
}

function expectNoSecret(secrets: readonly string[], output: string): void {
  const survivors = secrets.filter((secret) => holdsSecret(secret, output));
  expect({ survivors, output }).toEqual({ survivors: [], output });
}

/** Writes a text in pieces of the lengths given, over and over. */
function inPieces<T extends string | Uint8Array>(
  redactor: Redactor,
  text: T,
  cuts: readonly number[],
): readonly (string | Uint8Array)[] {
  const pieces = redactor.pieces();
  const output: (string | Uint8Array)[] = [];
  for (let at = 0, cut = 0; at < text.length; cut++) {
    const length = Math.max(1, cuts[cut % cuts.length] as number);
    output.push(pieces.write(text.slice(at, at + length)));
    at += length;
  }
  output.push(pieces.end());
  return output;
}

/** How often each property is tried, and the milliseconds that each may take. */
export interface RedactionFuzzRuns {
  readonly texts: number;
  readonly pieces: number;
  readonly values: number;
  readonly errors: number;
  readonly encodings: number;
  readonly innocent: number;
  readonly timeout: number;
  /**
   * What all input is made from. Default: a random number, which fast-check prints where a property
   * fails.
   */
  readonly seed?: number;
}

/**
 * Defines the tests that random secrets, in random encodings and texts, never survive redaction.
 */
export function testRedactionFuzz(runs: RedactionFuzzRuns): void {
  describe('no registered secret survives', () => {
    const { stackTraceLimit } = Error;
    // Frames hold no secret, and take longer to search than all else.
    beforeAll(() => {
      Error.stackTraceLimit = 2;
    });
    afterAll(() => {
      Error.stackTraceLimit = stackTraceLimit;
    });

    test(
      'in a text, and masking again changes nothing',
      () => {
        fc.assert(
          fc.property(arbitraryLeak, ({ secrets, texts, several }) => {
            const redactor = redactorOf({ secrets, several });
            const output = redactor.text(texts.join(''));
            expectNoSecret(secrets, output);
            expect(redactor.text(output)).toBe(output);
          }),
          propertyRuns(runs.texts, runs.texts, runs.seed),
        );
      },
      runs.timeout,
    );

    test(
      'in a text that comes in pieces, whose output is that of the whole text',
      () => {
        fc.assert(
          fc.property(arbitraryLeak, ({ secrets, texts, cuts, several }) => {
            const redactor = redactorOf({ secrets, several });
            const text = texts.join('');
            const whole = redactor.text(text);
            expect(inPieces(redactor, text, cuts).join('')).toBe(whole);
            const bytes = inPieces(redactor, Buffer.from(text), cuts).map((piece) =>
              Buffer.from(piece),
            );
            expect(Buffer.concat(bytes).toString()).toBe(whole);
            expectNoSecret(secrets, whole);
          }),
          propertyRuns(runs.pieces, runs.pieces, runs.seed),
        );
      },
      runs.timeout,
    );

    test(
      'in nested objects',
      () => {
        fc.assert(
          fc.property(arbitraryLeak, fc.nat(), ({ secrets, texts, several }, seed) => {
            const output = redactorOf({ secrets, several }).value(nest(texts, numbers(seed)));
            expectNoSecret(secrets, show(output));
            expectNoSecret(secrets, JSON.stringify(output));
          }),
          propertyRuns(runs.values, runs.values, runs.seed),
        );
      },
      runs.timeout,
    );

    test(
      'in errors with causes',
      () => {
        fc.assert(
          fc.property(arbitraryLeak, fc.nat(), ({ secrets, texts, several }, seed) => {
            const output = redactorOf({ secrets, several }).error(failure(texts, numbers(seed)));
            for (let error: unknown = output; error instanceof Error; error = error.cause) {
              expectNoSecret(secrets, `${error.stack}\n${error}`);
            }
            expectNoSecret(secrets, show(output));
          }),
          propertyRuns(runs.errors, runs.errors, runs.seed),
        );
      },
      runs.timeout,
    );
  });

  test('what looks for survivors knows every encoding, and finds nothing where nothing is', () => {
    fc.assert(
      fc.property(arbitrarySecret, fc.nat(), (secret, seed) => {
        const random = numbers(seed);
        for (const { name, encode } of ENCODINGS) {
          const encoded = encode(secret, random);
          expect([name, holdsSecret(secret, `<${encoded}>`)]).toEqual([name, true]);
          const hidden = withZeroWidth(encoded, random);
          expect([name, holdsSecret(secret, `<${hidden}>`)]).toEqual([name, true]);
          expect([name, holdsSecret(`${secret}!`, `<${encoded}>`)]).toEqual([name, false]);
        }
      }),
      propertyRuns(runs.encodings, runs.encodings, runs.seed),
    );
  });

  test('a text without secrets stays as it is, in one piece or many', () => {
    fc.assert(
      fc.property(
        fc.array(arbitrarySecret, { maxLength: 4 }),
        fc.array(arbitraryGlue, { maxLength: 20 }),
        fc.array(fc.nat(40), { minLength: 1 }),
        arbitrarySeveral,
        (secrets, glue, cuts, several) => {
          const text = glue.join('');
          fc.pre(!secrets.some((secret) => holdsSecret(secret, text)));
          const redactor = redactorOf({ secrets, several });
          expect(redactor.text(text)).toBe(text);
          expect(inPieces(redactor, text, cuts).join('')).toBe(text);
          const bytes = inPieces(redactor, Buffer.from(text), cuts).map((piece) =>
            Buffer.from(piece),
          );
          expect(Buffer.concat(bytes)).toEqual(Buffer.from(text));
        },
      ),
      propertyRuns(runs.innocent, runs.innocent, runs.seed),
    );
  });
}

function show(value: unknown): string {
  return inspect(value, {
    depth: Number.POSITIVE_INFINITY,
    showHidden: true,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: Number.POSITIVE_INFINITY,
  });
}

/** An object with each text somewhere in it. */
function nest(texts: readonly string[], random: () => number): unknown {
  let value: unknown = { end: true };
  for (const text of texts) value = wrap(text, value, Math.floor(random() * 9));
  return value;
}

function wrap(text: string, inner: unknown, shape: number): unknown {
  switch (shape) {
    case 0:
      return { [text]: inner };
    case 1:
      return [text, inner, text];
    case 2:
      return { map: new Map<unknown, unknown>([[text, inner]]), inner };
    case 3:
      return { set: new Set<unknown>([text, inner]), list: [inner] };
    case 4:
      return {
        bytes: Buffer.from(text).toString(),
        error: new Error(text, { cause: inner }),
        inner,
      };
    case 5:
      return {
        inner,
        get text() {
          return text;
        },
      };
    case 6:
      return { toJSON: () => ({ text, inner }) };
    case 7:
      return Object.assign(Object.create({ inherited: 1 }) as object, { text, inner });
    default:
      return { text, inner };
  }
}

function failure(texts: readonly string[], random: () => number): Error {
  let error: Error = new Error('first');
  for (const text of texts) {
    const shape = Math.floor(random() * 4);
    if (shape === 0) error = new TypeError(text, { cause: error });
    else if (shape === 1) error = new AggregateError([error, text], 'many');
    else if (shape === 2)
      error = Object.assign(new Error('with fields', { cause: error }), { text });
    else {
      const cause = error;
      error = new Error('named', { cause });
      error.name = text;
    }
  }
  return error;
}
