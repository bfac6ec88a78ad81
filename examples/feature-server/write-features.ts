import { RequestInvalidError } from 'feast-permissions/errors';
import * as z from 'zod';
import type { View } from './definitions.js';
import type { FeatureRow } from './online-store.js';
import { acceptValue, encodeEntityKey } from './values.js';

/** Columns by their names, as a data frame is sent. */
export const dataFrame: z.ZodType<Readonly<Record<string, readonly unknown[]>>> = z.record(
  z.string(),
  z.array(z.unknown()),
);

/** Columns that are no features. They are called so in all sources of the example. */
const EVENT_TIME = 'event_timestamp';
const CREATED_TIME = 'created';

/** A date, and a time with or without a zone; UTC without. */
const TIME =
  /^(?<date>\d{4}-\d\d-\d\d)([T ](?<time>\d\d:\d\d(:\d\d(\.\d+)?)?)(?<zone>Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Rows of a view, from the columns of a request.
 *
 * @throws RequestInvalidError when a column is missing, or holds what it cannot hold
 */
export function readFeatureRows(
  view: View,
  frame: Readonly<Record<string, readonly unknown[]>>,
): readonly FeatureRow[] {
  const columns = new Map(Object.entries(frame));
  const columnOf = (name: string): readonly unknown[] => {
    const column = columns.get(name);
    if (column === undefined) throw new RequestInvalidError(`\`df\` must have \`${name}\``);
    return column;
  };
  const eventTimes = columnOf(EVENT_TIME);
  if ([...columns.values()].some(({ length }) => length !== eventTimes.length)) {
    throw new RequestInvalidError('all columns of `df` must have the same number of rows');
  }
  const keys = view.joinKeys.map((key) =>
    columnOf(key.name).map((value) => acceptValue(key, value)),
  );
  const features = view.features.map(
    (feature) =>
      [feature.name, columnOf(feature.name).map((value) => acceptValue(feature, value))] as const,
  );
  return eventTimes.map((eventTime, row) => ({
    entityKey: encodeEntityKey(
      view.joinKeys,
      keys.map((column) => column[row] ?? null),
    ),
    eventTime: secondsOf(EVENT_TIME, eventTime),
    createdTime: readCreatedTime(columns.get(CREATED_TIME)?.[row]),
    values: new Map(features.map(([name, column]) => [name, column[row] ?? null])),
  }));
}

function readCreatedTime(value: unknown): number | null {
  return value === undefined || value === null ? null : secondsOf(CREATED_TIME, value);
}

function secondsOf(column: string, value: unknown): number {
  const parts = typeof value === 'string' ? TIME.exec(value) : null;
  const { date, time = '00:00', zone = 'Z' } = parts?.groups ?? {};
  const milliseconds = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(milliseconds)) {
    throw new RequestInvalidError(`\`${column}\` must be a date and a time`);
  }
  return Math.floor(milliseconds / 1000);
}
