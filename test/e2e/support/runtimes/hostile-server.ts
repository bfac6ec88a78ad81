import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** The certificate of loopback, which signs itself. */
export const CERTIFICATE: URL = new URL(
  '../../../identity/fixtures/loopback-cert.pem',
  import.meta.url,
);
const KEY = new URL('../../../identity/fixtures/loopback-key.pem', import.meta.url);
const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** A server on loopback that misbehaves in a way of its own at each path. */
export interface HostileServer {
  readonly origin: string;
  /** The same server, by TLS. */
  readonly tlsOrigin: string;
  /** The number of open connections. */
  connections(): number;
  /** The number of bytes that were written to answers without an end. */
  endlessBytes(): number;
  close(): Promise<void>;
}

/** Starts the server. */
export async function startHostileServer(): Promise<HostileServer> {
  let endless = 0;
  const listener: RequestListener = ({ url }, response) => {
    switch (url?.split('/')[1]) {
      case 'endless':
        return writeForever(response, (bytes) => {
          endless += bytes;
        });
      case 'trickle':
        return trickle(response);
      case 'silent':
        return;
      case 'redirect':
        response.writeHead(302, { location: 'http://127.0.0.2:9/elsewhere' });
        return void response.end();
      case 'compressed':
        response.writeHead(200, { 'content-encoding': 'gzip' });
        return void response.end('{}');
      default:
        return void response.end('{"fine":true}');
    }
  };
  const plain = createServer(listener);
  const tls = createTlsServer(
    { cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) },
    listener,
  );
  const sockets = new Set<Socket>();
  for (const server of [plain, tls]) {
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  return {
    origin: `http://127.0.0.1:${portOf(plain)}`,
    tlsOrigin: `https://127.0.0.1:${portOf(tls)}`,
    connections: () => sockets.size,
    endlessBytes: () => endless,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        [plain, tls].map((server) => new Promise((resolve) => server.close(resolve))),
      );
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** As fast as the other side reads. */
function writeForever(response: ServerResponse, count: (bytes: number) => void): void {
  const fill = (): void => {
    while (!response.destroyed) {
      count(CHUNK.length);
      if (!response.write(CHUNK)) break;
    }
  };
  response.on('drain', fill);
  response.on('error', () => {});
  response.writeHead(200, { 'content-type': 'application/json' });
  fill();
}

/** A byte now and then, so that the connection is never idle for long. */
function trickle(response: ServerResponse): void {
  const timer = setInterval(() => response.write(' '), 20);
  response.once('close', () => clearInterval(timer));
  response.writeHead(200, { 'content-type': 'application/json' });
}
