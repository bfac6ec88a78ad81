import { describe, expect, it } from 'vitest';
import { resolvePlainScalar } from '../../src/config/resolve-plain-scalar.js';

// Each of them as PyYAML 6.0.3 on CPython 3.11.7 answers.
describe('resolvePlainScalar', () => {
  it.each([
    [null, ['', '~', 'null', 'Null', 'NULL']],
    [true, ['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']],
    [false, ['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']],
  ])('%s', (expected, texts) => {
    for (const text of texts) expect(resolvePlainScalar(text), text).toBe(expected);
  });

  it.each([
    ['0', 0],
    ['-0', -0],
    ['+12', 12],
    ['1_000', 1000],
    ['1_', 1],
    ['010', 8],
    ['-017', -15],
    ['0_', 0],
    ['0x10', 16],
    ['-0xFf', -255],
    ['0b101', 5],
    ['1:30', 90],
    ['-1:30', -90],
    ['1:00:00', 3600],
    ['190:20:30', 685_230],
    ['0:30.5', 30.5],
    ['190:20:30.15', 685_230.15],
    ['1.', 1],
    ['.5', 0.5],
    ['300.0', 300],
    ['1.5e+3', 1500],
    ['1.5E-3', 0.0015],
    ['-1_0.5', -10.5],
    ['.inf', Number.POSITIVE_INFINITY],
    ['-.Inf', Number.NEGATIVE_INFINITY],
    ['+.INF', Number.POSITIVE_INFINITY],
    ['.nan', Number.NaN],
    ['.NaN', Number.NaN],
  ])('%s is the number %d', (text, expected) => {
    expect(resolvePlainScalar(text)).toBe(expected);
  });

  it.each(
    'y n Y N tRue yEs nULL 1e3 1.5e3 1e+3 +.5 -.5 08 0:30 1:60 0o17 0xg _1 -- 1,5 inf nan .Nan +.nan Infinity . 2026-1-1 <<'.split(
      ' ',
    ),
  )('%s is a string', (text) => {
    expect(resolvePlainScalar(text)).toBe(text);
  });

  it.each([
    '2026-01-31',
    '2026-1-3 4:05:06',
    '2026-01-31T04:05:06.789Z',
    '2026-01-31 04:05:06 +01:00',
    '2026-99-99',
  ])('%s is a date, not a string', (text) => {
    expect(resolvePlainScalar(text)).toBeInstanceOf(Date);
  });
});
