import { Metadata, type ServerInterceptingCall, type sendUnaryData } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { feastInterceptor, type MethodRule, requires } from '../../../src/adapters/grpc/index.js';
import type { Gate } from '../../../src/gate/index.js';
import type { FeastVocabulary } from '../../../src/model/index.js';
import { createCaseGates } from '../support/case-gate.js';
import { pathOf, startEchoServer } from './echo-server.js';
import { callRaw } from './raw-call.js';
import { define, startTestServer, toJson } from './test-server.js';

let gates: Awaited<ReturnType<typeof createCaseGates>>;

beforeAll(async () => {
  gates = await createCaseGates();
});
afterAll(() => gates.close());

const VIEW = { type: 'FeatureView', name: 'untagged_view' } as const;
const handler = (): void => {};

async function codeOf(
  options: Parameters<typeof feastInterceptor>[1],
  token?: string,
): Promise<number> {
  const server = await startEchoServer([feastInterceptor(gates.gate, options)]);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const call = { port: server.port, path: pathOf('Unary'), headers, messages: [toJson({})] };
  try {
    const { code } = await callRaw(call);
    expect(server.calls).toHaveLength(code === 0 ? 1 : 0);
    return code;
  } finally {
    await server.close();
  }
}

describe('rules', () => {
  test('for a method win over those for its service', async () => {
    const one = { [pathOf('Unary')]: requires('READ_ONLINE', VIEW) };
    expect(await codeOf({ methods: { '/test.Echo/*': 'public' } })).toBe(0);
    expect(await codeOf({ methods: { '/test.Echo/*': 'public', ...one } })).toBe(16);
    expect(await codeOf({ methods: { ...one, '/test.Echo/*': 'public' } })).toBe(16);
    expect(
      await codeOf({ methods: { '/other.Echo/*': 'public', '/test.Echo/Bidi': 'public' } }),
    ).toBe(16);
  });

  test('may ask for a caller who is known, and nothing else', async () => {
    const methods = { '/test.Echo/*': 'authenticated' } as const;
    expect(await codeOf({ methods })).toBe(16);
    expect(await codeOf({ methods }, 'nobody-token')).toBe(0);
  });

  test('are copied: what becomes of them later changes nothing', async () => {
    const methods: Record<string, MethodRule<FeastVocabulary>> = {
      '/test.Echo/*': requires('READ_ONLINE', VIEW),
    };
    const interceptor = feastInterceptor(gates.gate, { methods });
    methods['/test.Echo/*'] = 'public';
    const server = await startEchoServer([interceptor]);
    const call = { port: server.port, path: pathOf('Unary'), messages: [toJson({})] };
    expect((await callRaw(call)).code).toBe(16);
    await server.close();
  });

  test.each([
    [{ methods: { 'test.Echo/Unary': 'public' } }, 'is not a method'],
    [{ methods: { '/test.Echo': 'public' } }, 'is not a method'],
    [{ methods: { '/*': 'public' } }, 'is not a method'],
    [{ methods: { '/*/*': 'public' } }, 'is not a method'],
    [{ methods: { '/test.Echo/Un*': 'public' } }, 'is not a method'],
    [{ methods: { '/test.Echo/Unary': undefined } }, 'requires()'],
    [{ methods: { '/test.Echo/Unary': 'private' } }, 'requires()'],
    [{ methods: { '/test.Echo/Unary': [] } }, 'requires()'],
    [{ methods: { '/test.Echo/Unary': [{}] } }, 'requires()'],
    [{ methods: { '/test.Echo/Unary': [null] } }, 'requires()'],
    [
      { methods: { '/test.Echo/Unary': { actions: 'READ_ONLINE', resources: VIEW } } },
      'requires()',
    ],
    [{ unguarded: 'open' }, 'unguarded'],
    [{ onUnguarded: true }, 'onUnguarded'],
    [{ onError: true }, 'onError'],
  ])('that are wrong are found at once: %j', (options, message) => {
    expect(() => feastInterceptor(gates.gate, options as never)).toThrow(TypeError);
    expect(() => feastInterceptor(gates.gate, options as never)).toThrow(message);
  });

  test.each([
    ['at least one action', () => requires([], VIEW)],
    ['at least one action', () => requires(undefined as never, VIEW)],
    ['at least one resource', () => requires('READ_ONLINE', [])],
    ['resources must be', () => requires('READ_ONLINE', undefined as never)],
    ['resources must be', () => requires('READ_ONLINE', 'untagged_view' as never)],
    ['messages', () => requires('READ_ONLINE', () => VIEW, { messages: 'none' as never })],
    ['messages', () => requires(() => [], { messages: 'none' as never })],
  ])('that require nothing are found at once: %s', (name, make) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(name);
  });
});

test('a rule that names what the vocabulary does not have is refused at the start', () => {
  const methods = { '/a.B/C': requires('READ_ONLIN' as never, () => VIEW) };
  expect(() => feastInterceptor(gates.gate, { methods })).toThrow(
    'the rule of /a.B/C: action `READ_ONLIN` is unknown. Did you mean `READ_ONLINE`?',
  );
});

describe('a method that nothing is said about', () => {
  test('is refused to everyone', async () => {
    expect(await codeOf({})).toBe(16);
    expect(await codeOf({}, 'reader-token')).toBe(7);
  });

  test.each([
    '/grpc.health.v1.Health/List',
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  ])('is %s, too', (path) => {
    const services = [define([{ path, handler }])];
    expect(() => feastInterceptor(gates.gate, { services })).toThrow(path);
    const methods = { [path]: 'public' } as const;
    expect(() => feastInterceptor(gates.gate, { services, methods })).not.toThrow();
  });

  test.each(['/grpc.health.v1.Health/Check', '/grpc.health.v1.Health/Watch'])(
    'is public where it is %s, unless a rule says otherwise',
    async (path) => {
      const ask = async (options: object): Promise<number> => {
        const server = await startTestServer(
          [{ path, handler: (_call: unknown, done: sendUnaryData<unknown>) => done(null, {}) }],
          [feastInterceptor(gates.gate, options)],
        );
        const { code } = await callRaw({ port: server.port, path, messages: [toJson({})] });
        await server.close();
        return code;
      };
      expect(await ask({})).toBe(0);
      expect(await ask({ methods: { [path]: 'authenticated' } })).toBe(16);
      expect(await ask({ methods: { '/grpc.health.v1.Health/*': 'authenticated' } })).toBe(16);
    },
  );

  test('is reported once, whatever the report does', async () => {
    const reported: string[] = [];
    const options = {
      unguarded: 'report',
      onUnguarded: (path: string) => {
        reported.push(path);
        throw new Error('no log');
      },
    } as const;
    const server = await startEchoServer([feastInterceptor(gates.gate, options)]);
    const headers = { authorization: 'Bearer nobody-token' };
    const call = { port: server.port, path: pathOf('Unary'), headers, messages: [toJson({})] };
    expect((await callRaw(call)).code).toBe(0);
    expect((await callRaw(call)).code).toBe(0);
    await server.close();
    expect(reported).toEqual([pathOf('Unary')]);
  });
});

test.each([undefined, null, {}, 'gate'])('rejects an invalid gate at once: %j', (gate) => {
  expect(() => feastInterceptor(gate as never)).toThrow(TypeError);
});

type Listener = Parameters<ServerInterceptingCall['start']>[0];

/** A call within the guarded one, to be driven by hand. */
class InnerCall {
  readonly statuses: { readonly code?: number; readonly details?: string }[] = [];
  reads = 0;
  listener: Listener | undefined;

  start(listener: Listener): void {
    this.listener = listener;
  }
  startRead(): void {
    this.reads += 1;
  }
  sendStatus(status: { readonly code?: number; readonly details?: string }): void {
    this.statuses.push(status);
  }
}

describe('a call driven by hand', () => {
  const events: string[] = [];
  const outer: Listener = {
    onReceiveMetadata: () => events.push('metadata'),
    onReceiveMessage: () => events.push('message'),
    onReceiveHalfClose: () => events.push('end'),
    onCancel: () => events.push('cancel'),
  };

  function startCall(gate: Gate = gates.gate): InnerCall {
    events.length = 0;
    const interceptor = feastInterceptor(gate, {
      methods: { '/test.Echo/*': requires('READ_ONLINE', () => VIEW) },
    });
    const definition = define([{ path: pathOf('Bidi'), handler }])[pathOf('Bidi')];
    const inner = new InnerCall();
    interceptor(definition as never, inner as never).start(outer);
    return inner;
  }

  function metadataOf(...values: readonly string[]): Metadata {
    const metadata = new Metadata();
    for (const value of values) metadata.add('authorization', value);
    return metadata;
  }

  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

  test.each([
    ['the same twice', 'Bearer reader-token', 'Bearer reader-token'],
    ['a good one first', 'Bearer reader-token', 'Bearer other-token'],
    ['a good one last', 'Bearer other-token', 'Bearer reader-token'],
  ])('with two tokens is refused: %s', async (_name, ...values) => {
    const inner = startCall();
    inner.listener?.onReceiveMetadata(metadataOf(...values));
    await settle();
    expect(inner.statuses).toEqual([expect.objectContaining({ code: 16 })]);
    expect(inner.reads).toBe(0);
    expect(events).toEqual([]);
  });

  test('with a message before its caller is known is refused', async () => {
    const inner = startCall();
    inner.listener?.onReceiveMetadata(metadataOf('Bearer reader-token'));
    inner.listener?.onReceiveMessage({});
    await settle();
    expect(inner.statuses).toEqual([expect.objectContaining({ code: 13 })]);
    expect(events).toEqual([]);
  });

  test('with a message that was not asked for is refused', async () => {
    const inner = startCall();
    inner.listener?.onReceiveMetadata(metadataOf('Bearer reader-token'));
    await settle();
    expect(inner.reads).toBe(1);
    inner.listener?.onReceiveMessage({});
    inner.listener?.onReceiveMessage({});
    await settle();
    expect(inner.statuses).toEqual([expect.objectContaining({ code: 13 })]);
    expect(events).toEqual([]);
  });

  test('that is cancelled during the decision reaches no handler and gets no answer', async () => {
    const inner = startCall();
    inner.listener?.onReceiveMetadata(metadataOf('Bearer reader-token'));
    await settle();
    inner.listener?.onReceiveMessage({});
    inner.listener?.onCancel();
    await settle();
    expect({ events, statuses: inner.statuses }).toEqual({ events: [], statuses: [] });
  });

  test('that is cancelled later tells its handler', async () => {
    const inner = startCall();
    inner.listener?.onReceiveMetadata(metadataOf('Bearer reader-token'));
    await settle();
    inner.listener?.onReceiveMessage({});
    await settle();
    inner.listener?.onCancel();
    expect(events).toEqual(['metadata', 'cancel']);
  });
});
