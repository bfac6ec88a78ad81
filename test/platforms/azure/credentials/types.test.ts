import type { TokenCredential as AzureTokenCredential } from '@azure/identity';
import { getBearerTokenProvider } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { type Authorizer, createAuthorizer } from 'feast-permissions';
import { expect, test } from 'vitest';
import {
  type CredentialAuthorizer,
  getServiceCredentialsProvider,
  type ServiceCredential,
} from '../../../../src/platforms/azure/credentials/index.js';
import type { VaultCredential } from '../../../../src/platforms/azure/key-vault/index.js';
import {
  type DatabricksVocabulary,
  databricksVocabulary,
} from '../../../../src/platforms/databricks/vocabulary/index.js';
import '../../../support/key-vault/azure-types.js';

/** Compiles when a value of the one type can be given where the other is asked for. */
type Fits<From extends To, To> = From;
type Ours = Fits<ServiceCredential, AzureTokenCredential>;
type Theirs = Fits<AzureTokenCredential, VaultCredential>;
type Engine = Fits<Authorizer<DatabricksVocabulary>, CredentialAuthorizer>;

const credential: Ours = getServiceCredentialsProvider('sandbox', {
  authorize: 'unchecked',
  source: () => ({
    getToken: async () => ({ token: 'opaque', expiresAt: Date.now() + 3_600_000 }),
  }),
});

test("a service credential fits Azure's clients", async () => {
  const azure: AzureTokenCredential = credential;
  const scope = 'https://cognitiveservices.azure.com/.default';
  expect(await getBearerTokenProvider(azure, scope)()).toBe('opaque');
  const client = new SecretClient('https://sandbox-kv.vault.azure.net', azure);
  expect(client.vaultUrl).toBe('https://sandbox-kv.vault.azure.net');
});

test("a vault takes the credentials of Azure's clients, and any authorizer with ACCESS", () => {
  const theirs: Theirs = credential;
  const vaultCredential: VaultCredential = theirs;
  const engine: Engine = createAuthorizer({ vocabulary: databricksVocabulary, permissions: [] });
  const authorizer: CredentialAuthorizer = engine;
  expect([typeof vaultCredential.getToken, typeof authorizer.decide]).toEqual([
    'function',
    'function',
  ]);
});
