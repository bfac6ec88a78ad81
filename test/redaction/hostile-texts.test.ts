import { describe, expect, test } from 'vitest';
import { createRedactor, type Redactor } from '../../src/redaction/index.js';

/** The megabytes of ordinary letters, and those of what costs more. */
const MANY = 10_000_000;
const SOME = 2_000_000;

function redactor(...secrets: readonly string[]): Redactor {
  const made = createRedactor();
  for (const secret of [
    'aaaaaaaa',
    `${'a'.repeat(40)}b`,
    'hunter22',
    '\\\\\\\\\\\\\\\\',
    ...secrets,
  ])
    made.add(secret);
  return made;
}

const TEXTS: readonly (readonly [name: string, unit: string])[] = [
  ['letters', 'x'],
  ['beginnings of a secret', 'hunter2'],
  ['percent signs', '%'],
  ['percent escapes', '%61%62'],
  ['percent escapes of percent signs', '%25'],
  ['backslashes before letters', '\\n'],
  ['JSON escapes', '\\u0062\\\\u0062'],
  ['first halves of surrogate pairs', '\\ud83d'],
  ['plus signs', '+'],
  ['base64', 'aHVudGVyM'],
  ['base64 with escapes', 'aHV%2B'],
  ['hex', '68756e74'],
  ['zero-width characters', '\u200b\u00ad'],
  ['a letter and a zero-width character', 'h\u200b'],
  ['letters outside ASCII', 'é→'],
];

describe('megabytes without a line break', () => {
  test.each(TEXTS)(
    'of %s',
    (_, unit) => {
      const length = unit === 'x' ? MANY : SOME;
      const text = unit.repeat(Math.floor(length / Buffer.byteLength(unit)));
      const pieces = redactor().pieces();
      const parts: (string | Uint8Array)[] = [];
      for (const part of [text, ' hunter22 ', text]) parts.push(pieces.write(part));
      parts.push(pieces.end());
      expect(parts.join('') === `${text} *** ${text}`).toBe(true);
    },
    120_000,
  );

  test.each([
    ['secrets that overlap', 'a'],
    ['escaped secrets that overlap', '%61'],
    ['backslashes', '\\'],
  ])(
    'of %s',
    (_, unit) => {
      const text = unit.repeat(Math.floor(SOME / 4 / unit.length));
      expect(redactor().text(`<${text}>`)).toBe('<***>');
      const pieces = redactor().pieces();
      expect([pieces.write(`<${text}`), pieces.write(`${text}>`), pieces.end()].join('')).toBe(
        '<***>',
      );
    },
    120_000,
  );

  test('of secrets side by side', () => {
    const text = 'hunter22'.repeat(SOME / 8);
    expect(redactor().text(text) === '***'.repeat(SOME / 8)).toBe(true);
  }, 120_000);
});

test('a secret between more zero-width characters than are kept back is given up, and not the text', () => {
  const pieces = redactor().pieces();
  const hidden = `hunter${'\u200b'.repeat(3_000_000)}22`;
  const parts = [pieces.write(hidden), pieces.write(' hunter22 '), pieces.end()];
  expect(parts.join('') === `${hidden} *** `).toBe(true);
}, 60_000);

test('a text that is too long to be scanned at once', () => {
  const text = `${'x '.repeat(2 ** 24)} hunter22`;
  expect(redactor().text(text).endsWith('x  ***')).toBe(true);
  const bytes = redactor().bytes(Buffer.from(text));
  expect(Buffer.from(bytes.subarray(-6)).toString()).toBe('x  ***');
}, 60_000);

test('one byte at a time, through a long secret', () => {
  const secret = `-----BEGIN KEY-----\n${'abcdefghijklmnopqrstuvwxyz0123456789\n'.repeat(20)}-----END KEY-----`;
  const made = redactor(secret);
  const pieces = made.pieces();
  const text = `<${JSON.stringify(secret)}${secret}>`;
  const parts = [...Buffer.from(text)].map((byte) => Buffer.from(pieces.write(Buffer.of(byte))));
  parts.push(Buffer.from(pieces.end()));
  expect(Buffer.concat(parts).toString()).toBe('<"***"***>');
}, 60_000);

test('more readings of a text at once than are followed', () => {
  // Each plus sign may be a blank: the readings are the ways to spell any of these.
  const secrets = Array.from(
    { length: 256 },
    (_, i) => `<${i.toString(2).padStart(8, '0').replaceAll('0', ' ').replaceAll('1', '+')}>`,
  );
  const made = redactor(...secrets);
  expect(made.text('<++++++++>')).toBe('***');
  expect(made.text('+'.repeat(100_000))).toBe('+'.repeat(100_000));
});
