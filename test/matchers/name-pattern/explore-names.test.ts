import { describe, expect, it } from 'vitest';
import { compileNamePattern, exploreNames } from '../../../src/matchers/index.js';

/** The shortest name that `wanted` matches and `unwanted` does not. */
function difference(wanted: string, unwanted: string, maxStates = 20_000): string | undefined {
  let found: string | undefined;
  const answer = exploreNames({
    rows: [{ patterns: [wanted] }, { patterns: [unwanted] }],
    needed: 0,
    maxStates,
    maxSteps: 5_000_000,
    visit([isWanted, isUnwanted], name) {
      if (isWanted !== true || isUnwanted === true) return false;
      found = name();
      return true;
    },
  });
  if (answer.result === 'undecided') return `undecided: ${answer.reason}`;
  return found;
}

describe('exploreNames', () => {
  it.each([
    ['risk_.*', 'risk_[a-z]*', 'risk_0'],
    ['a{2,5}', 'a{2,4}', 'aaaaa'],
    ['.*_raw', '(?!pii_).*_raw', 'pii_raw'],
    ['\\w+', '[A-Za-z0-9_]+', 'ª'],
    ['(?i)ab', 'ab', 'aB'],
    ['[ab]*', '(a|b)*', undefined],
    ['(?!secret_).*', '.*', undefined],
    ['.*', '(?s).*', undefined],
    ['(?s).*', '.*', '\n'],
    ['ab?c?', 'ab?|abc|ac', undefined],
    ['', 'a*', undefined],
    ['a*', 'a+', ''],
    ['\\Bx', 'y', undefined],
    ['a\\b.b', 'a b', 'a!b'],
    ['a(?m:$)\\nb', 'c', 'a\nb'],
    ['(?:a$\\n|b)', 'b', 'a\n'],
    ['a.{0,30}b', 'a.{0,29}b', `a${'a'.repeat(30)}b`],
  ])('%s without %s: %j', (wanted, unwanted, expected) => {
    const found = difference(wanted, unwanted);
    if (expected === undefined || found === undefined) expect(found).toBe(expected);
    else {
      expect(Array.from(found).length).toBe(Array.from(expected).length);
      expect(compileNamePattern(wanted).test(found)).toBe(true);
      expect(compileNamePattern(unwanted).test(found)).toBe(false);
    }
  });

  it('says that it gives up past its states, and on atomic groups', () => {
    expect(difference('[ab]*a[ab]{12}', '[ab]*b[ab]{12}|[ab]{0,12}', 100)).toContain(
      'undecided: the search takes more than 100 states',
    );
    expect(difference('(?>a|ab)c', 'x')).toContain('undecided: a pattern has an atomic group');
    expect(difference('(a{1,200}b){1,200}', 'x')).toContain('undecided: the patterns take more');
  });
});

describe('exploreNames against brute force', () => {
  const LETTERS = ['a', 'b', '_', '1'];
  const names = allNames(6);
  const pieces = [
    'a',
    'b',
    '_',
    '1',
    '.',
    '[ab]',
    '\\d',
    '\\w',
    'a*',
    '.*',
    'b+',
    '(ab|1)',
    '(?:a_)?',
  ];
  const more = ['\\b', '(?!a)', '(?i:A)', '[^b]', '.{2}', '(a|b_){1,3}', '_?'];

  it('finds the shortest difference of any two patterns, and none where none exists', () => {
    let none = 0;
    let some = 0;
    const random = numbers(7);
    const draw = (): string => {
      const from = random() < 0.5 ? pieces : [...pieces, ...more];
      const length = 1 + Math.floor(random() * 4);
      return Array.from({ length }, () => from[Math.floor(random() * from.length)]).join('');
    };
    for (let round = 0; round < 300; round++) {
      const [wanted, unwanted] = [draw(), draw()];
      const tests = compiled(wanted, unwanted);
      if (tests === undefined) continue;
      const shortest = names.find((name) => tests[0].test(name) && !tests[1].test(name));
      const found = difference(wanted, unwanted);
      if (found === undefined) {
        none += 1;
        expect([wanted, unwanted, shortest]).toEqual([wanted, unwanted, undefined]);
        continue;
      }
      some += 1;
      const isRight = tests[0].test(found) && !tests[1].test(found);
      const isShort = shortest === undefined || Array.from(found).length <= shortest.length;
      expect([wanted, unwanted, found, isRight, isShort]).toEqual([
        wanted,
        unwanted,
        found,
        true,
        true,
      ]);
    }
    expect(none).toBeGreaterThan(20);
    expect(some).toBeGreaterThan(100);
  });

  function compiled(
    ...patterns: readonly [string, string]
  ):
    | readonly [ReturnType<typeof compileNamePattern>, ReturnType<typeof compileNamePattern>]
    | undefined {
    try {
      return [compileNamePattern(patterns[0]), compileNamePattern(patterns[1])];
    } catch {
      // Look-around at no fixed distance from an end.
      return undefined;
    }
  }

  function allNames(length: number): readonly string[] {
    const all = [''];
    for (let from = 0, size = 1; size <= length; size++) {
      const end = all.length;
      for (; from < end; from++) for (const letter of LETTERS) all.push(`${all[from]}${letter}`);
    }
    return all;
  }

  /** Numbers in [0, 1) that look random: the same for the same seed. */
  function numbers(seed: number): () => number {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }
});
