import type { ServerInterceptor } from '@grpc/grpc-js';
import { checkOptions, type OptionNames } from '../../foundation/options.js';
import type { Gate } from '../../gate/index.js';
import type { FeastVocabulary, Vocabulary } from '../../model/index.js';
import {
  createInterceptor,
  INTERCEPTOR_OPTIONS,
  type InterceptorOptions,
} from '../grpc/create-interceptor.js';
import { toFeastStatus } from '../grpc/feast-status.js';
import { readFeastTicket } from './feast-ticket.js';
import { type FlightCommand, readFeastCommand } from './flight-command.js';
import type { FlightDescriptor } from './flight-descriptor.js';
import { flightMethods } from './flight-methods.js';
import { type FlightRule, readRule } from './flight-rules.js';

/** How `flightInterceptor` guards an Arrow Flight server. */
export interface FlightOptions<V extends Vocabulary = FeastVocabulary>
  extends InterceptorOptions<V> {
  /**
   * Commands and actions of your own, by the `api` of a command or the type of an action. They win
   * over Feast's.
   */
  readonly commands?: Readonly<Record<string, FlightRule<V>>> | undefined;
  /** What flights require that are known by a path. Default: none; such flights are refused. */
  readonly paths?: FlightRule<V> | undefined;
  /**
   * Reads the bytes of a command that is not a JSON object with an `api`. What it throws refuses.
   */
  readonly readCommand?: ((bytes: Uint8Array) => FlightCommand) | undefined;
  /**
   * What a ticket stands for. A ticket is decided on by itself, regardless of who asked for it
   * first: unless it is a command as it stands, or one of Feast's offline server, it has to be told
   * here. What it throws refuses.
   */
  readonly readTicket?: ((ticket: Uint8Array) => FlightDescriptor) | undefined;
  /** Longest command that is read, in bytes. Default: 1 MiB. */
  readonly maxCommandBytes?: number | undefined;
}

const FLIGHT_OPTIONS: OptionNames<FlightOptions<Vocabulary>> = {
  ...INTERCEPTOR_OPTIONS,
  commands: true,
  paths: true,
  readCommand: true,
  readTicket: true,
  maxCommandBytes: true,
};

/** What Feast's client of the offline server looks for in an error. */
const ERROR_PREFIX = 'Flight error: ';
const DEFAULT_MAX_COMMAND_BYTES = 1024 * 1024;

/**
 * Makes the interceptor of an Arrow Flight server on gRPC.
 *
 * Feast's offline commands are known by themselves. What is asked for is decided on wherever it is
 * named: by its descriptor (GetFlightInfo, PollFlightInfo, GetSchema, DoPut, DoExchange), by its
 * ticket (DoGet) or as an action (DoAction). ListFlights shows what a caller could ask for one by
 * one, ListActions asks for a caller who is known, and Handshake is refused: name it in `methods`
 * where it is to be.
 *
 * @throws TypeError if an option is unknown or invalid
 * @example
 * const feast = { project: 'credit_scoring' };
 * new Server({ interceptors: [flightInterceptor(gate, { feast })] });
 */
export function flightInterceptor<V extends Vocabulary = FeastVocabulary>(
  gate: Gate<V>,
  options: FlightOptions<V> = {},
): ServerInterceptor {
  checkOptions<FlightOptions<Vocabulary>>(options, FLIGHT_OPTIONS);
  const { commands = {}, maxCommandBytes = DEFAULT_MAX_COMMAND_BYTES } = options;
  const { readCommand = readFeastCommand, readTicket = readFeastTicket } = options;
  if (!(Number.isSafeInteger(maxCommandBytes) && maxCommandBytes > 0)) {
    throw new TypeError('option maxCommandBytes must be a whole number above 0');
  }
  if (typeof readCommand !== 'function' || typeof readTicket !== 'function') {
    throw new TypeError('options readCommand and readTicket must be functions');
  }
  const { paths } = options;
  const anyGate = gate as unknown as Gate<Vocabulary>;
  const rules = Object.entries(commands).map(
    ([name, rule]) =>
      [name, readRule(rule as FlightRule<Vocabulary>, name, anyGate?.vocabulary)] as const,
  );
  const methods = flightMethods({
    gate: anyGate,
    commands: new Map(rules),
    paths:
      paths === undefined
        ? undefined
        : readRule(paths as FlightRule<Vocabulary>, 'paths', anyGate?.vocabulary),
    feast: options.feast,
    readCommand,
    readTicket,
    maxCommandBytes,
  });
  return createInterceptor(gate, options, methods, (status) => toFeastStatus(status, ERROR_PREFIX));
}
