export type {
  AccessControlRequest,
  AccessControlResponse,
  ObjectPermissions,
  PermissionLevel,
  PermissionsApi,
} from './permissions-api.js';
export type {
  ScimApi,
  ScimFilter,
  ScimGroup,
  ScimGroupReference,
  ScimPrincipal,
} from './scim-api.js';
export type {
  SecretAcl,
  SecretKey,
  SecretMetadata,
  SecretPermission,
  SecretScopeInfo,
  SecretsApi,
} from './secrets-api.js';
export type { ServingEndpoint, ServingEndpointsApi } from './serving-endpoints-api.js';
export type {
  CreatedToken,
  ManagedTokenInfo,
  NewToken,
  TokenInfo,
  TokenManagementApi,
  TokensApi,
} from './tokens-api.js';
export type {
  GrantsApi,
  PrivilegeAssignment,
  PrivilegeChange,
  TemporaryServiceCredentials,
  TemporaryServiceCredentialsRequest,
} from './unity-catalog-api.js';
export { createWorkspaceClient, type WorkspaceClient } from './workspace-client.js';
export type { WorkspaceClientError } from './workspace-client-error.js';
export { WorkspaceError } from './workspace-error.js';
export type {
  JsonObject,
  WorkspaceClientOptions,
  WorkspaceRequest,
  WorkspaceTransport,
} from './workspace-transport.js';
