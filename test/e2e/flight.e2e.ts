import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flightInterceptor, flightRequires } from '../../src/adapters/flight/index.js';
import { createAuthorizer } from '../../src/engine/index.js';
import { createGate } from '../../src/gate/index.js';
import { createAuthenticator } from '../../src/identity/create-authenticator.js';
import { definePermission, roles } from '../../src/policy/index.js';
import { loadFeatureStore } from '../../src/registry/index.js';
import { type FlightServer, startFlightServer } from '../adapters/flight/flight-server.js';
import { parseAuth } from './support/auth-section.js';
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.js';
import { runPython } from './support/python.js';

const REGISTRY = 'examples/credit_scoring/data/registry.db';
const FEAST = { project: 'credit_scoring' };

let provider: OidcProvider;
let server: FlightServer;
let token: string;
/** Milliseconds by which the clock of the server is ahead. */
let ahead = 0;

beforeAll(async () => {
  provider = await startOidcProvider(600);
  const auth = parseAuth({
    type: 'oidc',
    auth_discovery_url: provider.discoveryUrl,
    client_id: 'feast-server',
    audience: provider.audience,
  });
  const { snapshotOptions, contents } = await loadFeatureStore(REGISTRY);
  const authorizer = createAuthorizer({
    ...snapshotOptions,
    auth: { type: 'oidc' },
    defaultProject: FEAST.project,
    permissions: PERMISSIONS,
  });
  const authenticator = createAuthenticator(auth, { now: () => Date.now() + ahead });
  const gate = createGate({ authenticator, authorizer, relations: contents.relations });
  const interceptor = flightInterceptor(gate, {
    feast: FEAST,
    paths: flightRequires('READ_OFFLINE', ({ path }) => ({
      type: 'FeatureView',
      name: path.join('/'),
    })),
    commands: { ping: 'authenticated' },
  });
  server = await startFlightServer([interceptor]);
  token = await provider.requestToken();
});

afterAll(async () => {
  await server?.close();
  await provider?.stop();
});

/** The tokens of the provider carry the role `feature-reader`. */
const PERMISSIONS = [
  definePermission({
    name: 'read-transactions',
    project: FEAST.project,
    types: ['FeatureView'],
    namePatterns: ['transaction_features'],
    actions: ['READ_OFFLINE'],
    policy: roles('feature-reader'),
  }),
  definePermission({
    name: 'write-profiles',
    project: FEAST.project,
    types: ['FeatureView'],
    namePatterns: ['customer_profile'],
    actions: ['WRITE_OFFLINE'],
    policy: roles('feature-reader'),
  }),
];

const history = (...views: readonly string[]) => ({
  command_id: "it's é one",
  api: 'get_historical_features',
  feature_view_names: views,
  feature_refs: views.map((view) => `${view}:amount`),
  name_aliases: views.map(() => null),
  full_feature_names: false,
  project: FEAST.project,
});
const batch = (view: string) => ({
  command_id: '2',
  api: 'offline_write_batch',
  feature_view_names: [view],
  name_aliases: [null],
  progress: null,
});

interface Call {
  readonly op: string;
  readonly path?: readonly string[];
  readonly command?: unknown;
  readonly ticket?: string;
  readonly action?: string;
}

async function ask(
  calls: readonly Call[],
  headers: readonly (readonly [string, string])[] = [['authorization', `Bearer ${token}`]],
): Promise<unknown[]> {
  const input = { port: server.port, calls: calls.map((call) => ({ ...call, headers })) };
  return (await runPython('python-flight.py', input)) as unknown[];
}

const OPEN = history('transaction_features');
const SHUT = history('transaction_features', 'untagged_view');
const COLUMNS = ['driver_id', 'amount'];
const ROWS = { driver_id: [1001, 1002], amount: [1.5, 2.5] };

const ALLOWED: readonly (readonly [Call, unknown])[] = [
  [{ op: 'get_flight_info', command: OPEN }, COLUMNS],
  [{ op: 'get_flight_info', path: ['transaction_features'] }, COLUMNS],
  [{ op: 'get_schema', command: OPEN }, COLUMNS],
  [{ op: 'do_get', command: OPEN }, ROWS],
  [{ op: 'do_put', command: OPEN }, true],
  [{ op: 'do_put', command: batch('customer_profile') }, true],
  [{ op: 'do_exchange', command: OPEN }, ROWS],
  [{ op: 'do_action', action: 'ping' }, ['done']],
  [{ op: 'list_actions' }, ['offline_write_batch']],
  // One by its path, and two that were put by a command that the caller may read.
  [{ op: 'list_flights' }, expect.any(Number)],
];

const DENIED: readonly Call[] = [
  { op: 'get_flight_info', command: SHUT },
  { op: 'get_flight_info', path: ['untagged_view'] },
  { op: 'get_schema', command: SHUT },
  { op: 'do_get', command: SHUT },
  { op: 'do_put', command: SHUT },
  { op: 'do_put', command: batch('transaction_features') },
  { op: 'do_exchange', command: SHUT },
  { op: 'do_action', action: 'offline_write_batch', command: batch('untagged_view') },
];

const UNAUTHENTICATED = ['FlightUnauthenticatedError', 'unauthenticated error'] as const;

/**
 * pyarrow says of some methods that something was wrong with input and output, and the rest in the
 * message.
 */
const SAID_IN_MESSAGE: ReadonlySet<string> = new Set(['get_schema']);

function expectErrors(
  answers: readonly unknown[],
  calls: readonly Call[],
  [error, message]: readonly [error: string, message: string],
): void {
  expect(answers).toEqual(
    calls.map(({ op }) => ({
      error: SAID_IN_MESSAGE.has(op) ? 'OSError' : error,
      message: expect.stringContaining(message),
    })),
  );
}

describe('the client of pyarrow', () => {
  test('gets what its caller may read, and puts what it may write', async () => {
    const answers = await ask(ALLOWED.map(([call]) => call));
    expect(answers).toEqual(ALLOWED.map(([, answer]) => answer));
  });

  test('is told that its caller is not permitted', async () => {
    const before = server.calls.length;
    const answers = await ask(DENIED);
    expectErrors(answers, DENIED, ['FlightUnauthorizedError', 'unauthorized error']);
    expect(JSON.stringify(answers)).not.toContain('feature-reader');
    expect(server.calls).toHaveLength(before);
  });

  test('is told what no server knows', async () => {
    const [command, write, ticket, view] = await ask([
      { op: 'get_flight_info', command: { api: 'drop_everything' } },
      { op: 'do_exchange', command: batch('customer_profile') },
      { op: 'do_get', ticket: 'driver_stats' },
      { op: 'do_get', command: history('nosuch') },
    ]);
    expect(command).toMatchObject({ error: 'ArrowInvalid' });
    expect(write).toMatchObject({ error: 'ArrowInvalid' });
    expect(ticket).toMatchObject({ error: 'ArrowInvalid' });
    expect(view).toMatchObject({ error: 'ArrowKeyError' });
  });

  const everything = [...ALLOWED.map(([call]) => call), ...DENIED];

  test.each([
    ['no token', []],
    ['a bad token', [['authorization', 'Bearer e30.e30.e30']]],
    ['another scheme', [['authorization', 'Basic cmVhZGVyOnNlY3JldA==']]],
  ] as const)('is told that it is not known: %s', async (_name, headers) => {
    const before = server.calls.length;
    expectErrors(await ask(everything, headers), everything, UNAUTHENTICATED);
    expect(server.calls).toHaveLength(before);
  });

  test('is told that its token has expired', async () => {
    ahead = 3_600_000;
    try {
      const answers = await ask(everything);
      expectErrors(answers, everything, UNAUTHENTICATED);
      expect(JSON.stringify(answers)).not.toContain(token);
    } finally {
      ahead = 0;
    }
  });

  test('gets an error if the caller cannot be verified', async () => {
    await provider.stop();
    ahead = 0;
    try {
      const fresh = parseAuth({
        type: 'oidc',
        auth_discovery_url: provider.discoveryUrl,
        client_id: 'feast-server',
      });
      const authorizer = createAuthorizer({ permissions: PERMISSIONS, auth: { type: 'oidc' } });
      const gate = createGate({ authenticator: createAuthenticator(fresh), authorizer });
      const other = await startFlightServer([flightInterceptor(gate)]);
      const headers = [['authorization', `Bearer ${token}`]];
      const input = { port: other.port, calls: [{ op: 'list_actions', headers }] };
      const [answer] = (await runPython('python-flight.py', input)) as unknown[];
      await other.close();
      expect(answer).toMatchObject({ error: 'FlightUnavailableError' });
    } finally {
      await provider.start();
    }
  });
});

test("Feast's own client reads and writes, and raises its own errors where it may not", async () => {
  const read = (features: readonly string[], bearer = token) => ({ token: bearer, features });
  const write = (view: string) => ({ token, write: view });
  const before = server.calls.length;
  const [open, written, shut, closed, bad] = (await runPython('python-feast-offline.py', {
    registry: REGISTRY,
    port: server.port,
    queries: [
      read(['transaction_features:amount']),
      write('customer_profile'),
      read(['transaction_features:amount', 'untagged_view:age']),
      write('untagged_view'),
      read(['transaction_features:amount'], 'e30.e30.e30'),
    ],
  })) as unknown[];
  expect(open).toEqual([
    { driver_id: 1001, amount: 1.5 },
    { driver_id: 1002, amount: 2.5 },
  ]);
  expect(written).toBe('written');
  expect([...new Set(server.calls.slice(before))]).toEqual([
    'DoExchange get_historical_features',
    'DoPut offline_write_batch',
  ]);
  expect(shut).toEqual({
    error: 'FeastPermissionError',
    message: expect.stringContaining('not permitted: READ_OFFLINE on FeatureView `untagged_view`'),
  });
  expect(closed).toEqual({
    error: 'FeastPermissionError',
    message: expect.stringContaining('not permitted: WRITE_OFFLINE on FeatureView `untagged_view`'),
  });
  expect(bad).toMatchObject({ error: 'FlightUnauthenticatedError' });
});
