export type { FoundSecret, ReadContext, ServicesFileReader } from './file-reader.js';
export { MAX_SERVICES_TEXT, parseServicesText } from './parse-services-text.js';
export {
  type ReadServicesFileOptions,
  readServicesFile,
  SERVICES_FILE_READERS,
  type ServicesFile,
} from './read-services-file.js';
export {
  groupFinder,
  groupReach,
  mayBeSame,
  type NumberedMember,
  servicePrincipalSubject,
} from './service-principal-subject.js';
export type { CollectedServices, DatabricksPermission } from './services-collector.js';
export {
  type AccessEntry,
  type AdministratorFact,
  type EntryList,
  type FederationPolicyFact,
  type GroupFact,
  type InstanceProfileFact,
  type MemberFact,
  mergeFacts,
  type PageFact,
  type ProfileUserFact,
  type RepeatedPrincipal,
  type RivalListsFact,
  type RoleGrantFact,
  type SecretFact,
  type ServiceCredentialFact,
  type ServicePrincipalFact,
  type ServicesFacts,
  type StoredSecretFact,
  type StorePolicyFact,
  type TokenFact,
  type TokenScriptFact,
  UNKNOWN_LEVEL,
  UNREADABLE_LEVEL,
  type UnmodelledFact,
  type UnreadResourceFact,
} from './services-facts.js';
export { servicesSnapshotOptions } from './services-snapshot.js';
