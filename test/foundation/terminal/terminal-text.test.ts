import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import {
  displayWidth,
  neutralize,
  padEnd,
  safeJson,
  truncate,
  wrapWords,
} from '../../../src/foundation/terminal/terminal-text.js';

/** What a terminal could obey, or that turns its direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

describe('neutralize', () => {
  it.each([
    ['driver_stats', 'driver_stats'],
    ['équipe-données 特徴 🎉', 'équipe-données 特徴 🎉'],
    ['\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
    ['a\r\nb\tc', 'a\\u000d\\u000ab\\u0009c'],
    ['\u009b31m', '\\u009b31m'],
    ['abc\u202egnp.exe', 'abc\\u202egnp.exe'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('%j becomes %j', (text, expected) => {
    expect(neutralize(text)).toBe(expected);
  });

  it('leaves nothing to obey in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(neutralize(text)).not.toMatch(HARMFUL);
      }),
    );
  });
});

describe('safeJson', () => {
  it('means the same as JSON.stringify, and leaves nothing to obey', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = safeJson(value);
        expect(text).not.toMatch(HARMFUL);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('escapes unassigned characters, as plain text does', () => {
    expect(safeJson({ '\u2065': '\u0378' })).toBe('{"\\u2065":"\\u0378"}');
  });

  it('writes what it changes in halves of 16 bits', () => {
    expect(safeJson('\u{e0041}\u009b')).toBe('"\\udb40\\udc41\\u009b"');
  });
});

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['driver', 6],
    ['équipe', 6],
    ['e\u0301', 1],
    ['特徴_', 5],
    ['角色', 4],
    ['한국', 4],
    ['ｱ', 1],
    ['Ａ', 2],
    ['🎉', 2],
    ['𠀋', 2],
    ['👩🏽', 2],
    ['🇩🇪', 2],
    ['특'.normalize('NFD'), 2],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('displayWidth of long text', () => {
  it('is the sum of its characters, wherever it is cut', () => {
    for (const unit of ['特', 'e\u0301', '👩🏽', 'a특']) {
      expect(displayWidth(unit.repeat(1001))).toBe(1001 * displayWidth(unit));
    }
  });
});

describe('padEnd', () => {
  it('counts columns', () => {
    expect(padEnd('特徴', 6)).toBe('特徴  ');
    expect(padEnd('long', 2)).toBe('long');
  });
});

describe('truncate', () => {
  it.each([
    ['short', 5, 'short'],
    ['longer', 5, 'long…'],
    ['特徴特徴', 5, '特徴…'],
    ['特徴特徴', 4, '特…'],
    [`a${'\u0301'.repeat(100)}`, 5, `a${'\u0301'.repeat(19)}…`],
  ])('%j to %i columns is %j', (text, width, expected) => {
    expect(truncate(text, width)).toBe(expected);
  });
});

describe('wrapWords', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['one', 7, ['one']],
    ['', 7, ['']],
    ['abcdefgh ij', 3, ['abc', 'def', 'gh', 'ij']],
    ['特徴特徴', 3, ['特', '徴', '特', '徴']],
    ['特', 1, ['特']],
  ])('%j at %i', (text, width, expected) => {
    expect(wrapWords(text, width)).toEqual(expected);
  });

  it('keeps together what a reader takes for one character', () => {
    expect(wrapWords('e\u0301e\u0301e\u0301', 2)).toEqual(['e\u0301e\u0301', 'e\u0301']);
    expect(wrapWords('👩🏽👩🏽', 2)).toEqual(['👩🏽', '👩🏽']);
  });

  it('wraps a name of 20,000 wide characters', () => {
    const lines = wrapWords('特徴'.repeat(10_000), 80);
    expect(lines).toHaveLength(500);
    expect(new Set(lines)).toEqual(new Set(['特徴'.repeat(20)]));
  });

  it('loses nothing but spaces, and keeps to the width', () => {
    const text = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '特') }), { maxLength: 8 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 12 }), (words, width) => {
        const lines = wrapWords(words.join(' '), width);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.join(''));
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('simple text, which is measured without a segmenter', () => {
  const simple = Array.from({ length: 0xd800 }, (_, code) => String.fromCharCode(code)).filter(
    (character) =>
      /[\x20-\x7e\xa1-\xac\xae-\u024f\u2010-\u2015\u2018-\u2026\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]/.test(
        character,
      ),
  );

  it('has the width that string-width gives each character', () => {
    expect(simple.length).toBeGreaterThan(32_000);
    const differing = simple.filter((one) => displayWidth(one) !== stringWidth(one));
    expect(differing).toEqual([]);
  });

  it('is cut between any two characters, as a segmenter cuts it', () => {
    const segmenter = new Intl.Segmenter();
    const kinds = ['a', '\u00e9', '\u2026', '\u3042', '\u30a2', '\u4e00', '\uac00', '\uac01'];
    for (const first of kinds) {
      for (const second of kinds) {
        const pair = first + second;
        expect([...segmenter.segment(pair)]).toHaveLength(2);
        expect(displayWidth(pair)).toBe(stringWidth(pair));
      }
    }
  });

  it('is not simple with a mark, a joiner or a Hangul vowel in it', () => {
    for (const text of ['e\u0301', 'a\u200d', '\uac00\u1161', '\u304b\u3099', '\u2018\ufe01']) {
      expect(displayWidth(text), JSON.stringify(text)).toBe(stringWidth(text));
    }
  });
});
