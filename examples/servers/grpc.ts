// A gRPC server that asks before it answers.
import { Server, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Gate } from 'feast-permissions/gate';
import { feastInterceptor, requires } from 'feast-permissions/grpc';

interface ReadRequest {
  readonly view: string;
}

/** @param service of a method `Read`, whose messages name a view, and of `Ping`. */
export function createApp(
  gate: Gate,
  service: ServiceDefinition,
  handlers: UntypedServiceImplementation,
): Server {
  const viewOf = ({ view }: ReadRequest) => ({ type: 'FeatureView', name: view }) as const;
  const methods = {
    '/features.Features/Read': requires('READ_ONLINE', viewOf),
    '/features.Features/Ping': 'public',
  } as const;
  // First in the list; with `services` a method that is forgotten ends the start.
  const server = new Server({
    interceptors: [feastInterceptor(gate, { methods, services: [service] })],
  });
  server.addService(service, handlers);
  return server;
}
