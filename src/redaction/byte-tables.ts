/** Value of a hex digit by its byte, either case; -1: none. @source RFC 4648, section 8 */
export const HEX_VALUE: Int8Array = tableOf(['0123456789abcdef', '0123456789ABCDEF']);

/**
 * Value of a base64 character by its byte, the URL-safe ones too; -1: none.
 *
 * @source RFC 4648, sections 4 and 5
 */
export const BASE64_VALUE: Int8Array = tableOf([
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
]);

/**
 * What stands behind the backslash in a JSON escape of one letter, and the byte it means. @source
 * RFC 8259, section 7
 */
export const CONTROL_ESCAPE: Int8Array = controlEscapes();

export const BACKSLASH = 0x5c;
export const PERCENT = 0x25;
export const PLUS = 0x2b;
export const SLASH = 0x2f;
export const BLANK = 0x20;
export const LETTER_U = 0x75;
export const LETTER_X = 0x78;

/** ASCII punctuation without the backslash: a backslash before it changes nothing. */
export function isPunctuation(byte: number): boolean {
  if (byte <= BLANK || byte >= 0x7f || byte === BACKSLASH) return false;
  const lower = byte | 0x20;
  return !((byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a));
}

function tableOf(alphabets: readonly string[]): Int8Array {
  const table = new Int8Array(256).fill(-1);
  for (const alphabet of alphabets) {
    for (let value = 0; value < alphabet.length; value++) table[alphabet.charCodeAt(value)] = value;
  }
  return table;
}

function controlEscapes(): Int8Array {
  const table = new Int8Array(256).fill(-1);
  for (const [letter, control] of Object.entries({ b: 8, t: 9, n: 10, f: 12, r: 13 })) {
    table[letter.charCodeAt(0)] = control;
  }
  return table;
}
