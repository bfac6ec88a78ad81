import { afterEach, describe, expect, test } from 'vitest';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import {
  createWorkspaceClient,
  type WorkspaceClient,
  type WorkspaceClientOptions,
} from '../../../../src/platforms/databricks/workspace/index.js';
import {
  type FakeWorkspace,
  type FakeWorkspaceOptions,
  startFakeWorkspace,
} from '../../../support/databricks/index.js';

const START = 1_800_000_000_000;

let workspace: FakeWorkspace;
let clock = START;
let pauses: number[] = [];

/** Client and workspace have one clock, which goes on while the client waits. */
async function connect(
  options: FakeWorkspaceOptions,
  more: Partial<WorkspaceClientOptions> = {},
): Promise<WorkspaceClient> {
  clock = START;
  pauses = [];
  workspace = await startFakeWorkspace({ now: () => clock, ...options });
  return createWorkspaceClient({
    host: workspace.origin,
    caCertPath: workspace.caCertPath,
    tokens: createStaticTokenProvider(workspace.adminToken, { redaction: () => {} }),
    redaction: () => {},
    now: () => clock,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      clock += milliseconds;
    },
    ...more,
  });
}

afterEach(() => workspace.stop());

const refused = (): number => workspace.journal.filter(({ status }) => status === 429).length;

describe('a workspace with a limit', () => {
  const rateLimit = { requests: 5, windowSeconds: 2 };

  test('does everything once that a client waits for as it is told', async () => {
    const client = await connect({ rateLimit });
    for (let count = 0; count < 12; count++) await client.tokens.create({ comment: `${count}` });
    const tokens = await client.tokens.list();
    expect(tokens.map(({ comment }) => comment)).toEqual(
      Array.from({ length: 12 }, (_, count) => `${count}`),
    );
    expect(refused()).toBe(2);
    expect(pauses).toEqual([2000, 2000]);
  });

  test('is come through by many at the same time', async () => {
    const client = await connect({ rateLimit });
    const asking = Array.from({ length: 15 }, () => client.scim.currentUser());
    const names = (await Promise.all(asking)).map(({ userName }) => userName);
    expect(names).toEqual(new Array(15).fill('admin@example.org'));
    expect(refused()).toBeGreaterThan(0);
  });

  test('gives the whole of a list in pages', async () => {
    const users = Array.from({ length: 7 }, (_, index) => ({ userName: `user-${index}` }));
    const securables = [{ type: 'function', fullName: 'main.ml.churn' }];
    const limit = { requests: 2, windowSeconds: 1 };
    const client = await connect({ rateLimit: limit, users, securables, pageSize: 2 });
    const changes = users.map(({ userName }) => ({ principal: userName, add: ['EXECUTE'] }));
    await client.grants.patch('function', 'main.ml.churn', changes);
    const grants = await client.grants.get('function', 'main.ml.churn');
    expect(grants.map(({ principal }) => principal)).toEqual(users.map(({ userName }) => userName));
    expect(refused()).toBeGreaterThan(1);
  });

  test('refuses a client that waits no longer, and says that it may come back', async () => {
    const client = await connect({ rateLimit }, { maxAttempts: 1 });
    for (let count = 0; count < 5; count++) await client.scim.currentUser();
    await expect(client.tokens.create()).rejects.toMatchObject({
      code: 'ERR_WORKSPACE',
      status: 429,
      errorCode: 'REQUEST_LIMIT_EXCEEDED',
      retriable: true,
    });
    clock += 2000;
    expect(await client.tokens.list()).toEqual([]);
  });
});
