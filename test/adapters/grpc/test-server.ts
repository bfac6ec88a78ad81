import {
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerInterceptor,
  type UntypedHandleCall,
} from '@grpc/grpc-js';

/** Messages are JSON, so that tests need no schema. */
export interface TestMethod {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly requestStream?: boolean;
  readonly responseStream?: boolean;
  /** Default: JSON. */
  readonly deserialize?: (bytes: Buffer) => unknown;
  readonly handler: UntypedHandleCall;
}

export interface TestServer {
  readonly port: number;
  readonly definitions: Readonly<Record<string, MethodDefinition<unknown, unknown>>>;
  close(): Promise<void>;
}

export function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export function fromJson(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8')) as unknown;
}

/** Definitions of methods, for servers and clients. */
export function define(
  methods: readonly TestMethod[],
): Record<string, MethodDefinition<unknown, unknown>> {
  return Object.fromEntries(
    methods.map(({ path, requestStream = false, responseStream = false, deserialize }) => [
      path,
      {
        path,
        requestStream,
        responseStream,
        requestSerialize: toJson,
        requestDeserialize: deserialize ?? fromJson,
        responseSerialize: toJson,
        responseDeserialize: fromJson,
      },
    ]),
  );
}

/** A gRPC server on 127.0.0.1 with these methods behind interceptors. */
export async function startTestServer(
  methods: readonly TestMethod[],
  interceptors: readonly ServerInterceptor[],
): Promise<TestServer> {
  const server = new Server({ interceptors: [...interceptors] });
  const definitions = define(methods);
  server.addService(
    definitions,
    Object.fromEntries(methods.map(({ path, handler }) => [path, handler])),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    port,
    definitions,
    close: async () => server.forceShutdown(),
  };
}
