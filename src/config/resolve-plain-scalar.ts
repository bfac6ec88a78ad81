/** What an unquoted YAML value can stand for. */
export type PlainScalar = string | number | boolean | Date | null;

const NULL = /^(?:~|null|Null|NULL)?$/;
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const BINARY = /^[-+]?0b[01_]+$/;
const OCTAL = /^[-+]?0[0-7_]+$/;
const DECIMAL = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const HEXADECIMAL = /^[-+]?0x[0-9a-fA-F_]+$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const FLOAT = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/;
const INFINITY = /^[-+]?\.(?:inf|Inf|INF)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TIMESTAMP =
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?$/;

/**
 * Types an unquoted YAML value.
 *
 * `yes` and `on` are true, `0x10` is 16, `010` is 8, `1_000` is 1000 and `1:30` is 90, but `1e3` is
 * a string: a float needs a dot, and its exponent a sign. A date is a `Date` (an impossible one: an
 * invalid `Date`), so that it is never taken for a string.
 *
 * @source YAML 1.1 as PyYAML 6 resolves it, which is what Feast reads its file with: same.
 */
export function resolvePlainScalar(text: string): PlainScalar {
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  if (DATE.test(text) || TIMESTAMP.test(text)) return new Date(text);
  return resolveNumber(text) ?? text;
}

function resolveNumber(text: string): number | undefined {
  const negative = text.startsWith('-');
  const sign = negative ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  if (BINARY.test(text)) return sign * Number.parseInt(digits.slice(2), 2);
  if (OCTAL.test(text)) return sign * Number.parseInt(digits, 8);
  if (HEXADECIMAL.test(text)) return sign * Number.parseInt(digits.slice(2), 16);
  if (DECIMAL.test(text) || FLOAT.test(text)) return sign * Number(digits);
  if (isBase60(text)) return sign * digits.split(':').reduce(nextBase60Digit, 0);
  if (INFINITY.test(text)) return sign * Number.POSITIVE_INFINITY;
  return NAN.test(text) ? Number.NaN : undefined;
}

function isBase60(text: string): boolean {
  // A whole number in base 60 does not start with a zero; a fractional one may.
  return BASE_60.test(text) && (text.includes('.') || !/^[-+]?0/.test(text));
}

function nextBase60Digit(total: number, digit: string): number {
  return total * 60 + Number(digit);
}
