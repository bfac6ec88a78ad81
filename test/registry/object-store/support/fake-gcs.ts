import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What the store holds, and how it answers. */
export interface FakeGcsState {
  content: Uint8Array;
  generation: number;
  /** In place of the object. */
  status?: number | undefined;
  /** Half of the content is sent as the whole. */
  isCut?: boolean;
}

/** The JSON API of Google Cloud Storage with one object, on the loopback interface. */
export interface FakeGcs {
  readonly origin: string;
  readonly state: FakeGcsState;
  /** Each request: its method and path, with ` content` where the content is asked for. */
  readonly requests: string[];
  readonly stop: () => Promise<void>;
}

/** @param tls key and certificate, in PEM */
export async function startFakeGcs(
  content: Uint8Array,
  tls?: { readonly key: string; readonly cert: string },
): Promise<FakeGcs> {
  const state: FakeGcsState = { content, generation: 1 };
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '', 'http://store');
    const isContent = url.searchParams.get('alt') === 'media';
    // Each request meets the certificate anew.
    response.setHeader('connection', 'close');
    requests.push(`${request.method} ${url.pathname}${isContent ? ' content' : ''}`);
    if (state.status !== undefined) {
      response.writeHead(state.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { code: state.status, message: 'secret' } }));
    } else if (isContent) {
      const { length } = state.content;
      const sent = state.content.subarray(0, state.isCut === true ? length / 2 : length);
      response.writeHead(200, { 'content-length': sent.length });
      response.end(sent);
    } else {
      const { generation, content: all } = state;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ generation: `${generation}`, size: `${all.length}` }));
    }
  };
  const server = tls === undefined ? createServer(listener) : createHttpsServer(tls, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
