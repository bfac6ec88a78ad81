import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { flightInterceptor, flightRequires } from '../../../src/adapters/flight/index.js';
import { countCalls, createCaseGates } from '../support/case-gate.js';
import type { CountingGate } from '../support/case-types.js';
import {
  type Descriptor,
  FLIGHT_SERVICE,
  type FlightServer,
  feastTicket,
  startFlightServer,
} from './flight-server.js';

const FEAST = { project: 'credit_scoring' };

let gates: Awaited<ReturnType<typeof createCaseGates>>;
let gate: CountingGate;
let server: FlightServer;
let client: Client;

beforeAll(async () => {
  gates = await createCaseGates();
});
afterAll(() => gates.close());
afterEach(async () => {
  client.close();
  await server.close();
});

async function start(
  options: Parameters<typeof flightInterceptor>[1] = {},
  flights?: readonly Descriptor[],
): Promise<void> {
  gate = countCalls(gates.gate);
  server = await startFlightServer(
    [flightInterceptor(gate, { feast: FEAST, ...options })],
    flights,
  );
  client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
}

interface Outcome {
  readonly code: number;
  readonly answers: readonly unknown[];
}

/** Sends messages to a method and gathers what comes back, whatever kind of method it is. */
function call(
  method: string,
  messages: readonly unknown[],
  token = 'reader-token',
): Promise<Outcome> {
  const definition = FLIGHT_SERVICE[method];
  if (definition === undefined) throw new TypeError(method);
  const metadata = new Metadata();
  if (token !== '') metadata.set('authorization', `Bearer ${token}`);
  // A method of one message answers to one that streams: on the wire they are the same.
  const stream = client.makeBidiStreamRequest(
    definition.path,
    definition.requestSerialize,
    definition.responseDeserialize,
    metadata,
  );
  return new Promise((resolve) => {
    const answers: unknown[] = [];
    stream.on('data', (message) => answers.push(message));
    stream.on('end', () => {});
    stream.on('error', ({ code }: ServiceError) => resolve({ code, answers }));
    stream.on('status', ({ code }) => resolve({ code, answers }));
    for (const message of messages) stream.write(message);
    stream.end();
  });
}

function command(api: string, fields: Readonly<Record<string, unknown>>): Descriptor {
  return { type: 'CMD', cmd: Buffer.from(JSON.stringify({ command_id: 'c', api, ...fields })) };
}

const history = (...views: readonly string[]): Descriptor =>
  command('get_historical_features', {
    feature_view_names: views,
    feature_refs: views.map((view) => `${view}:amount`),
    name_aliases: views.map(() => null),
    full_feature_names: false,
    project: 'credit_scoring',
  });

const OPEN = history('transaction_features');
const SHUT = history('transaction_features', 'untagged_view');
const ticketOf = ({ cmd }: Descriptor): unknown => ({ ticket: feastTicket(String(cmd)) });

/** Each method that names a flight, with the message that does. */
const METHODS: readonly (readonly [
  method: string,
  toMessage: (descriptor: Descriptor) => unknown,
])[] = [
  ['GetFlightInfo', (descriptor) => descriptor],
  ['PollFlightInfo', (descriptor) => descriptor],
  ['GetSchema', (descriptor) => descriptor],
  ['DoGet', ticketOf],
  ['DoGet', ({ cmd }) => ({ ticket: cmd })],
  ['DoPut', (descriptor) => ({ flight_descriptor: descriptor })],
  ['DoExchange', (descriptor) => ({ flight_descriptor: descriptor })],
];

describe.each(METHODS)("%s with a command of Feast's", (method, toMessage) => {
  test('is for who may read all views that it names', async () => {
    await start();
    expect((await call(method, [toMessage(OPEN)], 'analyst-token')).code).toBe(0);
    expect((await call(method, [toMessage(SHUT)], 'analyst-token')).code).toBe(7);
    expect((await call(method, [toMessage(OPEN)], 'nobody-token')).code).toBe(7);
    expect((await call(method, [toMessage(OPEN)], 'other-token')).code).toBe(16);
    expect((await call(method, [toMessage(OPEN)], '')).code).toBe(16);
    expect(server.calls).toHaveLength(1);
  });

  test('is refused when nothing is known of it', async () => {
    await start();
    expect((await call(method, [toMessage(command('drop_everything', {}))])).code).toBe(3);
    expect((await call(method, [toMessage(history('nosuch'))])).code).toBe(5);
    expect(server.calls).toEqual([]);
  });
});

describe('a message that is not a request', () => {
  const json = JSON.stringify({ api: 'get_historical_features' });
  const descriptor = (cmd: string | Buffer, more: object = {}): unknown => ({
    type: 'CMD',
    cmd: Buffer.from(cmd),
    ...more,
  });
  test.each([
    ['no descriptor', {}],
    ['a command of no type', { cmd: Buffer.from(json) }],
    ['a command and a path', descriptor(json, { path: ['transaction_features'] })],
    [
      'a path and a command',
      { type: 'PATH', path: ['transaction_features'], cmd: Buffer.from(json) },
    ],
    ['a path that nothing is said about', { type: 'PATH', path: ['transaction_features'] }],
    ['a path without names', { type: 'PATH', path: [] }],
    ['a path without end', { type: 'PATH', path: Array.from({ length: 65 }, () => 'a') }],
    ['no JSON', descriptor('get_historical_features')],
    ['a list', descriptor('[]')],
    ['no api', descriptor('{}')],
    ['an api that is no text', descriptor('{"api":["get_historical_features"]}')],
    ['an api given twice', descriptor('{"api":"a","api":"get_historical_features"}')],
    ['an api by inheritance', descriptor('{"__proto__":{"api":"get_historical_features"}}')],
    ['a byte order mark', descriptor(`\ufeff${json}`)],
    ['UTF-16', descriptor(Buffer.from(json, 'utf16le'))],
    ['broken UTF-8', descriptor(Buffer.concat([Buffer.from(json), Buffer.from([0xff])]))],
    ['JSON of great depth', descriptor(`{"api":${'['.repeat(100_000)}`)],
    [
      'a command that is too long',
      descriptor(JSON.stringify({ api: 'x', padding: 'x'.repeat(1024 * 1024) })),
    ],
  ])('%s', async (_name, message) => {
    await start();
    for (const method of ['GetFlightInfo', 'GetSchema', 'PollFlightInfo']) {
      expect((await call(method, [message])).code).toBe(3);
    }
    for (const method of ['DoPut', 'DoExchange']) {
      expect((await call(method, [{ flight_descriptor: message }])).code).toBe(3);
    }
    expect(server.calls).toEqual([]);
    expect(gate.asked.authorize).toBe(0);
  });
});

describe('a stream that is put', () => {
  const first = { flight_descriptor: OPEN };
  const data = { data_body: Buffer.from('rows') };

  test('is decided on by its first message', async () => {
    await start();
    expect((await call('DoPut', [first, data, data], 'analyst-token')).code).toBe(0);
    expect(gate.asked.authorize).toBe(1);
    expect((await call('DoPut', [data, first], 'analyst-token')).code).toBe(3);
    expect((await call('DoPut', [], 'analyst-token')).code).toBe(3);
    expect(server.calls).toEqual(['DoPut get_historical_features']);
  });

  test('is decided on again when it says later what it is about', async () => {
    await start();
    const later = { flight_descriptor: SHUT };
    expect((await call('DoPut', [first, data, later, data], 'analyst-token')).code).toBe(7);
    expect(server.calls).toEqual(['DoPut get_historical_features']);
  });
});

describe('commands of the offline server', () => {
  const WRITE = { feature_view_names: ['transaction_features'], name_aliases: [null] };
  const PULL = { data_source_name: 'transactions_source' };

  test.each([
    [
      'a batch is written by who may write its view',
      'offline_write_batch',
      WRITE,
      'reader-token',
      7,
    ],
    [
      'SQL of the caller is run for nobody',
      'get_historical_features',
      { entity_df_sql: 'select 1' },
      'reader-token',
      3,
    ],
    [
      'a source is read by who may read it',
      'pull_latest_from_table_or_query',
      PULL,
      'nobody-token',
      7,
    ],
    [
      'logs are written by who may write the service',
      'write_logged_features',
      { feature_service_name: 'credit_model_v1' },
      'nobody-token',
      7,
    ],
  ])('%s', async (_name, api, fields, token, code) => {
    await start();
    const all = api === 'get_historical_features' ? JSON.parse(String(OPEN.cmd)) : {};
    const descriptor = command(api, { ...all, ...fields });
    expect((await call('DoPut', [{ flight_descriptor: descriptor }], token)).code).toBe(code);
    expect(server.calls).toEqual([]);
  });

  test('as actions have the name of the type', async () => {
    await start();
    const action = (type: string, body: unknown): unknown => ({
      type,
      body: Buffer.from(JSON.stringify(body)),
    });
    const read = JSON.parse(String(OPEN.cmd)) as Record<string, unknown>;
    expect((await call('DoAction', [action('get_historical_features', read)])).code).toBe(0);
    expect((await call('DoAction', [action('offline_write_batch', read)])).code).toBe(3);
    expect((await call('DoAction', [action('offline_write_batch', WRITE)])).code).toBe(7);
    expect((await call('DoAction', [action('other', {})])).code).toBe(3);
    expect((await call('DoAction', [{ type: '', body: Buffer.alloc(0) }])).code).toBe(3);
    expect(server.calls).toEqual(['DoAction get_historical_features']);
  });
});

test('ListFlights shows what could be asked for one by one', async () => {
  await start({ paths: flightRequires('READ_OFFLINE', ({ path }) => viewOf(path)) });
  for (const one of [OPEN, SHUT, history('untagged_view')]) {
    expect((await call('DoPut', [{ flight_descriptor: one }])).code).toBe(0);
  }
  const shown = async (token: string): Promise<number> => {
    const { code, answers } = await call('ListFlights', [{}], token);
    expect(code).toBe(0);
    return answers.length;
  };
  expect(await shown('reader-token')).toBe(4);
  expect(await shown('analyst-token')).toBe(2);
  expect(await shown('nobody-token')).toBe(0);
  expect((await call('ListFlights', [{}], '')).code).toBe(16);
});

test.each([
  ['a command for everyone who is known', command('ping', {}), 1],
  ['a command of two requirements, both granted', command('both', {}), 1],
  ['a command of two requirements, one refused', command('half', {}), 0],
  ['a command that requires nothing', command('nothing', {}), 0],
  ['a command that no rule knows', command('other', {}), 0],
  ['a path that no rule knows', { type: 'PATH', path: ['transaction_features'] }, 0],
  ['a source that its reader would have to write', definition(), 0],
  ['a flight without a descriptor', { type: 'UNKNOWN' }, 0],
] as const)('ListFlights and %s', async (_name, flight, shown) => {
  const open = flightRequires('READ_OFFLINE', viewOf(['transaction_features']));
  const commands = {
    ping: 'authenticated',
    both: [open, flightRequires('READ_OFFLINE', () => [viewOf(['customer_profile'])])],
    half: [open, flightRequires('READ_OFFLINE', () => viewOf(['untagged_view']))],
    nothing: [open, flightRequires('READ_OFFLINE', () => [])],
  } as const;
  await start({ commands }, [flight]);
  const { code, answers } = await call('ListFlights', [{}], 'analyst-token');
  expect({ code, shown: answers.length }).toEqual({ code: 0, shown });
  expect(gate.asked.authorize).toBe(0);
});

test('ListFlights hides what is decided later, and what cannot be decided', async () => {
  await start({ paths: flightRequires('READ_OFFLINE', async ({ path }) => viewOf(path)) });
  expect(await call('ListFlights', [{}])).toEqual({ code: 0, answers: [] });
  const flight = { type: 'PATH', path: ['transaction_features'] };
  expect((await call('GetFlightInfo', [flight])).code).toBe(0);
});

test('ListActions needs a known caller, and Handshake is refused to everyone', async () => {
  await start();
  expect((await call('ListActions', [{}], 'nobody-token')).code).toBe(0);
  expect((await call('ListActions', [{}], '')).code).toBe(16);
  expect((await call('Handshake', [{}], '')).code).toBe(16);
  expect((await call('Handshake', [{}], 'reader-token')).code).toBe(7);
  expect(server.calls).toEqual(['ListActions ']);
});

/** The columns of a data source, whose definition the caller brings along. */
function definition(): Descriptor {
  const source = JSON.stringify({ name: 'transactions_source' });
  const api = 'get_table_column_names_and_types_from_data_source';
  return command(api, { data_source_proto: source });
}

function viewOf(path: readonly string[]): { readonly type: 'FeatureView'; readonly name: string } {
  return { type: 'FeatureView', name: path.join('/') };
}

describe('rules of your own', () => {
  test('are for commands, actions, paths and tickets', async () => {
    await start({
      commands: {
        count_rows: flightRequires('DESCRIBE', ({ fields }) => viewOf([String(fields['view'])])),
        ping: 'authenticated',
        both: [
          flightRequires('READ_OFFLINE', viewOf(['transaction_features'])),
          flightRequires('READ_OFFLINE', () => viewOf(['untagged_view'])),
        ],
        nothing: [
          flightRequires('READ_OFFLINE', viewOf(['transaction_features'])),
          flightRequires('READ_OFFLINE', () => []),
        ],
      },
      paths: flightRequires('READ_OFFLINE', ({ path }) => viewOf(path)),
      readTicket: (ticket) => ({ kind: 'path', path: [Buffer.from(ticket).toString()] }),
    });
    const ask = async (descriptor: unknown, token: string): Promise<number> =>
      (await call('GetFlightInfo', [descriptor], token)).code;
    expect(await ask(command('count_rows', { view: 'transaction_features' }), 'reader-token')).toBe(
      0,
    );
    expect(await ask(command('count_rows', { view: 'nosuch' }), 'nobody-token')).toBe(7);
    expect(await ask(command('ping', {}), 'nobody-token')).toBe(0);
    expect(await ask(command('ping', {}), '')).toBe(16);
    expect(await ask(command('both', {}), 'analyst-token')).toBe(7);
    expect(await ask(command('both', {}), 'reader-token')).toBe(0);
    expect(await ask(command('nothing', {}), 'reader-token')).toBe(13);
    const path = (name: string): unknown => ({ type: 1, path: [name] });
    expect(await ask(path('transaction_features'), 'analyst-token')).toBe(0);
    expect(await ask(path('untagged_view'), 'analyst-token')).toBe(7);
    const get = async (name: string): Promise<number> =>
      (await call('DoGet', [{ ticket: Buffer.from(name) }], 'analyst-token')).code;
    expect(await get('transaction_features')).toBe(0);
    expect(await get('untagged_view')).toBe(7);
  });

  test('may read commands that are not JSON', async () => {
    await start({
      readCommand: (bytes) => ({ name: Buffer.from(bytes).toString(), fields: {} }),
      commands: { ping: 'authenticated' },
    });
    const ask = (cmd: string) => call('GetSchema', [{ type: 'CMD', cmd: Buffer.from(cmd) }]);
    expect((await ask('ping')).code).toBe(0);
    expect((await ask('pong')).code).toBe(3);
  });

  test.each([
    ['maxCommandBytes', { maxCommandBytes: 0 }],
    ['readTicket', { readTicket: 1 }],
    ['unguarded', { unguarded: 'never' }],
    ['paths', { paths: {} }],
    ['ping', { commands: { ping: [{}] } }],
    ['requires()', { commands: { ping: [] } }],
    ['requires()', { methods: { '/arrow.flight.protocol.FlightService/DoGet': {} } }],
  ])('are looked at when they are made: %s', (name, options) => {
    expect(() => flightInterceptor(gates.gate, options as never)).toThrow(name);
  });
});
