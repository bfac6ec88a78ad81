import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFeatureServer } from '../../examples/feature-server/create-feature-server.js';
import { startKeycloak } from './support/keycloak.js';
import { startOidcProvider } from './support/oidc-provider.js';
import { runPython } from './support/python.js';

/**
 * A provider that gives tokens of who reads all, of who has no role, and, where it knows one, of
 * who writes.
 */
interface Provider {
  readonly discoveryUrl: string;
  readonly reader: () => Promise<string>;
  readonly nobody: () => Promise<string>;
  readonly writer?: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly answer?: unknown;
  readonly error?: string;
  readonly message?: string;
}

const DATA = 'examples/credit_scoring/data';
const TIMES = { event_timestamp: ['2026-02-01T00:00:00Z'], created: ['2026-02-01T00:00:00Z'] };
const TRANSACTION = { driver_id: [1001], amount: [77.25], count_7d: [70], ...TIMES };

const AMOUNT = {
  op: 'read',
  features: ['transaction_features:amount', 'transaction_features:count_7d'],
  entities: { driver_id: [1001, 1003, 9999] },
};
const READS = [
  AMOUNT,
  { ...AMOUNT, full: true },
  {
    op: 'read',
    features: ['customer_profile:income', 'transaction_features:amount', 'customer_profile:age'],
    entities: { driver_id: [1002], customer_id: [3] },
  },
  { op: 'read', service: 'credit_model_v1', entities: { driver_id: [1001], customer_id: [2] } },
  {
    op: 'read',
    service: 'credit_model_v2_risky',
    entities: { driver_id: [1001, 1002], merchant_id: [7, 9], val_to_add: [1, 20] },
  },
  {
    op: 'read',
    features: ['transformed_amount:amount_plus_val'],
    entities: { driver_id: [1001, 1002], val_to_add: [1, 20] },
  },
];

async function startOidc(): Promise<Provider> {
  let roles: readonly string[] = [];
  const provider = await startOidcProvider(600, () => roles);
  const tokenOf =
    (...given: readonly string[]) =>
    () => {
      roles = given;
      return provider.requestToken();
    };
  return {
    discoveryUrl: provider.discoveryUrl,
    reader: tokenOf('super-reader'),
    nobody: tokenOf(),
    writer: tokenOf('feast-admin'),
    stop: provider.stop,
  };
}

/** A user with a password, and the service account of the client. */
async function startRealm(): Promise<Provider> {
  const keycloak = await startKeycloak(['super-reader']);
  const { name: username, password } = keycloak.user;
  const tokenFor = async (form: Readonly<Record<string, string>>): Promise<string> =>
    (await keycloak.requestTokens(form)).access_token;
  return {
    discoveryUrl: keycloak.discoveryUrl,
    reader: () => tokenFor({ grant_type: 'password', username, password }),
    nobody: () => tokenFor({ grant_type: 'client_credentials' }),
    stop: keycloak.stop,
  };
}

describe.each([
  ['oidc-provider', startOidc],
  ['Keycloak', startRealm],
])("Feast's client with tokens of %s", (_name, start) => {
  let provider: Provider;
  let app: FastifyInstance;

  beforeAll(async () => {
    provider = await start();
    app = await createFeatureServer({
      featureStore: 'examples/feature-server/feature_store.yaml',
      onlineStore: `${DATA}/online_store.db`,
      gate: { env: { OIDC_DISCOVERY_URL: provider.discoveryUrl } },
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
  });

  afterAll(async () => {
    await app?.close();
    await provider?.stop();
  });

  async function ask(calls: readonly object[]): Promise<readonly Answer[]> {
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    return (await runPython('python-feature-client.py', {
      url,
      folder: DATA,
      calls,
    })) as readonly Answer[];
  }

  test('reads what Feast reads from the same store', async () => {
    const token = await provider.reader();
    const answers = await ask([
      ...READS.map((call) => ({ ...call, token })),
      ...READS.map((call) => ({ ...call, direct: true })),
    ]);
    const served = answers.slice(0, READS.length);
    expect(served).toEqual(answers.slice(READS.length));
    expect(served[0]).toEqual({
      answer: { amount: [1.5, 3.5, null], count_7d: [3, 5, null], driver_id: [1001, 1003, 9999] },
    });
    expect(served[4]?.answer).toMatchObject({ amount_plus_val: [2.5, 22.5] });
  });

  test('raises its own errors where nothing may be read or written', async () => {
    const token = await provider.nobody();
    const reader = await provider.reader();
    const write = { op: 'push', source: 'transactions_push', df: TRANSACTION };
    const answers = await ask([
      ...[...READS, write].map((call) => ({ ...call, token })),
      { ...write, token: reader },
    ]);
    expect(answers).toHaveLength(READS.length + 2);
    for (const answer of answers) {
      expect(answer).toEqual({
        error: 'FeastPermissionError',
        message: expect.stringMatching(/^not permitted: (READ|WRITE)_ONLINE on \w+ `/),
      });
    }
  });

  test('is not let in without a token that holds', async () => {
    const token = await provider.reader();
    const [header, payload, signature] = token.split('.');
    const forged = `${header}.${payload}.${signature?.split('').reverse().join('')}`;
    const answers = await ask([
      AMOUNT,
      { ...AMOUNT, token: 'garbage' },
      { ...AMOUNT, token: forged },
      { op: 'push', source: 'transactions_push', df: TRANSACTION },
    ]);
    for (const answer of answers) {
      expect(answer).toEqual({ error: 'RuntimeError', message: expect.stringContaining('401') });
    }
  });

  test('pushes and writes, and reads it back', async (context) => {
    if (provider.writer === undefined) context.skip('the realm has nobody who writes');
    const [writer, reader] = [await provider.writer?.(), await provider.reader()];
    const entities = { driver_id: [1001] };
    const features = ['amount', 'count_7d'];
    const readBack = (view: string): object => ({
      op: 'read',
      features: features.map((feature) => `${view}:${feature}`),
      entities,
      token: reader,
    });
    const written = { amount: [77.25], count_7d: [70], driver_id: [1001] };
    expect(
      await ask([
        { op: 'push', source: 'transactions_push', df: TRANSACTION, token: writer },
        readBack('transactions_push_view'),
        readBack('transaction_features'),
        { op: 'write', view: 'transaction_features', df: TRANSACTION, token: writer },
        readBack('transaction_features'),
      ]),
    ).toEqual([
      { answer: null },
      { answer: written },
      { answer: { amount: [1.5], count_7d: [3], driver_id: [1001] } },
      { answer: null },
      { answer: written },
    ]);
  });
});
