import {
  type CompiledPermission,
  type CompiledSnapshot,
  isEffective,
  type PermissionSet,
} from '../engine/index.js';
import { getOrAdd } from '../foundation/get-or-add.js';
import type { Resource, Subject } from '../model/index.js';
import type { SubjectTest } from '../policy/index.js';
import {
  type AccessChange,
  allowsEach,
  allowsOne,
  type ChangedRights,
  RightsCollector,
  widening,
} from './access-change.js';
import type { AccessCondition } from './access-condition.js';
import { referToResource } from './references.js';
import { permissionSetOf, SnapshotAccess } from './snapshot-access.js';

/** What changed on registered resources. */
export interface RegisteredDiff {
  readonly gained: readonly AccessChange[];
  readonly lost: readonly AccessChange[];
  /** False if combinations were cut, so that changes may be missing. */
  readonly complete: boolean;
}

interface PairDiff {
  readonly gained: readonly ChangedRights[];
  readonly lost: readonly ChangedRights[];
  readonly complete: boolean;
}

const SAME: PairDiff = Object.freeze({ gained: [], lost: [], complete: true });

/** Compares two snapshots on all resources that either of them has registered. */
export function diffRegistered(old: CompiledSnapshot, next: CompiledSnapshot): RegisteredDiff {
  return new RegisteredComparison(old, next).run();
}

/** More than a snapshot has permission sets. */
const MAX_SETS = 2 ** 26;

class RegisteredComparison {
  readonly #old: CompiledSnapshot;
  readonly #new: CompiledSnapshot;
  readonly #effects: EffectNumbers;
  readonly #pairs = new Map<PermissionSet | undefined, Map<PermissionSet | undefined, PairDiff>>();
  /** By the IDs of both permission sets. */
  readonly #byIds = new Map<number, PairDiff>();
  readonly #haveSameRules: boolean;
  readonly #gained: AccessChange[] = [];
  readonly #lost: AccessChange[] = [];
  #complete = true;

  constructor(old: CompiledSnapshot, next: CompiledSnapshot) {
    this.#old = old;
    this.#new = next;
    this.#effects = new EffectNumbers();
    this.#haveSameRules =
      JSON.stringify(old.evaluator.rules) === JSON.stringify(next.evaluator.rules);
  }

  run(): RegisteredDiff {
    let inBoth = 0;
    for (const resource of this.#new.resources()) {
      const newId = this.#new.permissionSetIdOf(resource) as number;
      const oldId = this.#old.permissionSetIdOf(resource);
      if (oldId === undefined) this.#compareOneSided(resource, 'new');
      else {
        inBoth += 1;
        this.#compareBoth(resource, oldId, newId);
      }
    }
    // A change of permissions alone leaves none. Look-ups take most of the time.
    if (inBoth < countResources(this.#old)) this.#compareOldOnes();
    return { gained: this.#gained, lost: this.#lost, complete: this.#complete };
  }

  #compareOldOnes(): void {
    for (const resource of this.#old.resources()) {
      const isOld = this.#new.permissionSetIdOf(resource) === undefined;
      if (isOld) this.#compareOneSided(resource, 'old');
    }
  }

  /** @param oldId ID of the permission set, of a resource that both have registered */
  #compareBoth(resource: Resource, oldId: number, newId: number): void {
    const key = oldId * MAX_SETS + newId;
    let pair = this.#byIds.get(key);
    if (pair === undefined) {
      const oldSet = this.#old.decisions.permissionSet(oldId);
      const newSet = this.#new.decisions.permissionSet(newId);
      pair = this.#haveSameEffects(oldSet, newSet) ? SAME : this.#comparePair(oldSet, newSet);
      this.#byIds.set(key, pair);
    }
    if (pair !== SAME) this.#tell(resource, 'both', pair);
  }

  #compareOneSided(registered: Resource, where: 'old' | 'new'): void {
    const { type, name, project } = registered;
    const resource = project === undefined ? { type, name } : { type, name, project };
    const oldSet = permissionSetOf(this.#old, resource);
    const newSet = permissionSetOf(this.#new, resource);
    const byNew = getOrAdd(
      this.#pairs,
      oldSet,
      () => new Map<PermissionSet | undefined, PairDiff>(),
    );
    const pair = getOrAdd(byNew, newSet, () => this.#comparePair(oldSet, newSet));
    if (pair !== SAME) this.#tell(registered, where, pair);
  }

  #tell(resource: Resource, registered: AccessChange['registered'], pair: PairDiff): void {
    const reference = referToResource(resource);
    this.#complete &&= pair.complete;
    for (const one of pair.gained) this.#gained.push({ resource: reference, registered, ...one });
    for (const one of pair.lost) this.#lost.push({ resource: reference, registered, ...one });
  }

  /**
   * Whether decisions are the same without looking at them: the same rules, and permissions with
   * the same effects.
   */
  #haveSameEffects(oldSet: PermissionSet, newSet: PermissionSet): boolean {
    if (!this.#haveSameRules || oldSet.kind !== newSet.kind) return false;
    const was = this.#effects.numbersOf(this.#old, oldSet);
    const is = this.#effects.numbersOf(this.#new, newSet);
    return was.length === is.length && was.every((number, index) => number === is[index]);
  }

  #comparePair(oldSet: PermissionSet | undefined, newSet: PermissionSet | undefined): PairDiff {
    const oldConditions = conditionsOf(this.#old, oldSet);
    const newConditions = conditionsOf(this.#new, newSet);
    const gained = new RightsCollector();
    const lost = new RightsCollector();
    let complete = true;
    for (const [id, action] of this.#new.vocabulary.actions.entries()) {
      const was = oldConditions[id] as AccessCondition;
      const is = newConditions[id] as AccessCondition;
      if (was === is) continue;
      const wider = widening(was, is);
      const narrower = widening(is, was);
      complete &&= wider.complete && narrower.complete;
      for (const combination of wider.found) gained.add(action, combination);
      for (const combination of narrower.found) lost.add(action, combination);
    }
    if (gained.isEmpty && lost.isEmpty && complete) return SAME;
    return {
      gained: gained.finish(witness([this.#old, oldSet], [this.#new, newSet])),
      lost: lost.finish(witness([this.#new, newSet], [this.#old, oldSet])),
      complete,
    };
  }
}

function countResources({ projects }: CompiledSnapshot): number {
  let count = 0;
  for (const { resources } of new Set(projects.values())) count += resources.size;
  return count;
}

type Side = readonly [snapshot: CompiledSnapshot, permissionSet: PermissionSet | undefined];

function witness(
  [narrow, narrowSet]: Side,
  [wide, wideSet]: Side,
): (subject: Subject | null, actions: readonly string[]) => boolean {
  return (subject, actions) =>
    allowsEach(wide, wideSet, subject, actions) &&
    actions.every((action) => !allowsOne(narrow, narrowSet, subject, action));
}

/** By action ID. Without a permission set, the project is not known. */
function conditionsOf(
  snapshot: CompiledSnapshot,
  permissionSet: PermissionSet | undefined,
): readonly AccessCondition[] {
  const access = SnapshotAccess.of(snapshot);
  if (permissionSet !== undefined) return access.conditionsOf(permissionSet);
  const condition = access.withoutPermissions('unknown-project');
  return snapshot.vocabulary.actions.map(() => condition);
}

/** Numbers for the effects of permissions, the same in both snapshots. */
class EffectNumbers {
  readonly #policies = new Map<string, number>();
  readonly #byTest = new Map<SubjectTest | undefined, number>();
  readonly #effects = new Map<number, number>();
  readonly #known = new Map<PermissionSet, Int32Array>();

  /** The effects of the permissions that cover a registered resource. Ascending. */
  numbersOf(snapshot: CompiledSnapshot, permissionSet: PermissionSet): Int32Array {
    let numbers = this.#known.get(permissionSet);
    if (numbers === undefined) {
      numbers = snapshot.evaluator.positionsOf(permissionSet);
      for (const [index, position] of numbers.entries()) {
        numbers[index] = this.#numberOf(snapshot, snapshot.permissions[position] as never);
      }
      numbers.sort();
      this.#known.set(permissionSet, numbers);
    }
    return numbers;
  }

  #numberOf(snapshot: CompiledSnapshot, permission: CompiledPermission): number {
    let policy = this.#byTest.get(permission.test);
    if (policy === undefined) {
      policy = getOrAdd(
        this.#policies,
        policyText(snapshot, permission),
        () => this.#policies.size,
      );
      this.#byTest.set(permission.test, policy);
    }
    const effect = policy * 2 ** 32 + (permission.actionMask >>> 0);
    return getOrAdd(this.#effects, effect, () => this.#effects.size);
  }
}

function policyText(snapshot: CompiledSnapshot, permission: CompiledPermission): string {
  if (!isEffective(permission)) return 'excluded';
  const { everyone, atoms } = SnapshotAccess.of(snapshot).policyOf(permission);
  return JSON.stringify([everyone, atoms.map(({ key }) => key).sort()]);
}
