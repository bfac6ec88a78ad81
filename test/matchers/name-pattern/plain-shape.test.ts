import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileNamePattern } from '../../../src/matchers/index.js';
import { plainShape } from '../../../src/matchers/name-pattern/plain-shape.js';
import { propertyRuns } from '../../support/property-runs.js';

describe('plainShape', () => {
  it('finds what the parser finds', () => {
    const piece = fc.constantFrom('a', 'Z_9', '.*', 'driver');
    const patterns = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(patterns, (pattern) => {
        const shape = plainShape(pattern);
        // A group changes nothing but the way that the pattern is read.
        const parsed = compileNamePattern(`(?:${pattern})`).shape;
        if (shape === undefined) expect(pattern).toContain('.*.*');
        else expect(shape).toEqual(parsed);
        expect(compileNamePattern(pattern).shape).toEqual(parsed);
      }),
      propertyRuns(300, 10_000, 18),
    );
  });

  it.each([
    'a.b',
    'a.+',
    'a.*?',
    'a.*+',
    'a*',
    'a|b',
    '[ab]',
    'a\\d',
    'é',
    'a b',
    'a-b',
    '(a)',
    'a$',
    'a.',
    '.*.*',
    'a'.repeat(1001),
    'a.*'.repeat(64),
  ])('leaves %j to the parser', (pattern) => {
    expect(plainShape(pattern)).toBeUndefined();
  });
});
