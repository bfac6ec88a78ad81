import type { Value } from './values.js';

/**
 * One row of what an on-demand view computes from, and of what it gives. Null: there is no value.
 */
export type Row = Readonly<Record<string, Value>>;

const numbersOf = (row: Row, names: readonly string[]): readonly number[] =>
  names.map((name) => (typeof row[name] === 'number' ? row[name] : Number.NaN));

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * What the on-demand views of the example compute. The registry has it in Python, which is not run
 * here.
 */
export const TRANSFORMATIONS: ReadonlyMap<string, (row: Row) => Row> = new Map([
  [
    'transformed_amount',
    (row: Row): Row => {
      const [amount = Number.NaN, added = Number.NaN] = numbersOf(row, ['amount', 'val_to_add']);
      return { amount_plus_val: orNull(amount + added) };
    },
  ],
  [
    'risky_income_ratio',
    (row: Row): Row => {
      const [income = Number.NaN, age = Number.NaN] = numbersOf(row, ['income', 'age']);
      return { income_per_year: orNull(income / age) };
    },
  ],
]);
