import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type ExpiredStream,
  feastInterceptor,
  type InterceptorOptions,
  requires,
} from '../../../src/adapters/grpc/index.js';
import { countCalls, createCaseGates } from '../support/case-gate.js';
import { callRaw, type RawAnswer } from './raw-call.js';
import { startTestServer, type TestServer, toJson } from './test-server.js';

const KINDS = [
  { name: 'Unary', requestStream: false, responseStream: false },
  { name: 'ServerStream', requestStream: false, responseStream: true },
  { name: 'ClientStream', requestStream: true, responseStream: false },
  { name: 'Bidi', requestStream: true, responseStream: true },
] as const;
type Name = (typeof KINDS)[number]['name'];

const VIEW = { type: 'FeatureView', name: 'untagged_view' } as const;
const RULES = {
  each: requires('READ_ONLINE', () => VIEW),
  first: requires('READ_ONLINE', () => VIEW, { messages: 'first' }),
  call: requires('READ_ONLINE', VIEW),
  authenticated: 'authenticated',
} as const;

let gates: Awaited<ReturnType<typeof createCaseGates>>;
let server: TestServer | undefined;
let expired: ExpiredStream[] = [];
let refused = 0;

beforeAll(async () => {
  gates = await createCaseGates();
});
afterAll(() => gates.close());
afterEach(async () => {
  await server?.close();
  server = undefined;
  expired = [];
  refused = 0;
});

/** Calls a method whose handler answers when the token has been seen to have ended, or never. */
async function ask(
  name: Name,
  rule: keyof typeof RULES,
  options: Partial<InterceptorOptions> & { readonly isAnswered?: boolean } = {},
): Promise<RawAnswer> {
  const { isAnswered = true, ...others } = options;
  let answer = (): void => {};
  const methods = KINDS.map((kind) => ({
    ...kind,
    path: `/a.B/${kind.name}`,
    handler: (
      call: { end(): void; resume(): void },
      done?: (error: null, value: object) => void,
    ) => {
      if (kind.requestStream) call.resume();
      answer = () => (kind.responseStream ? call.end() : done?.(null, {}));
      if (name === 'Unary') answer();
    },
  }));
  const counted = countCalls(gates.gate);
  const gate: typeof counted = {
    ...counted,
    refuse: (error) => {
      refused += 1;
      return counted.refuse(error);
    },
    // It ends when it is looked at.
    expiryOf: () => Date.now(),
  };
  const interceptor = feastInterceptor(gate, {
    methods: { '/a.B/*': RULES[rule] },
    onStreamExpired: (stream) => {
      expired.push(stream);
      if (isAnswered) setImmediate(answer);
      throw new Error('no log');
    },
    ...others,
  });
  server = await startTestServer(methods, [interceptor]);
  const headers = { authorization: 'Bearer reader-token' };
  return callRaw({ port: server.port, path: `/a.B/${name}`, headers, messages: [toJson({})] });
}

describe('a stream whose token has ended', () => {
  test.each([
    ['ClientStream', 'each'],
    ['Bidi', 'each'],
    ['ClientStream', 'call'],
    ['Bidi', 'authenticated'],
  ] as const)('is ended where messages are decided on one by one: %s, %s', async (name, rule) => {
    const { code, details } = await ask(name, rule);
    expect([code, details]).toEqual([16, 'the bearer token is not accepted']);
    expect(expired).toEqual([
      { operation: `/a.B/${name}`, outcome: 'ended', time: expect.any(Number) },
    ]);
    expect(refused).toBe(1);
  });

  test.each([
    ['ServerStream', 'each'],
    ['ServerStream', 'call'],
    ['ClientStream', 'first'],
    ['Bidi', 'first'],
  ] as const)('may finish the answer to one request: %s, %s', async (name, rule) => {
    expect((await ask(name, rule)).code).toBe(0);
    expect(expired).toMatchObject([{ operation: `/a.B/${name}`, outcome: 'continues' }]);
    expect(refused).toBe(0);
  });

  test('is ended when that takes too long', async () => {
    const options = { streamGraceSeconds: 0.01, isAnswered: false };
    expect((await ask('ServerStream', 'each', options)).code).toBe(16);
    expect(expired).toMatchObject([{ outcome: 'continues' }, { outcome: 'ended' }]);
  });

  test('is ended at once where no time is given', async () => {
    expect((await ask('ServerStream', 'each', { streamGraceSeconds: 0 })).code).toBe(16);
    expect(expired).toMatchObject([{ outcome: 'ended' }]);
  });

  test('does not apply where one message answers one', async () => {
    expect((await ask('Unary', 'each', { streamGraceSeconds: 0 })).code).toBe(0);
    expect(expired).toEqual([]);
  });
});

test.each([{ streamGraceSeconds: -1 }, { streamGraceSeconds: '1' }, { onStreamExpired: 1 }])(
  'options are refused: %j',
  (options) => {
    expect(() => feastInterceptor(gates.gate, options as never)).toThrow(TypeError);
  },
);
