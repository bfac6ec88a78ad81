export type { FoundSecret, ReadContext, ServicesFileReader } from './file-reader.js';
export { MAX_SERVICES_TEXT, parseServicesText } from './parse-services-text.js';
export type { ReadServicesFileOptions, ServicesFile } from './read-services-file.js';
export { readServicesFile, SERVICES_FILE_READERS } from './read-services-file.js';
export { groupFinder, servicePrincipalSubject } from './service-principal-subject.js';
export type { CollectedServices, DatabricksPermission } from './services-collector.js';
export type {
  AccessEntry,
  EntryList,
  GroupFact,
  InstanceProfileFact,
  MemberFact,
  PageFact,
  RepeatedPrincipal,
  RivalListsFact,
  SecretFact,
  ServiceCredentialFact,
  ServicePrincipalFact,
  ServicesFacts,
  StoredSecretFact,
  StorePolicyFact,
  TokenFact,
  TokenScriptFact,
  UnmodelledFact,
} from './services-facts.js';
export { mergeFacts, UNKNOWN_LEVEL, UNREADABLE_LEVEL } from './services-facts.js';
export { servicesSnapshotOptions } from './services-snapshot.js';
