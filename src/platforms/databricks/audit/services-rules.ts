import { IAM_FINDING_RULES } from '../../aws-iam/index.js';
import { ONLINE_STORE_RULES } from '../../online-store/index.js';
import {
  allPrivileges,
  entryNotUnderstood,
  manageInsteadOfQuery,
  objectNotModelled,
  openServiceCredential,
  partOfAnswer,
  principalListedTwice,
  rivalLists,
  servicePrincipalAsUser,
  servicePrincipalByName,
} from './rules/access-rules.js';
import {
  federationPolicy,
  openFederationPolicy,
  resourceNotRead,
  roleGranted,
  servicePrincipalIsAdmin,
  usersAttachProfile,
  usersUseServicePrincipal,
} from './rules/admin-rules.js';
import { readerCreatesClusters, readerHasEntitlements } from './rules/cluster-rules.js';
import { serviceManagesRegistry, usersManageObject } from './rules/manage-rules.js';
import { aadTokenScript } from './rules/script-rules.js';
import {
  lookupProfileWrites,
  sharedScope,
  tokenUseOverwritten,
  usersManageScope,
  usersReadTokenScope,
} from './rules/secret-rules.js';
import {
  longLivedToken,
  oldToken,
  personalTokenOnEndpoint,
  secretInState,
  tokenInState,
  tokenOfMachine,
  tokenWithoutExpiry,
  tokenWithoutRotation,
} from './rules/token-rules.js';
import type { ServicesRule } from './services-rule.js';

/**
 * Everything that an audit of services looks for, in the order of its findings: the worst first.
 */
export const SERVICES_RULES: readonly ServicesRule[] = Object.freeze([
  tokenInState,
  tokenWithoutExpiry,
  usersReadTokenScope,
  usersManageScope,
  usersManageObject,
  usersUseServicePrincipal,
  entryNotUnderstood,
  servicePrincipalIsAdmin,
  secretInState,
  aadTokenScript,
  longLivedToken,
  oldToken,
  tokenWithoutRotation,
  tokenOfMachine,
  personalTokenOnEndpoint,
  servicePrincipalAsUser,
  servicePrincipalByName,
  manageInsteadOfQuery,
  serviceManagesRegistry,
  principalListedTwice,
  rivalLists,
  tokenUseOverwritten,
  readerCreatesClusters,
  sharedScope,
  lookupProfileWrites,
  allPrivileges,
  openServiceCredential,
  usersAttachProfile,
  openFederationPolicy,
  federationPolicy,
  roleGranted,
  readerHasEntitlements,
  objectNotModelled,
  resourceNotRead,
  partOfAnswer,
]);

/**
 * What a finding's rule is about, for people: those above, those of online stores and those of
 * policies of AWS.
 */
export const SERVICES_RULE_TEXTS: readonly Omit<ServicesRule, 'check'>[] = Object.freeze([
  ...SERVICES_RULES,
  ...ONLINE_STORE_RULES,
  ...IAM_FINDING_RULES,
]);
