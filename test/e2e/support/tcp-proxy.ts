import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What happens to connections: they pass, are refused, or end after some bytes of the server. */
export type ProxyMode = 'pass' | 'refuse' | { readonly cutAfter: number };

/** Something between a client and a server on the loopback interface. */
export interface TcpProxy {
  readonly port: number;
  set(mode: ProxyMode): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: number): Promise<TcpProxy> {
  let mode: ProxyMode = 'pass';
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    if (mode === 'refuse') {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    const end = (): void => {
      for (const socket of [client, upstream]) {
        socket.destroy();
        sockets.delete(socket);
      }
    };
    let passed = 0;
    upstream.on('data', (chunk) => {
      passed += chunk.length;
      if (typeof mode === 'object' && passed > mode.cutAfter) end();
      else client.write(chunk);
    });
    client.on('data', (chunk) => void upstream.write(chunk));
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  return {
    port,
    set: (next) => {
      mode = next;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
