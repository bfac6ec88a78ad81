import { describe, expect, it } from 'vitest';
import { readBearerToken } from '../../../src/identity/token/read-bearer-token.js';

const read = (authorization: unknown): string =>
  readBearerToken({ authorization: authorization as string }, 100);

describe('readBearerToken', () => {
  it.each([
    'Bearer abc',
    'bearer abc',
    'BEARER abc',
    'bEaReR abc',
    '  Bearer   abc  ',
    ['Bearer abc'],
  ])('reads %j', (header) => {
    expect(read(header)).toBe('abc');
  });

  it('takes a token as it is', () => {
    expect(readBearerToken({ token: ' a b ' }, 100)).toBe(' a b ');
  });

  it.each([[undefined], [''], ['   '], [[]]])('finds nothing in %j', (header) => {
    expect(() => read(header)).toThrow(expect.objectContaining({ code: 'ERR_IDENTITY_MISSING' }));
  });

  it('finds nothing in a token that is undefined', () => {
    expect(() => readBearerToken({ token: undefined }, 100)).toThrow(
      expect.objectContaining({ code: 'ERR_IDENTITY_MISSING' }),
    );
  });

  it.each([
    'abc',
    'Bearer',
    'Bearer ',
    'Bearerabc',
    'Basic YTpi',
    'Bearer abc def',
    'Bearer Bearer abc',
    'Bearer abc, Bearer def',
    'Bearer\tabc',
    'Bearer\u00a0abc',
    'Bearer\nabc',
    '\u200bBearer abc',
    'DPoP abc',
  ])('refuses %j', (header) => {
    expect(() => read(header)).toThrow(expect.objectContaining({ code: 'ERR_IDENTITY_INVALID' }));
  });

  it('refuses several headers', () => {
    expect(() => read(['Bearer abc', 'Bearer abc'])).toThrow('more than one Authorization header');
  });

  it.each([
    ['a token', { token: 'a'.repeat(101) }],
    ['a header', { authorization: `Bearer ${'a'.repeat(101)}` }],
    ['blanks', { authorization: `Bearer${' '.repeat(1_000_000)}x y` }],
  ])('refuses %s that is too long', (_, credentials) => {
    expect(() => readBearerToken(credentials, 100)).toThrow('longer than 100 characters');
  });

  it.each([
    null,
    undefined,
    'Bearer abc',
    {},
    { token: 5 },
    { authorization: 5 },
    { authorization: [5] },
  ])('throws a TypeError for %j', (credentials) => {
    expect(() => readBearerToken(credentials as never, 100)).toThrow(TypeError);
  });
});
