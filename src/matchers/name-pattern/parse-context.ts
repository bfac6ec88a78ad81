import { negateSet } from './code-point-set.js';
import type { Dialect } from './dialect.js';
import type { PatternFlags } from './inline-flags.js';
import { type Piece, setPiece, type Width } from './pattern-piece.js';
import type { PatternScanner } from './pattern-scanner.js';
import type { CodePointSet } from './pattern-tree.js';
import { buildClassSet, buildLiteralSet, type ClassItem, classItemKey } from './set-builder.js';

/** Bounds of all different classes of one pattern together, some 1,300 times `[\w.]`. */
const MAX_SET_BOUNDS = 2_000_000;

/** What the functions that parse one pattern share. */
export interface ParseContext {
  readonly scanner: PatternScanner;
  readonly groups: GroupTable;
  readonly sets: SetTable;
  readonly findings: Findings;
  /** Parses alternatives up to `)` or the end. */
  readonly parseAlternatives: (flags: PatternFlags) => readonly Piece[];
  /** Parses pieces up to `|`, `)` or the end. */
  readonly parseSequence: (flags: PatternFlags) => readonly Piece[];
}

/** What is wrong with a pattern and reported only when the whole of it has been parsed. */
export class Findings {
  /** A construct that Python accepts and that does not run in linear time. */
  unsupported: Finding | undefined;
  /** An error that Python finds after parsing. */
  invalid: Finding | undefined;

  addUnsupported(position: number, reason: string): void {
    this.unsupported ??= { position, reason };
  }

  addInvalid(position: number, reason: string): void {
    this.invalid ??= { position, reason };
  }
}

interface Finding {
  readonly position: number;
  readonly reason: string;
}

/** The capture groups seen so far; names, numbers and widths are all that matters of them. */
export class GroupTable {
  /** By number; group 0 is the whole pattern. Undefined while a group is open. */
  readonly #widths: (Width | undefined)[] = [undefined];
  readonly #names = new Map<string, number>();
  /** Where a conditional first asked for a group, by number. */
  readonly #asked = new Map<number, number>();
  /** Number of groups, group 0 included, where the outermost look-behind that is open began. */
  lookBehindStart: number | undefined;

  get count(): number {
    return this.#widths.length;
  }

  open(name: string | undefined): number | undefined {
    if (name !== undefined && this.#names.has(name)) return undefined;
    const group = this.count;
    this.#widths.push(undefined);
    if (name !== undefined) this.#names.set(name, group);
    return group;
  }

  close(group: number, width: Width): void {
    this.#widths[group] = width;
  }

  byName(name: string): number | undefined {
    return this.#names.get(name);
  }

  /** Width of a closed group; undefined where it is open or not there. */
  width(group: number): Width | undefined {
    return this.#widths[group];
  }

  ask(group: number, position: number): void {
    if (!this.#asked.has(group)) this.#asked.set(group, position);
  }

  /** The first group that a conditional asked for and that never came. */
  missing(): { readonly group: number; readonly position: number } | undefined {
    for (const [group, position] of this.#asked)
      if (group >= this.count) return { group, position };
    return undefined;
  }

  /**
   * Why a group may not be referred to from inside the look-behind that is open; undefined where it
   * may.
   */
  lookBehindConflict(group: number): string | undefined {
    if (this.lookBehindStart === undefined) return undefined;
    if (this.width(group) === undefined) return 'reference to an open group';
    if (group >= this.lookBehindStart) return 'reference to a group of the same look-behind';
    return undefined;
  }
}

/** Builds the sets of a pattern, each only once, and bounds what they need together. */
export class SetTable {
  readonly #scanner: PatternScanner;
  readonly #sets = new Map<string, CodePointSet>();
  #bounds = 0;

  constructor(scanner: PatternScanner) {
    this.#scanner = scanner;
  }

  get #dialect(): Dialect {
    return this.#scanner.dialect;
  }

  literal(codePoint: number, flags: PatternFlags): Piece {
    const set = this.#once(`${codePoint}`, flags, () =>
      buildLiteralSet(codePoint, flags, this.#dialect),
    );
    return setPiece(set, `${codePoint}`, [{ type: 'literal', codePoint }]);
  }

  /** A class of unique members. One literal alone is read as a literal. */
  class(members: readonly ClassItem[], negative: boolean, flags: PatternFlags): Piece {
    const [only] = members;
    if (members.length === 1 && only?.type === 'literal') {
      if (!negative) return this.literal(only.codePoint, flags);
      const key = `not ${only.codePoint}`;
      const set = this.#once(key, flags, () =>
        negateSet(buildLiteralSet(only.codePoint, flags, this.#dialect)),
      );
      return setPiece(set, key, undefined);
    }
    const key = `${negative ? '[^' : '['}${members.map(classItemKey).join(',')}]`;
    const set = this.#once(key, flags, () => {
      this.#spend(classWork(members, flags, this.#dialect));
      const positive = buildClassSet(members, flags, this.#dialect);
      return negative ? negateSet(positive) : positive;
    });
    return setPiece(set, key, negative ? undefined : members);
  }

  #once(key: string, flags: PatternFlags, build: () => CodePointSet): CodePointSet {
    const fullKey = `${flags.ignoreCase ? 'i' : ''}${flags.ascii ? 'a' : ''}${key}`;
    const known = this.#sets.get(fullKey);
    if (known !== undefined) return known;
    const set = build();
    this.#spend(set.length);
    this.#sets.set(fullKey, set);
    return set;
  }

  #spend(bounds: number): void {
    this.#bounds += bounds;
    if (this.#bounds > MAX_SET_BOUNDS)
      throw this.#scanner.unsupported('more character ranges than are supported');
  }
}

/**
 * Bounds that building a class goes through, whatever comes out: categories, and cased characters
 * under IGNORECASE.
 */
function classWork(
  members: readonly ClassItem[],
  flags: PatternFlags,
  { classes }: Dialect,
): number {
  const categories = members.filter((member) => member.type === 'category').length;
  const folds = flags.ignoreCase && members.some((member) => member.type === 'range');
  return classes.word.length * (categories + (folds ? 2 : 0));
}
