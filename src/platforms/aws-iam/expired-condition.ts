import { isPlainObject } from '../../model/index.js';

/**
 * What a date operator says of its values: how long after the latest of them it can still be met.
 */
const GRACE: ReadonlyMap<string, number> = new Map([
  ['datelessthan', 0],
  // AWS may compare whole seconds.
  ['datelessthanequals', 1000],
  ['dateequals', 1000],
]);
const NUMERIC_GRACE: ReadonlyMap<string, number> = new Map([
  ['numericlessthan', 0],
  ['numericlessthanequals', 1000],
  ['numericequals', 1000],
]);

/** A date, or a date with a time and its zone. A time without a zone is not understood. */
const DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;
/** Nine digits at least: `2020` may be a year. */
const EPOCH_SECONDS = /^\d{9,12}$/;

/**
 * The instant from which on a condition can never be met again, in milliseconds since 1970.
 *
 * All operators and keys of a condition must be met together, so the earliest end counts; of the
 * values of a key one is enough, so the latest counts. Only `aws:CurrentTime` and `aws:EpochTime`
 * tell the time of the request; every request has both, so `IfExists` changes nothing.
 *
 * @returns `undefined` if the condition has no end, or one that is not understood
 * @source
 * docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html,
 * reference_policies_condition-keys.html: both keys are always included in the request context
 */
export function endOfCondition(condition: unknown): number | undefined {
  if (!isPlainObject(condition)) return undefined;
  let end: number | undefined;
  for (const [written, keys] of Object.entries(condition)) {
    if (!isPlainObject(keys)) continue;
    const operator = written.toLowerCase().replace(/ifexists$/, '');
    for (const [key, value] of Object.entries(keys)) {
      const grace = graceOf(operator, key.toLowerCase());
      const last = grace === undefined ? undefined : lastOf(value);
      if (grace === undefined || last === undefined) continue;
      end = Math.min(end ?? Number.POSITIVE_INFINITY, last + grace);
    }
  }
  return end;
}

function graceOf(operator: string, key: string): number | undefined {
  if (key === 'aws:currenttime') return GRACE.get(operator);
  if (key === 'aws:epochtime') return GRACE.get(operator) ?? NUMERIC_GRACE.get(operator);
  return undefined;
}

/** The latest of the instants; `undefined` if one of them is not understood. */
function lastOf(value: unknown): number | undefined {
  const instants = (Array.isArray(value) ? value : [value]).map(readInstant);
  if (instants.length === 0) return undefined;
  const last = Math.max(...instants);
  return Number.isNaN(last) ? undefined : last;
}

function readInstant(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return Number.NaN;
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000;
  return DATE.test(text) ? Date.parse(text) : Number.NaN;
}
