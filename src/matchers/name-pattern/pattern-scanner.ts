import { PatternUnsupportedError } from '../../model/errors.js';
import type { Dialect } from './dialect.js';

/**
 * Reads a pattern one token at a time, a token being a code point or a backslash with the code
 * point after it.
 *
 * One token is always read ahead, so a backslash at the end of the pattern is an error as soon as
 * the token before it is taken. Positions are offsets in code points.
 *
 * @source CPython reports the same positions
 */
export class PatternScanner {
  readonly pattern: string;
  readonly dialect: Dialect;
  readonly length: number;
  /** The token to be read next; undefined at the end. */
  next: string | undefined;
  /** Where `next` starts. */
  position: number;
  readonly #characters: readonly string[];

  constructor(pattern: string, dialect: Dialect) {
    this.pattern = pattern;
    this.dialect = dialect;
    this.#characters = Array.from(pattern);
    this.length = this.#characters.length;
    this.position = 0;
    this.seek(0);
  }

  /** Reads on from `position`. */
  seek(position: number): void {
    this.position = position;
    const first = this.#characters[position];
    if (first !== '\\') {
      this.next = first;
      return;
    }
    const second = this.#characters[position + 1];
    if (second === undefined) throw this.error('backslash at the end of the pattern');
    this.next = first + second;
  }

  /** Takes the next token; undefined at the end. */
  take(): string | undefined {
    const token = this.next;
    if (token !== undefined) this.seek(this.position + tokenLength(token));
    return token;
  }

  /** Takes the next token if it is `token`. */
  match(token: string): boolean {
    if (this.next !== token) return false;
    this.take();
    return true;
  }

  /** Takes tokens while `accepts` holds, `limit` at the most. */
  takeWhile(accepts: (token: string) => boolean, limit: number = Number.POSITIVE_INFINITY): string {
    let text = '';
    for (let i = 0; i < limit && this.next !== undefined && accepts(this.next); i += 1)
      text += this.take();
    return text;
  }

  /** Takes the text before `terminator`, and the terminator. `what` names the text in errors. */
  takeUntil(terminator: string, what: string): { readonly text: string; readonly start: number } {
    const start = this.position;
    const text = this.takeWhile((token) => token !== terminator);
    if (this.next === undefined)
      throw this.error(
        text === '' ? `missing ${what}` : `missing ${terminator} after ${what}`,
        start,
      );
    if (text === '') throw this.error(`missing ${what}`, start);
    this.take();
    return { text, start };
  }

  /** The error for a pattern that Python refuses. */
  error(reason: string, position: number = this.position): PatternUnsupportedError {
    return this.#refusal('invalid', reason, position);
  }

  /** The error for a pattern that Python accepts, and this package does not. */
  unsupported(reason: string, position: number = this.position): PatternUnsupportedError {
    return this.#refusal('unsupported', reason, position);
  }

  #refusal(
    kind: PatternUnsupportedError['kind'],
    reason: string,
    position: number,
  ): PatternUnsupportedError {
    return new PatternUnsupportedError({ kind, pattern: this.pattern, position, reason });
  }
}

/** Length of a token in code points. */
export function tokenLength(token: string): number {
  return token.startsWith('\\') ? 2 : 1;
}

/** Whether `token` is one decimal digit, `0` to `9`. */
export function isAsciiDigit(token: string): boolean {
  return token.length === 1 && token >= '0' && token <= '9';
}

/** Whether `token` is one octal digit, `0` to `7`. */
export function isOctalDigit(token: string): boolean {
  return token.length === 1 && token >= '0' && token <= '7';
}

/** Whether `token` is one hexadecimal digit in either case. */
export function isHexDigit(token: string): boolean {
  return /^[0-9a-fA-F]$/.test(token);
}
