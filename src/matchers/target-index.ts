import { getOrAdd } from '../foundation/get-or-add.js';
import type { Tags } from '../model/index.js';
import { GroupBuilder } from './group-builder.js';
import { HitBuffer } from './hit-buffer.js';
import { MarkSet } from './mark-set.js';
import { compileNameIndex, type NameIndex } from './name-index.js';
import type { CompiledNamePattern } from './name-pattern/compile-name-pattern.js';
import { TestPauses } from './test-pauses.js';

export type TagPair = readonly [key: string, value: string];

/** The three filters of a permission, compiled: which resources of its project it covers. */
export interface Target {
  /** Bit by type id; sub-types included. */
  readonly typeMask: number;
  /** Positions in the list of patterns, one of which must match; undefined: every name. */
  readonly patterns: readonly number[] | undefined;
  /** Pairs that must all be among the resource's tags. */
  readonly requiredTags: readonly TagPair[];
}

/** Finds the targets that match a resource, as positions in the list of targets. */
export interface TargetFinder {
  /**
   * @param tags undefined: unknown
   * @param inside emptied first, then given each target that matches, once, in any order
   * @param unknown emptied first, then given the targets whose match depends on the tags
   */
  find(
    typeId: number,
    name: string,
    tags: Tags | undefined,
    inside: HitBuffer,
    unknown: HitBuffer,
  ): void;

  /**
   * Does the slow part of `find`, with pauses in which other names may be looked for.
   *
   * @returns a function that makes the next `find` of this name use the result
   */
  prepare(name: string): Generator<undefined, () => void>;
}

/** Names whose prepared hits are kept: one question is about at most two. */
const MAX_PREPARED_NAMES = 2;

/**
 * Finds targets at a cost that depends on the resource and on the targets that match it, whatever
 * their total number: names through one index of all patterns, tags through a table of required
 * pairs, types through a list each.
 *
 * @param patterns distinct patterns, which targets refer to by position
 * @param typeCount number of types in the vocabulary
 */
export function compileTargetIndex(
  targets: readonly Target[],
  patterns: readonly CompiledNamePattern[],
  typeCount: number,
): TargetFinder {
  return new TargetIndex(targets, patterns, typeCount);
}

/**
 * The same answers from a plain scan of all targets: what the index is tested against.
 */
export function createTargetScan(
  targets: readonly Target[],
  patterns: readonly CompiledNamePattern[],
): TargetFinder {
  const prepared = new LastPrepared<ReadonlySet<number>>();
  const used = [...new Set(targets.flatMap((target) => target.patterns ?? []))];
  return {
    find(typeId, name, tags, inside, unknown) {
      inside.clear();
      unknown.clear();
      const hits = prepared.get(name);
      const matches = (pattern: number): boolean =>
        hits === undefined ? patterns[pattern]?.test(name) === true : hits.has(pattern);
      for (const [id, target] of targets.entries()) {
        if ((target.typeMask & (1 << typeId)) === 0) continue;
        if (target.patterns?.some(matches) === false) continue;
        if (tags === undefined && target.requiredTags.length > 0) unknown.push(id);
        else if (hasTags(tags, target.requiredTags)) inside.push(id);
      }
    },
    *prepare(name) {
      const hits = new Set<number>();
      const pause = new TestPauses(name.length);
      for (const pattern of used) {
        const { test, states } = patterns[pattern] as CompiledNamePattern;
        if (test(name)) hits.add(pattern);
        if (pause.isDueAfter(states)) yield;
      }
      return () => prepared.set(name, hits);
    },
  };
}

/** What was found for the names that were prepared last. */
class LastPrepared<Hits> {
  readonly #hits = new Map<string, Hits>();

  get(name: string): Hits | undefined {
    return this.#hits.get(name);
  }

  set(name: string, hits: Hits): void {
    this.#hits.delete(name);
    const [oldest] = this.#hits.keys();
    if (oldest !== undefined && this.#hits.size >= MAX_PREPARED_NAMES) this.#hits.delete(oldest);
    this.#hits.set(name, hits);
  }
}

class TargetIndex implements TargetFinder {
  readonly #targets: readonly Target[];
  /** By type id: targets that filter neither by name nor by tags. */
  readonly #unfiltered: readonly (readonly number[])[];
  /** By type id: targets that filter by tags only. */
  readonly #tagged: readonly (readonly number[])[];
  /**
   * Targets that filter by tags only, under one pair that each of them requires: key, then value.
   */
  readonly #byPair: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
  readonly #names: NameIndex;
  /**
   * The targets that contain a pattern: `#targetsOf[#from[pattern]]` up to, not including,
   * `#targetsOf[#from[pattern + 1]]`.
   */
  readonly #targetsOf: Int32Array;
  readonly #from: Int32Array;
  /** By target: its `typeMask`, beside one another, since a name finds many targets. */
  readonly #typeMasks: Int32Array;
  /** By target: 1 where it requires tags. */
  readonly #isTagged: Uint8Array;
  readonly #nameHits = new HitBuffer();
  readonly #prepared = new LastPrepared<HitBuffer>();
  readonly #seen: MarkSet;

  constructor(
    targets: readonly Target[],
    patterns: readonly CompiledNamePattern[],
    typeCount: number,
  ) {
    this.#targets = targets;
    const unfiltered = targets.map(
      (target) => target.patterns === undefined && target.requiredTags.length === 0,
    );
    const taggedOnly = targets.map(
      (target) => target.patterns === undefined && target.requiredTags.length > 0,
    );
    this.#unfiltered = listByType(targets, unfiltered, typeCount);
    this.#tagged = listByType(targets, taggedOnly, typeCount);
    this.#byPair = tableOfPairs(targets, taggedOnly);
    // Only the patterns that these targets use: many projects share the list.
    const used = [...new Set(targets.flatMap((target) => target.patterns ?? []))];
    const position = new Map(used.map((pattern, index) => [pattern, index]));
    this.#names = compileNameIndex(used.map((pattern) => patterns[pattern] as CompiledNamePattern));
    const groups = new GroupBuilder(position);
    for (const [id, target] of targets.entries()) {
      for (const pattern of target.patterns ?? []) groups.add(pattern, id);
    }
    const { from, entries } = groups.build();
    this.#from = from;
    this.#targetsOf = entries;
    this.#typeMasks = Int32Array.from(targets, ({ typeMask }) => typeMask);
    this.#isTagged = Uint8Array.from(targets, ({ requiredTags }) => Math.sign(requiredTags.length));
    this.#seen = new MarkSet(targets.length);
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
    if (this.#targetsOf.length === 0) return () => {};
    const hits = yield* this.#names.matchInSteps(name);
    return () => this.#prepared.set(name, hits);
  }

  #findByName(
    typeId: number,
    name: string,
    tags: Tags | undefined,
    inside: HitBuffer,
    unknown: HitBuffer,
  ): void {
    if (this.#targetsOf.length === 0) return;
    const hits = this.#prepared.get(name) ?? this.#nameHits;
    if (hits === this.#nameHits) this.#names.match(name, hits);
    this.#seen.clear();
    const from = this.#from;
    for (let hit = 0; hit < hits.count; hit++) {
      const pattern = hits.at(hit);
      const end = from[pattern + 1] as number;
      for (let at = from[pattern] as number; at < end; at++) {
        const id = this.#targetsOf[at] as number;
        if (((this.#typeMasks[id] as number) & (1 << typeId)) === 0 || !this.#seen.add(id))
          continue;
        if (this.#isTagged[id] === 0) inside.push(id);
        else if (tags === undefined) unknown.push(id);
        else if (hasTags(tags, (this.#targets[id] as Target).requiredTags)) inside.push(id);
      }
    }
  }

  #findByTags(typeId: number, tags: Tags, inside: HitBuffer): void {
    if (this.#byPair.size === 0) return;
    for (const key of Object.keys(tags)) {
      for (const id of this.#byPair.get(key)?.get(tags[key] as string) ?? []) {
        const target = this.#targets[id] as Target;
        if ((target.typeMask & (1 << typeId)) !== 0 && hasTags(tags, target.requiredTags))
          inside.push(id);
      }
    }
  }
}

function listByType(
  targets: readonly Target[],
  included: readonly boolean[],
  typeCount: number,
): readonly (readonly number[])[] {
  return Array.from({ length: typeCount }, (_, typeId) =>
    [...targets.keys()].filter(
      (id) => included[id] && ((targets[id] as Target).typeMask & (1 << typeId)) !== 0,
    ),
  );
}

/** Files each target under its rarest required pair, so that common pairs find few targets. */
function tableOfPairs(
  targets: readonly Target[],
  included: readonly boolean[],
): Map<string, Map<string, number[]>> {
  const uses = new Map<string, number>();
  const pairName = (key: string, value: string): string => JSON.stringify([key, value]);
  const tagged = [...targets.entries()].filter(([id]) => included[id]);
  for (const [, target] of tagged) {
    for (const [key, value] of target.requiredTags) {
      const pair = pairName(key, value);
      uses.set(pair, (uses.get(pair) ?? 0) + 1);
    }
  }
  const table = new Map<string, Map<string, number[]>>();
  for (const [id, target] of tagged) {
    const rarity = ([key, value]: TagPair): number => uses.get(pairName(key, value)) as number;
    const [key, value] = target.requiredTags.reduce((best, pair) =>
      rarity(pair) < rarity(best) ? pair : best,
    );
    const byValue = getOrAdd(table, key, () => new Map<string, number[]>());
    getOrAdd(byValue, value, () => []).push(id);
  }
  return table;
}

/**
 * @source Feast documentation, "required_tags": all pairs must match. `tags` are untrusted: only
 *   own members count.
 */
function hasTags(tags: Tags | undefined, required: readonly TagPair[]): boolean {
  // Indexed: this runs for every permission whose name fits, and most of them require nothing.
  for (let index = 0; index < required.length; index++) {
    const [key, value] = required[index] as TagPair;
    if (tags === undefined || !Object.hasOwn(tags, key) || tags[key] !== value) return false;
  }
  return true;
}
