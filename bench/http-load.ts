import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

const CONNECTIONS = 64;
const OK = 'HTTP/1.1 200';

/**
 * Asks a server as fast as it answers, one request at a time on each connection, and counts
 * answers.
 *
 * It does next to nothing for an answer, so that it waits for the server and never the other way
 * round: all answers to be counted must have the same length.
 *
 * @param requests sent in turn, as they go over the wire
 * @returns how many answers came, and in which time
 * @throws Error on an answer that is not 200
 */
export async function loadServer(
  port: number,
  requests: readonly Buffer[],
  seconds: number,
): Promise<{ readonly answers: number; readonly milliseconds: number }> {
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)));
  const length = await lengthOfAnswer(sockets[0] as Socket, requests[0] as Buffer);
  let answers = 0;
  let sent = 0;
  let stopped = false;
  const send = (socket: Socket): void => {
    socket.write(requests[sent++ % requests.length] as Buffer);
  };
  const ended = sockets.map(
    (socket) =>
      new Promise<void>((resolve, reject) => {
        let received = 0;
        socket.on('error', reject);
        socket.on('data', (chunk) => {
          if (received === 0 && chunk.toString('latin1', 0, OK.length) !== OK) reject(notOk(chunk));
          received += chunk.length;
          if (received < length) return;
          if (received > length) reject(new Error('answers of several lengths cannot be counted'));
          received = 0;
          answers += 1;
          if (stopped) resolve();
          else send(socket);
        });
      }),
  );
  // A client that sleeps has to be woken by the server's writes, which costs the server the more
  // the slower it is: this one never does.
  let awake = setImmediate(function stayAwake() {
    awake = setImmediate(stayAwake);
  });
  const start = performance.now();
  const timer = setTimeout(() => {
    stopped = true;
  }, seconds * 1000);
  try {
    for (const socket of sockets) send(socket);
    await Promise.all(ended);
    return { answers, milliseconds: performance.now() - start };
  } finally {
    clearTimeout(timer);
    clearImmediate(awake);
    for (const socket of sockets) socket.destroy();
  }
}

/** A request as it goes over the wire. */
export function encodeRequest(
  {
    method,
    path,
    body,
  }: { readonly method: string; readonly path: string; readonly body?: string },
  headers: Readonly<Record<string, string>>,
): Buffer {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const length = body === undefined ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n${body ?? ''}`);
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

async function lengthOfAnswer(socket: Socket, request: Buffer): Promise<number> {
  socket.write(request);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  const text = chunk.toString('latin1');
  const body = Number(/^content-length: (\d+)\r$/im.exec(text)?.[1]);
  if (!text.startsWith(OK) || Number.isNaN(body)) throw notOk(chunk);
  return text.indexOf('\r\n\r\n') + 4 + body;
}

function notOk(chunk: Buffer): Error {
  return new Error(`not what was expected: ${chunk.toString('latin1', 0, 60)}`);
}
