import { parseJsonObject } from '../../foundation/json.js';
import { decodeUtf8 } from '../../foundation/utf8.js';
import { RequestInvalidError } from '../../model/index.js';

/** What a client asks of a Flight server. */
export interface FlightCommand {
  /** In Feast's commands the field `api`; the type of an action. */
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads the bytes of a command as Feast's clients write them: a JSON object with an `api`.
 *
 * @throws RequestInvalidError when they are anything else, among them JSON in which a member is
 *   given twice
 * @source Feast 0.66.0, its remote offline store
 */
export function readFeastCommand(bytes: Uint8Array): FlightCommand {
  const fields = readFields(bytes);
  const { api } = fields;
  if (typeof api === 'string' && api !== '') return { name: api, fields };
  throw new RequestInvalidError('a command must name its `api`');
}

/** Reads an action: its type is the command, its body the fields, where there are any. */
export function readFeastAction(type: unknown, body: Uint8Array): FlightCommand {
  if (typeof type !== 'string' || type === '') {
    throw new RequestInvalidError('an action must have a type');
  }
  const fields = body.length === 0 ? {} : readFields(body);
  if (fields['api'] !== undefined && fields['api'] !== type) {
    throw new RequestInvalidError('the command of an action must match its type');
  }
  return { name: type, fields };
}

function readFields(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const fields = parseJsonObject(decode(bytes));
  if (fields !== undefined) return fields;
  throw new RequestInvalidError('a command must be a JSON object');
}

function decode(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes, 'keep');
  if (text === undefined) throw new RequestInvalidError('a command must be UTF-8');
  return text;
}
