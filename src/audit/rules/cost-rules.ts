import { referToPermission } from '../../analysis/references.js';
import { count } from '../../foundation/names.js';
import { isExcludedPermission, type NamePatternSource, quote } from '../../model/index.js';
import type { AuditFacts } from '../audit-facts.js';
import { describePermission } from '../describe.js';
import type { FindingDetail, FindingRule } from '../finding-rule.js';

/** A tenth of what a pattern may take before it is refused. */
const MANY_STATES = 2000;
/** Half of what the patterns of a registry may take together. */
const MANY_STATES_TOGETHER = 1_000_000;

/**
 * A name pattern, or all of them together, that is near the bound from which on patterns are
 * refused.
 */
export const costlyPattern: FindingRule = {
  id: 'costly-pattern',
  level: 'warning',
  title: 'A name pattern that makes names slow which the registry does not know',
  advice: 'Write smaller counts, or none: `[a-z]+` costs what one character costs',
  *check(facts) {
    const { patterns } = facts.snapshot;
    const costly = new Map(
      patterns
        .filter(({ states }) => states > MANY_STATES)
        .map(({ source, states }) => [keyOf(source), states]),
    );
    if (costly.size > 0) yield* ofPermissions(facts, costly);
    const together = patterns.reduce((total, { states }) => total + states, 0);
    if (together <= MANY_STATES_TOGETHER) return;
    yield {
      message: `all ${count(patterns.length, 'name pattern')} together take ${together} states; beyond 2,000,000 they are refused`,
      object: 'all name patterns',
    };
  },
};

function* ofPermissions(
  facts: AuditFacts,
  costly: ReadonlyMap<string, number>,
): Generator<FindingDetail> {
  for (const { source } of facts.permissions) {
    if (isExcludedPermission(source)) continue;
    for (const pattern of source.namePatterns) {
      const states = costly.get(keyOf(pattern));
      if (states === undefined) continue;
      const text = typeof pattern === 'string' ? pattern : pattern.glob;
      yield {
        message: `${describePermission(facts, source)} has the name pattern ${quote(text)}, which takes ${states} states; beyond 20,000 it is refused`,
        permission: referToPermission(source),
      };
    }
  }
}

function keyOf(pattern: NamePatternSource): string {
  return typeof pattern === 'string' ? `regex:${pattern}` : `glob:${pattern.glob}`;
}
