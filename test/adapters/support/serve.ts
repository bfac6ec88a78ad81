import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Gate } from '../../../src/gate/index.js';
import { createCaseGates } from './case-gate.js';
import type { CaseAnswer, CaseRequest } from './case-types.js';
import { sendHttp } from './send-http.js';

/** A listening server, to be sent requests as they are written. */
export interface Served {
  readonly url: string;
  send(request: CaseRequest): Promise<CaseAnswer>;
  get(path: string, token?: string): Promise<CaseAnswer>;
  close(): Promise<void>;
}

export async function serve(listener: RequestListener | Server): Promise<Served> {
  const server = typeof listener === 'function' ? createServer(listener) : listener;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = (request: CaseRequest): Promise<CaseAnswer> =>
    sendHttp({ url, close: async () => {}, handlerRuns: () => 0 }, request);
  return {
    url,
    send,
    get: (path, token) =>
      send({
        method: 'GET',
        path,
        headers: token === undefined ? [] : [['authorization', `Bearer ${token}`]],
      }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The gate of the cases, on the registry of examples/credit_scoring. */
export async function createTestGate(): Promise<Gate> {
  const { gate, close } = await createCaseGates();
  await close();
  return gate;
}
