import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, type Redactor } from '../../src/redaction/index.js';
import {
  arbitraryGlue,
  arbitrarySecret,
  ENCODINGS,
  withZeroWidth,
} from '../support/arbitrary-secrets.js';
import { holdsSecret } from '../support/find-secret.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.js';

interface Leak {
  readonly secrets: readonly string[];
  /** Texts that hold secrets, each in some encoding. */
  readonly texts: readonly string[];
  readonly cuts: readonly number[];
}

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
  })
  .map(({ secrets, parts, after, cuts }) => {
    const texts = parts.map(({ glue, secret, encoding, hidden, seed }) => {
      const random = numbers(seed);
      const value = secrets[secret % secrets.length] as string;
      const { encode } = ENCODINGS[encoding % ENCODINGS.length] as (typeof ENCODINGS)[number];
      const encoded = encode(value, random);
      return glue + (hidden ? withZeroWidth(encoded, random) : encoded);
    });
    return { secrets, texts: [...texts, after], cuts };
  });

function redactorOf(secrets: readonly string[]): Redactor {
  const redactor = createRedactor();
  for (const value of secrets) {
    redactor.add(value);
    // In use by now: what is added next is searched for beside it.
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

describe('no registered secret survives', () => {
  test(
    'in a text, and masking again changes nothing',
    () => {
      fc.assert(
        fc.property(arbitraryLeak, ({ secrets, texts }) => {
          const redactor = redactorOf(secrets);
          const output = redactor.text(texts.join(''));
          expectNoSecret(secrets, output);
          expect(redactor.text(output)).toBe(output);
        }),
        propertyRuns(1000, 30_000),
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  test(
    'in a text that comes in pieces, whose output is that of the whole text',
    () => {
      fc.assert(
        fc.property(arbitraryLeak, ({ secrets, texts, cuts }) => {
          const redactor = redactorOf(secrets);
          const text = texts.join('');
          const whole = redactor.text(text);
          expect(inPieces(redactor, text, cuts).join('')).toBe(whole);
          const bytes = inPieces(redactor, Buffer.from(text), cuts).map((piece) =>
            Buffer.from(piece),
          );
          expect(Buffer.concat(bytes).toString()).toBe(whole);
          expectNoSecret(secrets, whole);
        }),
        propertyRuns(1000, 30_000),
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  test(
    'in nested objects',
    () => {
      fc.assert(
        fc.property(arbitraryLeak, fc.nat(), ({ secrets, texts }, seed) => {
          const output = redactorOf(secrets).value(nest(texts, numbers(seed)));
          expectNoSecret(secrets, show(output));
          expectNoSecret(secrets, JSON.stringify(output));
        }),
        propertyRuns(500, 20_000),
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  test(
    'in errors with causes',
    () => {
      fc.assert(
        fc.property(arbitraryLeak, fc.nat(), ({ secrets, texts }, seed) => {
          const output = redactorOf(secrets).error(failure(texts, numbers(seed)));
          for (let error: unknown = output; error instanceof Error; error = error.cause) {
            expectNoSecret(secrets, `${error.stack}\n${error}`);
          }
          expectNoSecret(secrets, show(output));
        }),
        propertyRuns(500, 20_000),
      );
    },
    PROPERTY_TIMEOUT_MS,
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
    propertyRuns(200, 2000),
  );
});

test('a text without secrets stays as it is, in one piece or many', () => {
  fc.assert(
    fc.property(
      fc.array(arbitrarySecret, { maxLength: 4 }),
      fc.array(arbitraryGlue, { maxLength: 20 }),
      fc.array(fc.nat(40), { minLength: 1 }),
      (secrets, glue, cuts) => {
        const text = glue.join('');
        fc.pre(!secrets.some((secret) => holdsSecret(secret, text)));
        const redactor = redactorOf(secrets);
        expect(redactor.text(text)).toBe(text);
        expect(inPieces(redactor, text, cuts).join('')).toBe(text);
        const bytes = inPieces(redactor, Buffer.from(text), cuts).map((piece) =>
          Buffer.from(piece),
        );
        expect(Buffer.concat(bytes)).toEqual(Buffer.from(text));
      },
    ),
    propertyRuns(1000, 20_000),
  );
});

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
