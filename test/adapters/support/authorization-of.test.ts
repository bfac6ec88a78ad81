import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authorizationOf } from '../../../src/adapters/support/authorization-of.js';

describe('authorizationOf', () => {
  test('gives every value there is, and nothing else', () => {
    const name = fc.constantFrom('authorization', 'Authorization', 'AUTHORIZATION', 'x-other', '');
    const headers = fc.array(fc.tuple(name, fc.string()), { maxLength: 6 });
    fc.assert(
      fc.property(headers, (given) => {
        const wanted = given
          .filter(([one]) => one.toLowerCase() === 'authorization')
          .map(([, value]) => value);
        const found = authorizationOf(given.flat());
        expect(typeof found === 'string' ? [found] : found).toEqual(wanted);
      }),
    );
  });
});
