import type { FindingRule } from './finding-rule.js';
import {
  authDisabled,
  noAudience,
  noDiscoveryUrl,
  noIssuer,
  plainHttpDiscovery,
  verifySslOff,
} from './rules/auth-rules.js';
import { costlyPattern } from './rules/cost-rules.js';
import {
  noPermissions,
  uncoveredActions,
  unsatisfiable,
  unsecuredResource,
} from './rules/coverage-rules.js';
import {
  emptyPolicy,
  excludedPermission,
  matchesNothing,
  openRead,
  openWrite,
  tagsIgnoredByFeast,
  unsupportedPattern,
} from './rules/permission-rules.js';
import { duplicatePermission, shadowedPermission } from './rules/redundant-rules.js';

/** Everything that an audit looks for, in the order of its findings: the worst first. */
export const FINDING_RULES: readonly FindingRule[] = Object.freeze([
  authDisabled,
  noPermissions,
  openWrite,
  unsupportedPattern,
  excludedPermission,
  unsecuredResource,
  openRead,
  noDiscoveryUrl,
  noAudience,
  noIssuer,
  verifySslOff,
  plainHttpDiscovery,
  unsatisfiable,
  emptyPolicy,
  matchesNothing,
  costlyPattern,
  duplicatePermission,
  shadowedPermission,
  tagsIgnoredByFeast,
  uncoveredActions,
]);
