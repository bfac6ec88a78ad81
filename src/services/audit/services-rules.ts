import { IAM_FINDING_RULES } from '../iam/index.js';
import {
  allPrivileges,
  entryNotUnderstood,
  manageInsteadOfQuery,
  objectNotModelled,
  openServiceCredential,
  principalListedTwice,
  servicePrincipalAsUser,
} from './rules/access-rules.js';
import { readerCreatesClusters } from './rules/cluster-rules.js';
import {
  lookupProfileWrites,
  samePrefix,
  sharedScope,
  tokenUseOverwritten,
  usersManageScope,
  usersReadTokenScope,
} from './rules/secret-rules.js';
import {
  longLivedToken,
  personalTokenOnEndpoint,
  secretInState,
  tokenInState,
  tokenOfMachine,
  tokenWithoutExpiry,
  tokenWithoutRotation,
} from './rules/token-rules.js';
import type { ServicesRule } from './services-rule.js';

/** Everything that an audit of services looks for, in the order of its findings: the worst first. */
export const SERVICES_RULES: readonly ServicesRule[] = Object.freeze([
  tokenInState,
  tokenWithoutExpiry,
  usersReadTokenScope,
  usersManageScope,
  entryNotUnderstood,
  secretInState,
  longLivedToken,
  tokenWithoutRotation,
  tokenOfMachine,
  personalTokenOnEndpoint,
  servicePrincipalAsUser,
  manageInsteadOfQuery,
  principalListedTwice,
  tokenUseOverwritten,
  readerCreatesClusters,
  sharedScope,
  samePrefix,
  lookupProfileWrites,
  allPrivileges,
  openServiceCredential,
  objectNotModelled,
]);

/** What a finding's rule is about, for people: those above, and those of files with rules of their own. */
export const SERVICES_RULE_TEXTS: readonly Omit<ServicesRule, 'check'>[] = Object.freeze([
  ...SERVICES_RULES,
  ...IAM_FINDING_RULES,
]);
