import { type Coverage, coverResources } from '../analysis/coverage.js';
import { type CompiledSnapshot, compiledOf } from '../engine/index.js';
import { getOrAdd } from '../foundation/get-or-add.js';
import { formatCount } from '../foundation/long-list.js';
import { count, foldNames, MAX_LISTED } from '../foundation/names.js';
import { formatResource, type Resource, typeMask, type Vocabulary } from '../model/index.js';
import { assertDemand, toAuthorizer } from './check-arguments.js';
import type { CheckResult } from './check-result.js';
import type { CoverageDemand } from './coverage-demand.js';
import { NOT_ENFORCED, outlineFailure } from './failure-message.js';

/**
 * Whether somebody may do each action to each registered resource: a permission that covers it
 * holds the action, and its policy can be satisfied. Under `auth: no_auth` nothing is covered.
 *
 * @throws TypeError if `given` is not an authorizer, `demand` is invalid, or no registered resource
 *   can be checked
 */
export function checkFullyCovered(given: unknown, demand: unknown = {}): CheckResult {
  const authorizer = toAuthorizer(given);
  assertDemand(authorizer, demand);
  const snapshot = compiledOf(authorizer.snapshot);
  const report = findGaps(snapshot, demand);
  if (report.checked === 0) {
    throw new TypeError(
      'nothing to check: the authorizer has no registered resource of the demanded types',
    );
  }
  return {
    pass: report.gaps.size === 0,
    message: () => explainCoverage(report),
    actual: `${count(report.open, 'resource')} with gaps`,
    expected: '0 resources with gaps',
  };
}

interface CoverageReport {
  /** Number of resources that were looked at. */
  readonly checked: number;
  /** Number of resources with gaps, without those that are ignored. */
  readonly open: number;
  /** Number of resources that are ignored and have no gap. */
  readonly idle: number;
  /** By what is wrong: the resources that it is wrong with. */
  readonly gaps: ReadonlyMap<string, readonly Resource[]>;
}

function findGaps(snapshot: CompiledSnapshot, demand: CoverageDemand<Vocabulary>): CoverageReport {
  const { vocabulary } = snapshot;
  const mask = typeMask(vocabulary, demand.types ?? []);
  const actions = demand.actions ?? vocabulary.actions;
  const ignored = new Set<unknown>(demand.ignore?.map((resource) => snapshot.registered(resource)));
  // Resources share their coverage.
  const gapsOf = new Map<Coverage, readonly string[]>();
  const gaps = new Map<string, Resource[]>();
  let checked = 0;
  let open = 0;
  let idle = 0;
  for (const { resource, coverage } of coverResources(snapshot)) {
    if ((mask & (1 << (vocabulary.typeIds.get(resource.type) ?? 0))) === 0) continue;
    checked++;
    let found = getOrAdd(gapsOf, coverage, () => describeGaps(snapshot, coverage, actions));
    if (!ignored.has(resource)) {
      if (found.length > 0) open++;
    } else if (found.length > 0) {
      continue;
    } else {
      idle++;
      found = [IDLE];
    }
    for (const gap of found) {
      const resources = gaps.get(gap);
      if (resources === undefined) gaps.set(gap, [resource]);
      else resources.push(resource);
    }
  }
  return { checked, open, idle, gaps };
}

const IDLE = 'ignored, and without a gap';

function describeGaps(
  { vocabulary, evaluator }: CompiledSnapshot,
  { secured, uncoveredActions, unsatisfiableActions }: Coverage,
  actions: readonly string[],
): readonly string[] {
  if (!evaluator.rules.enforced) return [NOT_ENFORCED];
  if (!secured) return ['no permission covers'];
  const demanded = (found: readonly string[]): string =>
    foldNames(
      found.filter((action) => actions.includes(action)),
      vocabulary.actionAliases,
    ).join(', ');
  const uncovered = demanded(uncoveredActions);
  const unsatisfiable = demanded(unsatisfiableActions);
  return [
    ...(uncovered === '' ? [] : [`no permission holds ${uncovered} on`]),
    ...(unsatisfiable === '' ? [] : [`the policies match no user for ${unsatisfiable} on`]),
  ];
}

function explainCoverage({ checked, open, idle, gaps }: CoverageReport): string {
  const resources = count(checked, 'registered resource');
  if (gaps.size === 0) {
    return `expected a gap in the coverage of ${resources}, but it is complete`;
  }
  const verdict = [
    ...(open === 0 ? [] : [`${formatCount(open)} ${open === 1 ? 'is' : 'are'} not`]),
    ...(idle === 0
      ? []
      : [`${formatCount(idle)} ${idle === 1 ? 'is' : 'are'} ignored without need`]),
  ].join(' and ');
  const sections = [...gaps].slice(0, MAX_LISTED).map(([label, found]) => ({
    label,
    lines: found.map(formatResource),
  }));
  return outlineFailure(
    `expected ${resources} to be fully covered, and ${verdict}`,
    sections,
    gaps.size - MAX_LISTED,
  );
}
