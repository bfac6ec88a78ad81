import type { CompiledSnapshot, EffectivePermission, PermissionSet } from '../engine/index.js';
import { getOrAdd } from '../foundation/get-or-add.js';
import type { Resource, Subject } from '../model/index.js';
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

/** Permission sets with the same effect have the same text, in both snapshots. */
type Signature = string;

class RegisteredComparison {
  readonly #old: CompiledSnapshot;
  readonly #new: CompiledSnapshot;
  readonly #effects: EffectNumbers;
  readonly #pairs = new Map<PermissionSet | undefined, Map<PermissionSet | undefined, PairDiff>>();
  readonly #gained: AccessChange[] = [];
  readonly #lost: AccessChange[] = [];
  #complete = true;

  constructor(old: CompiledSnapshot, next: CompiledSnapshot) {
    this.#old = old;
    this.#new = next;
    this.#effects = new EffectNumbers();
  }

  run(): RegisteredDiff {
    for (const resource of this.#new.resources()) {
      const isOld = isRegistered(this.#old, resource);
      this.#compare(resource, isOld ? 'both' : 'new');
    }
    for (const resource of this.#old.resources()) {
      if (!isRegistered(this.#new, resource)) this.#compare(resource, 'old');
    }
    return { gained: this.#gained, lost: this.#lost, complete: this.#complete };
  }

  #compare(registered: Resource, where: AccessChange['registered']): void {
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
    if (pair === SAME) return;
    const reference = referToResource(registered);
    this.#complete &&= pair.complete;
    for (const one of pair.gained)
      this.#gained.push({ resource: reference, registered: where, ...one });
    for (const one of pair.lost)
      this.#lost.push({ resource: reference, registered: where, ...one });
  }

  #comparePair(oldSet: PermissionSet | undefined, newSet: PermissionSet | undefined): PairDiff {
    if (
      this.#effects.signatureOf(this.#old, oldSet) === this.#effects.signatureOf(this.#new, newSet)
    ) {
      return SAME;
    }
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

function isRegistered(snapshot: CompiledSnapshot, { type, name, project }: Resource): boolean {
  return snapshot.projects.get(project)?.registered.get(type)?.has(name) === true;
}

/** Numbers for the effects of permissions, the same in all snapshots that are compared. */
class EffectNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<EffectivePermission, number>();
  readonly #signatures = new Map<PermissionSet, Signature>();

  signatureOf(snapshot: CompiledSnapshot, permissionSet: PermissionSet | undefined): Signature {
    if (permissionSet === undefined) return `unknown-project,${snapshot.enforced}`;
    return getOrAdd(this.#signatures, permissionSet, () => this.#sign(snapshot, permissionSet));
  }

  #sign(snapshot: CompiledSnapshot, permissionSet: PermissionSet): Signature {
    const { evaluator } = snapshot;
    const { strategy, unsecured, whenNoPermissions, enforced } = evaluator.rules;
    if (!enforced) return 'no-auth';
    const rules = `${permissionSet.kind},${strategy},${unsecured},${whenNoPermissions}`;
    const { applicable, indeterminate, excluded } = evaluator.byApplicability(permissionSet, 0);
    const numbers = Int32Array.from(applicable, (one) => this.#numberOf(snapshot, one)).sort();
    const denials = indeterminate.map(({ actionMask }) => actionMask).sort((a, b) => a - b);
    return `${rules}|${numbers.join()}|${denials.join()}|${excluded.length}`;
  }

  #numberOf(snapshot: CompiledSnapshot, permission: EffectivePermission): number {
    let number = this.#known.get(permission);
    if (number === undefined) {
      const { everyone, atoms } = SnapshotAccess.of(snapshot).policyOf(permission);
      const keys = atoms.map(({ key }) => key).sort();
      const effect = JSON.stringify([permission.actionMask, everyone, keys]);
      number = getOrAdd(this.#numbers, effect, () => this.#numbers.size);
      this.#known.set(permission, number);
    }
    return number;
  }
}
