/** Names of a list that are written out where nothing asks for all. */
const MAX_SHOWN = 20;

/** The start of a list, and the number of items behind it. */
export interface Shortened<T> {
  readonly shown: readonly T[];
  readonly more: number;
}

/** The first 20 items; all of them with `all`. */
export function shorten<T>(
  items: readonly T[],
  { all }: { readonly all?: boolean | undefined },
): Shortened<T> {
  const more = all === true ? 0 : Math.max(0, items.length - MAX_SHOWN);
  return { shown: more === 0 ? items : items.slice(0, MAX_SHOWN), more };
}

/** `and 9,981 more`. */
export function andMore(more: number): string {
  return `and ${formatCount(more)} more`;
}

/** `10,001`. */
export function formatCount(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/**
 * How many items of each kind there are, as a sentence: `10,001 resources: 10,000 of type
 * FeatureView, 1 of type Entity`.
 *
 * @param what such as `resource`
 */
export function summarizeTypes(types: Iterable<string>, what: string): string {
  const counts = new Map<string, number>();
  let total = 0;
  for (const type of types) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
    total += 1;
  }
  const parts = Array.from(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([type, number]) => `${formatCount(number)} of type ${type}`);
  return `${formatCount(total)} ${what}${total === 1 ? '' : 's'}: ${parts.join(', ')}`;
}
