import { describe, expect, it } from 'vitest';
import { pythonStrip as stripPattern } from '../../src/matchers/name-pattern/python-strip.js';
import { pythonStrip } from '../../src/model/python-strip.js';

describe('pythonStrip', () => {
  it.each([
    ['', ''],
    ['a', 'a'],
    [' a b\t\n', 'a b'],
    [' \u0085\u001c\u00a0\u3000', ''],
    ['\ufeffa\u200b', '\ufeffa\u200b'],
  ])('makes of %j %j', (text, stripped) => {
    expect(pythonStrip(text)).toBe(stripped);
  });

  it('has the white space that name patterns are stripped of', () => {
    const codes = Array.from({ length: 0x10000 }, (_, code) => `${String.fromCharCode(code)}x`);
    expect(codes.filter((text) => pythonStrip(text) !== stripPattern(text))).toEqual([]);
    expect(codes.filter((text) => pythonStrip(text) === 'x')).toHaveLength(29);
  });

  it('takes a megabyte of inner white space', { timeout: 20_000 }, () => {
    const text = `a${' '.repeat(1_000_000)}b`;
    expect(pythonStrip(text)).toBe(text);
  });
});
