import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  type RequestListener,
  request,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createServingEndpointProxy,
  type ServingEndpointProxyOptions,
} from '../../../../src/platforms/databricks/serving-endpoint/index.js';
import {
  RequestLimits,
  TooManyRequestsError,
} from '../../../../src/platforms/databricks/serving-endpoint/request-limits.js';
import { createStaticTokenProvider } from '../../../../src/platforms/databricks/tokens/index.js';
import { createEndpointGate } from './endpoint-gate.js';

const PATH = '/serving-endpoints/fraud/invocations';
const headers = { authorization: 'Bearer token-of-caller', 'content-type': 'application/json' };
const servers: Server[] = [];
const open: ClientRequest[] = [];

afterEach(async () => {
  for (const asked of open.splice(0)) asked.destroy();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy in front of an endpoint that answers as the listener does. */
async function startProxy(
  listener: RequestListener,
  options: Partial<ServingEndpointProxyOptions> = {},
): Promise<string> {
  return listen(
    createServingEndpointProxy({
      gate: createEndpointGate(),
      target: await listen(listener),
      tokens: createStaticTokenProvider('token-of-proxy', { redaction: () => {} }),
      ...options,
    }),
  );
}

function ask(origin: string): Promise<Response> {
  return fetch(new URL(PATH, origin), { method: 'POST', headers, body: '{}' });
}

/** A request whose body does not flow yet. */
function begin(origin: string): ClientRequest {
  const asked = request(new URL(PATH, origin), { method: 'POST', headers });
  asked.on('error', () => {});
  asked.flushHeaders();
  open.push(asked);
  return asked;
}

/** An endpoint that keeps requests open until it is told to answer. */
function heldEndpoint(): {
  readonly listener: RequestListener;
  readonly finish: () => void;
  readonly arrived: (count: number) => Promise<void>;
} {
  const held: (() => void)[] = [];
  let seen = 0;
  return {
    listener: (_, response) => {
      seen += 1;
      held.push(() => response.end('{}'));
    },
    finish: () => {
      for (const answer of held.splice(0)) answer();
    },
    arrived: (count) => expect.poll(() => seen).toBe(count),
  };
}

const answered: RequestListener = (_, response) => void response.end('{}');

test('a request whose body does not flow holds no connection and no token', async () => {
  let tokens = 0;
  const origin = await startProxy(answered, {
    maxConnections: 1,
    tokens: {
      getToken: async () => {
        tokens += 1;
        return { token: 'token-of-proxy', expiresAt: Number.POSITIVE_INFINITY };
      },
    },
  });
  const slow = begin(origin);
  const [first, second] = [await ask(origin), await ask(origin)];
  expect([first.status, second.status, tokens]).toEqual([200, 200, 2]);
  slow.end('{}');
  const [answer] = await once(slow, 'response');
  expect(answer.statusCode).toBe(200);
  expect(tokens).toBe(3);
});

test('a request without a body is passed on', async () => {
  const origin = await startProxy(answered);
  const slow = begin(origin);
  slow.end();
  const [answer] = await once(slow, 'response');
  expect(answer.statusCode).toBe(200);
});

test('a body that never flows ends with the time of the request', async () => {
  const origin = await startProxy(answered, { timeoutSeconds: 1 });
  const [answer] = await once(begin(origin), 'response');
  expect(answer.statusCode).toBe(504);
});

describe('beyond the limits a request is a 503 with `retry-after`', () => {
  test('of one caller', async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const endpoint = heldEndpoint();
    const origin = await startProxy(endpoint.listener, { maxRequestsPerCaller: 2, onError });
    const running = [ask(origin), ask(origin)];
    await endpoint.arrived(2);
    const refused = await ask(origin);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ status: 503 });
    expect(errors).toHaveLength(1);
    endpoint.finish();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
    const next = ask(origin);
    await endpoint.arrived(3);
    endpoint.finish();
    expect((await next).status).toBe(200);
  });

  test('of those that wait', async () => {
    const endpoint = heldEndpoint();
    const origin = await startProxy(endpoint.listener, { maxConnections: 1, maxWaiting: 1 });
    const all = [ask(origin), ask(origin), ask(origin)];
    const first = await Promise.race(all);
    expect(first.status).toBe(503);
    await endpoint.arrived(1);
    endpoint.finish();
    await endpoint.arrived(2);
    endpoint.finish();
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 503]);
  });

  test('and counts a caller who left no longer', async () => {
    const endpoint = heldEndpoint();
    const origin = await startProxy(endpoint.listener, { maxRequestsPerCaller: 1 });
    const left = begin(origin);
    left.write('{}');
    await endpoint.arrived(1);
    expect((await ask(origin)).status).toBe(503);
    left.destroy();
    await expect
      .poll(async () => {
        const asked = ask(origin);
        const isAnswered = asked.then(() => true);
        // On a busy machine a request arrives late: it is let go on whenever that is.
        while (!(await Promise.race([isAnswered, delay(20, false)]))) endpoint.finish();
        return (await asked).status;
      })
      .toBe(200);
  });
});

test('an answer without content has no length', async () => {
  const origin = await startProxy((_, response) => {
    response.socket?.end(
      'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\nretry-after-ms: 7\r\n\r\n',
    );
  });
  const answer = await ask(origin);
  expect(answer.status).toBe(204);
  expect(answer.headers.get('content-length')).toBeNull();
  expect(answer.headers.get('retry-after-ms')).toBe('7');
});

test.each(['maxWaiting', 'maxRequestsPerCaller'])('refuses %s of 0', async (name) => {
  await expect(startProxy(answered, { [name]: 0 })).rejects.toThrow(name);
});

describe('counted requests', () => {
  const signal = new AbortController().signal;

  test('get connections in the order of asking', async () => {
    const limits = new RequestLimits({ maxConnections: 1, maxWaiting: 2, maxPerCaller: 1 });
    const order: string[] = [];
    const release = await limits.connect(signal);
    const waiting = ['a', 'b'].map(async (name) => {
      const done = await limits.connect(signal);
      order.push(name);
      done();
    });
    await expect(limits.connect(signal)).rejects.toBeInstanceOf(TooManyRequestsError);
    release();
    release();
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'b']);
  });

  test('give up their place when their signal ends', async () => {
    const limits = new RequestLimits({ maxConnections: 1, maxWaiting: 1, maxPerCaller: 1 });
    const release = await limits.connect(signal);
    const gone = new AbortController();
    const left = limits.connect(gone.signal);
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    const next = limits.connect(signal);
    release();
    (await next)();
    await expect(limits.connect(gone.signal)).rejects.toThrow('gone');
  });

  test('are counted for each caller', () => {
    const limits = new RequestLimits({ maxConnections: 1, maxWaiting: 1, maxPerCaller: 2 });
    const release = limits.enter('a');
    limits.enter('a');
    expect(() => limits.enter('a')).toThrow(TooManyRequestsError);
    limits.enter('b');
    release();
    limits.enter('a');
  });
});
