import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../src/config/parse-yaml.js';
import { ConfigInvalidError } from '../../src/model/errors.js';

function values(text: string, env: Record<string, string> = {}): unknown {
  return parseYaml(text, { env }).value;
}

function refusal(text: string, env: Record<string, string> = {}): ConfigInvalidError {
  try {
    parseYaml(text, { file: 'f.yaml', env });
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error;
    throw error;
  }
  throw new Error('not refused');
}

const MEGABYTE = 1024 * 1024;

describe('values', () => {
  it('are typed where they are not quoted', () => {
    expect(values('a: 1\nb: "1"\nc: \'1\'\nd: yes\ne:\nf: |\n  1\ng: !!str 1\nh: ! 1\n')).toEqual({
      a: 1,
      b: '1',
      c: '1',
      d: true,
      e: null,
      f: '1\n',
      g: '1',
      h: '1',
    });
  });

  it('are lists and mappings of both styles', () => {
    expect(values('a: [1, {b: 2}, c: 3]\nd:\n- - x\n- e: f\n')).toEqual({
      a: [1, { b: 2 }, { c: 3 }],
      d: [['x'], { e: 'f' }],
    });
  });

  it('may be no document at all', () => {
    expect(values('')).toBeNull();
    expect(values('# only a comment\n')).toBeNull();
    expect(values('---\n...\n')).toBeNull();
    expect(values('%YAML 1.1\n---\na: on\n')).toEqual({ a: true });
    expect(values('\ufeffa: 1')).toEqual({ a: 1 });
  });

  it('have keys like any other where JavaScript has a prototype', () => {
    const value = values('__proto__: {polluted: 1}\nconstructor: 2\n') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the environment', () => {
  it('is in values of every style and never in keys', () => {
    const env = { X: 'ex', Y: '2' };
    expect(values('$X: $X\n"${X}": "${X}"\nb: \'$X\'\nc: >\n  $X\nd: [$X, ${Y}]\n', env)).toEqual({
      $X: 'ex',
      '${X}': 'ex',
      b: 'ex',
      c: 'ex\n',
      d: ['ex', 2],
    });
  });

  it('is typed like what is written there, quoted or not', () => {
    const env = { N: '42', T: 'true', E: '', S: ' a ', D: '2026-01-31' };
    expect(values('a: $N\nb: "$N"\nc: $T\nd: $E\ne: $S\nf: "$S"\ng: 1$N\n', env)).toEqual({
      a: 42,
      b: '42',
      c: true,
      d: null,
      e: 'a',
      f: ' a ',
      g: 142,
    });
    expect((values('a: $D', env) as { a: unknown }).a).toBeInstanceOf(Date);
  });

  it.each(['x\nb: 2', '[1, 2]', '{b: 2}', '# x', '*a', '&a x', '!!int 5', '"x', 'x: y', '- x'])(
    'adds no structure: %j',
    (X) => {
      expect(values('a: $X', { X })).toEqual({ a: X });
      expect(values('{a: ${X}}', { X })).toEqual({ a: X });
    },
  );

  it('is not split by brackets around it', () => {
    expect(values('{a: ${X}, b: [${X}]}', { X: 'ex' })).toEqual({ a: 'ex', b: ['ex'] });
    expect(values('{a: ${X}, "${X}": 1, c: "${X}"}')).toEqual({ a: '${X}', '${X}': 1, c: '${X}' });
  });

  it('gives way to a default, also inside brackets', () => {
    expect(values('{a: ${X:-1}, b: "${X:-}", c: [${Y:-z}]}', { Y: 'y' })).toEqual({
      a: 1,
      b: '',
      c: ['y'],
    });
  });

  it('is not expanded where none is given', () => {
    expect(parseYaml('a: ${X:-1}\nb: $X').value).toEqual({ a: '${X:-1}', b: '$X' });
  });

  it('cannot make a file grow without bound', () => {
    const error = refusal('a: "$X$X"\nb: "$X$X"\n', { X: 'x'.repeat(400_000) });
    expect(error.message).toBe('f.yaml:2:4: environment variables make the file too long');
  });
});

describe('anchors, aliases and merge keys', () => {
  it('stand for what came before', () => {
    expect(values('a: &x {p: 1}\nb: *x\nc: [*x, &y z, *y]\n&k d: *k\n')).toEqual({
      a: { p: 1 },
      b: { p: 1 },
      c: [{ p: 1 }, 'z', 'z'],
      d: 'd',
    });
  });

  it('merge, with own fields and the first base winning', () => {
    const bases = 'x: &x {p: 1, q: 1}\ny: &y {q: 2, r: 2}\n';
    expect(values(`${bases}z:\n  <<: [*x, *y]\n  p: 0\n`)).toMatchObject({
      z: { p: 0, q: 1, r: 2 },
    });
    expect(values(`${bases}z: {p: 0, <<: *y}\n`)).toMatchObject({ z: { p: 0, q: 2, r: 2 } });
    expect(values('z: {<<: {a: 1}}')).toEqual({ z: { a: 1 } });
    expect(values('z: {"<<": 1}')).toEqual({ z: { '<<': 1 } });
  });

  it('merge nothing but mappings, and once', () => {
    expect(refusal('a: {<<: 1}').message).toContain('f.yaml:1:5: a merge key');
    expect(refusal('a: {<<: [{b: 1}, 2]}').message).toContain('a merge key');
    expect(refusal('a: {<<: {b: 1}, <<: {c: 1}}').message).toContain('duplicate key `<<`');
  });

  it('name an anchor that is there, and not around them', () => {
    expect(refusal('a: *b').message).toBe('f.yaml:1:4: an alias without an anchor before it');
    expect(refusal('a: &b [*b]').message).toContain('an alias without an anchor');
  });

  it('do not multiply', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 30; i += 1) bomb.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(10)}]`);
    expect(refusal(bomb.join('\n')).message).toContain('aliases expand to too many values');
    const merges = ['a0: &a0 {b: [x, x, x, x]}'];
    for (let i = 1; i < 60; i += 1)
      merges.push(`a${i}: &a${i} {k${i}: *a${i - 1}, <<: *a${i - 1}}`);
    expect(refusal(merges.join('\n')).message).toContain('aliases expand to too many values');
  });
});

describe('line breaks of PyYAML', () => {
  const CODES = [0x0d, 0x85, 0x2028, 0x2029];

  it.each(CODES)('are refused in a comment, with their place: %i', (code) => {
    const text = `a: 1\n# x${String.fromCharCode(code)}b: 2\n`;
    const hex = code.toString(16).toUpperCase().padStart(4, '0');
    expect(refusal(text).message).toContain(
      `f.yaml:2:4: character U+${hex} begins a new line for Feast`,
    );
  });

  it.each(CODES)('are refused wherever they are not quoted: %i', (code) => {
    const c = String.fromCharCode(code);
    for (const text of [`a: 1${c}b: 2`, `a${c}: 1`, `a: x${c}y`, `a: |\n  x${c}y\n`, `${c}a: 1`]) {
      expect(refusal(text).message).toContain('begins a new line');
    }
    expect(refusal(`a: |\n  "${c}"\n`).message).toContain('begins a new line');
    expect(refusal(`[a, b]${c}`).message).toContain('begins a new line');
  });

  it('are text in quotes where PyYAML keeps them', () => {
    expect(values('a: "x\u2028y"\nb: \'x\u2029y\'\n')).toEqual({ a: 'x\u2028y', b: 'x\u2029y' });
    expect(values('a: "\\r\\N\\L\\P"')).toEqual({ a: '\r\u0085\u2028\u2029' });
    for (const c of ['\r', '\u0085']) expect(refusal(`a: "x${c}y"`).column).toBe(6);
  });

  it('are not line feeds with a carriage return before them', () => {
    expect(values('a: 1\r\nb: 2 # x\r\nc: 3\r\n')).toEqual({ a: 1, b: 2, c: 3 });
  });
});

describe('refusals', () => {
  it.each([
    ['a: {b: 1', 1, 9, 'bracket'],
    ['a: 1\nb: 2\na: 3\n', 3, 1, 'duplicate key `a`'],
    ['a: 1\n b: 2\n', 1, 4, ''],
    ['a: [1, 2\nb: 3\n', 2, 1, ''],
    ['a:\n\t- b', 2, 1, 'tabs'],
    ['a: "\\q"', 1, 5, 'escape'],
    ['a: @b', 1, 4, 'quotes'],
    ['a: b: c', 1, 4, ''],
    ['a: 1\n---\nb: 2\n', 2, 1, 'more than one YAML document'],
    ['a: !custom x', 1, 12, 'tag'],
    ['a: !!set {b}', 1, 10, 'tag'],
    ['a: !!omap [b: 1]', 1, 11, 'tag'],
    ['a: !!binary aGk=', 1, 13, 'tag'],
    ['? [a]\n: b', 1, 3, 'a key must be'],
    ['? {a: b}\n: c', 1, 3, 'a key must be'],
    ['!!int 5: a', 1, 7, 'a key must be'],
    ['x: &a b\n*a : c', 2, 1, 'a key must be'],
    ['a: b\n\u0000', 2, 1, 'character'],
    ['é: \u0007', 1, 4, 'character'],
    ['a: \ud800', 1, 4, 'character'],
    ['a: \ufffe', 1, 4, 'character'],
    ['a: \uffff', 1, 4, 'character'],
    ['a: ${\ufffe', 1, 6, 'character'],
  ])('%j at line %d, column %d', (text, line, column, message) => {
    const error = refusal(text);
    expect({ file: error.file, line: error.line, column: error.column }).toEqual({
      file: 'f.yaml',
      line,
      column,
    });
    expect(error.message).toContain(message);
  });

  it('name all problems of the file, but not thousands', () => {
    const { errors } = refusal('a: *x\nb: 1\nb: 2\nc: !y z\n');
    expect(errors.map((error) => (error as ConfigInvalidError).line)).toEqual([1, 3, 4]);
    expect(refusal(']'.repeat(1000)).errors).toHaveLength(10);
  });

  it('are plain text without a cause', () => {
    const error = refusal('a: "secret');
    expect(error.cause).toBeUndefined();
    expect(error.message).not.toContain('secret');
  });
});

describe('hostile text ends in a clear error', () => {
  it.each([
    ['open brackets', '['.repeat(MEGABYTE)],
    ['open braces', '{'.repeat(MEGABYTE)],
    ['brackets', '['.repeat(MEGABYTE / 2) + ']'.repeat(MEGABYTE / 2)],
    ['dashes', '- '.repeat(MEGABYTE / 2)],
    ['question marks', '? '.repeat(MEGABYTE / 2)],
    ['colons', ': '.repeat(MEGABYTE / 2)],
    ['mixed nesting', '- {a: ['.repeat(MEGABYTE / 8)],
    ['indentation', Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['commas', `[${','.repeat(MEGABYTE - 1)}`],
    ['closing brackets', ']'.repeat(MEGABYTE)],
    ['quotes', '"'.repeat(MEGABYTE)],
    ['anchors', '&a '.repeat(MEGABYTE / 3)],
    ['aliases', '*a '.repeat(MEGABYTE / 3)],
    ['directives', '%\n'.repeat(MEGABYTE / 2)],
    ['documents', '---\n'.repeat(MEGABYTE / 4)],
    ['an unclosed string', `a: "${'x '.repeat(MEGABYTE / 2 - 2)}`],
    ['tags', '!'.repeat(MEGABYTE)],
    ['keys', Array.from({ length: 60_000 }, (_, i) => `key${i}: v`).join('\n')],
    ['one byte too many', `#${'x'.repeat(MEGABYTE)}`],
  ])('%s', (_, text) => {
    expect(refusal(text)).toBeInstanceOf(ConfigInvalidError);
  });

  it('and a large file that means something is read', () => {
    const long = 'x'.repeat(MEGABYTE - 10);
    expect(values(`a: ${long}`)).toEqual({ a: long });
    expect(values(`${' '.repeat(MEGABYTE - 10)}\na: 1`)).toEqual({ a: 1 });
    const keys = Array.from({ length: 10_000 }, (_, i) => `key${i}: ${i}`);
    expect(Object.keys(values(keys.join('\n')) as object)).toHaveLength(10_000);
    const deep = `${'['.repeat(60)}1${']'.repeat(60)}`;
    expect(JSON.stringify(values(deep))).toBe(deep);
  });
});

describe('with resolvers of a format of its own', () => {
  const resolvers = {
    tag: (tag: string, value: unknown): unknown => ({ [tag]: value }),
    plain: (text: string): unknown => text,
  };

  it('tags stand for what the format makes of them, at every depth', () => {
    const text = 'a: !T x\nb: !T [1, !U {c: !V}]\nd: !T\n  e: 1\n';
    expect(JSON.parse(JSON.stringify(parseYaml(text, { resolvers }).value))).toEqual({
      a: { '!T': 'x' },
      b: { '!T': ['1', { '!U': { c: { '!V': '' } } }] },
      d: { '!T': { e: '1' } },
    });
  });

  it('unquoted values are typed by the format', () => {
    expect(parseYaml('2012-10-17', { resolvers }).value).toBe('2012-10-17');
  });

  it('aliases stand for the value with its tag', () => {
    const { value } = parseYaml('a: &x !T 1\nb: *x\n', { resolvers });
    expect(JSON.parse(JSON.stringify(value))).toEqual({ a: { '!T': '1' }, b: { '!T': '1' } });
  });

  it('errors about what is in a tagged value point at it', () => {
    const { errorAt } = parseYaml('a: 1\nb: !T {c: 1}\n', { resolvers });
    expect(errorAt(['b', 'c'], 'is odd')).toMatchObject({ line: 2 });
  });

  it.each(['a: !!binary x', 'a: !<tag:example.org,2000:x> 1', '!T a: 1'])(
    'refuses tags that are not the own ones of the format: %s',
    (text) => {
      expect(() => parseYaml(text, { resolvers })).toThrow();
    },
  );
});
