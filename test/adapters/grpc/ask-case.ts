import type { CaseAnswer, CaseRequest, CaseServer, Suite } from '../support/case-types.js';
import { callRaw, type RawAnswer } from './raw-call.js';

/** The call that stands for a request to a route of the case suite. */
export interface CaseCall {
  readonly path: string;
  readonly message: Buffer;
}

/**
 * @param route one of the suite's, by a short name
 * @param fields what stands in the path of the request
 */
export type ToCall = (
  route: string,
  fields: Readonly<Record<string, string>>,
  body?: string,
) => CaseCall;

/** What cannot be asked of any server on gRPC. */
export const HTTP2_SKIPS: NonNullable<Suite['skip']> = [
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
];

/** What there is not in gRPC. */
export const GRPC_SKIPS: NonNullable<Suite['skip']> = [
  {
    case: 'the gate is told the method alone where no route is asked for',
    reason: 'grpc-js answers a path that no service has by itself',
  },
  ...[
    'a query that can be read in one way only is decided on',
    'a query that can be read in two ways reaches no handler',
    'a handler is told which of many views it may serve',
    'a query of more than 100 names is refused',
  ].map((name) => ({ case: name, reason: 'a call has no query' })),
  {
    case: 'a body that is not JSON by its content type reaches no handler',
    reason: 'the messages of a call have no types of their own: its method says what they are',
  },
  ...[
    'a public route that is rewritten after the gate is no way to another one',
    'a request that is rewritten after the gate is decided on as what it has become',
  ].map((name) => ({ case: name, reason: 'no interceptor can change the method of a call' })),
];

const ROUTES: readonly (readonly [RegExp, string])[] = [
  [/^GET \/health$/, 'health'],
  [/^GET \/views\/(?<name>[^/]+)$/, 'view'],
  [/^POST \/views$/, 'views'],
  [/^GET \/projects\/(?<project>[^/]+)\/views\/(?<name>[^/]+)$/, 'project-view'],
  [/^POST \/get-online-features$/, 'get-online-features'],
  [/^POST \/push$/, 'push'],
  [/^GET \/unguarded$/, 'unguarded'],
];

/**
 * Makes the call that a request means; one that no route answers to goes to the path as it is
 * written.
 */
export async function askCase(
  server: CaseServer,
  request: CaseRequest,
  toCall: ToCall,
): Promise<CaseAnswer> {
  // There is no query in gRPC.
  const [path = ''] = request.path.split('?');
  let call: CaseCall = { path: request.path, message: Buffer.from(request.body ?? '{}') };
  for (const [pattern, route] of ROUTES) {
    const match = pattern.exec(`${request.method} ${path}`);
    if (match !== null) call = toCall(route, match.groups ?? {}, request.body);
  }
  const { hangUpBefore } = request;
  const answer = await callRaw({
    port: Number(new URL(server.url).port),
    path: call.path,
    headers: Object.fromEntries(request.headers ?? []),
    messages: hangUpBefore === undefined ? [call.message] : [],
    ...(hangUpBefore === undefined ? {} : { cancelBefore: hangUpBefore }),
  });
  return inHttpTerms(answer);
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
