import {
  ServerCredentials,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { createApp } from '../../../examples/servers/flight.js';
import { callRaw } from '../grpc/raw-call.js';
import { createCaseGates } from '../support/case-gate.js';
import { FLIGHT_SERVICE } from './flight-server.js';

interface Action {
  readonly type: string;
}

const definition = FLIGHT_SERVICE['DoAction'];
const handlers: UntypedServiceImplementation = Object.fromEntries(
  Object.keys(FLIGHT_SERVICE).map((name) => [name, () => {}]),
);

test("examples/servers/flight.ts decides on its own commands and on Feast's", async () => {
  if (definition === undefined) throw new TypeError('no DoAction');
  const { path, requestSerialize } = definition;
  const gates = await createCaseGates();
  const handled: string[] = [];
  const DoAction = (call: ServerWritableStream<Action, unknown>): void => {
    handled.push(call.request.type);
    call.end();
  };
  const server = createApp(gates.gate, FLIGHT_SERVICE, { ...handlers, DoAction });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const act = async (type: string, body: unknown, token?: string): Promise<number> => {
    const message = requestSerialize({ type, body: Buffer.from(JSON.stringify(body)) });
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return (await callRaw({ port, path, headers, messages: [message] })).code;
  };
  const count = { view: 'transaction_features' };
  const batch = { feature_view_names: [count.view], name_aliases: [null] };
  try {
    expect(await act('count_rows', count)).toBe(16);
    expect(await act('count_rows', count, 'nobody-token')).toBe(7);
    expect(await act('count_rows', {}, 'analyst-token')).toBe(7);
    expect(await act('offline_write_batch', batch, 'analyst-token')).toBe(7);
    expect(await act('drop_everything', {}, 'analyst-token')).toBe(3);
    expect(handled).toEqual([]);
    expect(await act('ping', {}, 'nobody-token')).toBe(0);
    expect(await act('count_rows', count, 'analyst-token')).toBe(0);
    expect(handled).toEqual(['ping', 'count_rows']);
  } finally {
    server.forceShutdown();
    await gates.close();
  }
});
