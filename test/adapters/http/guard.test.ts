import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  callerOf,
  feastEndpoint,
  type GuardedHandler,
  type GuardedRoute,
  guard,
  requires,
} from '../../../src/adapters/http/index.js';
import type { Gate } from '../../../src/gate/index.js';
import { ResourceNotFoundError } from '../../../src/model/index.js';
import { createTestGate, type Served, serve } from '../support/serve.js';

const UNTAGGED = { type: 'FeatureView', name: 'untagged_view' } as const;
const TRANSACTIONS = { type: 'FeatureView', name: 'transaction_features' } as const;
const AUTHORIZATION = ['authorization', 'Bearer reader-token'] as const;

let gate: Gate;
let servers: Served[] = [];

beforeAll(async () => {
  gate = await createTestGate();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function serveGuarded(options: Parameters<typeof guard>[1]): Promise<Served> {
  const server = await serve(guard(gate, options));
  servers.push(server);
  return server;
}

const mayRead = requires('READ_ONLINE', UNTAGGED);
const tell: GuardedHandler = ({ raw: _raw, caller, ...request }, response) => {
  const filtered = caller?.filter('READ_ONLINE', [UNTAGGED, TRANSACTIONS]);
  response.end(JSON.stringify({ ...request, filtered }));
};

describe('what a handler learns', () => {
  test('who asks, for what, and what they may do', async () => {
    const server = await serveGuarded({
      routes: {
        'GET /views/:name/:part': {
          requires: requires('READ_ONLINE', TRANSACTIONS),
          handler: tell,
        },
      },
    });
    const path = '/views/a%2Fb/__proto__?x=1&x=2&__proto__=3&y=%C3%A9?';
    expect(JSON.parse((await server.get(path, 'analyst-token')).body)).toMatchObject({
      method: 'GET',
      path: '/views/a%2Fb/__proto__',
      params: { name: 'a/b', part: '__proto__' },
      query: { x: '1', ['__proto__']: '3', y: 'é?' },
      subject: { username: 'ann' },
      filtered: [TRANSACTIONS],
    });
  });

  test.each([
    ['analyst-token', { can: [true, false], isKnown: true }],
    ['reader-token', { can: [true, true], isKnown: true }],
  ])('with `can` and `callerOf`, as in every adapter: %s', async (token, told) => {
    const handler: GuardedHandler = (request, response) => {
      expect(callerOf(request)).toBe(request.caller);
      const can = [TRANSACTIONS, UNTAGGED].map((view) => request.can('READ_ONLINE', view));
      response.end(JSON.stringify({ can, isKnown: callerOf(request) !== undefined }));
    };
    const server = await serveGuarded({
      routes: {
        'GET /guarded': { requires: requires('READ_ONLINE', TRANSACTIONS), handler },
        'GET /public': { requires: 'public', handler },
      },
    });
    expect(JSON.parse((await server.get('/guarded', token)).body)).toEqual(told);
    const open = JSON.parse((await server.get('/public', token)).body);
    expect(open).toEqual({ can: [false, false], isKnown: false });
  });

  test('the caller is undefined on a public route', async () => {
    const server = await serveGuarded({ requires: 'public', handler: tell });
    const answer = JSON.parse((await server.get('/', 'reader-token')).body) as object;
    expect(answer).toMatchObject({ subject: null });
    expect(answer).not.toHaveProperty('filtered');
  });
});

test('one handler may stand behind one rule, whatever is asked for', async () => {
  const server = await serveGuarded({ requires: [mayRead], handler: tell });
  expect((await server.get('/any/thing', 'reader-token')).status).toBe(200);
  expect((await server.get('/any/thing', 'nobody-token')).status).toBe(403);
  expect((await server.send({ method: 'DELETE', path: '/' })).status).toBe(401);
});

test('what there is not is a 404 for who is known, and a 401 for who is not', async () => {
  const server = await serveGuarded({ routes: { 'GET /x': { requires: mayRead, handler: tell } } });
  for (const path of ['/', '/y', '/x/', '//x', '/%78', '/x/../x', '*']) {
    expect((await server.get(path)).status).toBe(401);
    expect((await server.get(path, 'nobody-token')).status).toBe(404);
  }
  const post = { method: 'POST', path: '/x', headers: [AUTHORIZATION] };
  expect((await server.send(post)).status).toBe(404);
  expect((await server.send({ ...post, method: 'HEAD' })).status).toBe(200);
});

describe('bodies', () => {
  const echo: GuardedRoute = {
    requires: mayRead,
    body: 'json',
    handler: ({ body }, response) => response.end(JSON.stringify({ body })),
  };
  const post = (body: string, ...headers: readonly (readonly [string, string])[]) => ({
    method: 'POST',
    path: '/',
    body,
    headers: [AUTHORIZATION, ...headers],
  });

  test.each<readonly [string, string, unknown]>([
    ['an object', '{"a":1}', { a: 1 }],
    ['null', 'null', null],
    ['nothing', '', undefined],
    ['as long as may be', `"${'x'.repeat(98)}"`, 'x'.repeat(98)],
  ])('%s is read', async (_name, body, expected) => {
    const server = await serveGuarded({ ...echo, maxBodyBytes: 100 });
    const answer = await server.send(post(body));
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual(expected === undefined ? {} : { body: expected });
  });

  test.each<readonly [string, string]>([
    ['too long', `"${'x'.repeat(99)}"`],
    ['far too long', 'x'.repeat(1_000_000)],
    ['no JSON', '{"a":'],
  ])('%s is refused', async (_name, body) => {
    const server = await serveGuarded({ ...echo, maxBodyBytes: 100 });
    const answer = await server.send(post(body));
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'ERR_REQUEST_INVALID' });
  });

  test('refuses bytes that are not UTF-8', async () => {
    const server = await serveGuarded(echo);
    const body = Buffer.concat([Buffer.from('"'), Buffer.from([0xff]), Buffer.from('"')]);
    expect((await server.send(post(body as never))).status).toBe(422);
  });

  test('a compressed body is refused, whatever becomes of it', async () => {
    const server = await serveGuarded(echo);
    const body = gzipSync('"x"') as never;
    expect((await server.send(post(body, ['content-encoding', 'gzip']))).status).toBe(422);
  });

  test('a body without a length is not read further than it may be', async () => {
    const server = await serveGuarded({ ...echo, maxBodyBytes: 100 });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write('POST / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer reader-token\r\n');
    socket.write('transfer-encoding: chunked\r\n\r\n');
    for (let n = 0; n < 20; n += 1) socket.write(`a\r\n${'x'.repeat(10)}\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 422 /);
  });

  test("are read for Feast's endpoints, under another path too", async () => {
    const rule = feastEndpoint('POST', '/push', { project: 'credit_scoring' });
    const handler: GuardedHandler = ({ body }, response) => response.end(JSON.stringify(body));
    const server = await serveGuarded({
      routes: {
        'POST /ingest': { requires: [rule], handler },
        'POST /push': { requires: 'public', handler },
      },
      feastEndpoints: true,
    });
    const push = { push_source_name: 'transactions_push', df: {}, to: 'online' };
    const authorization = ['authorization', 'Bearer fleet-token'] as const;
    const request = { ...post(JSON.stringify(push)), path: '/ingest' };
    expect((await server.send(request)).status).toBe(403);
    const answer = await server.send({ ...request, headers: [authorization] });
    expect(JSON.parse(answer.body)).toEqual(push);
    // What the route says itself comes first.
    expect(await server.send({ method: 'POST', path: '/push' })).toMatchObject({ status: 200 });
  });

  test('are left alone unless they were asked for', async () => {
    const handler: GuardedHandler = async ({ body, raw }, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of raw) chunks.push(chunk as Buffer);
      response.end(
        JSON.stringify({ body: body ?? 'unread', raw: Buffer.concat(chunks).toString() }),
      );
    };
    const server = await serveGuarded({ requires: mayRead, handler });
    const answer = await server.send(post('{"a":1}'));
    expect(JSON.parse(answer.body)).toEqual({ body: 'unread', raw: '{"a":1}' });
  });
});

describe('on one connection', () => {
  /** All that a server says to these bytes before it hangs up. */
  async function say(server: Served, bytes: string): Promise<readonly string[]> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write(bytes);
    await new Promise((resolve) => socket.once('close', resolve));
    const statuses = Buffer.concat(chunks)
      .toString()
      .matchAll(/HTTP\/1\.1 (\d+) /g);
    return [...statuses].map(([, status]) => String(status));
  }

  const INNER = 'GET /x HTTP/1.1\r\nhost: x\r\nauthorization: Bearer reader-token\r\n\r\n';
  const HEAD = `content-length: ${INNER.length}\r\n\r\n`;
  const LAST = 'GET /x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
  const UPGRADE = 'connection: upgrade, close\r\nupgrade: websocket\r\n\r\n';

  test.each<readonly [string, string, readonly string[]]>([
    [
      'a request in the body of a refused one',
      `POST /x HTTP/1.1\r\nhost: x\r\n${HEAD}${INNER}${LAST}`,
      ['401', '401'],
    ],
    ['an upgrade', `GET /x HTTP/1.1\r\nhost: x\r\n${UPGRADE}`, ['401']],
    ['a tunnel', 'CONNECT /x HTTP/1.1\r\nhost: x\r\n\r\n', []],
  ])('%s reaches no handler', async (_name, bytes, statuses) => {
    let runs = 0;
    const handler: GuardedHandler = (_request, response) => {
      runs += 1;
      response.end();
    };
    const server = await serveGuarded({ requires: mayRead, handler });
    expect(await say(server, bytes)).toEqual(statuses);
    expect(runs).toBe(0);
  });
});

describe('a handler that fails', () => {
  test.each<readonly [string, GuardedHandler, number]>([
    ['throws', () => void JSON.parse('inside'), 500],
    ['rejects', () => Promise.reject(new Error('inside')), 500],
    ['asks for more', ({ caller }) => caller?.assert('DELETE', UNTAGGED), 403],
    ['does not find', () => Promise.reject(new ResourceNotFoundError('no such row')), 404],
  ])('is answered as the gate does, when it %s', async (_name, handler, status) => {
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const server = await serveGuarded({ requires: mayRead, handler, onError });
    const answer = await server.get('/', 'reader-token');
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('inside');
    expect(errors).toHaveLength(status === 500 ? 1 : 0);
  });

  test('leaves nothing behind of what it was about to answer', async () => {
    const handler: GuardedHandler = (_request, response) => {
      response.setHeader('content-length', 5000);
      response.setHeader('content-encoding', 'gzip');
      response.setHeader('etag', '"1"');
      response.setHeader('x-request-id', '7');
      throw new ResourceNotFoundError('no such row');
    };
    const server = await serveGuarded({ requires: mayRead, handler });
    const { status, headers, body } = await server.get('/', 'reader-token');
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ detail: 'no such row' });
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).not.toHaveProperty('etag');
    expect(headers).toMatchObject({ 'x-request-id': '7', 'cache-control': 'no-store' });
  });

  test('after its answer takes nothing of that back', async () => {
    const errors: unknown[] = [];
    const handler: GuardedHandler = async (_request, response) => {
      response.end('x'.repeat(20_000_000));
      throw new Error('inside');
    };
    const onError = (error: unknown): void => void errors.push(error);
    const server = await serveGuarded({ requires: mayRead, handler, onError });
    expect((await server.get('/', 'reader-token')).body).toHaveLength(20_000_000);
    expect(errors).toEqual([new Error('inside')]);
  });

  test('ends what it had begun', async () => {
    const handler: GuardedHandler = async (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      throw new Error('inside');
    };
    const server = await serveGuarded({ requires: mayRead, handler });
    await expect(server.get('/', 'reader-token')).rejects.toThrow();
  });
});

test.each<readonly [string, object]>([
  ['no rule', { routes: { 'GET /': { handler: tell } } }],
  ['no rule, for all', { handler: tell }],
  ['no handler', { routes: { 'GET /': { requires: mayRead } } }],
  ['a rule that is none', { requires: 'publik', handler: tell }],
  ['a body that is none', { requires: mayRead, body: 'xml', handler: tell }],
  ['a limit that is none', { requires: mayRead, handler: tell, maxBodyBytes: Number.NaN }],
  ['a path without a method', { routes: { '/': { requires: mayRead, handler: tell } } }],
  ['a method in lower case', { routes: { 'get /': { requires: mayRead, handler: tell } } }],
  ['a path with a query', { routes: { 'GET /?x': { requires: mayRead, handler: tell } } }],
  ['another choice', { routes: {}, unguarded: 'ignore' }],
])('options are refused: %s', (_name, options) => {
  expect(() => guard(gate, options as never)).toThrow(TypeError);
});
