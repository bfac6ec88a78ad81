import { describe, expect, it } from 'vitest';
import { expandEnvironment } from '../../src/config/expand-environment.js';

const env = { A: 'one', B: '$A', AB: 'two', EMPTY: '', '1': 'first', GONE: undefined };

describe('expandEnvironment', () => {
  it.each([
    ['$A', 'one'],
    ['${A}', 'one'],
    ['x${A}y$A.', 'xoney' + 'one.'],
    ['$AB', 'two'],
    ['${A}B', 'oneB'],
    ['$ABC', '$ABC'],
    ['${ABC}', '${ABC}'],
    ['$B', '$A'],
    ['$1', 'first'],
    ['[$EMPTY]', '[]'],
    ['$GONE', '$GONE'],
    ['${A:-x}', 'one'],
    ['${ABC:-x}${GONE:-}$A', 'xone'],
    ['${EMPTY:-$A :- }', '$A :- '],
    ['${ABC:-a b}${ABC-x}${:-x}', 'a b${ABC-x}${:-x}'],
    ['\\$A', '\\one'],
    ['$$A', '$one'],
    ['$', '$'],
    ['a$', 'a$'],
    ['${}', '${}'],
    ['${A', '${A'],
    ['$ A', '$ A'],
    ['$é', '$é'],
    ['%A%', '%A%'],
    ['${x$A}$A', '${x$A}one'],
    ['${$A', '${one'],
    ['${A}${', 'one${'],
    ['$constructor $__proto__', '$constructor $__proto__'],
    ['', ''],
  ])('%s gives %s', (text, expected) => {
    expect(expandEnvironment(text, env, 100)).toBe(expected);
  });

  it('reads the environment of the process', () => {
    expect(expandEnvironment('$PATH', process.env, 100_000)).toBe(process.env['PATH']);
  });

  it('stops at the longest result that is asked for', () => {
    expect(expandEnvironment('$A$A', env, 6)).toBe('oneone');
    expect(expandEnvironment('$A$A', env, 5)).toBeUndefined();
    expect(expandEnvironment('$A$A', env, 2)).toBeUndefined();
    expect(expandEnvironment('$Axxxx', { A: '' }, 10)).toBe('$Axxxx');
    expect(expandEnvironment('${'.repeat(500_000), env, 2_000_000)).toHaveLength(1_000_000);
    expect(expandEnvironment('plain', env, 4)).toBeUndefined();
    const big = { X: 'x'.repeat(1_000_000) };
    expect(expandEnvironment('$X '.repeat(300_000), big, 2_000_000)).toBeUndefined();
  });

  it('tells of each reference that stays, with its name where it is in braces', () => {
    const unset: (string | undefined)[] = [];
    expandEnvironment('$A $ABC ${ABC} ${A B} ${ABC:-x} ${', env, 100, (name) => unset.push(name));
    expect(unset).toEqual([undefined, 'ABC', undefined]);
  });
});
