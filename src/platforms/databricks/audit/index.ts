export type { ReportLayout } from '../../../foundation/terminal/text-style.js';
export {
  type AccessEntry,
  type AdministratorFact,
  type CollectedServices,
  type DatabricksPermission,
  type EntryList,
  type FederationPolicyFact,
  type FoundSecret,
  type GroupFact,
  groupFinder,
  type InstanceProfileFact,
  MAX_SERVICES_TEXT,
  type MemberFact,
  type NumberedMember,
  type PageFact,
  type ProfileUserFact,
  parseServicesText,
  type ReadContext,
  type ReadServicesFileOptions,
  type RepeatedPrincipal,
  type RivalListsFact,
  type RoleGrantFact,
  readServicesFile,
  SERVICES_FILE_READERS,
  type SecretFact,
  type ServiceCredentialFact,
  type ServicePrincipalFact,
  type ServicesFacts,
  type ServicesFile,
  type ServicesFileReader,
  type StoredSecretFact,
  type StorePolicyFact,
  servicePrincipalSubject,
  servicesSnapshotOptions,
  type TokenFact,
  type TokenScriptFact,
  type UnmodelledFact,
  type UnreadResourceFact,
} from '../acl/index.js';
export { type AuditServicesOptions, auditServices, type ServicesReport } from './audit-services.js';
export type { PolicyCheck } from './check-store-policies.js';
export type { ServicesAuditError } from './services-audit-error.js';
export { servicesReportText } from './services-report-text.js';
export type { ServicesAuditFacts, ServicesFinding, ServicesRule } from './services-rule.js';
export { SERVICES_RULE_TEXTS, SERVICES_RULES } from './services-rules.js';
