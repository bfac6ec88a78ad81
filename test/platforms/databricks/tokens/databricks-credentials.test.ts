import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabricksCredentials } from '../../../../src/platforms/databricks/tokens/index.js';
import {
  type FakeEntra,
  type FakeWorkspace,
  startFakeEntra,
  startFakeWorkspace,
} from '../../../support/databricks/index.js';
import { holdsSecret } from '../../../support/find-secret.js';

const SECRET = 'a-secret-of-the-environment';
const OAUTH = { DATABRICKS_CLIENT_ID: 'app', DATABRICKS_CLIENT_SECRET: SECRET };
const PAT = { DATABRICKS_TOKEN: 'dapi0123456789abcdef' };
const OIDC = { DATABRICKS_OIDC_TOKEN: 'a.ci.token' };
const AZURE = { ARM_TENANT_ID: 'tenant', ARM_CLIENT_ID: 'app', ARM_CLIENT_SECRET: SECRET };

let workspace: FakeWorkspace;
let entra: FakeEntra;

beforeAll(async () => {
  entra = await startFakeEntra({
    tenantId: 'tenant',
    applications: [{ clientId: 'app', clientSecret: SECRET }],
  });
  workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: 'app', secret: SECRET, federatedTokens: ['a.ci.token'] }],
    accountId: 'acc',
  });
});

afterAll(async () => {
  await workspace.stop();
  await entra.stop();
});

test.each([
  ['pat', PAT, 'dapi0123456789abcdef'],
  ['oauth-m2m', OAUTH, /^oauth-/],
  ['oauth-m2m', { ...OAUTH, DATABRICKS_ACCOUNT_ID: 'acc' }, /^oauth-/],
  ['env-oidc', OIDC, /^oauth-/],
  ['env-oidc', { DATABRICKS_OIDC_TOKEN_ENV: 'CI', CI: 'a.ci.token' }, /^oauth-/],
  ['azure-client-secret', AZURE, /^entra-/],
  ['pat', { ...PAT, DATABRICKS_TOKEN: `${PAT.DATABRICKS_TOKEN}\n`, ARM_CLIENT_SECRET: '' }, /f$/],
  ['oauth-m2m', { ...PAT, ...OAUTH, DATABRICKS_AUTH_TYPE: 'oauth-m2m' }, /^oauth-/],
] as [string, Record<string, string>, string | RegExp][])('%s: %o', async (method, env, token) => {
  const { caCertPath, origin } = workspace;
  const credentials = createDatabricksCredentials(
    { ...env, DATABRICKS_HOST: `${origin}/?o=1` },
    { caCertPath, authority: entra.origin, redaction: () => {} },
  );
  expect(credentials).toMatchObject({ host: origin, method });
  expect((await credentials.tokens.getToken()).token).toMatch(token);
});

const HOST = { DATABRICKS_HOST: 'dbc-1.cloud.databricks.com' };

test.each([
  [{}, '`DATABRICKS_HOST` is not set'],
  [{ ...PAT }, '`DATABRICKS_HOST` is not set'],
  [{ ...PAT, DATABRICKS_HOST: 'http://dbc-1' }, 'must be an https address'],
  [HOST, 'none of `DATABRICKS_TOKEN`, `DATABRICKS_CLIENT_SECRET`, `DATABRICKS_OIDC_TOKEN`'],
  [{ ...HOST, DATABRICKS_TOKEN: '' }, 'none of'],
  [{ ...HOST, ...PAT, ...OAUTH }, 'more than one kind (pat, oauth-m2m)'],
  [{ ...HOST, ...OIDC, ...AZURE }, 'more than one kind (env-oidc, azure-client-secret)'],
  [{ ...HOST, DATABRICKS_CLIENT_SECRET: SECRET }, '`DATABRICKS_CLIENT_ID` is not set'],
  [{ ...HOST, ARM_CLIENT_SECRET: SECRET }, '`ARM_TENANT_ID` is not set'],
  [{ ...HOST, DATABRICKS_AUTH_TYPE: 'pat', ...OAUTH }, '`DATABRICKS_TOKEN` is not set'],
  [{ ...HOST, DATABRICKS_AUTH_TYPE: 'env-oidc' }, '`DATABRICKS_OIDC_TOKEN` is not set'],
  [{ ...HOST, DATABRICKS_AUTH_TYPE: 'file-oidc' }, '`DATABRICKS_OIDC_TOKEN_FILEPATH` is not set'],
  [{ ...HOST, DATABRICKS_TOKEN: 'dapi01 dapi02' }, '`DATABRICKS_TOKEN` is not a token'],
  [{ ...HOST, DATABRICKS_TOKEN: ' \n' }, '`DATABRICKS_TOKEN` is not a token'],
  [{ ...HOST, ...PAT, DATABRICKS_AUTH_TYPE: 'basic' }, 'must be one of `pat`, `oauth-m2m`'],
] as [Record<string, string>, string][])('%o: %s', (env, message) => {
  let error: unknown;
  try {
    createDatabricksCredentials(env);
  } catch (reason) {
    error = reason;
  }
  expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  expect(String(error)).toContain(message);
  for (const secret of [SECRET, PAT.DATABRICKS_TOKEN]) {
    expect(holdsSecret(secret, String(error))).toBe(false);
  }
});

test('file-oidc reads its file when a token is asked for', async () => {
  const env = { ...HOST, DATABRICKS_OIDC_TOKEN_FILEPATH: '/nowhere/token' };
  const { method, tokens } = createDatabricksCredentials(env);
  expect(method).toBe('file-oidc');
  await expect(tokens.getToken()).rejects.toThrow('the file `/nowhere/token` has none');
});
