import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabricksCredentials } from '../../../../src/platforms/databricks/tokens/index.js';
import { createWorkspaceClient } from '../../../../src/platforms/databricks/workspace/index.js';
import { type FakeRequest, startFakeServer } from '../../../support/databricks/fake-server.js';
import {
  type FakeServer,
  type FakeWorkspace,
  startFakeWorkspace,
} from '../../../support/databricks/index.js';
import { holdsSecret } from '../../../support/find-secret.js';

const REQUEST_TOKEN = 'a-request-token-of-the-job';
const IDENTITY = 'a.ci.token';
const APP = '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a51';

let workspace: FakeWorkspace;
let system: FakeServer;
let asked: FakeRequest[];
let answer: { readonly status: number; readonly body: unknown };

beforeAll(async () => {
  workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: APP, federatedTokens: [IDENTITY] }],
  });
  system = await startFakeServer((request) => {
    asked.push(request);
    const isRight = request.headers.authorization === `Bearer ${REQUEST_TOKEN}`;
    return isRight ? answer : { status: 401, body: {} };
  });
});
beforeEach(() => {
  asked = [];
  answer = { status: 200, body: { value: IDENTITY, oidcToken: IDENTITY } };
});
afterAll(async () => {
  await workspace.stop();
  await system.stop();
});

/** Trusts the certificates of both servers, which are those of this machine. */
const credentials = (env: Readonly<Record<string, string>>) => {
  const base = { DATABRICKS_HOST: workspace.origin, DATABRICKS_CLIENT_ID: APP };
  return createDatabricksCredentials(
    { ...base, ...env },
    { redaction: () => {}, caCertPath: workspace.caCertPath },
  );
};
const gitHub = (): Record<string, string> => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `${system.origin}/token?api-version=2.0`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
});
const azureDevOps = (): Record<string, string> => ({
  SYSTEM_ACCESSTOKEN: REQUEST_TOKEN,
  SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: `${system.origin}/org/`,
  SYSTEM_TEAMPROJECTID: 'a project',
  SYSTEM_HOSTTYPE: 'build',
  SYSTEM_PLANID: 'plan-1',
  SYSTEM_JOBID: 'job-1',
});

describe.each([
  ['github-oidc', gitHub],
  ['azure-devops-oidc', azureDevOps],
] as const)('%s', (method, env) => {
  test('needs no secret of Databricks', async () => {
    const { tokens, method: found } = credentials(env());
    expect(found).toBe(method);
    expect((await tokens.getToken()).token).toMatch(/^oauth-/);
    const form = new URLSearchParams(workspace.journal.at(-1)?.body);
    expect(Object.fromEntries(form)).toMatchObject({ client_id: APP, subject_token: IDENTITY });
  });

  test('is taken only where nothing else is given', () => {
    expect(credentials({ ...env(), DATABRICKS_TOKEN: 'dapi0123' }).method).toBe('pat');
    const chosen = { ...env(), DATABRICKS_TOKEN: 'dapi0123', DATABRICKS_AUTH_TYPE: method };
    expect(credentials(chosen).method).toBe(method);
  });

  test.each([
    ['is refused', { status: 403, body: { message: IDENTITY } }],
    ['gives none', { status: 200, body: {} }],
    ['gives something else', { status: 200, body: { value: 7, oidcToken: [IDENTITY] } }],
  ])('says so when the job %s', async (_, given) => {
    answer = given;
    const error = await credentials(env())
      .tokens.getToken()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
    for (const secret of [REQUEST_TOKEN, IDENTITY])
      expect(holdsSecret(secret, String(error))).toBe(false);
  });

  test.each(
    Object.keys(
      env === gitHub
        ? { ACTIONS_ID_TOKEN_REQUEST_URL: '' }
        : {
            SYSTEM_TEAMPROJECTID: '',
            SYSTEM_PLANID: '',
            SYSTEM_JOBID: '',
            SYSTEM_HOSTTYPE: '',
          },
    ),
  )('names %s where it is missing', (name) => {
    const given = { ...env(), [name]: '', DATABRICKS_AUTH_TYPE: method };
    expect(() => credentials(given)).toThrow(`\`${name}\` is not set`);
  });

  test('refuses an address that is not secure', () => {
    const name =
      method === 'github-oidc'
        ? 'ACTIONS_ID_TOKEN_REQUEST_URL'
        : 'SYSTEM_TEAMFOUNDATIONCOLLECTIONURI';
    expect(() => credentials({ ...env(), [name]: 'http://ci.example.org/' })).toThrow(
      `\`${name}\` is not an https address`,
    );
  });
});

test('GitHub is asked for the audience of the token endpoint, or for one of its own', async () => {
  await credentials(gitHub()).tokens.getToken();
  await credentials({ ...gitHub(), DATABRICKS_TOKEN_AUDIENCE: 'features' }).tokens.getToken();
  expect(asked.map(({ query }) => query.get('audience'))).toEqual([
    `${workspace.origin}/oidc/v1/token`,
    'features',
  ]);
  expect(asked[0]?.query.get('api-version')).toBe('2.0');
});

test('Azure DevOps is asked for the token of the job', async () => {
  await credentials(azureDevOps()).tokens.getToken();
  expect(asked[0]).toMatchObject({
    method: 'POST',
    path: '/org/a%20project/_apis/distributedtask/hubs/build/plans/plan-1/jobs/job-1/oidctoken',
  });
  expect(asked[0]?.query.get('api-version')).toBe('7.2-preview.1');
});

describe('the account beside a workspace', () => {
  const secret = 'a-client-secret-of-a-service';
  test.each([
    ['of a workspace changes nothing', '/oidc', 'other', '/oidc/v1/token'],
    [
      'fills in where the host serves several',
      '/oidc/accounts/{account_id}',
      'acc',
      '/oidc/accounts/acc/v1/token',
    ],
    [
      'is what the host says otherwise',
      '/oidc/accounts/{account_id}',
      '',
      '/oidc/accounts/acc/v1/token',
    ],
  ])('%s', async (_, oidcPath, account, path) => {
    const several = await startFakeWorkspace({
      servicePrincipals: [{ applicationId: APP, secret }],
      accountId: 'acc',
      oidcPath,
    });
    const { tokens } = createDatabricksCredentials(
      {
        DATABRICKS_HOST: several.origin,
        DATABRICKS_CLIENT_ID: APP,
        DATABRICKS_CLIENT_SECRET: secret,
        DATABRICKS_ACCOUNT_ID: account,
      },
      { redaction: () => {}, caCertPath: several.caCertPath },
    );
    await tokens.getToken();
    expect(several.journal.at(-1)?.path).toBe(path);
    await several.stop();
  });
});

describe('a host that serves several workspaces', () => {
  test('is told which one is meant', async () => {
    const env = { DATABRICKS_TOKEN: workspace.adminToken, DATABRICKS_WORKSPACE_ID: '77' };
    const given = credentials(env);
    const client = createWorkspaceClient({ ...given, caCertPath: workspace.caCertPath });
    await client.secrets.listScopes();
    const { headers } = workspace.journal.at(-1) ?? {};
    expect(headers?.['x-databricks-workspace-id']).toBe('77');
    expect(headers?.['user-agent']).toMatch(/^feast-permissions\/\d/);
    expect(await client.getWorkspaceId()).toBe('77');
  });

  test('is not told without a number', async () => {
    const given = credentials({ DATABRICKS_TOKEN: workspace.adminToken });
    await createWorkspaceClient({
      ...given,
      caCertPath: workspace.caCertPath,
    }).secrets.listScopes();
    expect(workspace.journal.at(-1)?.headers).not.toHaveProperty('x-databricks-workspace-id');
  });

  test('is not asked with something else', () => {
    const given = credentials({ DATABRICKS_TOKEN: 'dapi0', DATABRICKS_WORKSPACE_ID: '7\r\nx: y' });
    expect(() => createWorkspaceClient(given)).toThrow('must be the number of a workspace');
  });
});

describe('a secret of Entra', () => {
  const secret = 'a-client-secret-of-an-application';
  const asks: URL[] = [];
  const httpClient = async ({ url }: { readonly url: URL }) => {
    asks.push(url);
    return {
      status: 200,
      headers: {},
      retryAfter: undefined,
      body: '{"access_token":"t","token_type":"Bearer","expires_in":3600}',
    };
  };
  const ask = async (host: string, ARM_ENVIRONMENT?: string): Promise<readonly string[]> => {
    asks.length = 0;
    const { tokens } = createDatabricksCredentials(
      {
        DATABRICKS_HOST: host,
        ARM_TENANT_ID: 'tenant',
        ARM_CLIENT_ID: APP,
        ARM_CLIENT_SECRET: secret,
        ARM_ENVIRONMENT,
      },
      { redaction: () => {}, httpClient },
    );
    await tokens.getToken();
    return asks.map(({ host: to }) => to);
  };

  test.each([
    ['adb-1.2.azuredatabricks.net', undefined, 'login.microsoftonline.com'],
    ['adb-1.2.azuredatabricks.net', 'Public', 'login.microsoftonline.com'],
    ['adb-1.2.databricks.azure.us', undefined, 'login.microsoftonline.us'],
    ['adb-1.2.databricks.azure.us', 'usgovernment', 'login.microsoftonline.us'],
    ['adb-1.2.databricks.azure.cn', 'AzureChinaCloud', 'login.chinacloudapi.cn'],
    ['https://127.0.0.1:1', 'china', 'login.chinacloudapi.cn'],
    ['https://127.0.0.1:1', '', 'login.microsoftonline.com'],
  ])('of %s (%s) goes to %s', async (host, environment, authority) => {
    expect(await ask(host, environment)).toEqual([authority]);
  });

  test.each([
    ['adb-1.2.azuredatabricks.net', 'usgovernment', 'names another cloud'],
    ['adb-1.2.databricks.azure.cn', 'public', 'names another cloud'],
    ['adb-1.2.azuredatabricks.net', 'german', 'must be `public`, `usgovernment` or `china`'],
  ])('goes nowhere of %s (%s)', async (host, environment, message) => {
    await expect(ask(host, environment)).rejects.toThrow(message);
    expect(asks).toEqual([]);
  });
});
