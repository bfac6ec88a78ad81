import { referToPermission } from '../../analysis/references.js';
import type { AuditedPermission, AuditFacts } from '../audit-facts.js';
import { describePermission } from '../describe.js';
import { eachItem } from '../each-item.js';
import type { FindingDetail, FindingRule } from '../finding-rule.js';

/** A finding about a permission: its description, then `what`. */
export function aboutPermission(
  facts: AuditFacts,
  { source }: Pick<AuditedPermission, 'source'>,
  what: string,
): FindingDetail {
  return {
    message: `${describePermission(facts, source)} ${what}`,
    permission: referToPermission(source),
  };
}

/** Finds every understood permission that `describe` has something to say about. */
export function eachPermission(
  describe: (permission: AuditedPermission, facts: AuditFacts) => string | undefined,
): FindingRule['check'] {
  return eachItem(({ understood }) => understood, describe, aboutPermission);
}
