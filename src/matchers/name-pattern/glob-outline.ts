import { PatternUnsupportedError } from '../../model/errors.js';
import { negateSet, normalizeSet } from './code-point-set.js';
import type { CodePointSet } from './pattern-tree.js';

/** Longest glob, in UTF-16 code units. */
const MAX_GLOB_LENGTH = 65_536;

const MAX_DEPTH = 200;

/** What stands in the text for a class or an escaped character. */
const PLACEHOLDER = '[x]';

/** A glob with all that picomatch would read in its own way taken out. */
export interface GlobOutline {
  /** The glob, with `[x]` for each class and each escaped character. */
  readonly text: string;
  /** What the `[x]` stand for, in order. */
  readonly classes: readonly CodePointSet[];
  /** Offsets of `!(` in the glob, in code points, in order. */
  readonly exclusions: readonly number[];
}

/**
 * Reads the classes and escapes of a glob and checks its brackets.
 *
 * @throws {@link PatternUnsupportedError} `invalid` for brackets that do not match, an empty or
 * reversed class range and a backslash at the end; `unsupported` for POSIX classes, `(?`, more than
 * 200 brackets in one another and overlong globs
 */
export function outlineGlob(glob: string): GlobOutline {
  if (glob.length > MAX_GLOB_LENGTH) throw tooLong(glob);
  const reader = new OutlineReader(glob);
  reader.read();
  const text = reader.pieces.join('');
  if (text.length > MAX_GLOB_LENGTH) throw tooLong(glob);
  return { text, classes: reader.classes, exclusions: reader.exclusions };
}

function tooLong(pattern: string): PatternUnsupportedError {
  const reason = `longer than ${MAX_GLOB_LENGTH} characters`;
  return new PatternUnsupportedError({ kind: 'unsupported', pattern, position: 0, reason });
}

class OutlineReader {
  readonly pieces: string[] = [];
  readonly classes: CodePointSet[] = [];
  readonly exclusions: number[] = [];
  readonly #glob: string;
  readonly #characters: readonly string[];
  /** Offsets of the brackets that are open. */
  readonly #open: number[] = [];

  constructor(glob: string) {
    this.#glob = glob;
    this.#characters = Array.from(glob);
  }

  read(): void {
    for (let i = 0; i < this.#characters.length; ) i = this.#readAt(i);
    const [unclosed] = this.#open;
    if (unclosed !== undefined)
      throw this.#error('invalid', `${this.#characters[unclosed]} without its end`, unclosed);
  }

  /** Reads what starts at offset `i`; the result is where the next starts. */
  #readAt(i: number): number {
    const character = this.#characters[i] as string;
    const next = this.#characters[i + 1];
    switch (character) {
      case '\\':
        if (next === undefined) throw this.#error('invalid', 'backslash at the end', i);
        this.#addLiteral(next);
        return i + 2;
      case '[':
        return this.#readClass(i);
      case '*':
        // Names are not paths: `**` is `*`. The star of `*(` stays apart.
        if (next === '*' && this.#characters[i + 2] !== '(') return i + 1;
        break;
      case '.':
        // A leading `./` has no special meaning either.
        if (next === '/') return this.#addLiteral(character, i + 1);
        break;
      case '"':
      case '\0':
        return this.#addLiteral(character, i + 1);
      case '!':
        if (next === '(') this.exclusions.push(i);
        break;
      case '(':
      case '{':
        this.#openBracket(i);
        break;
      case ')':
      case '}':
        if (!this.#closeBracket(character, i)) return this.#addLiteral(character, i + 1);
        break;
      default:
    }
    this.pieces.push(character);
    return i + 1;
  }

  #addLiteral(character: string, next = 0): number {
    const codePoint = character.codePointAt(0) as number;
    this.pieces.push(PLACEHOLDER);
    this.classes.push([codePoint, codePoint]);
    return next;
  }

  #openBracket(i: number): void {
    if (this.#characters[i] === '(' && this.#characters[i + 1] === '?') {
      throw this.#error('unsupported', '(? of a regular expression', i);
    }
    if (this.#open.length >= MAX_DEPTH)
      throw this.#error('unsupported', `nested deeper than ${MAX_DEPTH} brackets`, i);
    this.#open.push(i);
  }

  /** False for a `}` that closes nothing: it is text. */
  #closeBracket(character: string, i: number): boolean {
    const opening = character === ')' ? '(' : '{';
    const last = this.#open.at(-1);
    if (last !== undefined && this.#characters[last] === opening) {
      this.#open.pop();
      return true;
    }
    if (character === '}' && !this.#open.some((open) => this.#characters[open] === '{'))
      return false;
    throw this.#error('invalid', `${character} without its ${opening}`, i);
  }

  /** Reads `[abc]`, `[a-c]` or `[!abc]`. */
  #readClass(start: number): number {
    const characters = this.#characters;
    const ranges: number[] = [];
    const negated = characters[start + 1] === '!' || characters[start + 1] === '^';
    const first = start + (negated ? 2 : 1);
    let i = first;
    while (i === first || characters[i] !== ']') {
      const low = this.#readMember(start, i);
      let high = low;
      if (characters[low.next] === '-' && characters[low.next + 1] !== ']')
        high = this.#readMember(start, low.next + 1);
      if (high.codePoint < low.codePoint) throw this.#error('invalid', 'reversed range', i);
      ranges.push(low.codePoint, high.codePoint);
      i = high.next;
    }
    const set = normalizeSet(ranges);
    this.pieces.push(PLACEHOLDER);
    this.classes.push(negated ? negateSet(set) : set);
    return i + 1;
  }

  #readMember(start: number, i: number): { readonly codePoint: number; readonly next: number } {
    const escaped = this.#characters[i] === '\\';
    const character = this.#characters[escaped ? i + 1 : i];
    if (character === undefined) throw this.#error('invalid', '[ without its ]', start);
    if (character === '[' && /^[:=.]$/.test(this.#characters[i + 1] ?? '')) {
      throw this.#error('unsupported', 'POSIX class', i);
    }
    return { codePoint: character.codePointAt(0) as number, next: escaped ? i + 2 : i + 1 };
  }

  #error(
    kind: 'invalid' | 'unsupported',
    reason: string,
    position: number,
  ): PatternUnsupportedError {
    return new PatternUnsupportedError({ kind, pattern: this.#glob, position, reason });
  }
}
