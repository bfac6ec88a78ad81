import {
  type FlightRequest,
  flightInterceptor,
  flightRequires,
} from '../../../src/adapters/flight/index.js';
import { requires } from '../../../src/adapters/grpc/index.js';
import { findEndpoint, requirementsOf } from '../../../src/gate/index.js';
import { RequestInvalidError } from '../../../src/model/index.js';
import { askCase, type CaseCall, GRPC_SKIPS, HTTP2_SKIPS } from '../grpc/ask-case.js';
import { runCases } from '../support/case-suite.js';
import type { CaseServer, StartOptions } from '../support/case-types.js';
import { FLIGHT_SERVICE, startFlightServer } from './flight-server.js';

const SERVICE = '/arrow.flight.protocol.FlightService';
const NO_SUCH_METHOD =
  'every method of Flight is known, and a command that no rule knows is refused whatever is configured';

runCases({
  name: 'flight',
  start,
  request: async (server, request) => {
    const answer = await askCase(server, request, toCall);
    // What is answered is a flight, and not the JSON of the suite.
    return answer.status === 200 && answer.body !== '' ? { ...answer, body: OK } : answer;
  },
  skip: [
    ...HTTP2_SKIPS,
    ...GRPC_SKIPS,
    ...[
      'a route without a requirement is not served to a caller that the gate does not give',
      'a route without a requirement asks for a caller only, with report',
      'a route without a requirement asks for a caller only, with allow',
    ].map((name) => ({ case: name, reason: NO_SUCH_METHOD })),
  ],
});

const OK = '{"ok":true}';

/** Single views are flights that are known by a path, all else are actions. */
async function start({ gate, unguarded, onUnguarded }: StartOptions): Promise<CaseServer> {
  let bodyReads = 0;
  const asOnline = (path: string) =>
    requires(({ fields }: FlightRequest) => {
      bodyReads += 1;
      const found = findEndpoint('online', 'POST', path);
      if (found === undefined || gate.relations === undefined) throw new TypeError(path);
      const options = { project: 'credit_scoring' };
      return requirementsOf(found.endpoint, { body: fields }, gate.relations, options);
    });
  const interceptor = flightInterceptor(gate, {
    unguarded,
    onUnguarded,
    methods: { [`${SERVICE}/ListActions`]: 'public' },
    paths: flightRequires('READ_ONLINE', ({ path: [first = '', name] }) =>
      name === undefined
        ? { type: 'FeatureView', name: first }
        : { type: 'FeatureView', project: first, name },
    ),
    commands: {
      read_views: flightRequires('READ_ONLINE', ({ fields: { views = [] } }) => {
        bodyReads += 1;
        if (!Array.isArray(views)) throw new RequestInvalidError('views must be a list');
        return views.map((name) => ({ type: 'FeatureView', name: String(name) }) as const);
      }),
      get_online_features: asOnline('/get-online-features'),
      push: asOnline('/push'),
    },
  });
  const server = await startFlightServer([interceptor]);
  return {
    url: `http://127.0.0.1:${server.port}`,
    close: server.close,
    handlerRuns: () => server.calls.filter((call) => !call.startsWith('ListActions')).length,
    bodyReads: () => bodyReads,
  };
}

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['views', 'read_views'],
  ['get-online-features', 'get_online_features'],
  ['push', 'push'],
  ['unguarded', 'unguarded'],
]);

function toCall(route: string, fields: Readonly<Record<string, string>>, body = ''): CaseCall {
  const action = ACTIONS.get(route);
  if (action !== undefined) {
    return callOf('DoAction', { type: action, body: Buffer.from(body) });
  }
  if (route === 'health') return callOf('ListActions', {});
  const { project, name } = fields;
  return callOf('GetFlightInfo', {
    type: 'PATH',
    path: project === undefined ? [name] : [project, name],
  });
}

function callOf(method: string, message: object): CaseCall {
  const definition = FLIGHT_SERVICE[method];
  if (definition === undefined) throw new TypeError(method);
  return { path: definition.path, message: definition.requestSerialize(message) };
}
