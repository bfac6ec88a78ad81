import {
  compileTargetIndex,
  createTargetScan,
  HitBuffer,
  type TargetFinder,
} from '../matchers/index.js';
import type { Tags } from '../model/index.js';
import type { Lineage } from './lineage.js';
import type { SnapshotOptions } from './options.js';

/** Targets with the finder that was compiled over them. */
interface TargetLayer {
  readonly finder: TargetFinder;
  /** By the finder's position: the ID of the target; GONE for one that is no longer in force. */
  readonly targetIds: Int32Array;
}

const GONE = -1;
/** A layer is compiled together with the one before it, unless that is so many times as large. */
const LAYER_RATIO = 4;

/** Some changes of the targets of one project, or of those for every project. */
export interface TargetChanges {
  /** By ID of a target that is no longer in force: the one in its place, with the same filters. */
  readonly replaced: ReadonlyMap<number, number>;
  readonly removed: ReadonlySet<number>;
  readonly added: readonly number[];
}

/**
 * The targets of one project, or of all projects, in one snapshot. Immutable: a change makes
 * another group, which shares the finders that were compiled before. Later targets lie in layers of
 * their own, each a few times smaller than the one before.
 */
export class TargetGroup {
  readonly #lineage: Lineage;
  readonly #matching: SnapshotOptions['matching'];
  readonly #layers: readonly TargetLayer[];
  /** Number of targets in force. */
  readonly size: number;

  private constructor(
    lineage: Lineage,
    matching: SnapshotOptions['matching'],
    layers: readonly TargetLayer[],
  ) {
    this.#lineage = lineage;
    this.#matching = matching;
    this.#layers = layers;
    this.size = layers.reduce((sum, { targetIds }) => sum + countInForce(targetIds), 0);
  }

  static compile(
    lineage: Lineage,
    targetIds: readonly number[],
    matching: SnapshotOptions['matching'],
  ): TargetGroup {
    const group = new TargetGroup(lineage, matching, []);
    return targetIds.length === 0 ? group : group.#with([], targetIds);
  }

  /** The group after some changes of its targets. */
  change({ replaced, removed, added }: TargetChanges): TargetGroup {
    const layers = this.#layers.map((layer) => {
      const { finder, targetIds } = layer;
      if (!targetIds.some((id) => replaced.has(id) || removed.has(id))) return layer;
      const next = targetIds.map((id) => (removed.has(id) ? GONE : (replaced.get(id) ?? id)));
      return { finder, targetIds: next };
    });
    return added.length === 0
      ? new TargetGroup(this.#lineage, this.#matching, layers)
      : this.#with(layers, added);
  }

  /**
   * Appends the IDs of the targets that match a resource, in any order.
   *
   * @param tags undefined: unknown
   */
  find(
    typeId: number,
    name: string,
    tags: Tags | undefined,
    inside: HitBuffer,
    unknown: HitBuffer,
  ): void {
    for (const { finder, targetIds } of this.#layers) {
      finder.find(typeId, name, tags, FOUND, INDETERMINATE);
      translate(FOUND, targetIds, inside);
      translate(INDETERMINATE, targetIds, unknown);
    }
  }

  /** Does the slow part of `find`, with pauses. */
  *prepare(name: string): Generator<undefined, () => void> {
    const parts: (() => void)[] = [];
    for (const { finder } of this.#layers) parts.push(yield* finder.prepare(name));
    return () => {
      for (const part of parts) part();
    };
  }

  #with(layers: readonly TargetLayer[], added: readonly number[]): TargetGroup {
    const kept = [...layers];
    let targetIds = [...added];
    for (;;) {
      const last = kept.at(-1);
      if (last === undefined || last.targetIds.length > LAYER_RATIO * targetIds.length) break;
      targetIds = [...last.targetIds.filter((id) => id !== GONE), ...targetIds];
      kept.pop();
    }
    kept.push({ finder: this.#compile(targetIds), targetIds: Int32Array.from(targetIds) });
    return new TargetGroup(this.#lineage, this.#matching, kept);
  }

  #compile(targetIds: readonly number[]): TargetFinder {
    const targets = targetIds.map((id) => this.#lineage.target(id));
    const { patterns, vocabulary } = this.#lineage;
    return this.#matching === 'scan'
      ? createTargetScan(targets, patterns)
      : compileTargetIndex(targets, patterns, vocabulary.types.length);
  }
}

/** Working memory of `find`, which no code of others interrupts. */
const FOUND = new HitBuffer();
const INDETERMINATE = new HitBuffer();

function translate(found: HitBuffer, targetIds: Int32Array, into: HitBuffer): void {
  for (let index = 0; index < found.count; index++) {
    const id = targetIds[found.at(index)] as number;
    if (id !== GONE) into.push(id);
  }
}

function countInForce(targetIds: Int32Array): number {
  let count = 0;
  for (const id of targetIds) if (id !== GONE) count++;
  return count;
}
