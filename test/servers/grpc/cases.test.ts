import type { sendUnaryData } from '@grpc/grpc-js';
import { findEndpoint, requirementsOf } from '../../../src/gate/index.js';
import { RequestInvalidError } from '../../../src/model/index.js';
import {
  feastInterceptor,
  type GrpcRequirement,
  requires,
} from '../../../src/servers/grpc/index.js';
import { runCases } from '../support/case-suite.js';
import type { CaseAnswer, CaseRequest, CaseServer, StartOptions } from '../support/case-types.js';
import { callRaw, type RawAnswer } from './raw-call.js';
import { startTestServer, type TestMethod } from './test-server.js';

const SERVICE = '/feast.cases.Cases';

runCases({
  name: 'grpc',
  start,
  request: async (server, request) => inHttpTerms(await send(server, request)),
  skip: [
    ...['a trailing space', 'leading spaces'].map((name) => ({
      case: `header accepted: ${name}`,
      reason: 'HTTP/2 allows no space around a value, and the call arrives without one',
    })),
    ...['a tab between scheme and token', 'a no-break space'].map((name) => ({
      case: `header refused: ${name}`,
      reason: 'grpc-js drops such a value, and the call is refused as one without a token',
    })),
    ...[
      'two headers, the first one bad',
      'two headers, the second one bad',
      'the same header twice',
    ].map((name) => ({
      case: `header refused: ${name}`,
      reason: 'no HTTP/2 client of Node.js sends two; test/e2e/grpc.e2e.ts does',
    })),
  ],
});

/** A method for each route of the suite. Messages are left as they came: what a method requires reads them. */
async function start(options: StartOptions): Promise<CaseServer> {
  let handlerRuns = 0;
  let bodyReads = 0;
  const method = (name: string): TestMethod => ({
    path: `${SERVICE}/${name}`,
    deserialize: (bytes) => {
      bodyReads += 1;
      return bytes;
    },
    handler: (_call: unknown, callback: sendUnaryData<unknown>) => {
      if (name !== 'Health') handlerRuns += 1;
      callback(null, { ok: true });
    },
  });
  const names = ['Health', 'ReadView', 'ReadViews', 'ReadProjectView', 'GetOnlineFeatures', 'Push'];
  if (options.withUnguarded) names.push('unguarded');
  const { gate, unguarded, onUnguarded } = options;
  const interceptor = feastInterceptor(gate, {
    unguarded,
    onUnguarded: (path) => onUnguarded(`GET ${path}`),
    methods: {
      [`${SERVICE}/Health`]: 'public',
      [`${SERVICE}/ReadView`]: requires('READ_ONLINE', (bytes: Buffer) => viewOf(read(bytes))),
      [`${SERVICE}/ReadProjectView`]: requires('READ_ONLINE', (bytes: Buffer) => {
        const fields = read(bytes);
        return { ...viewOf(fields), project: text(fields['project']) };
      }),
      [`${SERVICE}/ReadViews`]: requires('READ_ONLINE', (bytes: Buffer) => {
        const { views = [] } = read(bytes);
        if (!Array.isArray(views)) throw new RequestInvalidError('views must be a list');
        return views.map((name) => viewOf({ name }));
      }),
      [`${SERVICE}/GetOnlineFeatures`]: asOnline(options, '/get-online-features'),
      [`${SERVICE}/Push`]: asOnline(options, '/push'),
    },
  });
  const server = await startTestServer(names.map(method), [interceptor]);
  return {
    url: `http://127.0.0.1:${server.port}`,
    close: server.close,
    handlerRuns: () => handlerRuns,
    bodyReads: () => bodyReads,
  };
}

/** What Feast's online server requires at an endpoint. */
function asOnline({ gate }: StartOptions, path: string): GrpcRequirement {
  const found = findEndpoint('online', 'POST', path);
  if (found === undefined || gate.relations === undefined) throw new TypeError(path);
  const { relations } = gate;
  return requires((bytes: Buffer) =>
    requirementsOf(found.endpoint, { body: read(bytes) }, relations, { project: 'credit_scoring' }),
  );
}

function read(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new RequestInvalidError('the message must be a JSON object');
}

function viewOf({ name }: Record<string, unknown>): { type: 'FeatureView'; name: string } {
  return { type: 'FeatureView', name: text(name) };
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new RequestInvalidError('a name must be a string');
}

const ROUTES: readonly (readonly [RegExp, string])[] = [
  [/^GET \/health$/, 'Health'],
  [/^GET \/views\/(?<name>[^/]+)$/, 'ReadView'],
  [/^POST \/views$/, 'ReadViews'],
  [/^GET \/projects\/(?<project>[^/]+)\/views\/(?<name>[^/]+)$/, 'ReadProjectView'],
  [/^POST \/get-online-features$/, 'GetOnlineFeatures'],
  [/^POST \/push$/, 'Push'],
  [/^GET \/unguarded$/, 'unguarded'],
];

/** The call that the request means; one that no method answers to goes to the path as it is written. */
async function send(server: CaseServer, request: CaseRequest): Promise<RawAnswer> {
  // There is no query in gRPC.
  const [path = ''] = request.path.split('?');
  let target: string | undefined;
  let message = request.body;
  for (const [route, name] of ROUTES) {
    const match = route.exec(`${request.method} ${path}`);
    if (match === null) continue;
    target = `${SERVICE}/${name}`;
    message ??= JSON.stringify(match.groups ?? {});
  }
  const { hangUpBefore } = request;
  return callRaw({
    port: Number(new URL(server.url).port),
    path: target ?? request.path,
    headers: Object.fromEntries(request.headers ?? []),
    messages: hangUpBefore === undefined ? [Buffer.from(message ?? '{}')] : [],
    ...(hangUpBefore === undefined ? {} : { cancelBefore: hangUpBefore }),
  });
}

const IN_HTTP: ReadonlyMap<number, readonly [status: number, code: string]> = new Map([
  [0, [200, '']],
  [3, [422, 'ERR_REQUEST_INVALID']],
  [5, [404, 'ERR_RESOURCE_NOT_FOUND']],
  [7, [403, 'ERR_PERMISSION_DENIED']],
  [12, [404, '']],
  [13, [500, 'ERR_INTERNAL']],
  [16, [401, '']],
]);

function inHttpTerms({ code, details, messages }: RawAnswer): CaseAnswer {
  const [status, name] = IN_HTTP.get(code) ?? [0, ''];
  if (status === 200) return { status, headers: {}, body: String(messages[0]) };
  const isGiven = details.includes('not accepted');
  const challenge = `Bearer${isGiven ? ' error="invalid_token"' : ''}`;
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 401 ? { 'www-authenticate': challenge } : {}),
    },
    body: JSON.stringify({ status, code: name, title: '', detail: details }),
  };
}
