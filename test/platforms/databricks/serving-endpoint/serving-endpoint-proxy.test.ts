import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createScoringApp,
  createScoringServer,
} from '../../../../examples/servers/serving-endpoint.js';
import { CredentialUnavailableError } from '../../../../src/model/index.js';
import { createHttpClient } from '../../../../src/net/http-client.js';
import {
  createServingEndpointProxy,
  type ServingEndpointProxyOptions,
} from '../../../../src/platforms/databricks/serving-endpoint/index.js';
import {
  createStaticTokenProvider,
  type TokenProvider,
} from '../../../../src/platforms/databricks/tokens/index.js';
import { type FakeWorkspace, startFakeWorkspace } from '../../../support/databricks/index.js';
import { createEndpointGate, type EndpointGateOptions, endpointNamed } from './endpoint-gate.js';

const PROXY = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9013';
const servers: Server[] = [];
let workspace: FakeWorkspace;
let proxyToken: string;

beforeEach(async () => {
  workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: PROXY }],
    servingEndpoints: ['fraud', 'closed'],
  });
  await grantProxy('fraud');
  proxyToken = workspace.tokenOf(PROXY);
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await workspace.stop();
});

async function grantProxy(name: string): Promise<void> {
  const ask = createHttpClient({ caCertPath: workspace.caCertPath, timeoutSeconds: 10 });
  const headers = { authorization: `Bearer ${workspace.adminToken}` };
  const get = new URL(`/api/2.0/serving-endpoints/${name}`, workspace.origin);
  const { id } = JSON.parse((await ask({ url: get, headers })).body) as { id: string };
  const entry = { service_principal_name: PROXY, permission_level: 'CAN_QUERY' };
  await ask({
    url: new URL(`/api/2.0/permissions/serving-endpoints/${id}`, workspace.origin),
    method: 'PATCH',
    headers,
    body: JSON.stringify({ access_control_list: [entry] }),
  });
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function startProxy(options: Partial<ServingEndpointProxyOptions> = {}): Promise<string> {
  return listen(
    createServingEndpointProxy({
      gate: createEndpointGate(),
      target: workspace.origin,
      caCertPath: workspace.caCertPath,
      tokens: createStaticTokenProvider(proxyToken, { redaction: () => {} }),
      ...options,
    }),
  );
}

interface Asked {
  readonly token?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | ReadableStream;
}

function ask(origin: string, asked: Asked = {}): Promise<Response> {
  const { token = 'token-of-caller', path = '/serving-endpoints/fraud/invocations' } = asked;
  const { method = 'POST', headers = {}, body = '{"dataframe_records":[]}' } = asked;
  return fetch(new URL(path, origin), {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(method === 'GET' ? {} : { body, duplex: 'half' }),
  } as RequestInit);
}

const invocations = () => workspace.journal.filter(({ path }) => path.endsWith('/invocations'));

test('passes a request on with its own token, and the answer back', async () => {
  const origin = await startProxy();
  const answer = await ask(origin, {
    headers: { cookie: 'a=b', 'x-forwarded-for': '1.2.3.4', traceparent: '00-1-2-01' },
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ predictions: [1] });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-databricks-org-id')).toBeNull();
  const [sent] = invocations();
  expect(sent).toMatchObject({ body: '{"dataframe_records":[]}' });
  expect(sent?.headers).toMatchObject({
    authorization: `Bearer ${proxyToken}`,
    'content-type': 'application/json',
    traceparent: '00-1-2-01',
  });
  expect(sent?.headers).not.toHaveProperty('cookie');
  expect(sent?.headers).not.toHaveProperty('x-forwarded-for');
});

describe('passes nothing on', () => {
  test.each<[string, Asked, number]>([
    ['without a token', { token: '' }, 401],
    ['with an unknown token', { token: 'other' }, 401],
    ['who may only see the endpoint', { token: 'token-of-viewer' }, 403],
    ['for an endpoint without permission', { path: '/serving-endpoints/x/invocations' }, 403],
    ['for another path', { path: '/serving-endpoints/fraud' }, 404],
    ['for a path below', { path: '/serving-endpoints/fraud/invocations/x' }, 404],
    ['for the API', { path: '/api/2.0/token/create' }, 404],
    ['for a name with a slash', { path: '/serving-endpoints/a%2Ffraud/invocations' }, 404],
    ['for a name that leads up', { path: '/serving-endpoints/%2e%2e%2ffraud/invocations' }, 404],
    ['for a name with a question mark', { path: '/serving-endpoints/fraud%3f/invocations' }, 404],
    ['for a long name', { path: `/serving-endpoints/${'a'.repeat(64)}/invocations` }, 404],
    ['by another method', { method: 'PUT' }, 404],
    ['by a method that reads', { method: 'GET' }, 404],
  ])('%s', async (_, asked, status) => {
    const origin = await startProxy();
    const answer = await ask(origin, asked);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(invocations()).toEqual([]);
  });
});

describe('lends its token for a grant alone', () => {
  test.each([
    ['where what no permission covers is open', { unsecured: 'allow' }, 'open'],
    ['where nothing is enforced', { auth: { type: 'no_auth' } }, 'fraud'],
  ] as const)('%s', async (_, options, name) => {
    const origin = await startProxy({ gate: createEndpointGate(options) });
    const answer = await ask(origin, { path: `/serving-endpoints/${name}/invocations` });
    expect(answer.status).toBe(403);
    expect(invocations()).toEqual([]);
  });
});

test('leaves the query behind', async () => {
  const origin = await startProxy();
  await ask(origin, { path: '/serving-endpoints/fraud/invocations?served_model_name=other' });
  expect(invocations()[0]?.query.size).toBe(0);
});

test('asks for permissions by the name that it is told', async () => {
  const asked: string[] = [];
  const origin = await startProxy({
    resourceOf: (name) => {
      asked.push(name);
      return name === 'fraud' ? endpointNamed('closed') : undefined;
    },
  });
  expect((await ask(origin, { token: 'token-of-viewer' })).status).toBe(403);
  expect((await ask(origin, { path: '/serving-endpoints/x/invocations' })).status).toBe(404);
  expect((await ask(origin)).status).toBe(200);
  expect(asked).toEqual(['fraud', 'x', 'fraud']);
});

describe('what goes wrong behind it', () => {
  const secret = 'internal-detail';
  const fault = (status: number) =>
    ({ kind: 'status', status, errorCode: 'X', message: secret }) as const;

  test.each<[string, Parameters<FakeWorkspace['failAt']>[1], number]>([
    ['an internal error', fault(500), 502],
    ['an endpoint that is down', fault(503), 502],
    ['a gateway that gave up', fault(504), 504],
    ['a time-out of the service', fault(408), 504],
    ['a redirect', fault(302), 502],
    ['a refused token', fault(401), 502],
    ['a token without permission', fault(403), 502],
    ['an endpoint that is not there', fault(404), 502],
    ['a connection that ends', { kind: 'kill-before' }, 502],
  ])('%s is said without more', async (_, failure, status) => {
    const errors: unknown[] = [];
    const origin = await startProxy({ onError: (error) => errors.push(error) });
    workspace.failAt(1, failure, { path: '/serving-endpoints/' });
    const answer = await ask(origin);
    expect(answer.status).toBe(status);
    const body = await answer.text();
    expect(body).not.toContain(secret);
    expect(JSON.parse(body)).toMatchObject({ status });
    expect(errors).toHaveLength(1);
    expect(String(errors[0])).not.toContain(proxyToken);
    expect(String(errors[0])).not.toContain(secret);
  });

  test.each([400, 413, 422, 429])(
    'status %d is about the request, and passed on',
    async (status) => {
      const origin = await startProxy();
      workspace.failAt(1, fault(status), { path: '/serving-endpoints/' });
      const answer = await ask(origin);
      expect(answer.status).toBe(status);
      expect(await answer.text()).toContain(secret);
    },
  );

  test('an endpoint that does not answer', async () => {
    const origin = await startProxy({ timeoutSeconds: 1 });
    workspace.failAt(1, { kind: 'hang' }, { path: '/serving-endpoints/' });
    expect((await ask(origin)).status).toBe(504);
  });

  test('an endpoint that changes the protocol', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n';
    const endpoint = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write(head));
    });
    endpoint.listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    try {
      const { port } = endpoint.address() as AddressInfo;
      const origin = await startProxy({ target: `http://127.0.0.1:${port}` });
      expect((await ask(origin)).status).toBe(502);
    } finally {
      endpoint.close();
    }
  });

  test('an answer that is too long does not pass for a whole one', async () => {
    const origin = await startProxy({ maxAnswerBytes: 100 });
    const long = { kind: 'malformed', body: 'x'.repeat(300_000) } as const;
    workspace.failAt(1, long, { path: '/serving-endpoints/' });
    await expect(ask(origin).then((answer) => answer.text())).rejects.toThrow();
  });

  test('a token that cannot be had, and one that is refused is not used again', async () => {
    const failing: TokenProvider = {
      getToken: () => Promise.reject(new CredentialUnavailableError(`no ${secret}`)),
    };
    const origin = await startProxy({ tokens: failing });
    const answer = await ask(origin);
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain(secret);
    const discarded: unknown[] = [];
    const refused: TokenProvider = {
      getToken: async () => ({ token: 'oauth-old', expiresAt: Number.POSITIVE_INFINITY }),
      discard: (token) => discarded.push(token.token),
    };
    expect((await ask(await startProxy({ tokens: refused }))).status).toBe(502);
    expect(discarded).toEqual(['oauth-old']);
  });

  test('an onError that throws changes nothing', async () => {
    const origin = await startProxy({
      onError: () => {
        throw new Error('log is full');
      },
    });
    expect((await ask(origin, { path: '/serving-endpoints/gone/invocations' })).status).toBe(502);
  });
});

describe('requests that are too long', () => {
  test('are refused before anything is sent', async () => {
    const origin = await startProxy({ maxRequestBytes: 10 });
    expect((await ask(origin)).status).toBe(422);
    expect(invocations()).toEqual([]);
  });

  test('are refused on the way where they do not say how long they are', async () => {
    const origin = await startProxy({ maxRequestBytes: 100_000 });
    const chunk = new TextEncoder().encode('x'.repeat(60_000));
    const stream = () =>
      new ReadableStream({
        start(controller) {
          for (let n = 0; n < 3; n++) controller.enqueue(chunk);
          controller.close();
        },
      });
    expect((await ask(origin, { body: stream() })).status).toBe(422);
    expect(invocations()).toEqual([]);
    // The next one is none the worse for it.
    expect((await ask(origin)).status).toBe(200);
  });

  test('stream through where they are not', async () => {
    const origin = await startProxy();
    const body = JSON.stringify({ inputs: 'x'.repeat(3_000_000) });
    expect((await ask(origin, { body })).status).toBe(200);
    expect(invocations()[0]?.body).toBe(body);
  });
});

test('a caller who hangs up ends the request', async () => {
  const errors: unknown[] = [];
  const origin = await startProxy({ onError: (error) => errors.push(error) });
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  const head = 'POST /serving-endpoints/fraud/invocations HTTP/1.1\r\nhost: x\r\n';
  socket.write(`${head}authorization: Bearer token-of-caller\r\ncontent-length: 100\r\n\r\n{`);
  await once(socket, 'connect');
  socket.destroy();
  await once(socket, 'close');
  expect((await ask(origin)).status).toBe(200);
  expect(invocations()).toHaveLength(1);
  expect(errors).toEqual([]);
});

test.each<[string, Partial<ServingEndpointProxyOptions>]>([
  ['no tokens', { tokens: undefined as unknown as TokenProvider }],
  ['no gate', { gate: {} as ServingEndpointProxyOptions['gate'] }],
  ['no length', { maxRequestBytes: 0 }],
  ['half a byte', { maxAnswerBytes: 0.5 }],
  ['no time', { timeoutSeconds: -1 }],
  ['more time than a timer takes', { timeoutSeconds: 2_147_484 }],
])('refuses %s', (_, change) => {
  const tokens = createStaticTokenProvider('token-of-proxy', { redaction: () => {} });
  const options = {
    gate: createEndpointGate(),
    target: 'a.azuredatabricks.net',
    tokens,
    ...change,
  };
  expect(() => createServingEndpointProxy(options)).toThrow(TypeError);
});

test.each([
  ['http://a.example', {}],
  ['a.example', { caCertPath: '/nowhere/ca.pem' }],
])('refuses the target %s with %j', (target, change) => {
  const tokens = createStaticTokenProvider('token-of-proxy', { redaction: () => {} });
  expect(() =>
    createServingEndpointProxy({ gate: createEndpointGate(), target, tokens, ...change }),
  ).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
});

test('examples/servers/serving-endpoint.ts serves', async () => {
  const tokens = createStaticTokenProvider(proxyToken, { redaction: () => {} });
  const { caCertPath, origin } = workspace;
  const server = createScoringServer(createEndpointGate(), tokens, origin, { caCertPath });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect((await ask(address)).status).toBe(200);
  expect((await ask(address, { token: 'token-of-viewer' })).status).toBe(403);
});

test('examples/servers/serving-endpoint.ts guards a handler', async () => {
  const app = (options: EndpointGateOptions) =>
    listen(createScoringApp(createEndpointGate(options), (_, response) => void response.json([1])));
  const origin = await app({ unsecured: 'allow' });
  expect((await ask(origin, { path: '/score/fraud' })).status).toBe(200);
  expect((await ask(origin, { path: '/score/fraud', token: 'token-of-viewer' })).status).toBe(403);
  expect((await ask(origin, { path: '/score/open' })).status).toBe(403);
});
