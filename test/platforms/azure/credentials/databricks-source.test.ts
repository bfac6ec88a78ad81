import { CredentialUnavailableError } from 'feast-permissions/errors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CredentialWorkspace,
  databricksSource,
  getServiceCredentialsProvider,
  type ServiceCredential,
} from '../../../../src/platforms/azure/credentials/index.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import { createWorkspaceClient } from '../../../../src/platforms/databricks/workspace/index.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../../support/databricks/index.js';
import { failureWithout, watchSecrets } from '../../../support/key-vault/watch-secrets.js';

const VAULT = 'https://vault.azure.net/.default';
const HOUR_MS = 3_600_000;
const PATH = '/api/2.1/unity-catalog/temporary-service-credentials';

describe('a workspace', () => {
  let workspace: FakeWorkspace;
  let watched = watchSecrets();

  beforeEach(async () => {
    watched = watchSecrets();
    workspace = await startFakeWorkspace({
      servicePrincipals: [{ applicationId: 'app-1' }],
      serviceCredentials: [
        { name: 'sandbox-dbac', cloud: 'azure' },
        { name: 'sandbox-aws', cloud: 'aws' },
      ],
    });
    const admin = client(workspace.adminToken);
    for (const name of ['sandbox-dbac', 'sandbox-aws']) {
      await admin.grants.patch('credential', name, [{ principal: 'app-1', add: ['ACCESS'] }]);
    }
  });
  afterEach(async () => {
    await workspace.stop();
  });

  const client = (token: string): ReturnType<typeof createWorkspaceClient> =>
    createWorkspaceClient({
      host: workspace.origin,
      tokens: createStaticTokenProvider(token, { redaction: watched.redaction }),
      caCertPath: workspace.caCertPath,
      redaction: watched.redaction,
      sleep: async () => {},
    });
  const connect = (name = 'sandbox-dbac', token = workspace.tokenOf('app-1')): ServiceCredential =>
    getServiceCredentialsProvider(name, {
      authorize: 'unchecked',
      source: databricksSource(client(token)),
    });
  const failureOf = (promise: Promise<unknown>): Promise<Error> =>
    failureWithout(promise, [workspace.tokenOf('app-1'), ...watched.values()]);
  const asked = (): number => workspace.journal.filter(({ path }) => path === PATH).length;

  test('gives the tokens of a credential, each registered to be masked', async () => {
    const credential = connect();
    const { token, expiresOnTimestamp } = await credential.getToken(VAULT);
    expect(token).toMatch(/^aad-token-sandbox-dbac-/);
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now());
    expect(watched.values()).toContain(token);
    expect((await credential.getToken(VAULT)).token).toBe(token);
    expect(asked()).toBe(1);
  });

  test.each([
    ['without ACCESS', 'sandbox-dbac', 'PERMISSION_DENIED'],
    ['a credential that is not there', 'another', 'RESOURCE_DOES_NOT_EXIST'],
  ])('gives none %s', async (_, name, code) => {
    const error = await failureOf(connect(name, workspace.adminToken).getToken(VAULT));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
    expect(error.cause).toMatchObject({ code: 'ERR_WORKSPACE', errorCode: code });
  });

  test('gives none of another cloud', async () => {
    const error = await failureOf(connect('sandbox-aws').getToken(VAULT));
    expect(error.message).toBe('no token: the service credential has none for Azure');
  });

  test('is asked again when its answer was lost, a few times', async () => {
    const credential = connect();
    workspace.failAt(1, { kind: 'kill-after' }, { path: PATH });
    await credential.getToken(VAULT);
    expect(asked()).toBe(2);
    for (const at of [1, 2, 3, 4]) workspace.failAt(at, { kind: 'kill-before' }, { path: PATH });
    const error = await failureOf(connect().getToken(VAULT));
    expect(error).toBeInstanceOf(CredentialUnavailableError);
  });
});

describe('what is asked and answered', () => {
  const requests: unknown[] = [];
  const answering = (answer: object): ServiceCredential => {
    const workspace: CredentialWorkspace = {
      createTemporaryServiceCredentials: async (request) => {
        requests.push(request);
        return answer as never;
      },
    };
    return getServiceCredentialsProvider('sandbox', {
      authorize: 'unchecked',
      source: databricksSource(workspace),
    });
  };

  test('is the scope', async () => {
    const expiration_time = Date.now() + HOUR_MS;
    const credential = answering({ azure_aad: { aad_token: 'opaque' }, expiration_time });
    expect(await credential.getToken('https://vault.azure.net')).toEqual({
      token: 'opaque',
      expiresOnTimestamp: expiration_time,
    });
    expect(requests).toEqual([
      { credential_name: 'sandbox', azure_options: { resources: [VAULT] } },
    ]);
  });

  test('is not waited for any longer than the token is', async () => {
    let given: AbortSignal | undefined;
    const workspace: CredentialWorkspace = {
      createTemporaryServiceCredentials: (_, options) => {
        given = options?.signal;
        return new Promise(() => {});
      },
    };
    const source = databricksSource(workspace, { cache: { timeoutSeconds: 0.05 } });
    const asking = getServiceCredentialsProvider('sandbox', {
      authorize: 'unchecked',
      source,
    }).getToken(VAULT);
    await expect(asking).rejects.toThrow('no token was available within 0.05 s');
    expect(given?.aborted).toBe(true);
  });

  test.each([
    [{ azure_aad: { aad_token: '' }, expiration_time: 1e15 }],
    [{ azure_aad: { aad_token: 'a\r\nb: c' }, expiration_time: 1e15 }],
    [{ azure_aad: { aad_token: 'opaque' }, expiration_time: 1 }],
    [{ azure_aad: { aad_token: 'opaque' } }],
    [{}],
  ])('must be a token that holds: %j', async (answer) => {
    const asking = answering(answer).getToken(VAULT);
    await expect(asking).rejects.toThrow(CredentialUnavailableError);
  });
});

test.each([undefined, null, {}, 'host'])('takes no workspace %j', (workspace) => {
  expect(() => databricksSource(workspace as never)).toThrow(TypeError);
});
