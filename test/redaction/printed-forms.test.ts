import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createRedactor, type Redactor } from '../../src/redaction/index.js';

/** Lines of 64 characters and a short last one, as a key in PEM has. */
const LINES = [
  'Mq3vK8sY1ZtB4nXw0RfLh7uGj2DcE5aPiO9kTmVxWbNQyJlSrAeUoFzHgCdI6+/p',
  '8fTzQwErTyUiOpAsDfGhJkLzXcVbNm1234567890qWeRtYuIoPaSdFgHjKlZxCvB',
  'u0/+9aZ=',
];
const KEY = `-----BEGIN PRIVATE KEY-----\n${LINES.join('\n')}\n-----END PRIVATE KEY-----\n`;
const SHORT_LINES = `${Array.from({ length: 12 }, (_, line) => `line-${line}!`).join('\n')}\nit's "13"\nlast`;
const LATIN = 'pass\u001bword\u0085\u00e9\'"`\\';
const TOKEN = 'a token of one line, of 48 characters: 0123456789';
const SECRETS = [KEY, SHORT_LINES, LATIN, TOKEN];

function redactor(...secrets: readonly string[]): Redactor {
  const made = createRedactor();
  for (const value of secrets.length === 0 ? SECRETS : secrets) made.add({ name: 'key', value });
  return made;
}

const SHARED = redactor();

/** Masks a text as a whole and in pieces of several lengths, which must make no difference. */
function redact(text: string, made: Redactor = SHARED): string {
  const masked = made.text(text);
  for (const length of [1, 7, 64]) {
    const pieces = made.pieces();
    let written = '';
    for (let at = 0; at < text.length; at += length) {
      written += String(pieces.write(text.slice(at, at + length)));
    }
    expect(written + String(pieces.end())).toBe(masked);
  }
  expect(made.text(masked)).toBe(masked);
  return masked;
}

/** Nests a value, so that its lines are indented. */
const nest = (value: unknown, depth: number): unknown =>
  depth === 0 ? value : { a: nest(value, depth - 1) };

const latin = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** What Node and JSON print of a text, and what stays of it. */
const FORMS: readonly (readonly [string, (secret: string) => string, RegExp | string])[] = [
  ['an object', (key) => format({ key }), /^\{\s+key: '\*\*\*key\*\*\*\\n'\s+\}$/],
  ['an object deep in others', (key) => inspect(nest(key, 20), { depth: 30 }), /\*\*\*key\*\*\*/],
  ['%o', (key) => format('%o', { key }), /\*\*\*key\*\*\*/],
  ['%O', (key) => format('%O', [key]), /\*\*\*key\*\*\*/],
  ['%j', (key) => format('%j', { key }), /^\{"key":"\*\*\*key\*\*\*(?:\\n)?"\}$/],
  ['a field name', (key) => inspect({ [key]: 1 }), /\*\*\*key\*\*\*/],
  ['a map and a set', (key) => inspect([new Map([[key, key]]), new Set([key])]), /key/],
  ['the cause of an error', (key) => inspect(new Error('a', { cause: { key } })), /key/],
  ['colours', (key) => inspect({ key }, { colors: true }), /\*\*\*key\*\*\*/],
  ['a line of JSON', (key) => JSON.stringify(inspect({ key })), /\*\*\*key\*\*\*/],
  ['JSON in JSON', (key) => JSON.stringify(JSON.stringify(inspect({ key }))), /\*\*\*key\*\*\*/],
  ['colours in JSON', (key) => JSON.stringify(inspect({ a: { key } }, { colors: true })), /key/],
  ['CRLF', (key) => inspect({ key: key.replaceAll('\n', '\r\n') }), /\*\*\*key\*\*\*/],
  ['CRLF in plain', (key) => key.replaceAll('\n', '\r\n'), /^\*\*\*key\*\*\*(?:\r\n)?$/],
  ['blanks before each line', (key) => `k: |\n${key.replace(/^/gm, '    ')}`, /^k: \|\n +\*{3}key/],
  ['tabs before each line', (key) => key.replace(/^/gm, '\t'), /^\t\*\*\*key\*\*\*/],
  ['blanks before each line, in JSON', (key) => JSON.stringify(key.replace(/^/gm, '  ')), /key/],
  ['a short Buffer', (key) => inspect(Buffer.from(key.slice(0, 50))), /^<Buffer /],
  ['hex escapes', latin, /\*\*\*key\*\*\*/],
  ['bytes in JSON', (key) => JSON.stringify({ a: [...Buffer.from(key)] }), /^\{"a":\[42,42,42,/],
  ['a Buffer in JSON', (key) => JSON.stringify(Buffer.from(key)), /^\{"type":"Buffer","data":\[42/],
  ['a Uint8Array in JSON', (key) => JSON.stringify(new Uint8Array(Buffer.from(key))), /^\{"0":42/],
  ['bytes in JSON over lines', (key) => JSON.stringify([...Buffer.from(key)], null, 2), /42,42/],
  ['bytes in JSON in JSON', (key) => JSON.stringify(JSON.stringify(Buffer.from(key))), /42,42/],
  [
    'a Uint8Array in JSON in JSON',
    (key) => JSON.stringify(JSON.stringify({ ...Buffer.from(key) })),
    /42/,
  ],
  ['a Uint8Array', (key) => inspect(Uint8Array.from(Buffer.from(key))), /^Uint8Array\(\d+\) \[/],
  [
    'a whole Uint8Array',
    (key) => inspect(Uint8Array.from(Buffer.from(key)), { maxArrayLength: null }),
    /42/,
  ],
  [
    'a Uint8Array in colours',
    (key) => inspect([...Buffer.from(key)], { colors: true, maxArrayLength: null }),
    /42/,
  ],
  [
    'a Uint8Array in JSON, as it is printed',
    (key) => JSON.stringify(inspect([...Buffer.from(key)], { maxArrayLength: null })),
    /42/,
  ],
  ['an object of bytes', (key) => inspect({ ...Buffer.from(key) }, { compact: true }), /'0': 42/],
  [
    'an ArrayBuffer',
    (key) => inspect(Uint8Array.from(Buffer.from(key)).buffer),
    /Contents\]: <\*\*\*key\*\*\*/,
  ],
  ['base64 of CRLF', (key) => Buffer.from(key.replaceAll('\n', '\r\n')).toString('base64'), /key/],
];

/** Parts of four characters of what a key is made of. */
function partsOf(key: string): readonly string[] {
  const body = key === KEY ? LINES.join('\n') : key;
  return body.split('\n').flatMap((line) => line.match(/.{4,}/g) ?? []);
}

describe('what is printed', () => {
  test.each(FORMS)('%s: a key in PEM', (_, print, expected) => {
    const output = redact(print(KEY));
    expect(output).toEqual(expected instanceof RegExp ? expect.stringMatching(expected) : expected);
    for (const part of partsOf(KEY)) expect(output).not.toContain(part);
    expect(output).not.toMatch(/(?:\b(?:4d|77|38|66) ?){3}|(?:\b(?:77|113|51),\s*){3}/);
  });

  test.each(FORMS.filter(([name]) => !name.startsWith('base64')))(
    '%s: a secret of short lines',
    (_, print) => {
      const output = redact(print(SHORT_LINES));
      for (const part of partsOf(SHORT_LINES)) expect(output).not.toContain(part);
    },
  );

  test.each(FORMS)('%s: a secret with controls and quotation marks', (_, print) => {
    const output = redact(print(LATIN));
    expect(output).not.toContain('pass');
    expect(output).not.toContain('word');
    expect(output).not.toMatch(/70 61 73|112,\s*97/);
  });

  test.each(FORMS)('%s: a text without a secret stays as it is', (_, print) => {
    const text = print('-----BEGIN CERTIFICATE-----\nabcdefghijklmnopqrst\nuv\n');
    expect(redact(text)).toBe(text);
  });
});

describe('lines of a secret', () => {
  test('are masked alone, long ones only', () => {
    expect(redact(`> ${LINES[0]}\n> ${LINES[1]}\n> ${LINES[2]}`)).toBe(
      '> ***key***\n> ***key***\n> u0/+9aZ=',
    );
  });

  test('that everyone knows are not secrets', () => {
    const text = '-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nfirst second third';
    const key = KEY.replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0011\n\n');
    expect(redact(text, redactor(key))).toBe(text);
  });

  test('are found where the secret has its line breaks escaped, as in an environment variable', () => {
    const made = redactor(KEY.trim().replaceAll('\n', '\\n'));
    for (const part of partsOf(KEY).slice(0, 2)) expect(redact(KEY, made)).not.toContain(part);
  });

  test('that two secrets share stay masked until both are removed', () => {
    const made = createRedactor();
    const remove = ['one', 'two'].map((last) =>
      made.add(`${LINES.slice(0, 2).join('\n')}\n${last}`),
    );
    remove[0]?.();
    expect(made.text(`${LINES[0]}`)).toBe('***');
    remove[1]?.();
    expect(made.text(`${LINES[0]}`)).toBe(LINES[0]);
  });

  test('count among the bytes of the registry', () => {
    const made = createRedactor({ maxBytes: 2 * KEY.length });
    expect(() => made.add(KEY)).toThrow(RangeError);
    expect(made.unmasked).toBe(1);
  });
});

describe('a list of bytes that is cut', () => {
  test('shows no beginning of a secret', () => {
    expect(redact(inspect(Buffer.from(TOKEN.padEnd(60, '!'))))).toBe(
      '<Buffer ***key*** 21 ... 10 more bytes>',
    );
    const made = redactor(TOKEN.repeat(3));
    expect(redact(inspect(Buffer.from(TOKEN.repeat(3))), made)).toBe(
      '<Buffer ***key*** ... 97 more bytes>',
    );
    const numbers = redact(inspect([...Buffer.from(TOKEN.repeat(3))]), made);
    expect(numbers).toMatch(/^\[\n +42,42,42,[\d,]+,\n {2}\.\.\. 47 more items\n\]$/);
    expect(redact('<Buffer 61 20 74 6f 6b 65 6e ... 9 more bytes>', made)).toContain('61 20');
  });

  test('is masked for the secrets that are there, not for those that were removed', () => {
    const made = createRedactor();
    const remove = [made.add(`${TOKEN} one`), made.add(`${TOKEN} two`)];
    const text = inspect(Buffer.from(`${TOKEN} three`));
    expect(made.text(text)).toBe('<Buffer *** ... 5 more bytes>');
    remove[0]?.();
    expect(made.text(text)).toBe('<Buffer *** ... 5 more bytes>');
    remove[1]?.();
    expect(made.text(text)).toBe(text);
  });
});

test('a list of bytes stays JSON, with the mask as bytes', () => {
  const masked = JSON.parse(redact(JSON.stringify({ data: Buffer.from(`a ${TOKEN}!`) }))) as {
    readonly data: { readonly data: readonly number[] };
  };
  expect(Buffer.from(masked.data.data).toString()).toBe('a ***key***!');
  const keyed = JSON.parse(redact(JSON.stringify({ ...Buffer.from(`a ${TOKEN}!`) }))) as object;
  expect(Object.values(keyed)).toEqual([97, 32, 42, 33]);
});

test('numbers outside of a list stay as they are', () => {
  const text =
    '{"time":1764000000000,"a":[1,2,3],"b":[97,32,300,4,5,6,7,8,9],"c":9}\n12,13\ndeadbeef 41 42 be ad a bc def\n65, 66,\n';
  expect(redact(text)).toBe(text);
  const pieces = redactor().pieces();
  expect(pieces.write('took 97\n')).toBe('took 97\n');
  expect(pieces.write('[1, 97')).toBe('[1, ');
  expect(pieces.end()).toBe('97');
});

test('console.log on a wrapped stream shows no key, whatever it is in', () => {
  let output = '';
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      output += chunk.toString();
      done();
    },
  });
  const { log, dir } = new Console(redactor().wrap(sink));
  log({ key: KEY }, [KEY], new Error('no', { cause: { key: KEY } }));
  log('%o %O %j %s', { key: KEY }, KEY, KEY, KEY);
  log(Buffer.from(KEY), new TextEncoder().encode(KEY), [...Buffer.from(KEY)]);
  dir(nest(KEY, 9), { depth: 10 });
  for (const part of partsOf(KEY)) expect(output).not.toContain(part);
  expect(output).not.toMatch(/4d 71 33|77,\s*113,\s*51/);
  expect(output.match(/key\*\*\*/g)?.length).toBeGreaterThan(8);
});
