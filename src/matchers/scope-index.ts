import { getOrAdd } from '../foundation/get-or-add.js';
import type { Tags } from '../model/index.js';
import { HitBuffer } from './hit-buffer.js';
import { MarkSet } from './mark-set.js';
import { compileNameIndex, type NameIndex } from './name-index.js';
import type { CompiledNamePattern } from './name-pattern/compile-name-pattern.js';

export type TagPair = readonly [key: string, value: string];

/** The three filters of a permission, compiled: what it governs within its project. */
export interface Scope {
  /** Bit by type id; sub-types included. */
  readonly typeMask: number;
  /** Positions in the list of patterns, one of which must match; undefined: every name. */
  readonly patterns: readonly number[] | undefined;
  /** Pairs that must all be among the resource's tags. */
  readonly requiredTags: readonly TagPair[];
}

/** Which scopes a resource lies in. Positions are those in the list of scopes. */
export interface ScopeFinder {
  /**
   * @param tags undefined: not known
   * @param inside emptied first, then given the scopes that the resource lies in, each once, in no particular order
   * @param unknown emptied first, then given the scopes that it lies in or not, depending on its tags
   */
  find(
    typeId: number,
    name: string,
    tags: Tags | undefined,
    inside: HitBuffer,
    unknown: HitBuffer,
  ): void;

  /**
   * Does what `find` spends its time on, with pauses in which other names may be looked for.
   *
   * @returns a function that has the next `find` of this name take what was found
   */
  prepare(name: string): Generator<undefined, () => void>;
}

/** Names whose prepared hits are kept: one question is about at most two. */
const MAX_PREPARED_NAMES = 2;

/**
 * Finds scopes at a cost that depends on the resource and on what governs it, not on how many scopes there are:
 * names through one index of all patterns, tags through a table of required pairs, types through a list each.
 *
 * @param patterns distinct patterns, which scopes refer to by position
 * @param typeCount number of types in the vocabulary
 */
export function compileScopeIndex(
  scopes: readonly Scope[],
  patterns: readonly CompiledNamePattern[],
  typeCount: number,
): ScopeFinder {
  return new ScopeIndex(scopes, patterns, typeCount);
}

/**
 * The same answers from a plain scan of all scopes: what the index is tested against.
 */
export function createScopeScan(
  scopes: readonly Scope[],
  patterns: readonly CompiledNamePattern[],
): ScopeFinder {
  return {
    find(typeId, name, tags, inside, unknown) {
      inside.clear();
      unknown.clear();
      for (const [id, scope] of scopes.entries()) {
        if ((scope.typeMask & (1 << typeId)) === 0) continue;
        if (scope.patterns?.some((pattern) => patterns[pattern]?.test(name)) === false) continue;
        if (tags === undefined && scope.requiredTags.length > 0) unknown.push(id);
        else if (hasTags(tags, scope.requiredTags)) inside.push(id);
      }
    },
    // The scan is slow on purpose.
    *prepare() {
      yield* [];
      return () => {};
    },
  };
}

class ScopeIndex implements ScopeFinder {
  readonly #scopes: readonly Scope[];
  /** By type id: scopes that filter neither by name nor by tags. */
  readonly #unfiltered: readonly (readonly number[])[];
  /** By type id: scopes that filter by tags only. */
  readonly #tagged: readonly (readonly number[])[];
  /** Scopes that filter by tags only, under one pair that each of them requires: key, then value. */
  readonly #byPair: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
  readonly #names: NameIndex;
  /** By pattern: the scopes that it opens. */
  readonly #byPattern: readonly (readonly number[])[];
  readonly #nameHits = new HitBuffer();
  /** Hits of the names that were prepared last. */
  readonly #prepared = new Map<string, HitBuffer>();
  readonly #seen: MarkSet;

  constructor(
    scopes: readonly Scope[],
    patterns: readonly CompiledNamePattern[],
    typeCount: number,
  ) {
    this.#scopes = scopes;
    const unfiltered = scopes.map(
      (scope) => scope.patterns === undefined && scope.requiredTags.length === 0,
    );
    const taggedOnly = scopes.map(
      (scope) => scope.patterns === undefined && scope.requiredTags.length > 0,
    );
    this.#unfiltered = listByType(scopes, unfiltered, typeCount);
    this.#tagged = listByType(scopes, taggedOnly, typeCount);
    this.#byPair = tableOfPairs(scopes, taggedOnly);
    // Only the patterns that some scope uses: a list shared by many projects is larger than any one of them needs.
    const used = [...new Set(scopes.flatMap((scope) => scope.patterns ?? []))];
    const position = new Map(used.map((pattern, index) => [pattern, index]));
    this.#names = compileNameIndex(used.map((pattern) => patterns[pattern] as CompiledNamePattern));
    const byPattern: number[][] = used.map(() => []);
    for (const [id, scope] of scopes.entries()) {
      for (const pattern of scope.patterns ?? [])
        byPattern[position.get(pattern) as number]?.push(id);
    }
    this.#byPattern = byPattern;
    this.#seen = new MarkSet(scopes.length);
  }

  find(
    typeId: number,
    name: string,
    tags: Tags | undefined,
    inside: HitBuffer,
    unknown: HitBuffer,
  ): void {
    inside.clear();
    unknown.clear();
    for (const id of this.#unfiltered[typeId] as readonly number[]) inside.push(id);
    this.#findByName(typeId, name, tags, inside, unknown);
    if (tags !== undefined) this.#findByTags(typeId, tags, inside);
    else for (const id of this.#tagged[typeId] as readonly number[]) unknown.push(id);
  }

  *prepare(name: string): Generator<undefined, () => void> {
    if (this.#byPattern.length === 0) return () => {};
    const hits = yield* this.#names.matchInSteps(name);
    return () => {
      this.#prepared.delete(name);
      const [oldest] = this.#prepared.keys();
      if (oldest !== undefined && this.#prepared.size >= MAX_PREPARED_NAMES) {
        this.#prepared.delete(oldest);
      }
      this.#prepared.set(name, hits);
    };
  }

  #findByName(
    typeId: number,
    name: string,
    tags: Tags | undefined,
    inside: HitBuffer,
    unknown: HitBuffer,
  ): void {
    if (this.#byPattern.length === 0) return;
    const hits = this.#prepared.get(name) ?? this.#nameHits;
    if (hits === this.#nameHits) this.#names.match(name, hits);
    this.#seen.clear();
    for (let hit = 0; hit < hits.count; hit++) {
      for (const id of this.#byPattern[hits.at(hit)] as readonly number[]) {
        const scope = this.#scopes[id] as Scope;
        if ((scope.typeMask & (1 << typeId)) === 0 || !this.#seen.add(id)) continue;
        if (tags === undefined && scope.requiredTags.length > 0) unknown.push(id);
        else if (hasTags(tags, scope.requiredTags)) inside.push(id);
      }
    }
  }

  #findByTags(typeId: number, tags: Tags, inside: HitBuffer): void {
    if (this.#byPair.size === 0) return;
    for (const key of Object.keys(tags)) {
      for (const id of this.#byPair.get(key)?.get(tags[key] as string) ?? []) {
        const scope = this.#scopes[id] as Scope;
        if ((scope.typeMask & (1 << typeId)) !== 0 && hasTags(tags, scope.requiredTags))
          inside.push(id);
      }
    }
  }
}

function listByType(
  scopes: readonly Scope[],
  included: readonly boolean[],
  typeCount: number,
): readonly (readonly number[])[] {
  return Array.from({ length: typeCount }, (_, typeId) =>
    [...scopes.keys()].filter(
      (id) => included[id] && ((scopes[id] as Scope).typeMask & (1 << typeId)) !== 0,
    ),
  );
}

/** Files each scope under the pair of its required tags that the fewest scopes require, so that common pairs find little. */
function tableOfPairs(
  scopes: readonly Scope[],
  included: readonly boolean[],
): Map<string, Map<string, number[]>> {
  const uses = new Map<string, number>();
  const pairName = (key: string, value: string): string => JSON.stringify([key, value]);
  const tagged = [...scopes.entries()].filter(([id]) => included[id]);
  for (const [, scope] of tagged) {
    for (const [key, value] of scope.requiredTags) {
      const pair = pairName(key, value);
      uses.set(pair, (uses.get(pair) ?? 0) + 1);
    }
  }
  const table = new Map<string, Map<string, number[]>>();
  for (const [id, scope] of tagged) {
    const rarity = ([key, value]: TagPair): number => uses.get(pairName(key, value)) as number;
    const [key, value] = scope.requiredTags.reduce((best, pair) =>
      rarity(pair) < rarity(best) ? pair : best,
    );
    const byValue = getOrAdd(table, key, () => new Map<string, number[]>());
    getOrAdd(byValue, value, () => []).push(id);
  }
  return table;
}

/** @source Feast documentation, "required_tags": all pairs must match. `tags` are a stranger's: only own members count. */
function hasTags(tags: Tags | undefined, required: readonly TagPair[]): boolean {
  // Indexed: this runs for every permission whose name fits, and most of them require nothing.
  for (let index = 0; index < required.length; index++) {
    const [key, value] = required[index] as TagPair;
    if (tags === undefined || !Object.hasOwn(tags, key) || tags[key] !== value) return false;
  }
  return true;
}
