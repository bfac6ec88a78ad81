import type {
  ServerDuplexStream,
  ServerInterceptor,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
} from '@grpc/grpc-js';
import { startTestServer, type TestMethod, type TestServer } from './test-server.js';

export const KINDS = ['Unary', 'ServerStream', 'ClientStream', 'Bidi'] as const;
export type Kind = (typeof KINDS)[number];

export function pathOf(kind: Kind): string {
  return `/test.Echo/${kind}`;
}

/** A server with one method of each kind, and what its handlers saw. */
export interface EchoServer extends TestServer {
  /** Kinds of methods, in the order in which their handlers were called. */
  readonly calls: Kind[];
  /** Messages that reached a handler. */
  readonly seen: unknown[];
  /** How often a message was deserialized. */
  readonly counts: { deserialized: number; cancelled: number };
}

export interface EchoOptions {
  /** What a handler does with its call, beside what all do. */
  readonly onCall?: (call: { readonly metadata: unknown }) => void;
  /** Whether handlers of streams read them. Default: true. */
  readonly isReading?: boolean;
}

/** Handlers answer with what they got: one message with a list of it, or a message each. */
export async function startEchoServer(
  interceptors: readonly ServerInterceptor[],
  { onCall = () => {}, isReading = true }: EchoOptions = {},
): Promise<EchoServer> {
  const calls: Kind[] = [];
  const seen: unknown[] = [];
  const counts = { deserialized: 0, cancelled: 0 };
  const enter = (
    kind: Kind,
    call: { readonly metadata: unknown; on(event: 'cancelled', listener: () => void): unknown },
  ): void => {
    calls.push(kind);
    call.on('cancelled', () => (counts.cancelled += 1));
    onCall(call);
  };
  const methods: Omit<TestMethod, 'deserialize'>[] = [
    {
      path: pathOf('Unary'),
      handler: (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => {
        enter('Unary', call);
        seen.push(call.request);
        callback(null, [call.request]);
      },
    },
    {
      path: pathOf('ServerStream'),
      responseStream: true,
      handler: (call: ServerWritableStream<unknown, unknown>) => {
        enter('ServerStream', call);
        seen.push(call.request);
        call.write(call.request);
        call.end();
      },
    },
    {
      path: pathOf('ClientStream'),
      requestStream: true,
      handler: (call: ServerReadableStream<unknown, unknown>, callback: sendUnaryData<unknown>) => {
        enter('ClientStream', call);
        if (!isReading) return;
        call.on('data', (message) => seen.push(message));
        call.on('end', () => callback(null, seen));
      },
    },
    {
      path: pathOf('Bidi'),
      requestStream: true,
      responseStream: true,
      handler: (call: ServerDuplexStream<unknown, unknown>) => {
        enter('Bidi', call);
        if (!isReading) return;
        call.on('data', (message) => {
          seen.push(message);
          call.write(message);
        });
        call.on('end', () => call.end());
      },
    },
  ];
  const deserialize = (bytes: Buffer): unknown => {
    counts.deserialized += 1;
    return JSON.parse(bytes.toString('utf8')) as unknown;
  };
  const server = await startTestServer(
    methods.map((method) => ({ ...method, deserialize })),
    interceptors,
  );
  return { ...server, calls, seen, counts };
}
