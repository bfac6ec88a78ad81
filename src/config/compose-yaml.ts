import {
  Composer,
  type CST,
  type ErrorCode,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  type YAMLParseError,
} from 'yaml';
import { ConfigInvalidError, throwCollected } from '../model/errors.js';

/**
 * Longest text that is read, in UTF-16 code units; the loader applies it to the bytes of a file
 * too.
 */
export const MAX_YAML_LENGTH: number = 1024 * 1024;

const MAX_DEPTH = 100;
// A feature store has some hundreds. The parser takes seconds for the million that fit in the
// length.
const MAX_LEXEMES = 100_000;
const MAX_REPORTED = 10;

// What YAML allows in a file: no control characters, no halves of surrogate pairs, no
// non-characters.
const NOT_PRINTABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

// Line breaks for PyYAML, which reads the file for Feast, and characters like any other for YAML
// 1.2: what follows one of them in a comment is in force there and invisible here.
const FOREIGN_BREAK = /\r(?!\n)|\x85/;
const FOREIGN_BREAK_OUTSIDE_QUOTES = /[\u2028\u2029]/;
const SCALAR_FOLLOWS = '\x1f';

// `{` and `}` mean something inside `[...]` and `{...}`. A reference is not split by them, so its
// braces are two characters that no readable file holds while the text is parsed.
const OPENING = '\ufffe';
const CLOSING = '\uffff';

const COMPOSER_OPTIONS = {
  schema: 'failsafe',
  resolveKnownTags: false,
  // The parser compares each key with all before it; walking the nodes with a map is faster.
  uniqueKeys: false,
  prettyErrors: false,
} as const;

/**
 * Messages for syntax errors. The parser's own may quote the text, and the text may be a secret.
 */
const SYNTAX_MESSAGES: ReadonlyMap<ErrorCode, string> = new Map<ErrorCode, string>([
  ['BAD_ALIAS', 'bad name of an anchor or alias'],
  ['BAD_DIRECTIVE', 'bad directive'],
  ['BAD_DQ_ESCAPE', 'bad escape in a double-quoted string'],
  ['BAD_INDENT', 'bad indentation, or a bracket that is not closed'],
  ['BAD_SCALAR_START', 'a value that starts with this character needs quotes'],
  ['BLOCK_AS_IMPLICIT_KEY', 'a nested mapping or list must start on a line of its own'],
  ['BLOCK_IN_FLOW', 'a block is not allowed inside `[...]` or `{...}`'],
  ['KEY_OVER_1024_CHARS', 'a key is longer than 1024 characters'],
  ['MISSING_CHAR', 'a quote, bracket, comma or space is missing'],
  ['MULTILINE_IMPLICIT_KEY', 'a key must stay on one line, followed by `:`'],
  ['TAB_AS_INDENT', 'tabs are not allowed as indentation'],
  ['UNEXPECTED_TOKEN', 'unexpected text'],
]);

/** A YAML text taken apart, its values still as written. */
export interface ComposedYaml {
  /** The document; `null` where the text holds none. */
  readonly contents: ParsedNode | null;
  /** An error that points at `offset`, in UTF-16 code units from the start of the text. */
  errorAt(offset: number, message: string): ConfigInvalidError;
}

/**
 * Parses YAML text into nodes.
 *
 * Shape: every scalar of the result is a string; `restoreReferences` gives back its text.
 * Cost: bounded by limits on length, depth and number of lexemes, which are checked before the
 * recursive half of the parser runs.
 *
 * @throws ConfigInvalidError with file, line and column: not YAML, more than one document, or over
 *   a limit.
 */
export function composeYaml(text: string, file: string | undefined): ComposedYaml {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const errorAt = (offset: number, message: string): ConfigInvalidError => {
    const { line, col } = lines.linePos(offset);
    return new ConfigInvalidError(message, { file, line, column: col });
  };
  assertReadable(text, file);
  const tokens = readTokens(maskReferences(text), lines, errorAt);
  const [document, second] = new Composer(COMPOSER_OPTIONS).compose(tokens, true, text.length);
  if (second !== undefined) throw errorAt(second.range[0], 'more than one YAML document');
  throwCollected(
    distinct(document?.errors ?? []).map((error) => errorAt(error.pos[0], say(error))),
  );
  return { contents: document?.contents ?? null, errorAt };
}

/** Undoes in one scalar what the parser was shown instead of `${NAME}`. */
export function restoreReferences(text: string): string {
  return text.replaceAll(OPENING, '{').replaceAll(CLOSING, '}');
}

function maskReferences(text: string): string {
  return text.replace(/\$\{(\w+(?::-[^{}\n]*)?)\}/g, `$$${OPENING}$1${CLOSING}`);
}

function assertReadable(text: string, file: string | undefined): void {
  if (text.length > MAX_YAML_LENGTH) {
    throw new ConfigInvalidError(`longer than ${MAX_YAML_LENGTH} characters`, { file });
  }
  const refuse = (offset: number, message: string): never => {
    const before = text.slice(0, offset).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    throw new ConfigInvalidError(message, { file, line: before.length, column });
  };
  const unprintable = text.search(NOT_PRINTABLE);
  if (unprintable >= 0) refuse(unprintable, 'a character that YAML does not allow');
  const lineBreak = text.search(FOREIGN_BREAK);
  if (lineBreak >= 0) refuse(lineBreak, sayForeignBreak(text, lineBreak));
}

function sayForeignBreak(text: string, offset: number): string {
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, '0');
  return `character U+${code} begins a new line for Feast and not for YAML 1.2: replace it with a line feed, or write it as an escape in double quotes`;
}

function readTokens(
  text: string,
  lines: LineCounter,
  errorAt: (offset: number, message: string) => ConfigInvalidError,
): CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  let previous = '';
  for (const lexeme of new Lexer().lex(text)) {
    // A plain or block scalar that starts with a quote comes after its mark.
    const quoted = /^["']/.test(lexeme) && previous !== SCALAR_FOLLOWS;
    const lineBreak = quoted ? -1 : lexeme.search(FOREIGN_BREAK_OUTSIDE_QUOTES);
    if (lineBreak >= 0) {
      throw errorAt(parser.offset + lineBreak, sayForeignBreak(lexeme, lineBreak));
    }
    previous = lexeme;
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    // SECURITY: deep nesting overflows the stack of the composer, which can abort the whole
    // process.
    if (parser.stack.length > MAX_DEPTH) throw errorAt(parser.offset, 'nested too deeply');
    if (lexemes > MAX_LEXEMES) throw errorAt(parser.offset, 'too many values');
  }
  tokens.push(...parser.end());
  return tokens;
}

function distinct(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const byOffset = new Map<number, YAMLParseError>();
  for (const error of errors) {
    if (byOffset.size === MAX_REPORTED) break;
    if (!byOffset.has(error.pos[0])) byOffset.set(error.pos[0], error);
  }
  return [...byOffset.values()];
}

function say(error: YAMLParseError): string {
  return SYNTAX_MESSAGES.get(error.code) ?? 'not valid YAML';
}
