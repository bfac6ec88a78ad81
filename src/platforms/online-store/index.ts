export {
  type AuthenticationMethod,
  type FeatureClient,
  type OnlineStoreAction,
  type OnlineStoreAuthenticationAnswer,
  type OnlineStoreAuthenticationQuestion,
  type OnlineStoreProvider,
  onlineStoreAuthentication,
} from './authentication.js';
export {
  type AwsCredentialProvider,
  type DynamoDbClientOptions,
  dynamoDbClientOptions,
  type MySqlConnectionOptions,
  mysqlConnectionOptions,
} from './client-options.js';
export type { CredentialPlaces } from './credentials-in-use.js';
export {
  type AuditedOnlineStore,
  auditOnlineStores,
  ONLINE_STORE_RULES,
  type OnlineStoreRule,
} from './findings.js';
export {
  type DynamoDbStore,
  type InstanceProfiles,
  type MySqlStore,
  type OnlineStore,
  parseOnlineStore,
} from './online-store.js';
export type { OnlineStoreError } from './online-store-error.js';
export {
  authorizeAndResolve,
  type OnlineAction,
  type ResolveCredentialsOptions,
  resolveCredentials,
  type UngrantedReason,
} from './resolve-credentials.js';
export type {
  AccessKey,
  AccessKeyCredentials,
  CredentialUse,
  InstanceProfileCredentials,
  ResolvedCredentials,
  UserPassword,
  UserPasswordCredentials,
} from './resolved-credentials.js';
export {
  type OnlineStoreSecretNames,
  parseSecretPrefix,
  readSecretPrefix,
  type SecretPrefix,
  secretNamesOf,
} from './secret-prefix.js';
