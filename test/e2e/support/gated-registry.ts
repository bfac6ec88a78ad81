import {
  Client,
  credentials,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { feastInterceptor } from '../../../src/adapters/grpc/index.js';
import type { Gate } from '../../../src/gate/index.js';
import { runPython } from './python.js';

/** A registry server of our own that hands what it lets through to one of Feast's. */
export interface GatedRegistry {
  readonly port: number;
  /** Each call, in order, as `Method CODE`. */
  readonly calls: string[];
  readonly stop: () => void;
}

/** @param upstream port of Feast's registry server, which lets everyone in */
export async function startGatedRegistry(gate: Gate, upstream: number): Promise<GatedRegistry> {
  const descriptors = Buffer.from(String(await runPython('python-descriptors.py', {})), 'base64');
  const service = loadFileDescriptorSetFromBuffer(descriptors, {
    keepCase: true,
    longs: String,
    enums: String,
  })['feast.registry.RegistryServer'] as ServiceDefinition;
  const calls: string[] = [];
  const record: ServerInterceptor = ({ path }, call) =>
    new ServerInterceptingCall(call, {
      sendStatus: (answer, next) => {
        calls.push(`${path.slice(path.lastIndexOf('/') + 1)} ${status[answer.code]}`);
        next(answer);
      },
    });
  const client = new Client(`127.0.0.1:${upstream}`, credentials.createInsecure());
  const guard = feastInterceptor(gate, { services: [service] });
  const server = new Server({ interceptors: [record, guard] });
  server.addService(service, handlers(service, client));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    port,
    calls,
    stop: () => {
      server.forceShutdown();
      client.close();
    },
  };
}

function handlers(service: ServiceDefinition, client: Client): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(service).map(([name, { path, requestSerialize, responseDeserialize }]) => {
      const handle: handleUnaryCall<unknown, unknown> = ({ request }, answer) => {
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, answer);
      };
      return [name, handle];
    }),
  );
}
