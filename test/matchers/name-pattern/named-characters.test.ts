import { expect, test } from 'vitest';
import { compileNamePattern } from '../../../src/matchers/name-pattern/compile-name-pattern.js';
import {
  loadCharacterNames,
  needsCharacterNames,
} from '../../../src/matchers/name-pattern/named-characters.js';

const KELVIN = '\\N{KELVIN SIGN}';

// In this order: the table stays loaded.
test('a pattern that names a character is refused until the table of names is loaded', async () => {
  expect(() => compileNamePattern(`a${KELVIN}`)).toThrow(
    expect.objectContaining({
      code: 'ERR_PATTERN_UNSUPPORTED',
      kind: 'unsupported',
      position: 1,
      message: expect.stringContaining(
        'whose table only `prepareSnapshot` and `loadPermissionFile` load',
      ) as string,
    }),
  );
  expect(compileNamePattern('a\\u212a').test('a\u212a')).toBe(true);
  expect([KELVIN, ['a', KELVIN]].map(needsCharacterNames)).toEqual([true, true]);
  expect(['a', 'N{', ['a'], { glob: KELVIN }, undefined].map(needsCharacterNames)).toEqual(
    Array<boolean>(5).fill(false),
  );

  await Promise.all([loadCharacterNames(), loadCharacterNames()]);

  const { test: matches } = compileNamePattern(`a${KELVIN}`);
  expect(['a\u212a', 'aK'].map(matches)).toEqual([true, false]);
  expect(needsCharacterNames(KELVIN)).toBe(false);
});
