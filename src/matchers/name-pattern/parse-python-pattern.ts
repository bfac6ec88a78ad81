import { PatternUnsupportedError } from '../../model/errors.js';
import { ASCII_WORD_SET } from './character-classes.js';
import { ALL_SET, negateSet } from './code-point-set.js';
import { DEFAULT_DIALECT, type Dialect } from './dialect.js';
import {
  applyInlineFlags,
  DEFAULT_FLAGS,
  type InlineFlags,
  type PatternFlags,
} from './inline-flags.js';
import { parseClass } from './parse-class.js';
import { Findings, GroupTable, type ParseContext, SetTable } from './parse-context.js';
import { categoryOf, parseCharacterEscape, parseOctal } from './parse-escape.js';
import { parseGroup } from './parse-group.js';
import { parseQuantifier } from './parse-quantifier.js';
import {
  anchorPiece,
  choicePieces,
  type Piece,
  plainPiece,
  sequenceNode,
  setPiece,
} from './pattern-piece.js';
import { isAsciiDigit, isOctalDigit, PatternScanner } from './pattern-scanner.js';
import type { AnchorNode, CodePointSet, PatternNode } from './pattern-tree.js';

/** Longest pattern, in code points. */
export const MAX_PATTERN_LENGTH = 65_536;

/** Deepest nesting of groups. */
export const MAX_GROUP_DEPTH = 200;

/**
 * Parses a name pattern, which is a regular expression of Python's `re` module.
 *
 * Shape: `pattern` is stripped and read as the Python of `dialect` does; the tree has neither flags
 * nor capture groups, and `position`s in code points.
 *
 * @throws {@link PatternUnsupportedError} `invalid` for what `re.compile` refuses, at the position
 * that Python reports where it reports one; `unsupported` for back-references and conditional
 * groups, for more than {@link MAX_PATTERN_LENGTH} code points and for more than
 * {@link MAX_GROUP_DEPTH} groups in one another
 * @source CPython, `re`: same
 * @example
 * parsePythonPattern('sales_(eu|us)')
 */
export function parsePythonPattern(
  pattern: string,
  dialect: Dialect = DEFAULT_DIALECT,
): PatternNode {
  if (isTooLong(pattern)) {
    const reason = `longer than ${MAX_PATTERN_LENGTH} code points`;
    throw new PatternUnsupportedError({
      kind: 'unsupported',
      pattern,
      position: MAX_PATTERN_LENGTH,
      reason,
    });
  }
  let letters = '';
  for (;;) {
    const parsed = new PatternParser(new PatternScanner(pattern, dialect), letters).parse();
    if (typeof parsed !== 'string') return parsed;
    letters = parsed;
  }
}

function isTooLong(pattern: string): boolean {
  // A code point is one code unit or two: only patterns in between need counting.
  if (pattern.length <= MAX_PATTERN_LENGTH) return false;
  return pattern.length > 2 * MAX_PATTERN_LENGTH || Array.from(pattern).length > MAX_PATTERN_LENGTH;
}

/** What has been read may hold comments and blanks. */
class LateVerbose {}

class PatternParser implements ParseContext {
  readonly scanner: PatternScanner;
  readonly groups: GroupTable = new GroupTable();
  readonly sets: SetTable;
  readonly findings: Findings = new Findings();
  /** Groups that are open. */
  #depth = 0;
  /** The letters of `(?i)` and its like so far. */
  #patternLetters: string;
  /** Letters that counted from the start. */
  readonly #startLetters: string;
  /** Flags for the whole pattern came when part of it had been read without them. */
  #isLate = false;

  /** @param letters flags for the whole pattern that an earlier reading has found */
  constructor(scanner: PatternScanner, letters: string) {
    this.scanner = scanner;
    this.sets = new SetTable(scanner);
    this.#patternLetters = letters;
    this.#startLetters = letters;
  }

  /** The tree; or the flags with which all has to be read again, which are more than before. */
  parse(): PatternNode | string {
    let pieces: readonly Piece[];
    try {
      pieces = this.parseAlternatives(this.#patternFlags());
    } catch (error) {
      if (error instanceof LateVerbose) return 'x';
      throw error;
    }
    this.#finish();
    if (this.#isLate) return this.#patternLetters;
    const { invalid, unsupported } = this.findings;
    if (invalid !== undefined) throw this.scanner.error(invalid.reason, invalid.position);
    if (unsupported !== undefined)
      throw this.scanner.unsupported(unsupported.reason, unsupported.position);
    return sequenceNode(pieces);
  }

  readonly parseAlternatives = (flags: PatternFlags): readonly Piece[] => {
    const top = this.#depth === 0;
    const options = [this.#pieces(flags, top)];
    while (this.scanner.match('|'))
      options.push(this.#pieces(top ? this.#patternFlags() : flags, false));
    return choicePieces(options, (members) =>
      this.sets.class(members, false, top ? this.#patternFlags() : flags),
    );
  };

  readonly parseSequence = (flags: PatternFlags): readonly Piece[] => this.#pieces(flags, false);

  /** Reports what could only be known at the end. */
  #finish(): void {
    const { scanner, groups } = this;
    if (this.#patternLetters.includes('a') && this.#patternLetters.includes('u')) {
      throw scanner.error('flags a and u together', 0);
    }
    if (scanner.next !== undefined) throw scanner.error(') without its (');
    const missing = groups.missing();
    if (missing !== undefined)
      throw scanner.error(`reference to unknown group ${missing.group}`, missing.position);
  }

  #patternFlags(): PatternFlags {
    return applyInlineFlags(DEFAULT_FLAGS, {
      scope: 'pattern',
      added: this.#patternLetters,
      removed: '',
    });
  }

  #pieces(outerFlags: PatternFlags, first: boolean): readonly Piece[] {
    const { scanner } = this;
    const pieces: Piece[] = [];
    let flags = outerFlags;
    while (scanner.next !== undefined && scanner.next !== '|' && scanner.next !== ')') {
      const start = scanner.position;
      const token = scanner.take() as string;
      if (flags.verbose && this.#skipVerbose(token)) continue;
      if (token === '(') {
        const group = this.#group(flags, start);
        if (group === undefined) continue;
        if ('node' in group) pieces.push(group);
        else if (first && pieces.length === 0) flags = this.#addPatternFlags(group);
        else this.#addLateFlags(group, flags, start);
      } else {
        const quantifier = parseQuantifier(scanner, token);
        if (quantifier === undefined) pieces.push(this.#atom(token, flags));
        else pieces.push(quantifier.apply(pieces.pop(), flags, this.findings));
      }
    }
    return pieces.flatMap((piece) => piece.inner ?? [piece]);
  }

  /** Skips white space and comments under `(?x)`. */
  #skipVerbose(token: string): boolean {
    if (token === '#') {
      this.scanner.takeWhile((next) => next !== '\n');
      this.scanner.match('\n');
      return true;
    }
    return /^[ \t-\r]$/.test(token);
  }

  #group(flags: PatternFlags, start: number): Piece | InlineFlags | undefined {
    this.#depth += 1;
    if (this.#depth > MAX_GROUP_DEPTH)
      throw this.scanner.unsupported(`nested deeper than ${MAX_GROUP_DEPTH} groups`, start);
    const group = parseGroup(this, flags);
    this.#depth -= 1;
    return group;
  }

  #addPatternFlags({ added }: InlineFlags): PatternFlags {
    this.#patternLetters += added;
    return this.#patternFlags();
  }

  /** They count for what stands before them, too: once all are known, the pattern is read again. */
  #addLateFlags({ added }: InlineFlags, flags: PatternFlags, start: number): void {
    const { scanner } = this;
    if (!scanner.dialect.hasLateFlags)
      throw scanner.error('flags for the whole pattern that are not at its start', start);
    this.#patternLetters += added;
    this.#isLate ||= [...added].some((letter) => !this.#startLetters.includes(letter));
    if (!this.#patternLetters.includes('x') || flags.verbose) return;
    if (this.#startLetters.includes('x'))
      throw scanner.error('flags for the whole pattern in a group without flag x', start);
    throw new LateVerbose();
  }

  #atom(token: string, flags: PatternFlags): Piece {
    switch (token) {
      case '.':
        return setPiece(flags.dotAll ? ALL_SET : NOT_NEWLINE_SET, '.', undefined);
      case '^':
        return this.#anchor(token, flags.multiline ? 'line-start' : 'text-start', flags);
      case '$':
        return this.#anchor(
          token,
          flags.multiline ? 'line-end' : 'text-end-or-final-newline',
          flags,
        );
      case '[':
        return parseClass(this, flags);
      default:
        if (token.startsWith('\\')) return this.#escape(token, flags);
        return this.sets.literal(token.codePointAt(0) as number, flags);
    }
  }

  #escape(token: string, flags: PatternFlags): Piece {
    const at = this.#anchorEscape(token);
    if (at !== undefined) return this.#anchor(token, at, flags);
    const category = categoryOf(token);
    if (category !== undefined) return this.sets.class([category], false, flags);
    const digit = token.slice(1);
    if (!isAsciiDigit(digit))
      return this.sets.literal(parseCharacterEscape(this.scanner, token), flags);
    const start = this.scanner.position - 2;
    if (digit === '0') {
      const digits = digit + this.scanner.takeWhile(isOctalDigit, 2);
      return this.sets.literal(parseOctal(this.scanner, digits, start), flags);
    }
    return this.#numberEscape(digit, start, flags);
  }

  #anchorEscape(token: string): AnchorNode['at'] | undefined {
    if (token === '\\z' && this.scanner.dialect.hasTextEndEscape) return 'text-end';
    return ANCHOR_ESCAPES.get(token);
  }

  #anchor(token: string, at: AnchorNode['at'], flags: PatternFlags): Piece {
    const { dialect } = this.scanner;
    const isWordAnchor = at === 'word-boundary' || at === 'not-word-boundary';
    const words = flags.ascii ? ASCII_WORD_SET : dialect.classes.word;
    const node: AnchorNode = { type: 'anchor', at, word: isWordAnchor ? words : undefined };
    if (at === 'not-word-boundary' && dialect.hasBoundaryInNothing)
      return anchorPiece({ type: 'choice', options: [node, EMPTY_TEXT] }, token);
    return anchorPiece(node, token === '\\z' ? '\\Z' : token);
  }

  /**
   * `\1` to `\99` are back-references, and `\100` to `\377` characters where all three digits are
   * octal.
   */
  #numberEscape(first: string, start: number, flags: PatternFlags): Piece {
    const { scanner, groups } = this;
    const digits = first + scanner.takeWhile(isAsciiDigit, 1);
    if (
      digits.length === 2 &&
      [...digits].every(isOctalDigit) &&
      scanner.next !== undefined &&
      isOctalDigit(scanner.next)
    ) {
      return this.sets.literal(parseOctal(scanner, digits + scanner.take(), start), flags);
    }
    const group = Number(digits);
    if (group >= groups.count)
      throw scanner.error(`reference to unknown group ${group}`, start + 1);
    const width = groups.width(group);
    if (width === undefined) throw scanner.error('reference to an open group', start);
    const conflict = groups.lookBehindConflict(group);
    if (conflict !== undefined) throw scanner.error(conflict);
    this.findings.addUnsupported(start, 'back-reference');
    return { ...plainPiece({ type: 'empty' }, width), key: `group ${group}` };
  }
}

/** Holds in a text without any character. */
const EMPTY_TEXT: PatternNode = {
  type: 'sequence',
  items: [
    { type: 'anchor', at: 'text-start', word: undefined },
    { type: 'anchor', at: 'text-end', word: undefined },
  ],
};

const NOT_NEWLINE_SET: CodePointSet = negateSet([0x0a, 0x0a]);

const ANCHOR_ESCAPES: ReadonlyMap<string, AnchorNode['at']> = new Map([
  ['\\A', 'text-start'],
  ['\\Z', 'text-end'],
  ['\\b', 'word-boundary'],
  ['\\B', 'not-word-boundary'],
]);
