import { once } from 'node:events';
import { createServer, type IncomingMessage, ServerResponse } from 'node:http';
import { connect as connectHttp2, constants, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import process from 'node:process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  createAnswerWatch,
  type NodeResponse,
  nodeResponseOf,
} from '../../../src/adapters/support/answer-watch.js';
import type { ExpiredStream, StreamOptions } from '../../../src/adapters/support/stream-options.js';
import type { Gate } from '../../../src/gate/index.js';

const NOW = 1_800_000_000_000;

/** The value of `Authorization` is the number of seconds after which it expires. */
const expiryOf = vi.fn<NonNullable<Gate['expiryOf']>>(
  (authorization) => NOW + Number(authorization) * 1000,
);
const gate = { expiryOf } as never;
let expired: ExpiredStream[] = [];
const options = (streams: StreamOptions = {}): StreamOptions => ({
  streamGraceSeconds: 0,
  onStreamExpired: (stream) => expired.push(stream),
  ...streams,
});
const pass = (seconds: number): unknown => vi.advanceTimersByTime(seconds * 1000);

const useFakeTimers = (): unknown =>
  vi.useFakeTimers({ now: NOW, toFake: ['setInterval', 'clearInterval', 'Date'] });

afterEach(() => {
  vi.useRealTimers();
  expiryOf.mockClear();
  expired = [];
});

interface FakeResponse extends NodeResponse {
  destroyed: boolean;
  writableFinished: boolean;
  readonly destroy: ReturnType<typeof vi.fn<() => unknown>>;
}

function createResponse(socket: object | null, seconds = 10): FakeResponse {
  const response: FakeResponse = {
    req: { rawHeaders: ['Authorization', String(seconds)], socket },
    destroyed: false,
    writableFinished: false,
    destroy: vi.fn<() => unknown>(() => {
      response.destroyed = true;
    }),
  };
  return response;
}

describe('the watch of answers', () => {
  test('reads no token of an answer that ends soon, and stops without answers', () => {
    useFakeTimers();
    const watch = createAnswerWatch(gate, options(), String);
    const socket = {};
    for (let second = 0; second < 5; second += 1) {
      const response = createResponse(socket);
      watch(response, 'GET /a');
      response.writableFinished = true;
      pass(1);
    }
    expect(expiryOf).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('reads the token of a long answer once', () => {
    useFakeTimers();
    createAnswerWatch(gate, options(), String)(createResponse({}), 'GET /a');
    pass(9);
    expect(expiryOf).toHaveBeenCalledOnce();
  });

  test('keeps all answers of a connection apart that have not ended', () => {
    useFakeTimers();
    const watch = createAnswerWatch(gate, options(), String);
    const socket = {};
    const responses = [40, 10, 30, 20].map((seconds) => createResponse(socket, seconds));
    for (const response of responses) watch(response, `GET /${response.req.rawHeaders[1]}`);
    pass(60);
    expect(expired.map(({ operation }) => operation)).toEqual([
      'GET /10',
      'GET /20',
      'GET /30',
      'GET /40',
    ]);
    expect(responses.every(({ destroy }) => destroy.mock.calls.length === 1)).toBe(true);
  });

  test('keeps few answers of a connection that have ended', () => {
    useFakeTimers();
    const watch = createAnswerWatch(gate, options(), String);
    const socket = {};
    let looks = 0;
    const long = createResponse(socket, 60);
    watch(long, '');
    for (let count = 0; count < 1000; count += 1) {
      const ended = createResponse(socket);
      Object.defineProperty(ended, 'writableFinished', {
        get: () => {
          looks += 1;
          return true;
        },
      });
      watch(ended, '');
      watch(createResponse(socket, 60), '');
    }
    looks = 0;
    pass(1);
    expect(looks).toBeLessThan(1000);
    pass(100);
    expect(expired).toHaveLength(1001);
  });

  test('watches an answer once, however often it is given', () => {
    useFakeTimers();
    const watch = createAnswerWatch(gate, options(), String);
    const response = createResponse({});
    watch(response, 'outer');
    watch(response, 'inner');
    pass(20);
    expect(expired).toEqual([{ operation: 'outer', outcome: 'ended', time: NOW + 10_000 }]);
  });

  test('reads a bounded number of tokens at a time', () => {
    useFakeTimers();
    const watch = createAnswerWatch(gate, options(), String);
    const responses = Array.from({ length: 1500 }, () => createResponse({}, 0));
    for (const response of responses) watch(response, '');
    pass(2);
    expect(expiryOf).toHaveBeenCalledTimes(1000);
    pass(1);
    expect(expired).toHaveLength(1500);
  });

  test('ends an answer whose expiry a gate fails to give', () => {
    useFakeTimers();
    expiryOf.mockImplementationOnce(() => {
      throw new Error('broken');
    });
    const response = createResponse({}, 1e9);
    createAnswerWatch(gate, options({ streamGraceSeconds: 5 }), String)(response, '');
    pass(10);
    expect(expired.map(({ outcome }) => outcome)).toEqual(['continues', 'ended']);
    expect(response.destroyed).toBe(true);
  });

  test('goes on to the others when one cannot be named or ended', () => {
    useFakeTimers();
    const watch = createAnswerWatch(gate, options(), (name: string) => {
      if (name === 'broken') throw new Error('no name');
      return name;
    });
    const [broken, other] = [createResponse({}), createResponse({})];
    broken.destroy.mockImplementation(() => {
      throw new Error('broken');
    });
    watch(broken, 'broken');
    watch(other, 'other');
    pass(20);
    expect(other.destroyed).toBe(true);
    expect(expired.map(({ operation }) => operation)).toEqual(['other']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does nothing for a gate that cannot say when tokens expire, and without a response of Node.js', () => {
    useFakeTimers();
    createAnswerWatch({} as never, options(), String)(createResponse({}), '');
    const watch = createAnswerWatch(gate, options(), String);
    for (const other of [undefined, {}, { req: undefined }]) watch(other as never, '');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('keeps no process alive', () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const response = createResponse({});
    createAnswerWatch(gate, options(), String)(response, '');
    expect(timers()).toBe(before);
    response.writableFinished = true;
  });

  test('says nothing of the token in its events', () => {
    useFakeTimers();
    createAnswerWatch(gate, options(), String)(createResponse(null, 3), 'GET /a');
    pass(5);
    expect(expired.map((event) => Object.keys(event))).toEqual([['operation', 'outcome', 'time']]);
  });
});

describe('nodeResponseOf', () => {
  test.each([undefined, {}, { outgoing: 'a binding' }, { outgoing: { destroy: () => {} } }])(
    'finds none in %j',
    (bindings) => {
      expect(nodeResponseOf(bindings)).toBeUndefined();
    },
  );
});

describe('answers of Node.js', () => {
  const listen = async (server: ReturnType<typeof createServer>): Promise<number> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  /** Watches each answer, and writes the first part of it. */
  const createListener = (expected: number) => {
    const watch = createAnswerWatch<string>(gate, options(), String);
    let arrived = 0;
    let allArrived = (): void => {};
    const all = new Promise<void>((resolve) => {
      allArrived = resolve;
    });
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      watch(response, request.url ?? '');
      response.write('begun');
      arrived += 1;
      if (arrived === expected) allArrived();
    };
    return { listener, all };
  };

  test('that wait behind another of their connection are cut off when their turn comes', async () => {
    useFakeTimers();
    const responses: ServerResponse[] = [];
    const { listener, all } = createListener(2);
    const server = createServer((request, response) => {
      responses.push(response);
      listener(request, response);
    });
    const client = connect(await listen(server), '127.0.0.1');
    const ask = (path: string, seconds: number): string =>
      `GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${seconds}\r\n\r\n`;
    client.write(ask('/first', 1000) + ask('/second', 10));
    let text = '';
    client.on('data', (chunk) => {
      text += String(chunk);
    });
    await all;
    pass(20);
    expect(expired.map(({ operation }) => operation)).toEqual(['/second']);
    responses[0]?.end(' and ended');
    await new Promise((resolve) => client.once('close', resolve));
    expect(text).toContain(' and ended');
    expect(text.match(/begun/g)).toHaveLength(1);
    server.close();
  });

  test('that became a WebSocket are cut off, or end with their socket', async () => {
    useFakeTimers();
    const watch = createAnswerWatch<string>(gate, options(), String);
    const server = createServer();
    const sockets: Socket[] = [];
    // As @fastify/websocket gives an upgrade to the routes of its app.
    server.on('upgrade', (request, socket: Socket) => {
      const response = new ServerResponse(request);
      response.assignSocket(socket);
      watch(response, request.url ?? '');
      sockets.push(socket);
      socket
        .on('error', () => {})
        .on('end', () => socket.end())
        .resume();
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: a\r\nconnection: upgrade\r\n\r\n');
    });
    const port = await listen(server);
    const open = async (path: string): Promise<Socket> => {
      const client = connect(port, '127.0.0.1');
      client.write(
        `GET ${path} HTTP/1.1\r\nHost: a\r\nUpgrade: a\r\nConnection: upgrade\r\nAuthorization: 10\r\n\r\n`,
      );
      await once(client, 'data');
      return client.resume();
    };
    const [first, second] = [await open('/first'), await open('/second')];
    const closed = once(sockets[0] as Socket, 'close');
    first.destroy();
    await closed;
    pass(20);
    await once(second, 'close');
    expect(expired.map(({ operation }) => operation)).toEqual(['/second']);
    server.close();
  });

  test('over HTTP/2 are reset by themselves', async () => {
    useFakeTimers();
    const { listener, all } = createListener(3);
    const server = createHttp2Server(listener as never);
    const goneOnServer = new Promise((resolve) => {
      server.on('stream', (stream, { ':path': path }) => {
        if (path === '/gone') stream.once('close', () => resolve(path));
      });
    });
    const client = connectHttp2(`http://127.0.0.1:${await listen(server as never)}`);
    const ask = (path: string, seconds: number) => {
      const stream = client.request({ ':path': path, authorization: String(seconds) });
      stream.on('error', () => {}).resume();
      return stream;
    };
    const [first, second] = [ask('/first', 10), ask('/second', 30)];
    const gone = ask('/gone', 10);
    await all;
    gone.close();
    const closed = new Promise((resolve) => first.once('close', resolve));
    await goneOnServer;
    pass(12);
    await closed;
    expect(first.rstCode).toBe(constants.NGHTTP2_CANCEL);
    expect(second.destroyed).toBe(false);
    const secondClosed = new Promise((resolve) => second.once('close', resolve));
    pass(30);
    await secondClosed;
    expect(expired.map(({ operation }) => operation)).toEqual(['/first', '/second']);
    client.close();
    server.close();
  });
});
