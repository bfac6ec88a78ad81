import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HitBuffer } from '../../src/matchers/hit-buffer.js';
import {
  compileLiteralScanner,
  type LiteralScanner,
  SCAN_START,
} from '../../src/matchers/literal-scanner.js';
import { MarkSet } from '../../src/matchers/mark-set.js';

type Match = readonly [literal: number, end: number];

function scanned(scanner: LiteralScanner, text: string): readonly Match[] {
  const matches: Match[] = [];
  scanner.scan(text, SCAN_START, (literal, end) => matches.push([literal, end]));
  return matches;
}

/**
 * Every occurrence, by trying every literal at every place: by end, longer literals first, then by
 * position in the list.
 */
function occurrences(literals: readonly string[], text: string): readonly Match[] {
  const matches: Match[] = [];
  for (let end = 1; end <= text.length; end++) {
    const ending = literals
      .map((literal, position) => ({ literal, position }))
      .filter(({ literal }) => text.slice(0, end).endsWith(literal))
      .sort((a, b) => b.literal.length - a.literal.length || a.position - b.position);
    for (const { position } of ending) matches.push([position, end]);
  }
  return matches;
}

function valuesOf(buffer: HitBuffer): readonly number[] {
  return Array.from({ length: buffer.count }, (_, at) => buffer.at(at));
}

const alphabet = fc.constantFrom('a', 'b', 'c', '\uD83D', '\uDE00', 'é', '\uFFFF', '\u0000');
const text = fc.string({ unit: alphabet, maxLength: 40 });
const literals = fc.array(fc.string({ unit: alphabet, minLength: 1, maxLength: 5 }), {
  maxLength: 12,
});

describe('scan', () => {
  test('reports overlapping and nested literals in the order of their ends, longer ones first', () => {
    const scanner = compileLiteralScanner(['he', 'she', 'his', 'hers']);
    expect(scanned(scanner, 'ushers')).toEqual([
      [1, 4],
      [0, 4],
      [3, 6],
    ]);
  });

  test('reports a literal that is given twice by both of its positions', () => {
    expect(scanned(compileLiteralScanner(['aa', 'b', 'aa']), 'aaa')).toEqual([
      [0, 2],
      [2, 2],
      [0, 3],
      [2, 3],
    ]);
  });

  test('works in code units: halves of a surrogate pair are units like any other', () => {
    const scanner = compileLiteralScanner(['\u{1F600}', '\uDE00', '\uD83D']);
    expect(scanned(scanner, 'x\u{1F600}')).toEqual([
      [2, 2],
      [0, 3],
      [1, 3],
    ]);
  });

  test('without literals finds nothing', () => {
    expect(scanned(compileLiteralScanner([]), 'abc')).toEqual([]);
  });

  test('finds what trying every literal at every place finds', () => {
    fc.assert(
      fc.property(literals, text, (list, input) => {
        expect(scanned(compileLiteralScanner(list), input)).toEqual(occurrences(list, input));
      }),
      { numRuns: 2000 },
    );
  });

  test('gives the same matches whatever the pieces the text comes in', () => {
    fc.assert(
      fc.property(literals, text, (list, input) => {
        const scanner = compileLiteralScanner(list);
        const whole = scanned(scanner, input);
        for (let cut = 0; cut <= input.length; cut++) {
          const matches: Match[] = [];
          const state = scanner.scan(input.slice(0, cut), SCAN_START, (literal, end) =>
            matches.push([literal, end]),
          );
          scanner.scan(input.slice(cut), state, (literal, end) =>
            matches.push([literal, end + cut]),
          );
          expect(matches).toEqual(whole);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is exact where hardly a node has a full row, for the literals have units by the thousand', () => {
    const filler = Array.from({ length: 60_000 }, (_, i) => String.fromCharCode(0x400 + i)).join(
      '',
    );
    const unit = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const deep = fc.string({ unit, minLength: 4, maxLength: 9 });
    fc.assert(
      fc.property(
        fc.array(deep, { minLength: 20, maxLength: 40 }),
        fc.array(deep),
        (list, more) => {
          // Ends of literals as well, so that scans fall back from deep nodes to deep nodes.
          const inner = [
            ...list,
            ...list.map((literal) => literal.slice(1 + (literal.length % 3))),
          ];
          const input = [...more, ...list.map((literal) => literal.slice(0, -1))].join('');
          const matches = scanned(compileLiteralScanner([...inner, filler]), input);
          expect(matches).toEqual(occurrences(inner, input));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('takes 100,000 literals', () => {
    const list = Array.from(
      { length: 100_000 },
      (_, i) => `secret-${(i * 2654435761) % 4294967296}-${i}`,
    );
    const scanner = compileLiteralScanner(list);
    const input = `x${list[5]}${list[99_999]}y${list[12_345]}`;
    expect(scanned(scanner, input).map(([position]) => position)).toEqual(
      expect.arrayContaining([5, 99_999, 12_345]),
    );
    expect(scanned(scanner, 'secret-secret-')).toEqual([]);
  });

  test('refuses what is empty or no string', () => {
    expect(() => compileLiteralScanner(['a', ''])).toThrow(
      new TypeError('literal 1 must be a string that is not empty'),
    );
    expect(() => compileLiteralScanner([7 as unknown as string])).toThrow(TypeError);
  });
});

describe('findFirst', () => {
  test('finds the first occurrence of each literal that occurs', () => {
    fc.assert(
      fc.property(literals, fc.array(text, { maxLength: 4 }), (list, inputs) => {
        const scanner = compileLiteralScanner(list);
        const seen = new MarkSet(scanner.literalCount + 1);
        const found = new HitBuffer();
        for (const input of inputs) {
          scanner.findFirst(input, seen, found);
          const pairs: Record<number, number> = {};
          for (let at = 0; at < found.count; at += 2) pairs[found.at(at)] = found.at(at + 1);
          const expected = list.flatMap((literal, position) =>
            input.includes(literal) ? [[position, input.indexOf(literal) + literal.length]] : [],
          );
          expect(pairs).toEqual(Object.fromEntries(expected));
          expect(found.count).toBe(expected.length * 2);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('is not slowed by literals inside literals: a megabyte of hits on 2,000 of them', () => {
    const list = Array.from({ length: 2000 }, (_, i) => 'a'.repeat(i + 1));
    const found = new HitBuffer();
    const scanner = compileLiteralScanner(list);
    scanner.findFirst('a'.repeat(1 << 20), new MarkSet(2001), found);
    expect(found.count).toBe(4000);
  });
});

describe('findEnding', () => {
  test('finds the literals that the text ends with, longest first', () => {
    fc.assert(
      fc.property(literals, text, (list, input) => {
        const scanner = compileLiteralScanner(list);
        const found = new HitBuffer();
        scanner.findEnding(
          scanner.scan(input, SCAN_START, () => {}),
          found,
        );
        const expected = occurrences(list, input)
          .filter(([, end]) => end === input.length)
          .map(([position]) => position);
        expect(valuesOf(found)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('pendingLength', () => {
  test('is the length of the longest end of the text that begins a literal', () => {
    fc.assert(
      fc.property(literals, text, (list, input) => {
        const scanner = compileLiteralScanner(list);
        let expected = input.length;
        while (!list.some((literal) => literal.startsWith(input.slice(input.length - expected)))) {
          if (expected === 0) break;
          expected--;
        }
        expect(scanner.pendingLength(scanner.scan(input, SCAN_START, () => {}))).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
