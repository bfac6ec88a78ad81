import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** How the next requests are answered. */
export interface FakeAnswer {
  /** Undefined: the object does not exist. */
  content?: Uint8Array | undefined;
  tag: string;
  /** In place of the object. */
  status?: number | undefined;
  /** The connection breaks after half of the content. */
  isCut?: boolean;
  /** The answer never ends. */
  isStalled?: boolean;
}

/** An object store of one object, on the loopback interface. */
export interface FakeStore {
  readonly origin: string;
  readonly answer: FakeAnswer;
  /** Each request: its method and its path with the query. */
  readonly requests: string[];
  readonly headers: IncomingMessage['headers'][];
  readonly stop: () => Promise<void>;
}

/** How a store says that the object is missing, and what else it says with an error. */
export type ErrorBody = (status: number) => string;

/**
 * Starts a store that answers as HTTP asks for: with 304 if the version is known.
 *
 * @param tls key and certificate, in PEM
 */
export async function startFakeStore(
  errorBody: ErrorBody,
  tls?: { readonly key: string; readonly cert: string },
): Promise<FakeStore> {
  const answer: FakeAnswer = { tag: '"1"' };
  const requests: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    respond(request, response, answer, errorBody);
  };
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    answer,
    requests,
    headers,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { content, tag, status, isCut, isStalled }: FakeAnswer,
  errorBody: ErrorBody,
): void {
  const failure = status ?? (content === undefined ? 404 : undefined);
  if (failure !== undefined || content === undefined) {
    response.writeHead(failure ?? 404, { 'content-type': 'application/xml' });
    response.end(errorBody(failure ?? 404));
    return;
  }
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, { etag: tag }).end();
    return;
  }
  response.writeHead(200, { etag: tag, 'content-length': content.length });
  if (isStalled === true) {
    response.write(content.subarray(0, 10));
    return;
  }
  if (isCut === true) {
    response.write(content.subarray(0, content.length / 2), () => response.destroy());
    return;
  }
  response.end(content);
}
