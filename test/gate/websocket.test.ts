import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createApp } from '../../examples/servers/websocket.js';
import { createGate } from '../../src/gate/index.js';
import { IdentityInvalidError } from '../../src/model/index.js';
import { testAuthorizer } from './gate-fixtures.js';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenUntil = (exp: number): string => `${part({ alg: 'RS256' })}.${part({ exp })}.x`;
const seconds = (): number => Math.floor(Date.now() / 1000);

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === undefined ? resolve(0) : server.close(resolve)));
  server = undefined;
});

/** Takes tokens that have not expired, and no others. */
async function connect(token: string | undefined): Promise<WebSocket> {
  const authenticate = async (credentials: { readonly token?: string }) => {
    const [, claims = ''] = (credentials.token ?? '').split('.');
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number };
    if (exp * 1000 > Date.now()) return { username: 'ann', roles: ['analyst'] };
    throw new IdentityInvalidError('the token has expired');
  };
  const gate = createGate({
    authenticator: { authenticate: authenticate as never },
    authorizer: testAuthorizer(),
    telemetry: false,
  });
  server = createApp(gate);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new WebSocket(`ws://127.0.0.1:${port}`, { headers });
}

async function ask(socket: WebSocket, view: string): Promise<string> {
  socket.send(view);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  return answer.toString();
}

it('ends a WebSocket when its token has expired, and not before', async () => {
  const exp = seconds() + 2;
  const socket = await connect(tokenUntil(exp));
  const closed = once(socket, 'close');
  await once(socket, 'open');
  expect(await ask(socket, 'open_view')).toBe('true');
  expect(await ask(socket, 'other_view')).toBe('false');
  const [code, reason] = (await closed) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([1008, 'the token has expired']);
  expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
});

it('leaves a WebSocket open while its token holds', async () => {
  const socket = await connect(tokenUntil(seconds() + 3600));
  await once(socket, 'open');
  expect(await ask(socket, 'open_view')).toBe('true');
  expect(socket.readyState).toBe(WebSocket.OPEN);
  socket.close(1000);
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1000);
});

it.each([
  ['without a token', undefined],
  ['with an expired token', tokenUntil(1)],
])('opens no WebSocket %s', async (_, token) => {
  const socket = await connect(token);
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { readonly statusCode: number },
  ];
  expect(response.statusCode).toBe(401);
  socket.on('error', () => {});
  socket.terminate();
});
