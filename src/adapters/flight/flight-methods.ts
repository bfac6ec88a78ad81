import { whenKnown } from '../../foundation/maybe-promise.js';
import { fieldOf } from '../../gate/endpoints/message-fields.js';
import { RequestInvalidError } from '../../model/index.js';
import type { MethodAccess, MethodGuard } from '../grpc/method-guard.js';
import { type FlightCommand, readFeastAction } from './flight-command.js';
import { type FlightDescriptor, readBytes, readDescriptor } from './flight-descriptor.js';
import {
  type FlightOperation,
  type FlightRequest,
  type FlightRules,
  isListed,
  requirementsOfFlight,
} from './flight-rules.js';

export interface FlightReaders extends FlightRules {
  readonly readCommand: (bytes: Uint8Array) => FlightCommand;
  readonly readTicket: (ticket: Uint8Array) => FlightDescriptor;
  /** Longest command, body of an action, and what a ticket stands for. In bytes. */
  readonly maxCommandBytes: number;
}

const SERVICE = '/arrow.flight.protocol.FlightService/';
/** In a ticket of Feast's a byte takes up to four, with some around all of them. */
const TICKET_FACTOR = 4;
const TICKET_ALLOWANCE = 16;

type ReadRequest = (message: unknown, operation: FlightOperation) => FlightRequest;

/**
 * Access to the methods of Arrow Flight, by their full path.
 *
 * @source Arrow Flight RPC (Flight.proto): what each method is sent
 */
export function flightMethods(readers: FlightReaders): (path: string) => MethodAccess | undefined {
  const byDescriptor: ReadRequest = (message, operation) =>
    toRequest(readers, operation, readDescriptor(message));
  const guard = (operation: FlightOperation, read: ReadRequest): MethodGuard => ({
    request: (message) => requirementsOfFlight(readers, read(message, operation)),
  });
  /**
   * Of a stream the first message says what it is about. Should a later one say so too, it is
   * decided on as well.
   */
  const guardStream = (operation: FlightOperation): MethodGuard => ({
    isOneRequest: true,
    request: (message, index) => {
      const descriptor = fieldOf(message, 'flight_descriptor') ?? null;
      if (descriptor === null && index > 0) return undefined;
      return requirementsOfFlight(readers, byDescriptor(descriptor, operation));
    },
  });
  /**
   * A list is what of it could be asked for one by one. A flight that cannot be decided on is
   * hidden, but a list is not cut off where its time is spent: then the call fails.
   */
  const shownOf: MethodGuard['response'] = (info, caller, { time }) => {
    const hide = (error: unknown): undefined => {
      if (time.leftMs < 0) throw error;
    };
    try {
      const request = byDescriptor(fieldOf(info, 'flight_descriptor'), 'GetFlightInfo');
      const listed = isListed(readers, request, caller, time);
      const shown = whenKnown(listed, (is) => (is ? info : undefined));
      return shown instanceof Promise ? shown.catch(hide) : shown;
    } catch (error) {
      return hide(error);
    }
  };
  const methods = new Map<string, MethodAccess>([
    // Tokens are given out elsewhere.
    ['Handshake', 'closed'],
    ['ListActions', {}],
    ['ListFlights', { response: shownOf }],
    ['GetFlightInfo', guard('GetFlightInfo', byDescriptor)],
    ['PollFlightInfo', guard('PollFlightInfo', byDescriptor)],
    ['GetSchema', guard('GetSchema', byDescriptor)],
    ['DoGet', guard('DoGet', (message) => readTicketOf(readers, message))],
    ['DoPut', guardStream('DoPut')],
    ['DoExchange', guardStream('DoExchange')],
    ['DoAction', guard('DoAction', (message) => readActionOf(readers, message))],
  ]);
  return (path) => (path.startsWith(SERVICE) ? methods.get(path.slice(SERVICE.length)) : undefined);
}

function readTicketOf(readers: FlightReaders, message: unknown): FlightRequest {
  const ticket = readBytes(fieldOf(message, 'ticket'), 'ticket');
  bound(ticket, readers.maxCommandBytes * TICKET_FACTOR + TICKET_ALLOWANCE);
  return toRequest(readers, 'DoGet', readers.readTicket(ticket));
}

function readActionOf({ maxCommandBytes }: FlightReaders, message: unknown): FlightRequest {
  const body = readBytes(fieldOf(message, 'body') ?? new Uint8Array(), 'body');
  bound(body, maxCommandBytes);
  return { operation: 'DoAction', path: [], ...readFeastAction(fieldOf(message, 'type'), body) };
}

function toRequest(
  { readCommand, maxCommandBytes }: FlightReaders,
  operation: FlightOperation,
  descriptor: FlightDescriptor,
): FlightRequest {
  if (descriptor.kind === 'path') {
    return { operation, name: '', fields: {}, path: descriptor.path };
  }
  bound(descriptor.command, maxCommandBytes);
  const { name, fields } = readCommand(descriptor.command);
  return { operation, name, fields, path: [] };
}

function bound(bytes: Uint8Array, most: number): void {
  if (bytes.length > most) throw new RequestInvalidError(`a command is longer than ${most} bytes`);
}
