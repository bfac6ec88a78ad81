import {
  GetSecretValueCommand,
  SecretsManager,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { SecretClient } from '@azure/keyvault-secrets';
import { expect, test } from 'vitest';
import {
  createAwsSecretStore,
  createKeyVaultSecretStore,
  type SecretStore,
} from '../../../src/platforms/secrets/index.js';
import { expectNoSecret } from './support/secret-store-contract.js';

const NAME = { scope: 'feast-read', key: 'sql-password' };
const TOKEN = 'a-token-of-the-program-itself';
const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** Status and body of an answer; nothing for a connection that cannot be made. */
type Answer = readonly [status: number, body: unknown] | undefined;

type HttpClient = NonNullable<
  NonNullable<ConstructorParameters<typeof SecretClient>[2]>['httpClient']
>;
type AzureRequest = Parameters<HttpClient['sendRequest']>[0];
type AzureResponse = Awaited<ReturnType<HttpClient['sendRequest']>>;

/** The real client of Azure, with an answer in place of the network. */
function keyVault(answer: Answer, urls: string[]): SecretStore {
  const sendRequest = async (request: AzureRequest): Promise<AzureResponse> => {
    urls.push(request.url);
    if (answer === undefined) throw Object.assign(new Error(TOKEN), { code: 'ENOTFOUND' });
    const isSigned = request.headers.get('authorization') === `Bearer ${TOKEN}`;
    const [status, body] = isSigned ? answer : [401, {}];
    const headers = request.headers;
    headers.set(
      'www-authenticate',
      'Bearer authorization="https://login.example.com/t", resource="https://vault.azure.net"',
    );
    return { request, status, headers, bodyAsText: JSON.stringify(body) };
  };
  const getToken = async () => ({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 });
  const client = new SecretClient(
    'https://feast.vault.azure.net',
    { getToken },
    {
      httpClient: { sendRequest },
      retryOptions: { maxRetries: 0 },
    },
  );
  return createKeyVaultSecretStore(new Map([['feast-read', client]]), {
    version: () => '0123456789abcdef0123456789abcdef',
  });
}

/** The settings of a real client of AWS, with an answer in place of the network. */
function awsSettings(answer: Answer, bodies: string[]): SecretsManagerClientConfig {
  return {
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET_KEY },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { readonly body: Uint8Array }) => {
        bodies.push(new TextDecoder().decode(request.body));
        if (answer === undefined) throw Object.assign(new Error(SECRET_KEY), { code: 'ENOTFOUND' });
        const [statusCode, body] = answer;
        const headers = { 'content-type': 'application/x-amz-json-1.1' };
        return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(body)) } };
      },
    } as never,
  };
}

/** The client with a method for each operation. */
function secretsManager(answer: Answer, bodies: string[]): SecretStore {
  return createAwsSecretStore(new SecretsManager(awsSettings(answer, bodies)));
}

/** The client that knows only commands. */
function secretsManagerClient(answer: Answer, bodies: string[]): SecretStore {
  return createAwsSecretStore(new SecretsManagerClient(awsSettings(answer, bodies)), {
    command: GetSecretValueCommand,
  });
}

const STORES = [
  ['Key Vault', keyVault],
  ['Secrets Manager', secretsManager],
  ['Secrets Manager with commands', secretsManagerClient],
] as const;
const BODIES = {
  found: {
    value: 'the password',
    id: 'https://feast.vault.azure.net/secrets/sql-password/0123456789abcdef0123456789abcdef',
    attributes: { enabled: true },
    SecretString: 'the password',
  },
  missing: {
    error: { code: 'SecretNotFound', message: 'no' },
    __type: 'ResourceNotFoundException',
  },
  forbidden: { error: { code: 'Forbidden', message: 'no' }, __type: 'AccessDeniedException' },
  broken: { error: { code: 'Internal', message: 'no' }, __type: 'InternalServiceError' },
};

test.each(STORES)('the client of %s gives a secret', async (_, create) => {
  const asked: string[] = [];
  expect(await create([200, BODIES.found], asked).getSecret(NAME)).toBe('the password');
  expect(asked.join()).toMatch(
    create === keyVault
      ? /\/secrets\/sql-password\/0123456789abcdef0123456789abcdef\?/
      : /"SecretId":"feast-read\/sql-password"/,
  );
});

test.each(
  STORES.flatMap(([name, create]) => [
    {
      name,
      create,
      answer: [create === keyVault ? 404 : 400, BODIES.missing] as const,
      code: 'ERR_SECRET_NOT_FOUND',
    },
    {
      name,
      create,
      answer: [create === keyVault ? 403 : 400, BODIES.forbidden] as const,
      code: 'ERR_SECRET_FORBIDDEN',
    },
    { name, create, answer: [500, BODIES.broken] as const, code: 'ERR_CREDENTIAL_UNAVAILABLE' },
    { name, create, answer: undefined, code: 'ERR_CREDENTIAL_UNAVAILABLE' },
  ]),
)('the client of $name says why a secret is missing: $code', async ({ create, answer, code }) => {
  const asked: string[] = [];
  const error = await create(answer, asked)
    .getSecret(NAME)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code });
  expect(asked).not.toEqual([]);
  for (const secret of [TOKEN, SECRET_KEY]) expectNoSecret(secret, error);
});
