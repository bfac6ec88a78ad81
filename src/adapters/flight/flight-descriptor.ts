import { fieldOf } from '../../gate/endpoints/message-fields.js';
import { RequestInvalidError } from '../../model/index.js';

/** What a flight is known by: a command, or a path. */
export type FlightDescriptor =
  | { readonly kind: 'command'; readonly command: Uint8Array }
  | { readonly kind: 'path'; readonly path: readonly string[] };

/** Elements of a path. */
const MAX_PATH = 64;

const COMMAND: readonly unknown[] = ['CMD', 2];
const PATH: readonly unknown[] = ['PATH', 1];

/**
 * Reads a `FlightDescriptor` message.
 *
 * SECURITY: one that holds both a command and a path is refused, whatever type it names: a handler
 * may look at the other.
 *
 * @throws RequestInvalidError when it is not a descriptor of one kind
 * @source Arrow Flight RPC, FlightDescriptor: type 1 with `path`, type 2 with `cmd`
 */
export function readDescriptor(message: unknown): FlightDescriptor {
  const type = fieldOf(message, 'type');
  const command = readBytes(fieldOf(message, 'cmd') ?? new Uint8Array(), 'cmd');
  const path: unknown = fieldOf(message, 'path') ?? [];
  if (!isStrings(path) || path.length > MAX_PATH) {
    throw new RequestInvalidError('path of a flight descriptor is not a list of names');
  }
  if (COMMAND.includes(type) && path.length === 0) return { kind: 'command', command };
  if (PATH.includes(type) && command.length === 0 && path.length > 0) return { kind: 'path', path };
  throw new RequestInvalidError('a flight descriptor must be a command or a path');
}

/** The bytes of a field. */
export function readBytes(value: unknown, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new RequestInvalidError(`${name} must be bytes`);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
