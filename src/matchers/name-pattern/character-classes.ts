import { PYTHON_VERSIONS, type PythonVersion } from '../../model/python-version.js';
import { decodeSet, differenceOfSets, unionSets } from './code-point-set.js';
import { DECIMAL, IDENTIFIER_PART, IDENTIFIER_START, SPACE, WORD } from './gen/character-tables.js';
import type { CodePointSet } from './pattern-tree.js';

/**
 * `\s`: white space, with U+001C to U+001F and without U+FEFF. The same in all versions.
 *
 * @source CPython, `str.isspace`
 */
export const SPACE_SET: CodePointSet = decodeSet(SPACE);

/** `\w` under `(?a)`. */
export const ASCII_WORD_SET: CodePointSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];

/** `\d` under `(?a)`. */
export const ASCII_DIGIT_SET: CodePointSet = [0x30, 0x39];

/** `\s` under `(?a)`. */
export const ASCII_SPACE_SET: CodePointSet = [0x09, 0x0d, 0x20, 0x20];

/**
 * The classes of characters that grow with the Unicode version of a Python. Decoded when asked for.
 */
export class CharacterClasses {
  readonly #python: PythonVersion;
  #word: CodePointSet | undefined;
  #digit: CodePointSet | undefined;
  #identifierStart: CodePointSet | undefined;
  #identifierPart: CodePointSet | undefined;

  constructor(python: PythonVersion) {
    this.#python = python;
  }

  /** `\w`: letters, numbers of every kind and the underscore. @source CPython, `str.isalnum` */
  get word(): CodePointSet {
    this.#word ??= decodeParts(WORD, this.#python);
    return this.#word;
  }

  /** `\d`: decimal digits of every script. @source CPython, `str.isdecimal` */
  get digit(): CodePointSet {
    this.#digit ??= decodeParts(DECIMAL, this.#python);
    return this.#digit;
  }

  /** What an identifier may start with. @source CPython, `str.isidentifier` */
  get identifierStart(): CodePointSet {
    this.#identifierStart ??= this.#unlikeWord(IDENTIFIER_START);
    return this.#identifierStart;
  }

  /** What an identifier may go on with. @source CPython, `str.isidentifier` */
  get identifierPart(): CodePointSet {
    this.#identifierPart ??= this.#unlikeWord(IDENTIFIER_PART);
    return this.#identifierPart;
  }

  #unlikeWord(encoded: string): CodePointSet {
    return differenceOfSets(this.word, decodeParts(encoded, this.#python));
  }
}

/** What `\w` or `\d` holds in a Python after the oldest one alone. */
export function newInClasses(): CodePointSet {
  return unionSets(...[WORD, DECIMAL].flatMap(laterParts).map(decodeSet));
}

/** The parts of a table that versions after the oldest one add. */
export function laterParts(encoded: string): readonly string[] {
  return encoded.split('/').slice(1).filter(isFilled);
}

/**
 * The parts of a table up to the one of `python`: what the first version has, and what each later
 * one adds.
 */
export function partsUpTo(encoded: string, python: PythonVersion): readonly string[] {
  return encoded
    .split('/')
    .slice(0, PYTHON_VERSIONS.indexOf(python) + 1)
    .filter(isFilled);
}

function isFilled(part: string): boolean {
  return part !== '';
}

function decodeParts(encoded: string, python: PythonVersion): CodePointSet {
  return unionSets(...partsUpTo(encoded, python).map(decodeSet));
}
