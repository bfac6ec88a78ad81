/**
 * A Flight server that lists the flights that it is asked for behind an interceptor, which hides
 * those that the caller may not have, and its client.
 */
import { once } from 'node:events';
import {
  credentials,
  Metadata,
  makeGenericClientConstructor,
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type ServerWritableStream,
  type ServiceDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const SERVICE = loadSync('test/adapters/flight/flight.proto', { keepCase: true })[
  'arrow.flight.protocol.FlightService'
] as ServiceDefinition;
const CMD_PATH = 1;

interface Criteria {
  /** The names of the flights, as JSON. */
  readonly expression: Buffer;
}

/** @returns the port on 127.0.0.1 */
export async function listenForFlights(interceptor: ServerInterceptor): Promise<number> {
  const server = new Server({ interceptors: [interceptor] });
  server.addService(SERVICE, {
    ListFlights: (call: ServerWritableStream<Criteria, unknown>) => {
      const names = JSON.parse(String(call.request.expression)) as readonly string[];
      for (const name of names) {
        call.write({ flight_descriptor: { type: CMD_PATH, path: [name] } });
      }
      call.end();
    },
  });
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

/**
 * Asks for a list of flights, and counts those that are shown. A list that takes too long to filter
 * may be refused.
 *
 * @throws Error when the call fails for another reason
 */
export async function listFlights(port: number, names: readonly string[]): Promise<number> {
  const Client = makeGenericClientConstructor(SERVICE, 'Flight');
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', 'Bearer token');
  try {
    const expression = Buffer.from(JSON.stringify(names));
    const call = client['ListFlights']?.({ expression }, metadata);
    if (call === undefined) throw new Error('the service has no ListFlights');
    let shown = 0;
    (call as NodeJS.ReadableStream).on('data', () => shown++);
    await once(call, 'end').catch((error: ServiceError) => {
      if (error.code !== status.INVALID_ARGUMENT) throw error;
    });
    return shown;
  } finally {
    client.close();
  }
}
