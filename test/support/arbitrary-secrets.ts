import { inspect } from 'node:util';
import fc from 'fast-check';

/** A way to write a text so that it can be read back, decided by a source of numbers below 1. */
export interface Encoding {
  readonly name: string;
  readonly encode: (text: string, random: () => number) => string;
}

const ZERO_WIDTH = ['\u00ad', '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff'];

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

const jsonBody = (text: string): string => JSON.stringify(text).slice(1, -1);

function anyCase(text: string, random: () => number): string {
  return [...text].map((c) => (random() < 0.5 ? c.toUpperCase() : c.toLowerCase())).join('');
}

function percentAll(text: string, random: () => number): string {
  const hex = utf8(text).toString('hex').match(/../g) ?? [];
  return hex.map((pair) => `%${anyCase(pair, random)}`).join('');
}

/** Escapes what must be, and some more. */
function percentSome(text: string, random: () => number): string {
  return [...text]
    .map((c) => (/[A-Za-z0-9._~-]/.test(c) && random() < 0.7 ? c : percentAll(c, random)))
    .join('');
}

function jsonSome(text: string, random: () => number): string {
  return [...text]
    .map((c) => {
      if (c === '/' && random() < 0.5) return '\\/';
      if (random() < 0.7) return jsonBody(c);
      return Array.from({ length: c.length }, (_, i) => {
        const hex = c.charCodeAt(i).toString(16).padStart(4, '0');
        return `\\u${anyCase(hex, random)}`;
      }).join('');
    })
    .join('');
}

/** Bytes before and after, so that the secret begins at each of the three places in base64. */
function amid(text: string, random: () => number): Buffer {
  const before = 'x{"'.slice(0, Math.floor(random() * 4));
  const after = '"}yz'.slice(0, Math.floor(random() * 5));
  return utf8(before + text + after);
}

/** As Node prints it: in lines of some width, coloured or not. */
function printed(value: unknown, random: () => number): string {
  return inspect(value, {
    depth: 20,
    maxArrayLength: null,
    breakLength: Math.floor(random() * 100),
    colors: random() < 0.3,
    compact: random() < 0.5 ? 3 : false,
  });
}

/** In other objects, so that it is indented. */
function nested(value: unknown, random: () => number): unknown {
  let outer = value;
  for (let depth = Math.floor(random() * 8); depth > 0; depth--) outer = { a: outer };
  return outer;
}

/** Bytes, escaped as C and Python do, and some left as they are. */
function hexEscapes(text: string, random: () => number): string {
  const bytes = [...utf8(text)];
  return bytes
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[\w .-]/.test(character) && random() < 0.5) return character;
      return `\\x${anyCase(byte.toString(16).padStart(2, '0'), random)}`;
    })
    .join('');
}

const hexPairs = (bytes: Buffer): string => bytes.toString('hex').replace(/..(?=.)/g, '$& ');

export const ENCODINGS: readonly Encoding[] = [
  { name: 'plain', encode: (text) => text },
  { name: 'URI component', encode: (text) => encodeURIComponent(text) },
  { name: 'form', encode: (text) => new URLSearchParams({ a: text }).toString().slice(2) },
  { name: 'percent, all', encode: percentAll },
  { name: 'percent, some', encode: percentSome },
  { name: 'percent, twice', encode: (text) => encodeURIComponent(encodeURIComponent(text)) },
  { name: 'JSON', encode: (text) => jsonBody(text) },
  { name: 'JSON, some', encode: jsonSome },
  { name: 'JSON in JSON', encode: (text, random) => jsonBody(jsonSome(text, random)) },
  { name: 'JSON thrice', encode: (text) => jsonBody(jsonBody(jsonBody(text))) },
  { name: 'JSON in a URI', encode: (text) => encodeURIComponent(jsonBody(text)) },
  { name: 'base64', encode: (text, random) => amid(text, random).toString('base64') },
  { name: 'base64url', encode: (text, random) => amid(text, random).toString('base64url') },
  {
    name: 'base64, not padded',
    encode: (text, random) => amid(text, random).toString('base64').replaceAll('=', ''),
  },
  {
    name: 'base64 in a URI',
    encode: (text, random) => encodeURIComponent(amid(text, random).toString('base64')),
  },
  {
    name: 'base64 in JSON',
    encode: (text, random) =>
      amid(text, random).toString('base64').replaceAll('/', '\\/').replaceAll('+', '\\u002b'),
  },
  { name: 'hex', encode: (text) => utf8(text).toString('hex') },
  { name: 'Node', encode: (text, random) => printed(nested(text, random), random) },
  {
    name: 'Node in JSON',
    encode: (text, random) => JSON.stringify(printed(nested([text], random), random)),
  },
  {
    name: 'CRLF',
    encode: (text) => text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'),
  },
  {
    name: 'indented',
    // Taking indents off would take those of the text off too.
    encode: (text) => (/\n[ \t]/.test(text) ? text : text.replaceAll('\n', '\n    ')),
  },
  { name: 'hex escapes', encode: hexEscapes },
  { name: 'Buffer', encode: (text, random) => `<Buffer ${hexPairs(amid(text, random))}>` },
  { name: 'bytes in JSON', encode: (text, random) => JSON.stringify([...amid(text, random)]) },
  {
    name: 'bytes in JSON, over lines',
    encode: (text, random) => JSON.stringify([[...amid(text, random)]], null, 2),
  },
  { name: 'Buffer in JSON', encode: (text, random) => JSON.stringify(amid(text, random)) },
  {
    name: 'Uint8Array in JSON',
    encode: (text, random) => JSON.stringify({ a: { ...amid(text, random) } }),
  },
  {
    name: 'Uint8Array',
    encode: (text, random) => printed(nested(Uint8Array.from(amid(text, random)), random), random),
  },
  {
    name: 'Uint8Array in JSON, printed',
    encode: (text, random) =>
      JSON.stringify(printed(nested([...amid(text, random)], random), random)),
  },
  { name: 'hex, any case', encode: (text, random) => anyCase(utf8(text).toString('hex'), random) },
];

/** Zero-width characters between some characters. */
export function withZeroWidth(text: string, random: () => number): string {
  return [...text]
    .map((c) => (random() < 0.3 ? c + ZERO_WIDTH[Math.floor(random() * ZERO_WIDTH.length)] : c))
    .join('');
}

/** Characters that escapes are made of, letters that may be hex digits, and some of every kind. */
const unit: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...'abcdefABCDEF0123456789xyznrtu') },
  { weight: 3, arbitrary: fc.constantFrom(...'\\%+/"\'=-_.,:{}[]()<> \n\t&?#!~') },
  { weight: 1, arbitrary: fc.constantFrom('é', 'ß', '→', '密', '\u{1F511}', '\u{10FFFF}') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
);

/** Eight characters at least, of which white space at the ends is not one. */
export const arbitrarySecret: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit, minLength: 8, maxLength: 40 }),
    fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 24 }),
    fc.uuid(),
    fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 8, maxLength: 12 }),
  )
  .map((text) => text.trim())
  .filter((text) => text.length >= 8 && !ZERO_WIDTH.some((c) => text.includes(c)));

/** What stands between secrets. */
export const arbitraryGlue: fc.Arbitrary<string> = fc.string({ unit, maxLength: 12 });
