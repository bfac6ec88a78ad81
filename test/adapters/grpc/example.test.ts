import { ServerCredentials, type sendUnaryData } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { createApp } from '../../../examples/servers/grpc.js';
import { createCaseGates } from '../support/case-gate.js';
import { callRaw } from './raw-call.js';
import { define, toJson } from './test-server.js';

const handler = (_call: unknown, callback: sendUnaryData<unknown>): void => callback(null, {});

function methods(...names: readonly string[]) {
  return names.map((name) => ({ path: `/features.Features/${name}`, handler }));
}

test('examples/servers/grpc.ts decides by the view that a message names', async () => {
  const gates = await createCaseGates();
  const known = methods('Read', 'Ping');
  const implementation = Object.fromEntries(known.map(({ path }) => [path, handler]));
  const server = createApp(gates.gate, define(known), implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const call = async (name: string, view: string, token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const path = `/features.Features/${name}`;
    return (await callRaw({ port, path, headers, messages: [toJson({ view })] })).code;
  };
  try {
    expect(await call('Ping', '')).toBe(0);
    expect(await call('Read', 'transaction_features')).toBe(16);
    expect(await call('Read', 'transaction_features', 'analyst-token')).toBe(0);
    expect(await call('Read', 'untagged_view', 'analyst-token')).toBe(7);
    expect(() => createApp(gates.gate, define(methods('Read', 'Write')), {})).toThrow(
      'methods without a rule: `/features.Features/Write`',
    );
  } finally {
    server.forceShutdown();
    await gates.close();
  }
});
