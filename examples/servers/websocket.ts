// A WebSocket server that asks before it answers, and ends a connection with its token.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { endWithToken, type Gate } from 'feast-permissions/gate';
import { WebSocketServer } from 'ws';

const POLICY_VIOLATION = 1008;

/** Each message is the name of a feature view. The answer says whether the caller may read it. */
export function createApp(gate: Gate): Server {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024 });
  const server = createServer((_, response) => void response.writeHead(426).end());

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { authorization } = request.headersDistinct; // all values: a second one is refused
    try {
      const caller = await gate.authenticate(authorization);
      sockets.handleUpgrade(request, socket, head, (connection) => {
        const end = () => connection.close(POLICY_VIOLATION, 'the token has expired');
        connection.on('close', endWithToken(gate, authorization, end));
        connection.on('error', () => connection.terminate());
        connection.on('message', (name: Buffer) => {
          const view = { type: 'FeatureView', name: name.toString() } as const;
          connection.send(String(caller.can('READ_ONLINE', view)));
        });
      });
    } catch (error) {
      const { status, body } = gate.refuse(error, { operation: 'GET' });
      const start = `HTTP/1.1 ${status} Refused\r\nconnection: close\r\n`;
      socket.end(`${start}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    }
  }

  return server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    void upgrade(request, socket, head);
  });
}
