import { decodeSet } from './code-point-set.js';
import { DECIMAL, IDENTIFIER_PART, IDENTIFIER_START, SPACE, WORD } from './gen/character-tables.js';
import type { CodePointSet } from './pattern-tree.js';

/** `\w`: letters, numbers of every kind and the underscore. @source CPython 3.11.7, `str.isalnum` */
export const WORD_SET: CodePointSet = decodeSet(WORD);

/** `\d`: decimal digits of every script. @source CPython 3.11.7, `str.isdecimal` */
export const DIGIT_SET: CodePointSet = decodeSet(DECIMAL);

/** `\s`: white space, with U+001C to U+001F and without U+FEFF. @source CPython 3.11.7, `str.isspace` */
export const SPACE_SET: CodePointSet = decodeSet(SPACE);

/** `\w` under `(?a)`. */
export const ASCII_WORD_SET: CodePointSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];

/** `\d` under `(?a)`. */
export const ASCII_DIGIT_SET: CodePointSet = [0x30, 0x39];

/** `\s` under `(?a)`. */
export const ASCII_SPACE_SET: CodePointSet = [0x09, 0x0d, 0x20, 0x20];

/** What a Python identifier may start with. @source CPython 3.11.7, `str.isidentifier` */
export const IDENTIFIER_START_SET: CodePointSet = decodeSet(IDENTIFIER_START);

/** What a Python identifier may go on with. @source CPython 3.11.7, `str.isidentifier` */
export const IDENTIFIER_PART_SET: CodePointSet = decodeSet(IDENTIFIER_PART);
