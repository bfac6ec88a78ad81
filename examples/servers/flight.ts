// An Arrow Flight server that asks before it answers.
import { Server, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { type FlightRequest, flightInterceptor, flightRequires } from 'feast-permissions/flight';
import type { Gate } from 'feast-permissions/gate';

const viewOf = ({ fields }: FlightRequest) =>
  ({ type: 'FeatureView', name: String(fields['view']) }) as const;

/** @param service `FlightService` of Arrow's Flight.proto */
export function createApp(
  gate: Gate,
  service: ServiceDefinition,
  handlers: UntypedServiceImplementation,
): Server {
  const interceptor = flightInterceptor(gate, {
    feast: { project: 'credit_scoring' }, // its commands are guarded as Feast guards them
    commands: { count_rows: flightRequires('READ_OFFLINE', viewOf), ping: 'authenticated' },
    services: [service],
  });
  const server = new Server({ interceptors: [interceptor] });
  server.addService(service, handlers);
  return server;
}
