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
import { lookAlikeNames, noWildcard } from './rules/name-rules.js';
import {
  emptyPolicy,
  excludedPermission,
  matchesNothing,
  openRead,
  openWrite,
  tagsIgnoredByFeast,
  unreadableByFeast,
  unsupportedPattern,
} from './rules/permission-rules.js';
import { pythonDependentPattern } from './rules/python-rules.js';
import { duplicatePermission, shadowedPermission } from './rules/redundant-rules.js';

/** Everything that an audit looks for, the worst first. */
export const FINDING_RULES: readonly FindingRule[] = Object.freeze([
  authDisabled,
  noPermissions,
  openWrite,
  unreadableByFeast,
  unsupportedPattern,
  excludedPermission,
  unsecuredResource,
  openRead,
  tagsIgnoredByFeast,
  noDiscoveryUrl,
  noAudience,
  noIssuer,
  verifySslOff,
  plainHttpDiscovery,
  unsatisfiable,
  emptyPolicy,
  noWildcard,
  matchesNothing,
  lookAlikeNames,
  costlyPattern,
  duplicatePermission,
  shadowedPermission,
  uncoveredActions,
  pythonDependentPattern,
]);
