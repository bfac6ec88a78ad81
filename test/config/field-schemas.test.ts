import { describe, expect, it } from 'vitest';
import {
  booleanField,
  optionalStringField,
  positiveIntegerField,
  positiveNumberField,
  stringField,
} from '../../src/config/field-schemas.js';

const INFINITY = Number.POSITIVE_INFINITY;

// Each row as pydantic 2.13 answers for `gt=0` fields: the value, as an integer, as a float.
const NUMBERS: readonly (readonly [unknown, number | undefined, number | undefined])[] = [
  [5, 5, 5],
  [5.5, undefined, 5.5],
  [0, undefined, undefined],
  [-1, undefined, undefined],
  [Number.NaN, undefined, undefined],
  [INFINITY, undefined, INFINITY],
  [true, 1, 1],
  [false, undefined, undefined],
  [null, undefined, undefined],
  [[], undefined, undefined],
  [new Date(0), undefined, undefined],
  ['60', 60, 60],
  [' 60\n', 60, 60],
  ['+01', 1, 1],
  ['1_000', 1000, 1000],
  [' 1_0 ', 10, undefined],
  ['1__0', undefined, undefined],
  ['_1', undefined, undefined],
  ['1_', undefined, undefined],
  ['1.0', 1, 1],
  ['1_0.0', 10, 10],
  ['1.0_0', undefined, 1],
  ['1.', undefined, 1],
  ['1.5', undefined, 1.5],
  ['.5', undefined, 0.5],
  ['1e3', undefined, 1000],
  ['1_e3', undefined, 1000],
  ['1e', undefined, undefined],
  ['.', undefined, undefined],
  ['0x10', undefined, undefined],
  ['+ 1', undefined, undefined],
  ['１', undefined, undefined],
  ['inf', undefined, INFINITY],
  ['+Infinity', undefined, INFINITY],
  ['-inf', undefined, undefined],
  ['nan', undefined, undefined],
  ['', undefined, undefined],
  ['abc', undefined, undefined],
];

describe('number fields', () => {
  it.each(NUMBERS)('%j as an integer: %s, as a number: %s', (value, integer, number) => {
    expect(positiveIntegerField.safeParse(value).data).toBe(integer);
    expect(positiveNumberField.safeParse(value).data).toBe(number);
  });

  it('refuse integers that cannot be told apart', () => {
    expect(positiveIntegerField.safeParse(2 ** 53).success).toBe(false);
    expect(positiveIntegerField.safeParse('9007199254740993').success).toBe(false);
  });

  it('read a long text in one pass', () => {
    const long = `1${'_1'.repeat(500_000)}x`;
    expect(positiveIntegerField.safeParse(long).success).toBe(false);
    expect(positiveNumberField.safeParse(long).success).toBe(false);
    expect(positiveNumberField.safeParse(`${'_'.repeat(1_000_000)} `).success).toBe(false);
  });
});

describe('booleanField', () => {
  it.each([true, 1, '1', 'on', 'On', 't', 'TRUE', 'tRue', 'y', 'yes'])('%j is true', (value) => {
    expect(booleanField.parse(value)).toBe(true);
  });

  it.each([false, 0, '0', 'off', 'f', 'F', 'False', 'n', 'NO'])('%j is false', (value) => {
    expect(booleanField.parse(value)).toBe(false);
  });

  it.each([2, -1, 0.5, '', ' true', 'true ', '2', 'maybe', null, [], Number.NaN])(
    '%j is neither',
    (value) => {
      expect(booleanField.safeParse(value).success).toBe(false);
    },
  );
});

describe('string fields', () => {
  it('take strings only', () => {
    expect(stringField.parse('')).toBe('');
    for (const value of [5, true, null, undefined, [], {}, new Date(0)]) {
      expect(stringField.safeParse(value).success, String(value)).toBe(false);
    }
  });

  it('may be left out or null where they are optional', () => {
    expect(optionalStringField.parse('x')).toBe('x');
    expect(optionalStringField.parse(null)).toBeUndefined();
    expect(optionalStringField.parse(undefined)).toBeUndefined();
    expect(optionalStringField.safeParse(5).success).toBe(false);
  });
});
