export type { ReportLayout } from '../../../foundation/terminal/text-style.js';
export type {
  AccessEntry,
  CollectedServices,
  DatabricksPermission,
  EntryList,
  FoundSecret,
  GroupFact,
  InstanceProfileFact,
  MemberFact,
  PageFact,
  ReadContext,
  ReadServicesFileOptions,
  RepeatedPrincipal,
  RivalListsFact,
  SecretFact,
  ServiceCredentialFact,
  ServicePrincipalFact,
  ServicesFacts,
  ServicesFile,
  ServicesFileReader,
  StoredSecretFact,
  StorePolicyFact,
  TokenFact,
  TokenScriptFact,
  UnmodelledFact,
} from '../acl/index.js';
export {
  groupFinder,
  MAX_SERVICES_TEXT,
  parseServicesText,
  readServicesFile,
  SERVICES_FILE_READERS,
  servicePrincipalSubject,
  servicesSnapshotOptions,
} from '../acl/index.js';
export type { AuditServicesOptions, ServicesReport } from './audit-services.js';
export { auditServices } from './audit-services.js';
export type { PolicyCheck } from './check-store-policies.js';
export type { ServicesAuditError } from './services-audit-error.js';
export { servicesReportText } from './services-report-text.js';
export type { ServicesAuditFacts, ServicesFinding, ServicesRule } from './services-rule.js';
export { SERVICES_RULES } from './services-rules.js';
