import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { feastInterceptor, requires } from '../../../src/adapters/grpc/index.js';
import { createCaseGates } from '../support/case-gate.js';
import { type EchoServer, KINDS, pathOf, startEchoServer } from './echo-server.js';
import { callRaw } from './raw-call.js';
import { toJson } from './test-server.js';

const OPEN = { view: 'transaction_features' };
const SHUT = { view: 'untagged_view' };
const ANALYST = { authorization: 'Bearer analyst-token' };

let gates: Awaited<ReturnType<typeof createCaseGates>>;
let server: EchoServer;

beforeAll(async () => {
  gates = await createCaseGates();
});
afterAll(() => gates.close());
afterEach(() => server.close());

async function start(): Promise<void> {
  const readView = requires('READ_ONLINE', ({ view }: { readonly view: string }) => ({
    type: 'FeatureView',
    name: view,
  }));
  const methods = { '/test.Echo/*': readView };
  server = await startEchoServer([feastInterceptor(gates.gate, { methods })]);
}

describe('a path that is nearly that of a method', () => {
  test.each([
    '/test.echo/Unary',
    '/TEST.ECHO/UNARY',
    '//test.Echo/Unary',
    '/test.Echo//Unary',
    '/test.Echo/Unary/',
    '/test.Echo/Unary?',
    '/test.Echo/%55nary',
    '/test.Echo/./Unary',
    '/x/../test.Echo/Unary',
    '/test.Echo/*',
    '/__proto__/constructor',
  ])('%s leads to no handler', async (path) => {
    await start();
    const messages = [toJson(OPEN)];
    const { code } = await callRaw({ port: server.port, path, headers: ANALYST, messages });
    expect(code).toBe(12);
    expect(server.calls).toEqual([]);
  });
});

describe.each(KINDS)('a call of kind %s', (kind) => {
  const call = (...messages: readonly Buffer[]) => ({
    port: server.port,
    path: pathOf(kind),
    headers: ANALYST,
    messages,
  });

  test('is decided on by what its compressed messages say', async () => {
    await start();
    const isCompressed = true;
    expect((await callRaw({ ...call(toJson(SHUT)), isCompressed })).code).toBe(7);
    expect(server.calls).toEqual([]);
    expect((await callRaw({ ...call(toJson(OPEN)), isCompressed })).code).toBe(0);
    expect(server.calls).toEqual([kind]);
  });

  test('whose first message cannot be read goes nowhere, however good the next is', async () => {
    await start();
    expect((await callRaw(call(Buffer.from('{'), toJson(OPEN)))).code).toBe(13);
    const headers = { ...ANALYST, 'grpc-encoding': 'br' };
    const packed = { ...call(toJson(OPEN)), isCompressed: true, headers };
    expect((await callRaw(packed)).code).toBe(12);
    expect(server.calls).toEqual([]);
  });

  test('with a deadline that cannot be read goes nowhere', async () => {
    await start();
    const headers = { ...ANALYST, 'grpc-timeout': 'soon' };
    expect((await callRaw({ ...call(toJson(OPEN)), headers })).code).toBe(13);
    expect(server.calls).toEqual([]);
  });
});
