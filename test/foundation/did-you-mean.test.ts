import { describe, expect, it } from 'vitest';
import { didYouMean } from '../../src/foundation/did-you-mean.js';

const KNOWN = ['audit', 'list', 'explain', 'decide'];

describe('didYouMean', () => {
  it.each([
    ['audti', 'audit'],
    ['AUDIT', 'audit'],
    ['lst', 'list'],
    ['explian', 'explain'],
    ['decode', 'decide'],
  ])('knows that %s was to be %s', (written, meant) => {
    expect(didYouMean(written, KNOWN)).toBe(`; did you mean \`${meant}\`?`);
  });

  it.each(['', 'x', 'apply', 'permissions', 'audit'.repeat(1000)])(
    'has no guess for %s',
    (written) => {
      expect(didYouMean(written, KNOWN)).toBe('');
    },
  );

  it('writes a prefix before its guess', () => {
    expect(didYouMean('formt', ['format'], '--')).toBe('; did you mean `--format`?');
  });
});
