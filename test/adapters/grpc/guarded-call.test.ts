import { setTimeout as sleep } from 'node:timers/promises';
import type { Metadata, ServerInterceptor } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, feastInterceptor, requires } from '../../../src/adapters/grpc/index.js';
import type { Gate } from '../../../src/gate/gate.js';
import { RequestInvalidError } from '../../../src/model/index.js';
import { countCalls, createCaseGates } from '../support/case-gate.js';
import type { CountingGate } from '../support/case-types.js';
import {
  type EchoOptions,
  type EchoServer,
  KINDS,
  type Kind,
  pathOf,
  startEchoServer,
} from './echo-server.js';
import { callRaw, type RawAnswer } from './raw-call.js';
import { fromJson, toJson } from './test-server.js';

interface Message {
  readonly view: string;
}

const OPEN = { view: 'transaction_features' };
const SHUT = { view: 'untagged_view' };
const readView = (messages: 'each' | 'first' = 'each') =>
  requires('READ_ONLINE', ({ view }: Message) => ({ type: 'FeatureView', name: view }) as const, {
    messages,
  });
const ANALYST = { authorization: 'Bearer analyst-token' };

let gates: Awaited<ReturnType<typeof createCaseGates>>;
let gate: CountingGate;
const servers: EchoServer[] = [];

beforeAll(async () => {
  gates = await createCaseGates();
});
afterAll(() => gates.close());
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(interceptor: ServerInterceptor, options?: EchoOptions): Promise<EchoServer> {
  const server = await startEchoServer([interceptor], options);
  servers.push(server);
  return server;
}

/** All methods with one rule, on a gate that counts. */
async function startWith(
  rule: ReturnType<typeof requires>,
  options?: EchoOptions & { readonly gate?: Partial<Gate> },
): Promise<EchoServer> {
  gate = countCalls(gates.gate);
  const methods = { '/test.Echo/*': rule };
  return start(feastInterceptor({ ...gate, ...options?.gate }, { methods }), options);
}

function call(
  server: EchoServer,
  kind: Kind,
  messages: readonly unknown[],
  headers: Readonly<Record<string, string>> = ANALYST,
): Promise<RawAnswer> {
  return callRaw({
    port: server.port,
    path: pathOf(kind),
    headers,
    messages: messages.map(toJson),
  });
}

/** A promise that is resolved from outside. */
function defer(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

const IS_STREAMING = KINDS.filter((kind) => kind === 'ClientStream' || kind === 'Bidi');

describe.each(KINDS)('a call of kind %s', (kind) => {
  test('reaches its handler with the message that was decided on', async () => {
    const server = await startWith(readView());
    const answer = await call(server, kind, [OPEN]);
    expect(answer.code).toBe(0);
    expect(answer.messages.flatMap((message) => fromJson(message))).toEqual([OPEN]);
    expect(server.calls).toEqual([kind]);
    expect(gate.asked).toEqual({ authenticate: 1, authorize: 1, granted: 1 });
  });

  test('that is denied does not', async () => {
    const server = await startWith(readView());
    const answer = await call(server, kind, [SHUT]);
    expect(answer).toMatchObject({ code: 7, messages: [] });
    expect(answer.details).toContain('READ_ONLINE on FeatureView `untagged_view`');
    expect(server.calls).toEqual([]);
  });

  test('without a message does not, where the message decides', async () => {
    const server = await startWith(readView());
    expect(await call(server, kind, [])).toMatchObject({ code: 3 });
    expect(server.calls).toEqual([]);
    expect(gate.asked.authorize).toBe(0);
  });

  test('that needs a resource known beforehand is decided on before any message', async () => {
    const server = await startWith(
      requires('READ_ONLINE', { type: 'FeatureView', name: SHUT.view }),
    );
    expect(await call(server, kind, [OPEN])).toMatchObject({ code: 7 });
    expect(server.counts.deserialized).toBe(0);
    const reader = { authorization: 'Bearer reader-token' };
    expect(await call(server, kind, [OPEN], reader)).toMatchObject({ code: 0 });
    expect(server.calls).toEqual([kind]);
  });

  test('is not read before its caller is known', async () => {
    const asked = defer();
    const held = defer();
    const server = await startWith(readView(), {
      gate: {
        authenticate: async (authorization) => {
          asked.resolve();
          await held.promise;
          return gate.authenticate(authorization);
        },
      },
    });
    const answer = call(server, kind, [OPEN]);
    await asked.promise;
    await sleep(50);
    expect(server.counts.deserialized).toBe(0);
    held.resolve();
    expect(await answer).toMatchObject({ code: 0 });
  });

  test('that ends by its deadline while its caller is looked up goes nowhere', async () => {
    const held = defer();
    const server = await startWith(readView(), {
      gate: {
        authenticate: async (authorization) => {
          await held.promise;
          return gate.authenticate(authorization);
        },
      },
    });
    const answer = await call(server, kind, [OPEN], { ...ANALYST, 'grpc-timeout': '50m' });
    expect(answer.code).toBe(4);
    held.resolve();
    await sleep(20);
    expect(server.calls).toEqual([]);
    expect(gate.asked).toMatchObject({ authenticate: 1, authorize: 0 });
  });
});

describe.each(IS_STREAMING)('a stream of kind %s', (kind) => {
  test('is decided on message by message, and ends at the first refusal', async () => {
    const server = await startWith(readView());
    expect(await call(server, kind, [OPEN, OPEN, SHUT, OPEN])).toMatchObject({ code: 7 });
    expect(server.calls).toEqual([kind]);
    expect(server.seen).toEqual([OPEN, OPEN]);
    expect(server.counts.cancelled).toBe(1);
    expect(gate.asked).toMatchObject({ authenticate: 1, authorize: 3, granted: 2 });
  });

  test('is decided on by its first message, where that names all', async () => {
    const server = await startWith(readView('first'));
    expect(await call(server, kind, [OPEN, SHUT])).toMatchObject({ code: 0 });
    expect(server.seen).toEqual([OPEN, SHUT]);
    expect(gate.asked.authorize).toBe(1);
    expect(await call(server, kind, [SHUT, OPEN])).toMatchObject({ code: 7 });
    expect(server.calls).toEqual([kind]);
  });

  test('without messages reaches its handler where no message decides', async () => {
    const server = await startWith(
      requires('READ_ONLINE', { type: 'FeatureView', name: OPEN.view }),
    );
    expect(await call(server, kind, [])).toMatchObject({ code: 0 });
    expect(server.calls).toEqual([kind]);
  });

  test('that its handler does not read is held back: one message is taken', async () => {
    const server = await startWith(readView(), { isReading: false });
    const many = Array.from({ length: 200 }, () => ({ ...OPEN, padding: 'x'.repeat(20_000) }));
    const answer = call(server, kind, many, { ...ANALYST, 'grpc-timeout': '300m' });
    expect((await answer.catch(() => ({ code: 4 }))).code).toBe(4);
    expect(gate.asked.authorize).toBe(1);
    expect(server.counts.deserialized).toBeLessThan(10);
  });
});

test('a second message of a call that has one is decided on, and reaches no handler', async () => {
  const server = await startWith(readView());
  expect(await call(server, 'Unary', [OPEN, SHUT])).toMatchObject({ code: 7 });
  expect(await call(server, 'Unary', [OPEN, OPEN])).toMatchObject({ code: 12 });
  expect(server.calls).toEqual([]);
});

describe('a requirement', () => {
  const many = (count: number) => Array.from({ length: count }, () => ASKED.resources);
  const ASKED = {
    actions: 'READ_ONLINE',
    resources: { type: 'FeatureView', name: OPEN.view },
  } as const;

  test.each([
    ['throws', () => Promise.reject(new Error('a secret detail')), 13, 'internal error'],
    [
      'throws what is for clients',
      () => Promise.reject(new RequestInvalidError('no view')),
      3,
      'no view',
    ],
    ['asks for nothing', () => [], 13, 'internal error'],
    ['is found later', async () => ASKED, 0, 'OK'],
    ['is a list', () => [ASKED, ASKED], 0, 'OK'],
    ['is about a change', () => ({ change: { proposed: ASKED.resources } }), 7, undefined],
  ])('that %s', async (_name, find, code, details) => {
    const server = await startWith(requires(find as unknown as () => typeof ASKED));
    const answer = await call(server, 'Unary', [OPEN]);
    expect(answer.code).toBe(code);
    if (details !== undefined) expect(answer.details).toBe(details);
    expect(server.calls).toHaveLength(code === 0 ? 1 : 0);
  });

  test.each([
    ['resources', requires('READ_ONLINE', ({ count }: { count: number }) => many(count))],
    [
      'resources, found later',
      requires('READ_ONLINE', async ({ count }: { count: number }) => many(count)),
    ],
    [
      'requirements',
      requires(({ count }: { count: number }) =>
        many(count).map((resources) => ({ actions: 'READ_ONLINE', resources }) as const),
      ),
    ],
  ])('names at most 10,000 %s', async (_name, rule) => {
    const server = await startWith(rule);
    expect(await call(server, 'Unary', [{ count: 10_000 }])).toMatchObject({ code: 0 });
    expect(await call(server, 'Unary', [{ count: 10_001 }])).toMatchObject({ code: 3 });
    expect(gate.asked.authorize).toBe(1);
  });

  test('that asks for nothing does not hide behind another', async () => {
    const methods = { '/test.Echo/Unary': [readView(), requires(() => [])] };
    const server = await start(feastInterceptor(gates.gate, { methods }));
    expect(await call(server, 'Unary', [OPEN])).toMatchObject({ code: 13 });
    expect(server.calls).toEqual([]);
  });

  test('is one of several, which are all needed', async () => {
    const fixed = requires('READ_ONLINE', { type: 'FeatureView', name: SHUT.view });
    const methods = { '/test.Echo/Unary': [fixed, readView()] };
    const server = await start(feastInterceptor(gates.gate, { methods }));
    expect(await call(server, 'Unary', [OPEN])).toMatchObject({ code: 7 });
    const reader = { authorization: 'Bearer reader-token' };
    expect(await call(server, 'Unary', [OPEN], reader)).toMatchObject({ code: 0 });
  });
});

describe('a handler', () => {
  test('learns who calls', async () => {
    const names: (string | undefined)[] = [];
    const onCall: EchoOptions['onCall'] = (one) => {
      names.push(callerOf(one as { readonly metadata: Metadata })?.subject?.username);
    };
    const server = await startWith(readView(), { onCall });
    for (const kind of KINDS) await call(server, kind, [OPEN]);
    expect(names).toEqual(['ann', 'ann', 'ann', 'ann']);
  });

  test('learns nothing of who calls what is public', async () => {
    const callers: unknown[] = [];
    const server = await start(
      feastInterceptor(gates.gate, { methods: { '/test.Echo/*': 'public' } }),
      { onCall: (one) => callers.push(callerOf(one as { readonly metadata: Metadata })) },
    );
    expect(await call(server, 'Unary', [OPEN], {})).toMatchObject({ code: 0 });
    expect(callers).toEqual([undefined]);
  });
});

describe('a refusal', () => {
  test.each([
    ['0, which is success', { code: 0, message: 'OK' }, 13, 'internal error'],
    ['no code', { message: 'inside' }, 13, 'internal error'],
    ['a code that there is not', { code: 99, message: 'inside' }, 13, 'internal error'],
    ['no message', { code: 7 }, 13, 'internal error'],
    ['nothing', undefined, 13, 'internal error'],
    ['half a character', { code: 7, message: 'a\ud800b' }, 7, 'a\ufffdb'],
    ['a long message', { code: 7, message: 'é'.repeat(9000) }, 7, 'é'.repeat(1024)],
  ])('that says %s', async (_name, grpc, code, details) => {
    const refuse = (): never => ({ status: 403, headers: {}, body: '', grpc }) as never;
    const server = await startWith(readView(), { gate: { refuse } });
    expect(await call(server, 'Unary', [SHUT])).toMatchObject({ code, details });
    expect(server.calls).toEqual([]);
  });

  test('is told to a log where it is a failure, whatever the log does', async () => {
    const errors: unknown[] = [];
    const interceptor = feastInterceptor(gates.gate, {
      methods: { '/test.Echo/*': requires(() => Promise.reject(new Error('a secret detail'))) },
      onError: (error) => {
        errors.push(error);
        throw new Error('no log');
      },
    });
    const server = await start(interceptor);
    expect(await call(server, 'Unary', [OPEN], {})).toMatchObject({ code: 16 });
    expect(errors).toEqual([]);
    expect(await call(server, 'Unary', [OPEN])).toMatchObject({ code: 13 });
    expect(errors).toEqual([expect.objectContaining({ message: 'a secret detail' })]);
  });
});
