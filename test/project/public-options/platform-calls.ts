import * as awsIam from '../../../src/platforms/aws-iam/index.js';
import * as azure from '../../../src/platforms/azure/index.js';
import * as databricksAudit from '../../../src/platforms/databricks/audit/index.js';
import * as endpoints from '../../../src/platforms/databricks/endpoints/index.js';
import * as databricks from '../../../src/platforms/databricks/index.js';
import * as links from '../../../src/platforms/databricks/links/index.js';
import * as workspaces from '../../../src/platforms/databricks/workspace/index.js';
import * as onlineStore from '../../../src/platforms/online-store/index.js';
import * as secretStores from '../../../src/platforms/secrets/index.js';
import type { OptionCalls } from './option-calls.js';

const services = {
  ...awsIam,
  ...azure,
  ...databricks,
  ...databricksAudit,
  ...endpoints,
  ...links,
  ...onlineStore,
  ...secretStores,
  ...workspaces,
};
const credential = { name: 'c', getToken: async () => null } as never;
const tokens = { getToken: async () => ({ token: 't', expiresAt: 0 }) };
const host = 'https://dbc-1.cloud.databricks.com';
const workspace = {} as workspaces.WorkspaceClient;
const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table/features';
const applicationId = '11111111-2222-3333-4444-555555555555';
const allowing = { decide: () => ({}) } as never;
const client = { getSecret: async () => ({}) };
const layout = { width: 80 };
const store = {} as never;
const someLinks = {} as never;
const secrets = { getSecret: async () => 'x' };

/** Functions for platforms. */
export const PLATFORM_CALLS: OptionCalls = {
  ...callsOfTokens(),
  ...callsOfAzure(),
  ...callsOfServices(),
};

function callsOfTokens(): OptionCalls {
  return {
    createStaticTokenProvider: [
      (extra: object) => services.createStaticTokenProvider('token', extra),
      'expiresAt',
      'cache',
    ],
    'tokens.getToken': [
      (extra: object) => services.createStaticTokenProvider('token').getToken(extra),
      'signal',
      'now',
    ],
    createTokenCache: [
      (extra: object) => services.createTokenCache(tokens.getToken, extra),
      'staleSeconds',
      'maxAttempts',
    ],
    'cache.getToken': [
      (extra: object) => services.createTokenCache(tokens.getToken).getToken(extra),
      'signal',
      'now',
    ],
    createDatabricksCredentials: [
      (extra: object) => services.createDatabricksCredentials({}, extra),
      'authority',
      'host',
    ],
    createOAuthM2MProvider: [
      (extra: object) => services.createOAuthM2MProvider({ host, ...extra } as never),
      'accountId',
      'authority',
    ],
    'createOAuthM2MProvider, cache': [
      (extra: object) => services.createOAuthM2MProvider({ cache: extra } as never),
      'staleSeconds',
      'maxAttempts',
    ],
    createWorkloadIdentityProvider: [
      (extra: object) => services.createWorkloadIdentityProvider({ host, ...extra }),
      'subjectToken',
      'clientSecret',
    ],
    createEntraProvider: [
      (extra: object) => services.createEntraProvider(extra as never),
      'clientAssertion',
      'host',
    ],
    parseWorkspaceHost: [
      (extra: object) => services.parseWorkspaceHost(host, extra),
      'hosts',
      'tokens',
    ],
    createWorkspaceClient: [
      (extra: object) => services.createWorkspaceClient({ host, tokens, ...extra }),
      'maxPages',
      'accountId',
    ],
    'workspace.createTemporaryServiceCredentials': [
      (extra: object) =>
        services
          .createWorkspaceClient({ host, tokens })
          .createTemporaryServiceCredentials({ credential_name: 'c' }, extra),
      'signal',
      'maxPages',
    ],
  };
}

function callsOfAzure(): OptionCalls {
  return {
    clientSecretSource: [
      (extra: object) => services.clientSecretSource(extra as never),
      'authority',
      'resource',
    ],
    workloadIdentitySource: [
      (extra: object) => services.workloadIdentitySource(extra),
      'tokenFile',
      'clientSecret',
    ],
    managedIdentitySource: [
      (extra: object) => services.managedIdentitySource(extra),
      'arcKeyFolder',
      'tenantId',
    ],
    databricksSource: [
      (extra: object) => services.databricksSource(workspace, extra),
      'cache',
      'maxAttempts',
    ],
    getServiceCredentialsProvider: [
      (extra: object) => services.getServiceCredentialsProvider('c', extra as never),
      'authorize',
      'name',
    ],
    azureSqlAccessToken: [
      (extra: object) => services.azureSqlAccessToken(credential, extra),
      'resource',
      'signal',
    ],
    createKeyVaultClient: [
      (extra: object) => services.createKeyVaultClient('a-vault', { credential, ...extra }),
      'apiVersion',
      'version',
    ],
    'vault.getSecret': [
      (extra: object) =>
        services.createKeyVaultClient('a-vault', { credential }).getSecret('s', extra),
      'version',
      'abortSignal',
    ],
    getKeyVaultSecret: [
      (extra: object) => services.getKeyVaultSecret('a-vault', 's', { credential, ...extra }),
      'version',
      'scope',
    ],
    createLinkedSecretScope: [
      (extra: object) => services.createLinkedSecretScope(extra as never),
      'vault',
      'version',
    ],
    createSecretStore: [
      (extra: object) => services.createSecretStore(async () => undefined, extra),
      'timeoutSeconds',
      'prefix',
    ],
    createAwsSecretStore: [
      (extra: object) => services.createAwsSecretStore({} as never, extra),
      'secretId',
      'prefix',
    ],
    createDatabricksSecretStore: [
      (extra: object) => services.createDatabricksSecretStore(client, extra),
      'timeoutSeconds',
      'prefix',
    ],
    createEnvironmentSecretStore: [
      (extra: object) => services.createEnvironmentSecretStore(extra),
      'prefix',
      'secretId',
    ],
    createFileSecretStore: [
      (extra: object) => services.createFileSecretStore('secrets', extra),
      'timeoutSeconds',
      'prefix',
    ],
    createKeyVaultSecretStore: [
      (extra: object) => services.createKeyVaultSecretStore(new Map(), extra),
      'version',
      'prefix',
    ],
  };
}

function callsOfServices(): OptionCalls {
  return {
    checkDynamoDbPolicy: [
      (extra: object) => services.checkDynamoDbPolicy({}, { need: 'lookup', table, ...extra }),
      'globalTable',
      'policyCheck',
    ],
    assertDynamoDbPolicyOptions: [
      (extra: object) => services.assertDynamoDbPolicyOptions({ need: 'lookup', table, ...extra }),
      'globalTable',
      'policyCheck',
    ],
    auditServices: [(extra: object) => services.auditServices([], extra), 'policyCheck', 'need'],
    servicesReportText: [
      (extra: object) =>
        services.servicesReportText(services.auditServices([]), { ...layout, ...extra }),
      'colors',
      'source',
    ],
    readServicesFile: [
      (extra: object) => services.readServicesFile({}, { name: 'f', ...extra }),
      'workspace',
      'rules',
    ],
    readLinkState: [
      (extra: object) => services.readLinkState({}, { name: 'f', ...extra } as never),
      'workspace',
      'policyCheck',
    ],
    verifyLinkFiles: [
      (extra: object) => services.verifyLinkFiles(extra as never, []),
      'renewWithinSeconds',
      'readers',
    ],
    parseLinkFile: [
      (extra: object) => services.parseLinkFile('', { env: {}, ...extra }),
      'file',
      'rules',
    ],
    planLink: [(extra: object) => services.planLink(someLinks, extra), 'renewal', 'force'],
    'planLink, the links': [
      (extra: object) => services.planLink(extra as never),
      'renewWithinSeconds',
      'applicationIds',
    ],
    applyLink: [(extra: object) => services.applyLink(someLinks, extra), 'onChange', 'force'],
    rotateLink: [(extra: object) => services.rotateLink(someLinks, extra), 'force', 'renewal'],
    verifyLink: [
      (extra: object) => services.verifyLink(extra as never),
      'renewWithinSeconds',
      'applicationIds',
    ],
    parseEndpointFile: [
      (extra: object) => services.parseEndpointFile('', { env: {}, ...extra }),
      'file',
      'level',
    ],
    parseCredentialFile: [
      (extra: object) => services.parseCredentialFile('', { env: {}, ...extra }),
      'file',
      'level',
    ],
    parseStoreFile: [
      (extra: object) => services.parseStoreFile('', { env: {}, ...extra }),
      'file',
      'level',
    ],
    planCredentialAccess: [
      (extra: object) => services.planCredentialAccess(workspace, extra as never),
      'principals',
      'comment',
    ],
    applyCredentialAccess: [
      (extra: object) => services.applyCredentialAccess(workspace, extra as never),
      'principals',
      'comment',
    ],
    planStoreSecrets: [
      (extra: object) => services.planStoreSecrets(workspace, extra as never),
      'prefix',
      'comment',
    ],
    applyStoreSecrets: [
      (extra: object) => services.applyStoreSecrets(workspace, extra as never),
      'prefix',
      'comment',
    ],
    planEndpointAccess: [
      (extra: object) => services.planEndpointAccess(workspace, extra as never),
      'servicePrincipals',
      'comment',
    ],
    applyEndpointAccess: [
      (extra: object) => services.applyEndpointAccess(workspace, extra as never),
      'servicePrincipals',
      'comment',
    ],
    verifyEndpointAccess: [
      (extra: object) => services.verifyEndpointAccess(workspace, extra as never),
      'servicePrincipals',
      'comment',
    ],
    createEndpointToken: [
      (extra: object) =>
        services.createEndpointToken(workspace, { applicationId, comment: 'c', ...extra }),
      'lifetimeSeconds',
      'keep',
    ],
    'createEndpointToken, third argument': [
      (extra: object) =>
        services.createEndpointToken(workspace, { applicationId, comment: 'c' }, extra),
      'keep',
      'lifetimeSeconds',
    ],
    onlineStoreAuthentication: [
      (extra: object) => services.onlineStoreAuthentication(extra as never),
      'runtime',
      'table',
    ],
    resolveCredentials: [
      (extra: object) => services.resolveCredentials(store, store, { secrets, ...extra }),
      'allowSharedCredentials',
      'prefix',
    ],
    authorizeAndResolve: [
      (extra: object) =>
        services.authorizeAndResolve(
          allowing,
          null,
          'READ_ONLINE',
          { type: 'FeatureView', name: 'v' },
          store,
          { secrets, ...extra },
        ),
      'allowSharedCredentials',
      'action',
    ],
  };
}
