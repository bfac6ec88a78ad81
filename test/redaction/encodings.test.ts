import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/redaction/index.js';

const SECRET = 'p@ss w"ö\\rd/+?~1';

function redact(text: string, ...secrets: readonly string[]): string {
  const redactor = createRedactor();
  for (const secret of secrets.length === 0 ? [SECRET] : secrets) redactor.add(secret);
  return redactor.text(text);
}

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

describe('one secret', () => {
  test.each([
    ['plain', SECRET],
    ['encodeURIComponent', encodeURIComponent(SECRET)],
    ['form data, with + for a blank', new URLSearchParams([['', SECRET]]).toString().slice(1)],
    ['percent escapes in lower case', encodeURIComponent(SECRET).toLowerCase()],
    ['every byte percent-escaped', utf8(SECRET).toString('hex').replace(/../g, '%$&')],
    ['one character percent-escaped', SECRET.replace('1', '%31')],
    ['percent-escaped twice', encodeURIComponent(encodeURIComponent(SECRET))],
    ['percent-escaped three times', [0, 1, 2].reduce((text) => encodeURIComponent(text), SECRET)],
    ['JSON', inJson(SECRET)],
    ['JSON with \\/', inJson(SECRET).replace('/', '\\/')],
    ['JSON with \\u in lower case', inJson(SECRET).replace('ö', '\\u00f6')],
    ['JSON with \\u in upper case', inJson(SECRET).replace('ö', '\\u00F6').replace('1', '\\u0031')],
    ['JSON in JSON', inJson(inJson(SECRET))],
    ['JSON in JSON in JSON', inJson(inJson(inJson(SECRET)))],
    ['JSON in a URI', encodeURIComponent(inJson(SECRET))],
    ['JSON with \\u in a URI', encodeURIComponent(inJson(SECRET).replace('ö', '\\u00f6'))],
    ['hex', utf8(SECRET).toString('hex')],
    ['hex in upper case', utf8(SECRET).toString('hex').toUpperCase()],
    ['zero-width blanks between', [...SECRET].join('\u200b')],
    ['joiners between', [...SECRET].join('\u200d\u200c')],
    ['word joiners and byte order marks between', [...SECRET].join('\u2060\ufeff')],
    ['soft hyphens between', [...SECRET].join('\u00ad')],
    ['zero-width blanks in a URI', encodeURIComponent([...SECRET].join('\u200b'))],
    ['zero-width blanks as \\u200b', inJson(SECRET).replace('1', '\\u200b1')],
    ['zero-width blanks inside escapes', [...encodeURIComponent(SECRET)].join('\u200b')],
  ])('%s', (_, encoded) => {
    expect(redact(`say ${encoded} twice, ${encoded}.`)).toBe('say *** twice, ***.');
  });

  test('characters outside the basic plane as a pair of \\u escapes, in JSON, JSON in JSON and a URI', () => {
    const secret = 'key \u{1F511} \u{10FFFF} end';
    const escaped = 'key \\ud83d\\uDD11 \\udbff\\udfff end';
    expect(redact(escaped, secret)).toBe('***');
    expect(redact(inJson(escaped), secret)).toBe('***');
    expect(redact(inJson(inJson(escaped)), secret)).toBe('***');
    expect(redact(encodeURIComponent(escaped), secret)).toBe('***');
    expect(redact('key \\ud83d\\ud83d end', secret)).toBe('key \\ud83d\\ud83d end');
  });

  test('line breaks and other controls', () => {
    const secret = '-----BEGIN KEY-----\r\nabc\tdef\b\f\n-----END KEY-----';
    expect(redact(`a ${secret} b`, secret)).toBe('a *** b');
    expect(redact(JSON.stringify({ secret }), secret)).toBe('{"secret":"***"}');
    expect(redact(JSON.stringify(JSON.stringify(secret)), secret)).toBe('"\\"***\\""');
    expect(redact(encodeURIComponent(JSON.stringify(secret)), secret)).toBe('%22***%22');
  });
});

describe('base64', () => {
  test.each([0, 1, 2, 3, 4, 5])('with %d bytes before the secret', (before) => {
    const { length } = utf8(SECRET);
    for (let after = 0; after < 4; after++) {
      const bytes = utf8('x'.repeat(before) + SECRET + '>'.repeat(after));
      for (const encoded of [bytes.toString('base64'), bytes.toString('base64url')]) {
        // A character that holds any bit of the secret is masked.
        const head = encoded.slice(0, Math.floor((8 * before) / 6));
        const tail = encoded.slice(Math.ceil((8 * (before + length)) / 6));
        expect(redact(`"${encoded}"`)).toBe(`"${head}***${tail}"`);
        const bare = tail.replaceAll('=', '');
        expect(redact(`"${encoded.replaceAll('=', '')}"`)).toBe(`"${head}***${bare}"`);
        const uri = (text: string): string => encodeURIComponent(text);
        expect(redact(`"${uri(encoded)}"`)).toBe(`"${uri(head)}***${uri(tail)}"`);
      }
    }
  });

  test('in a longer text of base64 characters', () => {
    const encoded = utf8(`{"user":"ann","password":"${SECRET}"}`).toString('base64');
    expect(redact(`token-${encoded}`)).toMatch(/^token-eyJ1c2VyIjoi\w+\*\*\*\w*={0,2}$/);
  });

  test('with its characters escaped for JSON', () => {
    const secret = '\u00ff\u00fe\u00ff\u00fe\u00ff\u00fe?>?>';
    const encoded = utf8(secret).toString('base64');
    expect(encoded).toMatch(/[+/].*[+/]/);
    expect(redact(encoded.replaceAll('/', '\\/'), secret)).not.toContain('w7');
    const escaped = encoded.replaceAll('+', '\\u002B').replaceAll('/', '\\u002f');
    expect(redact(escaped, secret)).not.toContain('w7');
  });
});

describe('what stands beside a secret', () => {
  test('may look like the beginning of an escape', () => {
    expect(redact('%41abcdef%21', '41abcdef!')).toBe('%***');
    expect(redact('\\nabc\\"defg', 'nabc"defg')).toBe('***');
    expect(redact('%4aGVsbG8xMjM0', 'hello1234')).toBe('%4***');
    expect(redact('\\u0041abcdefg', '41abcdefg')).toBe('***');
    // What the backslash stands before may begin an escape all the same.
    expect(redact('\\%61%61%61%61%61%61%61%61', 'aaaaaaaa')).toBe('***');
    expect(redact('%61%62%%61%61%61%61%61%61%61%61%62', 'aaaaaaaa')).toBe('%61%62%***%62');
    expect(redact('\\n\\t\\u0062unter22 ', 'bunter22')).toBe('\\n\\t*** ');
  });

  test('and may be hex or base64 as well', () => {
    const hex = utf8('hunter22').toString('hex');
    expect(redact(`f${hex}0`, 'hunter22')).toBe('f***0');
    expect(redact(`ff${hex}01`, 'hunter22')).toBe('ff***01');
  });

  test('JSON stays JSON', () => {
    const lines = [
      { path: 'C:\\hunter22' },
      { path: 'C:\\\\hunter22\\' },
      { nested: JSON.stringify({ path: '\\hunter22', quoted: '"hunter22"' }) },
      { nested: JSON.stringify({ nested: JSON.stringify({ path: '\\\\hunter22\n' }) }) },
    ];
    for (const line of lines) {
      const output = redact(JSON.stringify(line), 'hunter22');
      expect(output).not.toContain('hunter22');
      const parsed = JSON.parse(output) as { readonly nested?: string };
      if (parsed.nested !== undefined)
        expect(() => JSON.parse(parsed.nested as string)).not.toThrow();
    }
    expect(JSON.parse(redact('{"a":"\\u00aabcdefgh"}', '00aabcdefgh'))).toEqual({ a: '***' });
  });
});

describe('several secrets', () => {
  test('one the beginning of another: both are found', () => {
    expect(redact('abcdefgh, abcdefghijk, abcdefghij', 'abcdefgh', 'abcdefghijk')).toBe(
      '***, ***, ***ij',
    );
  });

  test('that overlap get one mask', () => {
    expect(redact('<abcdefghijklmno>', 'abcdefghij', 'ghijklmno')).toBe('<***>');
    expect(redact('<abcdefghijklmno>', 'abcdefghijklmno', 'defghijk')).toBe('<***>');
    expect(redact(`<${'a'.repeat(50)}>`, 'aaaaaaaa')).toBe('<***>');
  });

  test('side by side get one each', () => {
    expect(redact('abcdefgh12345678', 'abcdefgh', '12345678')).toBe('******');
  });

  test('a secret that holds escapes itself', () => {
    const secret = 'p%40ss%2Fword\\n\\u0041';
    for (const text of [
      secret,
      encodeURIComponent(secret),
      inJson(secret),
      inJson(inJson(secret)),
    ]) {
      expect(redact(text, secret)).toBe('***');
    }
  });
});

describe('no secret', () => {
  test.each([
    ['a part of it', 'p@ss w"ö\\rd/+?~'],
    ['another case', SECRET.toUpperCase()],
    ['half a surrogate pair', 'a \ud83d b \udd11 c'],
    ['what is nearly an escape', '100% %4 %zz \\ \\u \\u12 \\x %'],
    ['zero-width characters', 'a\u200bb\u00ad\ufeff'],
    ['nothing', ''],
  ])('%s stays as it is', (_, text) => {
    expect(redact(text)).toBe(text);
    expect(createRedactor().text(text)).toBe(text);
  });
});

describe('a secret that begins with what an escape ends with', () => {
  const secret = 'h    ~    !';
  const hex = utf8(secret).toString('hex');
  const escaped = (text: string): string => utf8(text).toString('hex').replace(/../g, '%$&');
  const inBase64 = (...before: readonly number[]): string =>
    Buffer.from([...before, ...utf8(secret)]).toString('base64');

  test.each([
    ['base64 after a percent sign', '%4aCAgICB\\u002bICAgICEifXk='],
    ['base64 after the escape of a letter', '\\u004aCAgICB\\u002bICAgICEifXk='],
    ['base64 of which all else is escaped', `%4a${escaped(inBase64().slice(1))}`],
    ['base64 from the middle of a character on', `%42${escaped(inBase64(0xe3).slice(2))}`],
    ['hex after a percent sign', '%6820202020\\u0037e2020202021'],
    ['hex from its second digit on', `%46${escaped(hex.slice(1))}`],
    ['hex of which all else is escaped', `%68${escaped(hex.slice(2))}`],
    ['hex after an escaped percent sign', `%2568${escaped(hex.slice(2))}`],
    ['hex after a percent sign that is escaped twice', `%252568${escaped(hex.slice(2))}`],
    ['hex after the escape of a letter', `\\u0068${escaped(hex.slice(2))}`],
  ])('%s is masked, though more of it is escaped', (_, text) => {
    expectMask(text, secret);
  });

  test.each([
    ['and goes on', '%3dcba987'],
    ['and goes on escaped', '%3d%63%62%61%39%38%37'],
    ['and goes on with an escaped percent sign', '%3d%2563%62%61%39%38%37'],
    ['and goes on in JSON escapes', '\\u003d\\u0063\\u0062\\u0061\\u0039\\u0038\\u0037'],
    ['after others that do not go on', '%3d%3d%3d%3d%63ba987'],
  ])('in plain text %s, is masked', (_, text) => {
    // The end of a text is read in another way: more has to follow.
    expectMask(`${text} and so on`, '3dcba987');
  });

  test('and holds a line break that is indented, is masked', () => {
    expectMask('%3d\n    cba987 and so on', '3d\ncba987');
  });
});

/** In pieces, what is masked is the same. */
function expectMask(text: string, secret: string): void {
  const redactor = createRedactor();
  redactor.add(secret);
  const output = redactor.text(text);
  expect(output).not.toBe(text);
  expect(output).toContain('***');
  const pieces = redactor.pieces();
  const written =
    [...text].map((piece) => String(pieces.write(piece))).join('') + String(pieces.end());
  expect(written).toBe(output);
}
