import { DEFAULT_PYTHON, type PythonVersion } from '../../model/python-version.js';
import { laterParts, partsUpTo } from './character-classes.js';
import {
  intersectSets,
  negateSet,
  normalizeSet,
  setContains,
  unionSets,
} from './code-point-set.js';
import { EXTRA_CASES, LOWER, UPPER } from './gen/character-tables.js';
import type { CodePointSet } from './pattern-tree.js';

/** Every class of more than one character. */
interface CaseClasses {
  readonly byMember: ReadonlyMap<number, CodePointSet>;
  /** Ascending. */
  readonly members: readonly number[];
}

/**
 * Case as the IGNORECASE of one Python sees it: two characters are equal when their simple lower
 * cases are, or when those have the same upper case (`s` and `ſ`, `µ` and `μ`, `i` and `ı`).
 * Nothing ever becomes two characters.
 *
 * Each table is decoded when a character beyond ASCII is first looked for in it.
 *
 * @source CPython, `_sre` and `re._casefix`; the relation was checked to be an equivalence over all
 *   code points
 */
export class CaseFolding {
  readonly #python: PythonVersion;
  #lower: ReadonlyMap<number, number> | undefined;
  #classes: CaseClasses | undefined;

  constructor(python: PythonVersion) {
    this.#python = python;
  }

  /** The simple lower case of a code point. For `İ` that is `i`. */
  lower(codePoint: number): number {
    if (codePoint < 0x80) return lowerAscii(codePoint);
    return this.#readLower().get(codePoint) ?? codePoint;
  }

  /**
   * One code point for all that are equal under IGNORECASE: the smallest lower-case one, so an
   * ASCII letter where there is one.
   */
  fold(codePoint: number): number {
    if (codePoint < 0x80) return lowerAscii(codePoint);
    const lower = this.lower(codePoint);
    return EXTRA.get(lower)?.[0] ?? lower;
  }

  /** All code points that are equal to `codePoint` under IGNORECASE, itself included. */
  classOf(codePoint: number): CodePointSet {
    if (codePoint < 0x80) return classOfAscii(codePoint);
    return this.#readClasses().byMember.get(codePoint) ?? [codePoint, codePoint];
  }

  /** `set` and whatever is equal to a member under IGNORECASE. */
  closure(set: CodePointSet): CodePointSet {
    const { byMember, members } = this.#readClasses();
    const added: number[] = [];
    for (let i = 0; i < set.length; i += 2) {
      const first = set[i] as number;
      const last = set[i + 1] as number;
      for (
        let j = firstAtLeast(members, first);
        j < members.length && (members[j] as number) <= last;
        j += 1
      ) {
        for (const bound of byMember.get(members[j] as number) as CodePointSet) {
          if (bound < first || bound > last) added.push(bound, bound);
        }
      }
    }
    return unionSets(set, added);
  }

  /** The code points whose lower case is in `set`. */
  lowerPreimage(set: CodePointSet): CodePointSet {
    if (set.length === 0) return set;
    const added: number[] = [];
    const removed: number[] = [];
    for (const [codePoint, lower] of this.#readLower()) {
      const isMember = setContains(set, codePoint);
      if (setContains(set, lower) === isMember) continue;
      (isMember ? removed : added).push(codePoint, codePoint);
    }
    return intersectSets(unionSets(set, added), negateSet(normalizeSet(removed)));
  }

  /** `set` and the code points that upper-casing changes into a member. */
  addUpperPreimage(set: CodePointSet): CodePointSet {
    if (set.length === 0) return set;
    const added: number[] = [];
    for (const [codePoint, upper] of partsUpTo(UPPER, this.#python).flatMap(decodeMap)) {
      if (setContains(set, upper) && !setContains(set, codePoint)) added.push(codePoint, codePoint);
    }
    return unionSets(set, added);
  }

  #readLower(): ReadonlyMap<number, number> {
    this.#lower ??= new Map(partsUpTo(LOWER, this.#python).flatMap(decodeMap));
    return this.#lower;
  }

  #readClasses(): CaseClasses {
    this.#classes ??= buildClasses(this.#readLower());
    return this.#classes;
  }
}

/**
 * The folding that names and literals are indexed by, whatever Python a pattern is read for: a
 * literal is only looked up folded where the pattern's set is exactly the class of this folding.
 */
const INDEX_FOLDING = new CaseFolding(DEFAULT_PYTHON);

/** {@link CaseFolding.fold} of the index. */
export function foldCodePoint(codePoint: number): number {
  return INDEX_FOLDING.fold(codePoint);
}

/** `text` with each code point folded; the number of code points stays. */
export function foldText(text: string): string {
  let folded = '';
  for (const character of text)
    folded += String.fromCodePoint(foldCodePoint(character.codePointAt(0) as number));
  return folded;
}

/** {@link CaseFolding.classOf} of the index. */
export function caseClass(codePoint: number): CodePointSet {
  return INDEX_FOLDING.classOf(codePoint);
}

function lowerAscii(codePoint: number): number {
  return codePoint >= 0x41 && codePoint <= 0x5a ? codePoint + 0x20 : codePoint;
}

/** The lower-case characters that are equal to a lower-case one, itself included. */
const EXTRA: ReadonlyMap<number, readonly number[]> = new Map(
  EXTRA_CASES.split(',').flatMap((group) => {
    const members = group.split(' ').map((word) => Number.parseInt(word, 36));
    return members.map((member) => [member, members] as const);
  }),
);

/** What is equal to an ASCII letter besides its other case: `İ` and `ı`, `K` (the unit), `ſ`. */
const EQUAL_TO_ASCII: ReadonlyMap<number, CodePointSet> = new Map([
  [0x69, [0x130, 0x131]],
  [0x6b, [0x212a, 0x212a]],
  [0x73, [0x17f, 0x17f]],
]);

function classOfAscii(codePoint: number): CodePointSet {
  const lower = lowerAscii(codePoint);
  if (lower < 0x61 || lower > 0x7a) return [codePoint, codePoint];
  const upper = lower - 0x20;
  return [upper, upper, lower, lower, ...(EQUAL_TO_ASCII.get(lower) ?? [])];
}

function buildClasses(lower: ReadonlyMap<number, number>): CaseClasses {
  const groups = new Map<number, number[]>();
  for (const group of EXTRA.values()) groups.set(group[0] as number, [...group]);
  for (const [source, target] of lower) {
    const key = EXTRA.get(target)?.[0] ?? target;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [target, source]);
    else known.push(source);
  }
  const byMember = new Map<number, CodePointSet>();
  for (const group of groups.values()) {
    const set = normalizeSet(group.flatMap((member) => [member, member]));
    for (const member of group) byMember.set(member, set);
  }
  return { byMember, members: [...byMember.keys()].sort((a, b) => a - b) };
}

/**
 * The code points whose case a Python after the oldest one knows more of, and those that they are
 * equal to.
 */
export function newlyCased(): ReadonlySet<number> {
  const changed = [LOWER, UPPER].flatMap(laterParts).flatMap(decodeMap).flat();
  return new Set(changed.flatMap((codePoint) => [codePoint, ...(EXTRA.get(codePoint) ?? [])]));
}

/** `[source, target]` of each run, sources ascending. */
function decodeMap(encoded: string): [number, number][] {
  const pairs: [number, number][] = [];
  const numbers = encoded.split(' ').map((word) => Number.parseInt(word, 36));
  for (let i = 0; i < numbers.length; i += 4) {
    const [first, count, step, difference] = numbers.slice(i, i + 4) as [
      number,
      number,
      number,
      number,
    ];
    for (let k = 0; k < count; k += 1)
      pairs.push([first + k * step, first + k * step + difference]);
  }
  return pairs;
}

/** Index of the first of `sorted` that is `bound` or more. */
function firstAtLeast(sorted: readonly number[], bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
