import { HitBuffer } from './hit-buffer.js';
import { compileKeyTable, type KeyEntry } from './key-table.js';
import { MarkSet } from './mark-set.js';
import { chooseNameKeys, type NameWay } from './name-keys.js';
import { foldText } from './name-pattern/case-folding.js';
import type { CompiledNamePattern } from './name-pattern/compile-name-pattern.js';
import { TestPauses } from './test-pauses.js';

/** Matches one name against all name patterns at once. */
export interface NameIndex {
  /** Number of patterns that the index was compiled from. */
  readonly patternCount: number;

  /**
   * Finds the patterns whose `test` holds for a whole name.
   *
   * Cost: one pass over the name (two, where patterns ignore case), then one `test` for each
   * pattern that has the literals it is known by in the name, at most once for each pattern. It
   * does not grow with the patterns that have nothing in common with the name.
   *
   * @param hits emptied first, then given the positions of the patterns that match, each once, in
   *   no particular order
   */
  match(name: string, hits: HitBuffer): void;

  /**
   * {@link NameIndex.match} with pauses: none is longer in coming than a few milliseconds. Other
   * names may be matched meanwhile.
   *
   * @returns the hits, in a buffer of their own
   */
  matchInSteps(name: string): Generator<undefined, HitBuffer>;
}

/**
 * Compiles name patterns into an index. It answers exactly as asking every pattern would; asking is
 * all that it saves.
 *
 * The index keeps working memory, so a `match` must not be started from inside another one's
 * `test`.
 *
 * @example
 * const patterns = ['user_.*', '.*_raw'].map((pattern) => compileNamePattern(pattern));
 * compileNameIndex(patterns).match('user_raw', hits); // 0 and 1
 */
export function compileNameIndex(patterns: readonly CompiledNamePattern[]): NameIndex {
  const { patternOf, kindOf, plain, folded, always } = numberWays(patterns);
  const plainKeys = plain.length === 0 ? undefined : compileKeyTable(plain);
  const foldedKeys = folded.length === 0 ? undefined : compileKeyTable(folded);
  const entries = new HitBuffer();
  const had = new MarkSet(2 * patternOf.length);
  const tried = new MarkSet(patterns.length);
  const untested = new HitBuffer();

  function testPattern(pattern: number, name: string, hits: HitBuffer): void {
    if ((patterns[pattern] as CompiledNamePattern).test(name)) hits.push(pattern);
  }

  /**
   * Finds the patterns that match for certain, and those that have to be tested, the ones in
   * `always` left out.
   */
  function findCandidates(name: string, hits: HitBuffer, candidates: HitBuffer): void {
    candidates.clear();
    hits.clear();
    entries.clear();
    had.clear();
    tried.clear();
    plainKeys?.find(name, entries);
    foldedKeys?.find(foldText(name), entries);
    const isOneLine = !name.includes('\n');
    for (let at = 0; at < entries.count; at++) {
      const entry = entries.at(at);
      const kind = kindOf[entry >> 1];
      if (kind === 'pair') {
        had.add(entry);
        if (!had.has(entry ^ 1)) continue;
      }
      const pattern = patternOf[entry >> 1] as number;
      if (!tried.add(pattern)) continue;
      if (kind === 'proof' && isOneLine) hits.push(pattern);
      else candidates.push(pattern);
    }
  }

  function match(name: string, hits: HitBuffer): void {
    findCandidates(name, hits, untested);
    for (let at = 0; at < untested.count; at++) testPattern(untested.at(at), name, hits);
    for (const pattern of always) testPattern(pattern, name, hits);
  }

  function* matchInSteps(name: string): Generator<undefined, HitBuffer> {
    const hits = new HitBuffer();
    const candidates = new HitBuffer();
    findCandidates(name, hits, candidates);
    for (const pattern of always) candidates.push(pattern);
    const pause = new TestPauses(name.length);
    for (let at = 0; at < candidates.count; at++) {
      const pattern = candidates.at(at);
      testPattern(pattern, name, hits);
      const { states } = patterns[pattern] as CompiledNamePattern;
      if (pause.isDueAfter(states)) yield;
    }
    return hits;
  }

  return { patternCount: patterns.length, match, matchInSteps };
}

/**
 * What having a key of a way says: maybe; only with the other key as well, maybe; or yes, where the
 * name has no newline.
 */
type WayKind = 'single' | 'pair' | 'proof';

/**
 * The ways of matching of all patterns, numbered. The keys of a way have the entries `2 * way` and
 * `2 * way + 1`.
 */
interface Ways {
  readonly patternOf: readonly number[];
  readonly kindOf: readonly WayKind[];
  readonly plain: readonly KeyEntry[];
  readonly folded: readonly KeyEntry[];
  /** Patterns without a key: every name has to be tried on them. */
  readonly always: readonly number[];
}

function numberWays(patterns: readonly CompiledNamePattern[]): Ways {
  const patternOf: number[] = [];
  const kindOf: WayKind[] = [];
  const plain: KeyEntry[] = [];
  const folded: KeyEntry[] = [];
  const always: number[] = [];
  const waysOf = chooseNameKeys(patterns.map((pattern) => pattern.shape));
  for (const [pattern, ways] of waysOf.entries()) {
    for (const keys of ways) {
      let entry = 2 * patternOf.length;
      for (const key of keys) {
        if (key.kind === 'always') always.push(pattern);
        else (key.folded ? folded : plain).push({ key, entry: entry++ });
      }
      patternOf.push(pattern);
      kindOf.push(kindOfWay(keys));
    }
  }
  return { patternOf, kindOf, plain, folded, always };
}

function kindOfWay([key, second]: NameWay): WayKind {
  if (second !== undefined) return 'pair';
  return key.kind === 'exact' || (key.kind === 'literal' && key.proves) ? 'proof' : 'single';
}
