import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFeastTicket } from '../../../src/adapters/flight/index.js';
import { propertyRuns } from '../../support/property-runs.js';
import { feastTicket } from './flight-server.js';

function read(ticket: string): string {
  const descriptor = readFeastTicket(Buffer.from(ticket, 'latin1'));
  if (descriptor.kind !== 'command') throw new TypeError(descriptor.kind);
  return Buffer.from(descriptor.command).toString('latin1');
}

describe('a ticket of Feast', () => {
  // What Python 3.11 prints for `repr((2, command, ()))`.
  test.each([
    [`(2, b'{"api": "a"}', ())`, '{"api": "a"}'],
    [String.raw`(2, b'{"a": "it\'s"}', ())`, `{"a": "it's"}`],
    [`(2, b"it's", ())`, "it's"],
    [String.raw`(2, b'\t\n\r\\\x00\x7f\xff', ())`, '\t\n\r\\\x00\x7f\xff'],
    [String.raw`(2, b'\\x41', ())`, String.raw`\x41`],
    [`(2, b'', ())`, ''],
  ])('%s', (ticket, command) => {
    expect(read(ticket)).toBe(command);
  });

  test('is a command as it stands, too', () => {
    expect(read('{"api": "a"}')).toBe('{"api": "a"}');
  });

  test('says every command', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (command) => {
        const descriptor = readFeastTicket(feastTicket(command));
        expect(descriptor).toMatchObject({ kind: 'command' });
        if (descriptor.kind !== 'command') return;
        expect(Buffer.from(descriptor.command)).toEqual(Buffer.from(command));
      }),
      propertyRuns(200, 20_000),
    );
  });
});

test.each([
  '',
  'driver_stats',
  '(2, b',
  `(2, b'`,
  `(2, b', ())`,
  `(2, '{}', ())`,
  `(2, b'{}', (b'a',))`,
  `(1, None, (b'a',))`,
  `(2, b'{}' , ())`,
  ` (2, b'{}', ())`,
  `(2, b'{}', ()) `,
  `(2,b'{}',())`,
  `(2, b'{}' b'{}', ())`,
  `(2, b'a'b', ())`,
  `(2, b"a"b", ())`,
  `(2, b'a", ())`,
  `(2, b'''{}''', ())`,
  `(2, rb'{}', ())`,
  `(2, B'{}', ())`,
  String.raw`(2, b'\', ())`,
  String.raw`(2, b'\101', ())`,
  String.raw`(2, b'\x4', ())`,
  String.raw`(2, b'\xFF', ())`,
  String.raw`(2, b'\u0041', ())`,
  String.raw`(2, b'\N{DIGIT ONE}', ())`,
  String.raw`(2, b'\a', ())`,
  `(2, b'\n', ())`,
  `(2, b'\u00e9', ())`,
  `[2, b'{}', []]`,
  `(2, b'{}', ()) + ()`,
])('what is written in another way is refused: %j', (ticket) => {
  expect(() => read(ticket)).toThrow(
    expect.objectContaining({ code: 'ERR_REQUEST_INVALID' }) as unknown as Error,
  );
});
