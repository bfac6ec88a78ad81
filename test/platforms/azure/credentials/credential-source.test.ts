import { inspect } from 'node:util';
import { ChainedTokenCredential, ClientSecretCredential } from '@azure/identity';
import { describe, expect, test, vi } from 'vitest';
import {
  type AzureTokenCredential,
  azureSqlAccessToken,
  getServiceCredentialsProvider,
  tokenCredentialSource,
} from '../../../../src/platforms/azure/credentials/index.js';
import { createKeyVaultClient } from '../../../../src/platforms/azure/key-vault/index.js';
import { createWorkspaceClient } from '../../../../src/platforms/databricks/workspace/index.js';
import { defaultRedactor } from '../../../../src/redaction/index.js';
import '../../../support/key-vault/azure-types.js';

const SECRET = 'the-client-secret-of-the-program';
const AUTHORITY = 'https://login.microsoftonline.com';
const TENANT = '11111111-2222-3333-4444-555555555555';
const RESOURCE = 'https://vault.azure.net';

type AzureOptions = NonNullable<ConstructorParameters<typeof ClientSecretCredential>[3]>;
type SendRequest = NonNullable<AzureOptions['httpClient']>['sendRequest'];

/** A credential of Microsoft's package, with answers in place of the network. */
function microsoft(status = 200) {
  const scopes: string[] = [];
  const sendRequest = vi.fn<SendRequest>(async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.endsWith('/token')) scopes.push(String(request.body));
    const tenant = `${AUTHORITY}/${TENANT}`;
    const metadata = {
      issuer: `${tenant}/v2.0`,
      authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${tenant}/oauth2/v2.0/token`,
      jwks_uri: `${tenant}/discovery/v2.0/keys`,
    };
    const token = { token_type: 'Bearer', expires_in: 3600, access_token: 'token-of-microsoft' };
    const body = pathname.endsWith('/token')
      ? status === 200
        ? token
        : { error: 'invalid_client', error_description: `echo ${SECRET}` }
      : metadata;
    const code = pathname.endsWith('/token') ? status : 200;
    return { request, status: code, headers: request.headers, bodyAsText: JSON.stringify(body) };
  });
  const credential = new ClientSecretCredential(TENANT, 'app', SECRET, {
    httpClient: { sendRequest },
    retryOptions: { maxRetries: 0 },
    disableInstanceDiscovery: true,
  });
  return { credential, scopes };
}

describe('a credential of @azure/identity', () => {
  test('is the source of a service credential as it is', async () => {
    const { credential, scopes } = microsoft();
    const named = getServiceCredentialsProvider('sandbox', {
      source: new ChainedTokenCredential(credential),
      authorize: 'unchecked',
    });
    const given = await named.getToken(`${RESOURCE}/.default`);
    expect(given.token).toBe('token-of-microsoft');
    expect(given.expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_000_000);
    await named.getToken(`${RESOURCE}/.default`);
    expect(scopes.map((body) => new URLSearchParams(body).get('scope'))).toEqual([
      expect.stringContaining(`${RESOURCE}/.default`),
    ]);
    expect(defaultRedactor.text('token-of-microsoft')).toBe('***token***');
  });

  test('signs in to a workspace, to Azure SQL and to a vault', async () => {
    const { credential } = microsoft();
    const seen: (string | undefined)[] = [];
    const httpClient = async ({
      headers,
    }: {
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }) => {
      seen.push(headers?.['authorization']);
      return { status: 404, retryAfter: undefined, body: '{}' };
    };
    const tokens = tokenCredentialSource(credential)({ name: 'any', resource: RESOURCE });
    const host = 'https://adb-1.2.azuredatabricks.net';
    const workspace = createWorkspaceClient({ host, tokens, httpClient });
    await expect(
      workspace.request({ method: 'GET', path: '/api/2.0/secrets/scopes/list' }),
    ).rejects.toThrow('404');
    const vault = createKeyVaultClient('sandbox-kv', { credential, httpClient });
    await expect(vault.getSecret('test')).rejects.toMatchObject({ code: 'ERR_SECRET_NOT_FOUND' });
    expect(seen).toEqual(['Bearer token-of-microsoft', 'Bearer token-of-microsoft']);
    const { authentication } = await azureSqlAccessToken(credential);
    expect(authentication.options.token).toBe('token-of-microsoft');
  });

  test('that is refused ends with an error without its request', async () => {
    const { credential } = microsoft(401);
    const tokens = tokenCredentialSource(credential)({ name: 'any', resource: RESOURCE });
    const error: unknown = await tokens.getToken().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
      message: expect.stringMatching(/^no token: the credential failed \([A-Za-z]+Error\)$/),
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(SECRET);
  });
});

describe('a credential without a token', () => {
  const cases: readonly [string, unknown][] = [
    ['null', null],
    ['an empty token', { token: '', expiresOnTimestamp: Date.now() + 60_000 }],
    ['a token of two lines', { token: 'a\nb', expiresOnTimestamp: Date.now() + 60_000 }],
    ['a token that has expired', { token: 'expired-token', expiresOnTimestamp: 1 }],
    ['a token of unknown end', { token: 'endless-token', expiresOnTimestamp: Number.NaN }],
  ];

  test.each(cases)('is an error: %s', async (_, given) => {
    const credential = { getToken: async () => given } as AzureTokenCredential;
    const tokens = tokenCredentialSource(credential)({ name: 'any', resource: RESOURCE });
    await expect(tokens.getToken()).rejects.toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
  });

  test('is an error for Azure SQL, too', async () => {
    const credential: AzureTokenCredential = { getToken: async () => null };
    await expect(azureSqlAccessToken(credential)).rejects.toMatchObject({
      code: 'ERR_CREDENTIAL_UNAVAILABLE',
    });
  });
});

test.each([{}, null, { getToken: 1 }])('%j is refused as a source', (source) => {
  const given = source as unknown as AzureTokenCredential;
  expect(() => tokenCredentialSource(given)).toThrow(TypeError);
  expect(() =>
    getServiceCredentialsProvider('sandbox', { source: given, authorize: 'unchecked' }),
  ).toThrow('a service credential must have a source');
});
