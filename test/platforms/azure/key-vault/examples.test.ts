import { randomBytes } from 'node:crypto';
import { PermissionDeniedError } from 'feast-permissions';
import { defaultRedactor } from 'feast-permissions/redaction';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  authorizationHeader,
  databaseConfig,
  openAiTokens,
  vaultClient,
} from '../../../../examples/services/azure-clients.js';
import { maskApiKey, readTestSecret } from '../../../../examples/services/key-vault.js';
import { linkSandboxScope } from '../../../../examples/services/linked-scope.js';
import { sandboxCredential } from '../../../../examples/services/service-credential.js';
import { connectWorkspace, whoMayQuery } from '../../../../examples/services/workspace.js';
import type { ServiceCredential } from '../../../../src/platforms/azure/credentials/index.js';
import { createWorkspaceClient } from '../../../../src/platforms/databricks/workspace/index.js';
import { startFakeWorkspace } from '../../../support/databricks/index.js';
import {
  createTestCertificate,
  type TestCertificate,
} from '../../../support/key-vault/certificates.js';
import {
  type LoopbackServer,
  startLoopbackServer,
} from '../../../support/key-vault/loopback-server.js';
import { createTokenBook } from '../../../support/key-vault/token-book.js';
import { startVaultServer, type VaultServer } from '../../../support/key-vault/vault-server.js';

const VALUE = `pa55-${randomBytes(12).toString('hex')}`;
const HOUR_MS = 3_600_000;
const ann = { username: 'ann', groups: ['data-engineers'] };
const bob = { username: 'bob', groups: ['analysts'] };

const tokens = createTokenBook();
let certificate: TestCertificate;
let workspace: LoopbackServer;
let vault: VaultServer;

beforeAll(async () => {
  certificate = createTestCertificate();
  workspace = await startLoopbackServer(certificate, ({ body }) => {
    const { credential_name: clientId, azure_options: options } = JSON.parse(body);
    const resource = String(options.resources[0]).replace('/.default', '');
    const token = tokens.issue({ resource, clientId });
    return {
      status: 200,
      body: { azure_aad: { aad_token: token }, expiration_time: Date.now() + HOUR_MS },
    };
  });
  vault = await startVaultServer({ certificate, tokens });
  vault.readers.add('sandbox-dataai-example-dbac');
  vault.secrets.set('test', { versions: [{ id: 'ab'.repeat(16), value: VALUE }] });
});
afterAll(async () => {
  await Promise.all([workspace.stop(), vault.stop()]);
  certificate.remove();
});

function credentialFor(subject: typeof ann): ServiceCredential {
  const own = createWorkspaceClient({
    host: workspace.origin,
    tokens: { getToken: async () => ({ token: 'own', expiresAt: Date.now() + HOUR_MS }) },
    caCertPath: certificate.caPath,
  });
  return sandboxCredential(subject, own);
}

const asking = (): { hosts: string[]; caCertPath: string } => ({
  hosts: [vault.host],
  caCertPath: certificate.caPath,
});

describe('examples/services', () => {
  test('service-credential.ts: who has ACCESS gets tokens', async () => {
    const { token } = await credentialFor(ann).getToken('https://vault.azure.net/.default');
    expect(tokens.find(token)?.clientId).toBe('sandbox-dataai-example-dbac');
    const before = workspace.requests.length;
    const refused = credentialFor(bob).getToken('https://vault.azure.net/.default');
    await expect(refused).rejects.toThrow(PermissionDeniedError);
    expect(workspace.requests.length).toBe(before);
  });

  test('workspace.ts: signs in as the environment says', async () => {
    const secret = 'a-secret-of-the-environment';
    const fake = await startFakeWorkspace({
      servicePrincipals: [{ applicationId: 'app', secret, groups: ['admins'] }],
      servingEndpoints: ['fraud'],
    });
    try {
      const env = {
        DATABRICKS_HOST: fake.origin,
        DATABRICKS_CLIENT_ID: 'app',
        DATABRICKS_CLIENT_SECRET: secret,
      };
      const client = connectWorkspace(env, { caCertPath: fake.caCertPath });
      const { access_control_list: entries } = await whoMayQuery(client, 'fraud');
      expect(entries.map(({ group_name: name }) => name)).toContain('admins');
    } finally {
      await fake.stop();
    }
  });

  test('azure-clients.ts: one credential for all', async () => {
    const credential = credentialFor(ann);
    const openAi = await openAiTokens(credential)();
    expect(tokens.find(openAi)?.resource).toBe('https://cognitiveservices.azure.com');
    const config = await databaseConfig(credential);
    expect(config.authentication.type).toBe('azure-active-directory-access-token');
    const { token } = config.authentication.options;
    expect(tokens.find(token)?.resource).toBe('https://database.windows.net');
    expect(vaultClient(credential).vaultUrl).toContain('sandbox-dataai-example-kv');
    const header = await authorizationHeader(credential);
    expect(tokens.find(header.slice('Bearer '.length))?.resource).toBe('api://sandbox-rest-api');
  });

  test('key-vault.ts: reads a secret, and prints none', async () => {
    const printed: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
    try {
      const options = { credential: credentialFor(ann), ...asking() };
      expect(await readTestSecret(options, vault.origin)).toBe(VALUE);
    } finally {
      write.mockRestore();
    }
    expect(printed).toEqual(['read test: ***secret***\n']);
    const takeBack = maskApiKey('sk-0123456789');
    expect(defaultRedactor.text('key sk-0123456789')).toBe('key ***api-key***');
    takeBack();
    expect(defaultRedactor.text('key sk-0123456789')).toBe('key sk-0123456789');
  });

  test('linked-scope.ts: who has ACCESS links the vault', async () => {
    const credential = credentialFor(ann);
    const scope = linkSandboxScope(credential, ann, vault.origin, asking());
    expect(await scope.getSecret({ scope: 'sandbox', key: 'test' })).toBe(VALUE);
    expect(() => linkSandboxScope(credential, bob, vault.origin, asking())).toThrow(
      PermissionDeniedError,
    );
  });
});
