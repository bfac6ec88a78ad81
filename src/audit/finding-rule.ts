import type { AuditFacts } from './audit-facts.js';
import type { Finding, FindingLevel } from './audit-report.js';

/** A finding without what all findings of its rule have in common. */
export type FindingDetail = Omit<Finding, 'rule' | 'level'>;

/** Something that an audit looks for. */
export interface FindingRule {
  /** Stable: people write it into their own tools. */
  readonly id: string;
  readonly level: FindingLevel;
  /** What it means, as a sentence without a final period. */
  readonly title: string;
  /** What to do about it, as a sentence without a final period. */
  readonly advice: string;
  check(facts: AuditFacts): Iterable<FindingDetail>;
}
