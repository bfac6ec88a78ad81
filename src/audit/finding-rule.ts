import type { AuditFacts } from './audit-facts.js';
import type { Finding, FindingLevel } from './audit-report.js';

/**
 * A finding without what all findings of its rule have in common. `level` is there where it is not
 * that of the rule.
 */
export type FindingDetail = Omit<Finding, 'rule' | 'level'> & { readonly level?: FindingLevel };

/** Something that an audit looks for. */
export interface FindingRule {
  /** Stable: people write it into their own tools. */
  readonly id: string;
  /** The level of its findings, unless one has its own. */
  readonly level: FindingLevel;
  /** What it means, as a sentence without a final period. */
  readonly title: string;
  /** What to do about it, as a sentence without a final period. */
  readonly advice: string;
  /** Yields what the rule finds, one detail for each finding. */
  check(facts: AuditFacts): Iterable<FindingDetail>;
}
