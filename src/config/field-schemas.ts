import * as z from 'zod';

const INTEGER_TEXT = /^[+-]?\d+(?:_\d+)*(?:\.0+)?$/;
const NUMBER_TEXT = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf|infinity|nan)$/i;
const TRUE_WORDS: ReadonlySet<string> = new Set(['1', 'on', 't', 'true', 'y', 'yes']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['0', 'off', 'f', 'false', 'n', 'no']);

/** A string; nothing else is turned into one. */
export const stringField: z.ZodString = z.string({
  error: (issue) => (issue.input === undefined ? 'is missing' : 'must be a string'),
});

/** A string, `null` or nothing; the latter two become `undefined`. */
export const optionalStringField: z.ZodType<string | undefined> = stringField
  .nullish()
  .transform((value) => value ?? undefined);

/**
 * A whole number above zero: a number, `true` (1), or a string such as `'60'`.
 *
 * @source pydantic 2, an `int` field in lax mode, with `gt=0`: same up to 2^53.
 */
export const positiveIntegerField: z.ZodType<number> = coerced(
  (value) => positive(toInteger(value)),
  'must be a whole number greater than 0',
  { type: ['integer', 'string', 'boolean'], exclusiveMinimum: 0 },
);

/**
 * A number above zero, infinity included: a number, `true` (1), or a string such as `'1e3'`.
 *
 * @source pydantic 2, a `float` field in lax mode, with `gt=0`: same.
 */
export const positiveNumberField: z.ZodType<number> = coerced(
  (value) => positive(toNumber(value)),
  'must be a number greater than 0',
);

/**
 * True or false: a boolean, 0 or 1, or a word such as `'yes'` in any case.
 *
 * @source pydantic 2, a `bool` field in lax mode: same.
 */
export const booleanField: z.ZodType<boolean> = coerced(toBoolean, 'must be true or false');

/** @param written what a JSON Schema says of the value before it is coerced */
function coerced<Output extends number | boolean>(
  coerce: (value: unknown) => Output | undefined,
  message: string,
  written: z.GlobalMeta = {},
): z.ZodType<Output> {
  return z
    .unknown()
    .meta(written)
    .transform((value, context) => {
      const result = coerce(value);
      if (result !== undefined) return result;
      context.addIssue(message);
      return z.NEVER;
    });
}

function toInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' ? parseInteger(value.trim()) : toNumber(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

function parseInteger(text: string): number | undefined {
  return INTEGER_TEXT.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' ? parseNumber(value) : undefined;
}

function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  // Underscores stand between two characters, and not in a text with white space around it.
  if (/^_|__|_$/.test(trimmed)) return undefined;
  if (trimmed.includes('_') && trimmed !== text) return undefined;
  const digits = trimmed.replaceAll('_', '');
  if (!NUMBER_TEXT.test(digits)) return undefined;
  if (/inf/i.test(digits)) {
    return digits.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return Number(digits);
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1) return value === 1;
  if (typeof value !== 'string') return undefined;
  const word = value.toLowerCase();
  if (TRUE_WORDS.has(word)) return true;
  return FALSE_WORDS.has(word) ? false : undefined;
}
