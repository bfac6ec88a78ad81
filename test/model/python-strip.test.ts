import { describe, expect, it } from 'vitest';
import { SPACE_SET } from '../../src/matchers/name-pattern/character-classes.js';
import { setContains } from '../../src/matchers/name-pattern/code-point-set.js';
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

  it('takes for white space what `\\s` is in Python', () => {
    const codes = Array.from({ length: 0x10000 }, (_, code) => code);
    const stripped = codes.filter((code) => pythonStrip(`${String.fromCharCode(code)}x`) === 'x');
    expect(stripped).toEqual(codes.filter((code) => setContains(SPACE_SET, code)));
    expect(stripped).toHaveLength(29);
  });

  it('takes a megabyte of inner white space', { timeout: 20_000 }, () => {
    const text = `a${' '.repeat(1_000_000)}b`;
    expect(pythonStrip(text)).toBe(text);
  });
});
