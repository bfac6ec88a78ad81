import type { sendUnaryData } from '@grpc/grpc-js';
import {
  feastInterceptor,
  type GrpcRequirement,
  requires,
} from '../../../src/adapters/grpc/index.js';
import { findEndpoint, requirementsOf } from '../../../src/gate/index.js';
import { RequestInvalidError } from '../../../src/model/index.js';
import { runCases } from '../support/case-suite.js';
import type { CaseServer, StartOptions } from '../support/case-types.js';
import { askCase, type CaseCall, GRPC_SKIPS, HTTP2_SKIPS } from './ask-case.js';
import { startTestServer, type TestMethod } from './test-server.js';

const SERVICE = '/feast.cases.Cases';

runCases({
  name: 'grpc',
  start,
  request: (server, request) => askCase(server, request, toCall),
  skip: [...HTTP2_SKIPS, ...GRPC_SKIPS],
});

/**
 * A method for each route of the suite. Messages are left as they came: what a method requires
 * reads them.
 */
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
  return requires((bytes: Buffer) => {
    const found = findEndpoint('online', 'POST', path);
    if (found === undefined || gate.relations === undefined) throw new TypeError(path);
    const body = read(bytes);
    return requirementsOf(found.endpoint, { body }, gate.relations, { project: 'credit_scoring' });
  });
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

/** The method's message is the body of the request, or what stands in its path. */
function toCall(route: string, fields: Readonly<Record<string, string>>, body?: string): CaseCall {
  const name = METHODS.get(route) ?? 'unguarded';
  return { path: `${SERVICE}/${name}`, message: Buffer.from(body ?? JSON.stringify(fields)) };
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ['health', 'Health'],
  ['view', 'ReadView'],
  ['views', 'ReadViews'],
  ['project-view', 'ReadProjectView'],
  ['get-online-features', 'GetOnlineFeatures'],
  ['push', 'Push'],
]);
