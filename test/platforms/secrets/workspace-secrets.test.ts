import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStaticTokenProvider } from '../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
} from '../../../src/platforms/databricks/workspace/index.js';
import {
  createDatabricksSecretStore,
  type SecretStore,
} from '../../../src/platforms/secrets/index.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../support/databricks/index.js';
import { expectNoSecret } from './support/secret-store-contract.js';

const VALUE = 'r34der "pass\\word" – ü';

let workspace: FakeWorkspace;

beforeAll(async () => {
  workspace = await startFakeWorkspace({ servicePrincipals: [{ applicationId: 'server' }] });
  const { secrets } = connect(workspace.adminToken);
  for (const scope of ['feast-read', 'feast-write']) {
    await secrets.createScope(scope);
    await secrets.putSecret({ scope, key: 'sql-password', value: `${VALUE} in ${scope}` });
  }
  await secrets.putAcl({ scope: 'feast-read', principal: 'server', permission: 'READ' });
});

afterAll(async () => workspace.stop());

function connect(token: string): WorkspaceClient {
  return createWorkspaceClient({
    host: workspace.origin,
    tokens: createStaticTokenProvider(token),
    caCertPath: workspace.caCertPath,
    sleep: async () => {},
  });
}

const open = (): SecretStore =>
  createDatabricksSecretStore(connect(workspace.tokenOf('server')).secrets);

describe('the secrets of a workspace, read with its client', () => {
  test('are given to who may read the scope', async () => {
    const name = { scope: 'feast-read', key: 'sql-password' };
    expect(await open().getSecret(name)).toBe(`${VALUE} in feast-read`);
  });

  test.each([
    ['feast-write', 'sql-password', 'ERR_SECRET_FORBIDDEN'],
    ['feast-read', 'sql-user', 'ERR_SECRET_NOT_FOUND'],
    ['another', 'sql-password', 'ERR_SECRET_NOT_FOUND'],
  ])('%s/%s is refused with %s', async (scope, key, code) => {
    const error: unknown = await open()
      .getSecret({ scope, key })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expectNoSecret(VALUE, error);
  });
});
