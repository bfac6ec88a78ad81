import { fileURLToPath } from 'node:url';
import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerInterceptor,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Message, type Table, tableFromArrays, tableToIPC } from 'apache-arrow';

export interface Descriptor {
  readonly type: 'PATH' | 'CMD' | 'UNKNOWN' | 1 | 2;
  readonly cmd?: Buffer;
  readonly path?: readonly string[];
}

export interface FlightData {
  readonly flight_descriptor?: Descriptor | null;
  readonly data_header?: Buffer;
  readonly data_body?: Buffer;
}

export const FLIGHT_SERVICE: ServiceDefinition = loadSync(
  fileURLToPath(new URL('flight.proto', import.meta.url)),
  { keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true },
)['arrow.flight.protocol.FlightService'] as ServiceDefinition;

export interface FlightServer {
  readonly port: number;
  /**
   * `METHOD NAME` of the calls whose handlers were called; NAME is the path, ticket, action or
   * `api` of the command.
   */
  readonly calls: string[];
  close(): Promise<void>;
}

const TABLE = tableFromArrays({
  driver_id: Int32Array.from([1001, 1002]),
  amount: Float64Array.from([1.5, 2.5]),
});

/** How Feast's offline server writes the ticket of a command: Python's text of `(2, b'…', ())`. */
export function feastTicket(command: string): Buffer {
  const bytes = [...Buffer.from(command)].map((byte) => {
    if (byte === 0x5c || byte === 0x27) return `\\${String.fromCharCode(byte)}`;
    if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
    return `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return Buffer.from(`(2, b'${bytes.join('')}', ())`);
}

/**
 * A Flight server on 127.0.0.1 that keeps what is put, as Feast's offline server does, and gives
 * everyone the same table. It decides nothing: what stands before it does.
 */
export async function startFlightServer(
  interceptors: readonly ServerInterceptor[],
  waiting: readonly Descriptor[] = [{ type: 'PATH', path: ['transaction_features'] }],
): Promise<FlightServer> {
  const calls: string[] = [];
  const flights = [...waiting];
  const note = (method: string, name: string): unknown => calls.push(`${method} ${name}`);
  const server = new Server({ interceptors: [...interceptors] });
  server.addService(FLIGHT_SERVICE, handlers(flights, note));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, calls, close: async () => server.forceShutdown() };
}

function handlers(
  flights: Descriptor[],
  note: (method: string, name: string) => void,
): UntypedServiceImplementation {
  type Unary<T> = ServerUnaryCall<T, unknown>;
  type Stream<T> = ServerWritableStream<T, unknown>;
  const put = (method: string) => (call: ServerDuplexStream<FlightData, unknown>) => {
    let rows = 0;
    call.on('data', ({ flight_descriptor: descriptor, data_body: body }: FlightData) => {
      if (descriptor !== undefined && descriptor !== null) {
        note(method, nameOf(descriptor));
        flights.push(descriptor);
      }
      rows += body?.length ?? 0;
    });
    call.on('end', () => {
      if (method === 'DoPut') call.write({ app_metadata: Buffer.from(String(rows)) });
      else for (const frame of framesOf(TABLE)) call.write(frame);
      call.end();
    });
  };
  return {
    Handshake: (call: ServerDuplexStream<unknown, unknown>) => {
      note('Handshake', '');
      call.end();
    },
    ListFlights: (call: Stream<unknown>) => {
      note('ListFlights', '');
      for (const descriptor of flights) call.write(infoOf(descriptor));
      call.end();
    },
    GetFlightInfo: ({ request }: Unary<Descriptor>, callback: sendUnaryData<unknown>) => {
      note('GetFlightInfo', nameOf(request));
      callback(null, infoOf(request));
    },
    PollFlightInfo: ({ request }: Unary<Descriptor>, callback: sendUnaryData<unknown>) => {
      note('PollFlightInfo', nameOf(request));
      callback(null, { info: infoOf(request) });
    },
    GetSchema: ({ request }: Unary<Descriptor>, callback: sendUnaryData<unknown>) => {
      note('GetSchema', nameOf(request));
      callback(null, { schema: schemaOf(TABLE) });
    },
    DoGet: (call: Stream<{ readonly ticket: Buffer }>) => {
      note('DoGet', call.request.ticket.toString().slice(0, 20));
      for (const frame of framesOf(TABLE)) call.write(frame);
      call.end();
    },
    DoPut: put('DoPut'),
    DoExchange: put('DoExchange'),
    DoAction: (call: Stream<{ readonly type: string }>) => {
      note('DoAction', call.request.type);
      call.write({ body: Buffer.from('done') });
      call.end();
    },
    ListActions: (call: Stream<unknown>) => {
      note('ListActions', '');
      call.write({ type: 'offline_write_batch', description: 'writes' });
      call.end();
    },
  };
}

function nameOf({ cmd, path = [] }: Descriptor): string {
  if (path.length > 0) return path.join('/');
  const text = String(cmd);
  return /"api":\s*"(\w+)"/.exec(text)?.[1] ?? text;
}

function infoOf(descriptor: Descriptor): unknown {
  const { cmd, path = [] } = descriptor;
  const ticket = path.length > 0 ? Buffer.from(path.join('/')) : feastTicket(String(cmd));
  return {
    schema: schemaOf(TABLE),
    flight_descriptor: descriptor,
    endpoint: [{ ticket: { ticket }, location: [] }],
    total_records: -1,
    total_bytes: -1,
  };
}

const HEAD = 8;

/** The first message of a stream of Arrow's, with its head. */
function schemaOf(table: Table): Buffer {
  const bytes = Buffer.from(tableToIPC(table, 'stream'));
  return bytes.subarray(0, HEAD + bytes.readInt32LE(4));
}

/** A stream of Arrow's, message by message. */
function* framesOf(table: Table): Generator<FlightData> {
  const bytes = Buffer.from(tableToIPC(table, 'stream'));
  let at = 0;
  while (at < bytes.length) {
    const size = bytes.readInt32LE(at + 4);
    at += HEAD;
    if (size === 0) return;
    const header = bytes.subarray(at, at + size);
    at += size;
    const length = Number(Message.decode(header).bodyLength);
    yield { data_header: header, data_body: bytes.subarray(at, at + length) };
    at += length;
  }
}
