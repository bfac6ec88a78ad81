import type { Cost } from './engine-costs.js';
import { median } from './measure.js';

/**
 * Measures this build and an earlier one in turn, each first in every other turn, so that what else
 * the machine does meets both alike.
 *
 * @param measure of the build in a folder; undefined: this build
 * @param baseline folder of the earlier build; without one this build is measured once
 * @param turns of both
 * @returns the median of each figure, with that of the earlier build beside it
 */
export async function measureBeside(
  measure: (folder: string | undefined) => readonly Cost[] | Promise<readonly Cost[]>,
  baseline: string | undefined,
  turns: number,
): Promise<readonly Cost[]> {
  if (baseline === undefined) return measure(undefined);
  const own: (readonly Cost[])[] = [];
  const earlier: (readonly Cost[])[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const folders = [undefined, baseline];
    for (const folder of turn % 2 === 0 ? folders : folders.toReversed()) {
      (folder === undefined ? own : earlier).push(await measure(folder));
    }
  }
  return (own[0] ?? []).map(({ name, unit }) => ({
    name,
    unit,
    value: medianOf(own, name) ?? Number.NaN,
    baseline: medianOf(earlier, name),
  }));
}

/** Undefined for what a build does not have. */
function medianOf(turns: readonly (readonly Cost[])[], name: string): number | undefined {
  const values = turns.flatMap((costs) =>
    costs.filter((cost) => cost.name === name).map(({ value }) => value),
  );
  return values.length === 0 ? undefined : median(values);
}
