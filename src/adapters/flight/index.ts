export type { GateError } from '../../model/index.js';
export { callerOf } from '../grpc/caller-of.js';
export type { ExpiredStream } from '../support/stream-options.js';
export { readFeastTicket } from './feast-ticket.js';
export { type FlightCommand, readFeastCommand } from './flight-command.js';
export type { FlightDescriptor } from './flight-descriptor.js';
export { type FlightOptions, flightInterceptor } from './flight-interceptor.js';
export {
  type FlightOperation,
  type FlightRequest,
  type FlightRequirement,
  type FlightRule,
  flightRequires,
} from './flight-rules.js';
