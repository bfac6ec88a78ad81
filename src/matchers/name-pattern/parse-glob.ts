import picomatch from 'picomatch';
import { PatternUnsupportedError } from '../../model/errors.js';
import { ALL_SET } from './code-point-set.js';
import { type GlobOutline, outlineGlob } from './glob-outline.js';
import { globRange } from './glob-range.js';
import { ANY, choiceOf, EMPTY, sequenceOf, setOf, textOf, widthOf } from './pattern-builders.js';
import type { PatternNode } from './pattern-tree.js';

/**
 * Parses a glob into the tree that regular expressions are parsed into too.
 *
 * Names are not paths: `*` and `**` match any text, `/`, newlines and a leading dot included, and
 * `?` any code point. Also understood: `[abc]`, `[a-c]`, `[!abc]`, `{a,b}`, `{1..3}`, `{a..c}`,
 * `(a|b)`, `a|b`, `@(…)`, `?(…)`, `*(…)`, `+(…)`, `\` before a character, `!` before the whole, and
 * `!(…)`, where what follows it has a fixed length. Everything else, `"` and `+` included, is text.
 *
 * @throws {@link PatternUnsupportedError} `invalid` for brackets that do not match; `unsupported`
 * for a `!(…)` within a group or before text of no fixed length, POSIX classes, `(?`, and overlong
 * globs
 * @source picomatch 4, whose parser makes the tokens; the regular expression that it would make is
 *   never run
 */
export function parseGlob(glob: string): PatternNode {
  const outline = outlineGlob(glob);
  const { tokens, negated } = picomatch.parse(outline.text, PARSE_OPTIONS) as GlobState;
  const tree = new GlobTreeBuilder(glob, outline, tokens).build();
  if (!negated) return tree;
  return sequenceOf([
    {
      type: 'look',
      direction: 'ahead',
      negative: true,
      body: sequenceOf([tree, TEXT_END]),
      position: 0,
    },
    ANY,
  ]);
}

/** What is used of picomatch's state. */
interface GlobState {
  readonly tokens: readonly GlobToken[];
  readonly negated: boolean;
}

interface GlobToken {
  readonly type: string;
  readonly value: string;
  readonly output?: string;
  readonly extglob?: boolean;
}

/** Starts the output of the token of a brace range. */
const RANGE_MARK = 'range:';

/**
 * Not in the types: whether repeats that a backtracking engine would be slow at are taken for text.
 */
interface ParseOptions extends picomatch.PicomatchOptions {
  readonly maxExtglobRecursion: false;
}

const PARSE_OPTIONS: ParseOptions = {
  dot: true,
  fastpaths: false,
  literalBrackets: false,
  maxExtglobRecursion: false,
  maxLength: 65_536,
  posix: false,
  regex: false,
  strictSlashes: true,
  expandRange: (...bounds: unknown[]) => RANGE_MARK + JSON.stringify(bounds.slice(0, -1)),
};

const ANY_CODE_POINT: PatternNode = setOf(ALL_SET);

const TEXT_END: PatternNode = { type: 'anchor', at: 'text-end', word: undefined };

/** Stands in a sequence for `!(…)` until what follows it is known. */
interface Exclusion {
  readonly type: 'exclusion';
  readonly body: PatternNode;
  readonly position: number;
}

class GlobTreeBuilder {
  readonly #glob: string;
  readonly #outline: GlobOutline;
  readonly #tokens: readonly GlobToken[];
  #index = 0;
  #classCount = 0;
  #exclusionCount = 0;

  constructor(glob: string, outline: GlobOutline, tokens: readonly GlobToken[]) {
    this.#glob = glob;
    this.#outline = outline;
    this.#tokens = tokens;
  }

  build(): PatternNode {
    return this.#alternatives(true);
  }

  /** Reads up to the bracket that closes the group, or the end. */
  #alternatives(top: boolean): PatternNode {
    const options: (PatternNode | Exclusion)[][] = [[]];
    for (let token = this.#take(); token !== undefined && !isClosing(token); token = this.#take()) {
      if (token.type === 'comma' && token.output === '|') options.push([]);
      else if (token.type === 'text') readText(token.value, options);
      else options.at(-1)?.push(this.#item(token));
    }
    return choiceOf(options.map((items) => this.#sequence(items, top)));
  }

  #take(): GlobToken | undefined {
    const token = this.#tokens[this.#index];
    this.#index += 1;
    return token;
  }

  #item(token: GlobToken): PatternNode | Exclusion {
    const { type, value, output } = token;
    const next = this.#tokens[this.#index];
    if (next?.extglob === true && next.value === '(' && OPERATORS.has(type)) {
      this.#index += 1;
      return this.#operator(type);
    }
    switch (type) {
      case 'star':
      case 'globstar':
        return ANY;
      case 'qmark':
        return ANY_CODE_POINT;
      case 'bracket':
        this.#classCount += 1;
        return setOf(this.#outline.classes[this.#classCount - 1] ?? []);
      case 'paren':
        return this.#alternatives(false);
      case 'brace':
        if (output === '(') return this.#alternatives(false);
        if (output?.startsWith(RANGE_MARK) === true)
          return this.#range(output.slice(RANGE_MARK.length));
        return textOf(withoutEscapes(value));
      case 'at':
        return EMPTY;
      default:
        return textOf(withoutEscapes(value));
    }
  }

  /** `?(…)`, `*(…)`, `+(…)` or `!(…)`, after its opening bracket. */
  #operator(type: string): PatternNode | Exclusion {
    if (type === 'negate') {
      const position = this.#outline.exclusions[this.#exclusionCount] ?? 0;
      this.#exclusionCount += 1;
      return { type: 'exclusion', body: this.#alternatives(false), position };
    }
    const body = this.#alternatives(false);
    const [min, max] = type === 'qmark' ? [0, 1] : [type === 'plus' ? 1 : 0, Infinity];
    return { type: 'repeat', body, min, max, greedy: true };
  }

  #range(bounds: string): PatternNode {
    const range = globRange(JSON.parse(bounds) as readonly string[]);
    if (range !== undefined) return range;
    throw this.#unsupported(
      'brace range of other than two numbers or letters and a step',
      this.#glob.indexOf('{'),
    );
  }

  /** Puts the items together from the last, so that a `!(…)` knows what has to follow it. */
  #sequence(items: readonly (PatternNode | Exclusion)[], top: boolean): PatternNode {
    const index = items.findLastIndex((item) => item.type === 'exclusion');
    const item = items[index];
    if (item?.type !== 'exclusion')
      return sequenceOf(items.filter((node) => node.type !== 'exclusion'));
    const rest = this.#excluding(item, this.#sequence(items.slice(index + 1), top), top);
    return this.#sequence([...items.slice(0, index), rest], top);
  }

  #excluding({ body, position }: Exclusion, rest: PatternNode, top: boolean): PatternNode {
    if (!top) throw this.#unsupported('!(…) within a group', position);
    const { min, max } = widthOf(rest);
    if (min !== max) throw this.#unsupported('!(…) before text of no fixed length', position);
    const excluded = sequenceOf([body, rest, TEXT_END]);
    return sequenceOf([
      { type: 'look', direction: 'ahead', negative: true, body: excluded, position },
      ANY,
      rest,
    ]);
  }

  #unsupported(reason: string, position: number): PatternUnsupportedError {
    return new PatternUnsupportedError({
      kind: 'unsupported',
      pattern: this.#glob,
      position,
      reason,
    });
  }
}

const OPERATORS: ReadonlySet<string> = new Set(['star', 'qmark', 'plus', 'negate']);

function isClosing({ type, value, output }: GlobToken): boolean {
  return (
    (type === 'paren' && value === ')') || (type === 'brace' && value === '}' && output === ')')
  );
}

/**
 * Adds what a token of plain text holds, which may be more alternatives; a `?` after a bracket is
 * in such a token too.
 */
function readText(text: string, options: (PatternNode | Exclusion)[][]): void {
  for (const [i, option] of text.split('|').entries()) {
    if (i > 0) options.push([]);
    for (const [k, literal] of option.split('?').entries()) {
      options.at(-1)?.push(...(k > 0 ? [ANY_CODE_POINT] : []), textOf(withoutEscapes(literal)));
    }
  }
}

/** Picomatch escapes what a regular expression would take for an operator. */
function withoutEscapes(text: string): string {
  return text.replaceAll(/\\(.)/gsu, '$1');
}
