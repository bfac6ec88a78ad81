import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestCertificate } from '../key-vault/certificates.js';
import { type Fault, type FaultFilter, FaultPlan } from './faults.js';

/** One request that came, and what became of it. */
export interface JournalEntry {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** 0 where no answer was sent. */
  readonly status: number;
  /** Whether the request was carried out, as far as it was allowed. */
  readonly happened: boolean;
}

export type FakeRequest = Pick<JournalEntry, 'method' | 'path' | 'query' | 'headers' | 'body'>;

export interface FakeAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A TLS server on the loopback interface that carries out requests one at a time, with faults and a
 * journal.
 */
export interface FakeServer {
  /** Without a slash at its end. */
  readonly origin: string;
  /** File of the certificate to trust, until the server is stopped. */
  readonly caCertPath: string;
  readonly journal: readonly JournalEntry[];
  readonly failAt: (n: number, fault: Fault, filter?: FaultFilter) => void;
  readonly clearFaults: () => void;
  readonly stop: () => Promise<void>;
}

export async function startFakeServer(
  carryOut: (request: FakeRequest) => FakeAnswer,
): Promise<FakeServer> {
  const { cert, key, caPath, remove } = createTestCertificate();
  const journal: JournalEntry[] = [];
  const faults = new FaultPlan();
  const server = createServer({ cert, key }, (message, response) => {
    respond(message, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(message);
    const fault = faults.take(request.method, request.path);
    const answer = happens(fault) ? carryOut(request) : undefined;
    const entry = { ...request, status: 0, happened: answer !== undefined };
    journal.push(entry);
    entry.status = await send(response, answer, fault);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caCertPath: caPath,
    journal,
    failAt: (n, fault, filter) => faults.failAt(n, fault, filter),
    clearFaults: () => faults.clear(),
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      remove();
    },
  };
}

async function readRequest(message: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  const url = new URL(message.url ?? '/', 'https://localhost');
  return {
    method: message.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: message.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function happens(fault: Fault | undefined): boolean {
  if (fault?.kind === 'status') return fault.after === true;
  return fault?.kind !== 'kill-before' && fault?.kind !== 'hang';
}

/** @returns the status that was sent, 0 for none */
async function send(
  response: ServerResponse,
  answer: FakeAnswer | undefined,
  fault: Fault | undefined,
): Promise<number> {
  switch (fault?.kind) {
    case 'kill-before':
    case 'kill-after':
      response.destroy();
      return 0;
    case 'hang':
      return 0;
    case 'status': {
      const { status, errorCode = 'INTERNAL_ERROR', message = 'fault', retryAfter } = fault;
      const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
      return sendJson(response, { status, body: { error_code: errorCode, message }, headers });
    }
    case 'malformed':
      response.writeHead(fault.status ?? 200, { 'content-type': 'application/json' });
      response.end(fault.body);
      return fault.status ?? 200;
    case 'delay':
      await sleep(fault.milliseconds);
      break;
    default:
  }
  return answer === undefined ? 0 : sendJson(response, answer);
}

function sendJson(response: ServerResponse, { status, body, headers }: FakeAnswer): number {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
  return status;
}
