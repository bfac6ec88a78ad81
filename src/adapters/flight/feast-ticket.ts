import { RequestInvalidError } from '../../model/index.js';
import type { FlightDescriptor } from './flight-descriptor.js';

const BRACE = 0x7b;
const START = '(2, b';
const END = ', ())';
const ESCAPES: ReadonlyMap<string, number> = new Map([
  ['\\', 0x5c],
  ["'", 0x27],
  ['"', 0x22],
  ['t', 0x09],
  ['n', 0x0a],
  ['r', 0x0d],
]);

/**
 * Reads a ticket as the command that it stands for.
 *
 * Shape: the bytes of the command itself; or the ticket of Feast's offline server, which is how
 * Python writes `(2, b'<the command>', ())`: a type, the bytes of the command, and no path. Any
 * other way to write the same is refused.
 *
 * @throws RequestInvalidError when it is neither
 * @source Feast 0.66.0, the tickets of its offline server; Python 3 Language Reference 2.5.1 (bytes
 *   literals)
 */
export function readFeastTicket(ticket: Uint8Array): FlightDescriptor {
  if (ticket[0] === BRACE) return { kind: 'command', command: ticket };
  // One character for each byte: what is not ASCII in a ticket of Feast's is escaped.
  const text = Buffer.from(ticket).toString('latin1');
  const quote = text[START.length];
  const isTicket =
    text.startsWith(START) && text.endsWith(`${quote}${END}`) && (quote === "'" || quote === '"');
  if (!isTicket || text.length < START.length + END.length + 2) throw invalid();
  const literal = text.slice(START.length + 1, -END.length - 1);
  return { kind: 'command', command: readLiteral(literal, quote) };
}

function readLiteral(literal: string, quote: string): Uint8Array {
  const bytes = new Uint8Array(literal.length);
  let length = 0;
  let at = 0;
  while (at < literal.length) {
    const character = literal[at] as string;
    if (character === '\\') {
      const [byte, size] = readEscape(literal, at + 1);
      bytes[length] = byte;
      at += 1 + size;
    } else {
      if (character === quote || character < ' ' || character > '~') throw invalid();
      bytes[length] = character.charCodeAt(0);
      at += 1;
    }
    length += 1;
  }
  return bytes.subarray(0, length);
}

/** The byte of an escape, and how many characters it takes after the backslash. */
function readEscape(literal: string, at: number): readonly [byte: number, size: number] {
  const plain = ESCAPES.get(literal[at] ?? '');
  if (plain !== undefined) return [plain, 1];
  const hex = /^x([0-9a-f]{2})$/.exec(literal.slice(at, at + 3))?.[1];
  if (hex === undefined) throw invalid();
  return [Number.parseInt(hex, 16), 3];
}

function invalid(): RequestInvalidError {
  return new RequestInvalidError('the ticket was not issued by this server');
}
