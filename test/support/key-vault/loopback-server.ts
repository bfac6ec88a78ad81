import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificate } from './certificates.js';

/** A request that arrived. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
}

/**
 * `hang`: no answer; `reset`: the connection breaks; `half`: it breaks in the middle of the answer.
 */
export type Fault = Answer | 'hang' | 'reset' | 'half';

export interface LoopbackServer {
  /** With the port. */
  readonly host: string;
  /** Without a final slash. */
  readonly origin: string;
  readonly requests: readonly ReceivedRequest[];
  /** Answers the next requests in place of the handler. */
  readonly failNext: (...faults: readonly Fault[]) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a server on the loopback interface that keeps what it was asked: TLS with a certificate,
 * plain without.
 */
export async function startLoopbackServer(
  certificate: TestCertificate | undefined,
  answer: (request: ReceivedRequest) => Answer | Promise<Answer>,
): Promise<LoopbackServer> {
  const requests: ReceivedRequest[] = [];
  const faults: Fault[] = [];
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
    const request = {
      method: message.method ?? '',
      url: new URL(message.url ?? '', `https://${message.headers.host ?? 'none'}`),
      headers: message.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    };
    requests.push(request);
    const fault = faults.shift();
    if (fault === 'hang') return;
    if (fault === 'reset') {
      message.socket.destroy();
      return;
    }
    if (fault === 'half') {
      response.writeHead(200, { 'content-length': 99 });
      response.write('{"value":', () => message.socket.destroy());
      return;
    }
    const { status, headers = {}, body = '' } = fault ?? (await answer(request));
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    respond(message, response).catch(() => response.destroy());
  };
  const server =
    certificate === undefined
      ? createServer(listener)
      : createTlsServer({ key: certificate.key, cert: certificate.cert }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    origin: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    failNext: (...more) => {
      faults.push(...more);
    },
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
