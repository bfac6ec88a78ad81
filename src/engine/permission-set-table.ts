import type { DecisionTable } from './decision-table.js';
import { type DecisionCompiler, PermissionSet, type PermissionSetKind } from './permission-set.js';
import { createUnregisteredCache } from './unregistered-cache.js';

/**
 * One {@link PermissionSet} for each distinct list of targets. Hundreds of thousands of resources
 * share a few of them.
 */
export class PermissionSetTable {
  readonly #evaluator: DecisionCompiler;
  /** The decisions on registered resources. */
  readonly decisions: DecisionTable;
  /** By a hash of the targets: IDs in the decision table. */
  readonly #registered = new Map<number, number[]>();
  readonly #unregistered = createUnregisteredCache<number>();

  constructor(evaluator: DecisionCompiler, decisions: DecisionTable) {
    this.#evaluator = evaluator;
    this.decisions = decisions;
  }

  /** A permission set without targets. */
  without(kind: Exclude<PermissionSetKind, 'covered'>): PermissionSet {
    return new PermissionSet(kind, NO_TARGETS, NO_TARGETS, this.#evaluator);
  }

  /**
   * The ID of the permission set for the targets of a registered resource. Kept for the life of the
   * snapshot.
   *
   * @param targets ascending; one of the two arrays is not empty
   */
  ofRegistered(targets: Int32Array, indeterminateTargets: Int32Array): number {
    const key = hash(targets, indeterminateTargets);
    const bucket = this.#registered.get(key);
    const known = bucket?.find((id) =>
      isOf(this.decisions.permissionSet(id), targets, indeterminateTargets),
    );
    if (known !== undefined) return known;
    const id = this.decisions.add(
      new PermissionSet('covered', targets, indeterminateTargets, this.#evaluator),
    );
    if (bucket === undefined) this.#registered.set(key, [id]);
    else bucket.push(id);
    return id;
  }

  /**
   * The permission set for the targets of any resource.
   *
   * SECURITY: untrusted callers choose these targets, so they go into a bounded cache.
   *
   * @param targets ascending; one of the two arrays is not empty
   */
  ofUnregistered(targets: Int32Array, indeterminateTargets: Int32Array): PermissionSet {
    const key = hash(targets, indeterminateTargets);
    const candidates = (this.#registered.get(key) ?? []).map((id) =>
      this.decisions.permissionSet(id),
    );
    const remembered = this.#unregistered.get(key);
    if (remembered !== undefined) candidates.push(remembered);
    const known = candidates.find((candidate) => isOf(candidate, targets, indeterminateTargets));
    if (known !== undefined) return known;
    const permissionSet = new PermissionSet(
      'covered',
      targets,
      indeterminateTargets,
      this.#evaluator,
    );
    this.#unregistered.set(key, permissionSet);
    return permissionSet;
  }
}

const NO_TARGETS = new Int32Array(0);

function isOf(
  permissionSet: PermissionSet,
  targets: Int32Array,
  indeterminateTargets: Int32Array,
): boolean {
  return (
    equal(permissionSet.targets, targets) &&
    equal(permissionSet.indeterminateTargets, indeterminateTargets)
  );
}

/** FNV-1a over the numbers. */
function hash(targets: Int32Array, indeterminateTargets: Int32Array): number {
  let value = 0x811c9dc5;
  for (const target of targets) value = Math.imul(value ^ target, 0x01000193);
  value = Math.imul(value ^ -1, 0x01000193);
  for (const target of indeterminateTargets) value = Math.imul(value ^ target, 0x01000193);
  return value;
}

function equal(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
