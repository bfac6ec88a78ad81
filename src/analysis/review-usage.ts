import {
  type CompiledSnapshot,
  compiledOf,
  type EffectivePermission,
  isEffective,
  type PermissionSet,
  type Snapshot,
} from '../engine/index.js';
import { getOrAdd } from '../foundation/get-or-add.js';
import type { Resource } from '../model/index.js';
import { readActions } from './question.js';
import { type RecordedDecision, readDecisionRecord } from './read-decision-record.js';
import {
  type PermissionReference,
  type ResourceReference,
  referToPermission,
} from './references.js';

/** What a permission grants, and no decision of a log used. */
export interface UnusedGrant {
  readonly permission: PermissionReference;
  /** In the order of the vocabulary. */
  readonly actions: readonly string[];
  /** Whether these are all actions of the permission. */
  readonly isWhole: boolean;
  /** Those that may have been used, by a record that names fewer permissions than decided. */
  readonly uncertain: readonly string[];
}

/** A resource that a log shows in use, and that no permission covers. */
export interface UnsecuredUse {
  readonly resource: ResourceReference;
  /** Whether the registry holds it. */
  readonly registered: boolean;
  /** Numbers of decisions. */
  readonly allowed: number;
  readonly refused: number;
  /** In the order of the vocabulary. */
  readonly actions: readonly string[];
}

/** What a decision log suggests to change. */
export interface UsageSuggestions {
  readonly decisions: number;
  /** Requests that were refused before a decision. */
  readonly refusals: number;
  /** Times of the first and the last decision; null without decisions. */
  readonly from: string | null;
  readonly to: string | null;
  /** In the order in which the permissions were given. */
  readonly unusedGrants: readonly UnusedGrant[];
  /** The ones with the most decisions first. */
  readonly unsecuredUses: readonly UnsecuredUse[];
  /** False if more unsecured resources were in use than are listed. */
  readonly complete: boolean;
}

/** Takes the records of a decision log, one by one. */
export interface UsageReview {
  /**
   * Takes one record of a log in the shape `opa`, parsed from JSON.
   *
   * @throws TypeError if it is not such a record, or names an action or type outside the
   *   vocabulary; it does not count then
   */
  add(record: unknown): void;
  /** What the records so far suggest. */
  suggest(): UsageSuggestions;
}

/** The most unsecured resources that are counted: names in a log may have no end. */
const MAX_UNSECURED = 100_000;

/**
 * Compares the permissions of a snapshot with the decisions that a gate recorded: grants that were
 * never used, and resources in use that no permission covers.
 *
 * Memory depends on the snapshot, not on the length of the log.
 *
 * @example
 * const review = reviewUsage(authorizer.snapshot);
 * for (const line of lines) review.add(JSON.parse(line));
 * review.suggest().unusedGrants;
 * // [{ permission: { project: null, name: 'writers' }, actions: ['DELETE'], isWhole: false,
 * //    uncertain: [] }]
 */
export function reviewUsage(snapshot: Snapshot): UsageReview {
  return new SnapshotUsage(compiledOf(snapshot));
}

interface Grant {
  readonly permission: EffectivePermission;
  /** Actions, as bits. */
  used: number;
  uncertain: number;
}

interface Use {
  readonly resource: ResourceReference;
  readonly registered: boolean;
  allowed: number;
  refused: number;
  mask: number;
}

class SnapshotUsage implements UsageReview {
  readonly #snapshot: CompiledSnapshot;
  /** By project and name. */
  readonly #grants = new Map<string, Grant>();
  /** By project, type and name. */
  readonly #uses = new Map<string, Use>();
  /** Actions of decisions whose other permissions are noted already. */
  readonly #noted = new WeakMap<PermissionSet, Set<number>>();
  #complete = true;
  #decisions = 0;
  #refusals = 0;
  #from: string | null = null;
  #to: string | null = null;

  constructor(snapshot: CompiledSnapshot) {
    this.#snapshot = snapshot;
    for (const permission of snapshot.permissions) {
      if (!isEffective(permission)) continue;
      const key = keyOf(referToPermission(permission.source));
      this.#grants.set(key, { permission, used: 0, uncertain: 0 });
    }
  }

  add(record: unknown): void {
    const decision = readDecisionRecord(record);
    if (decision === null) {
      this.#refusals += 1;
      return;
    }
    const { mask } = readActions(this.#snapshot, decision.actions);
    const { project, type, name } = decision.resource;
    const resource: Resource = project === null ? { type, name } : { type, name, project };
    const permissionSet = this.#snapshot.permissionSetOf(resource);
    this.#decisions += 1;
    const { timestamp } = decision;
    if (this.#from === null || timestamp < this.#from) this.#from = timestamp;
    if (this.#to === null || timestamp > this.#to) this.#to = timestamp;
    if (permissionSet.kind === 'covered') this.#noteGrants(decision, permissionSet, mask);
    else if (permissionSet.kind !== 'unknown-project') this.#noteUse(decision, resource, mask);
  }

  #noteGrants(
    { allowed, granting, isCut }: RecordedDecision,
    permissionSet: PermissionSet,
    mask: number,
  ): void {
    if (!allowed) return;
    for (const permission of granting) {
      const grant = this.#grants.get(keyOf(permission));
      if (grant !== undefined) grant.used |= mask;
    }
    if (!isCut) return;
    const noted = this.#noted.get(permissionSet) ?? new Set();
    this.#noted.set(permissionSet, noted);
    if (noted.has(mask)) return;
    noted.add(mask);
    const { applicable } = this.#snapshot.evaluator.byApplicability(permissionSet, mask);
    for (const { source } of applicable) {
      const grant = this.#grants.get(keyOf(referToPermission(source)));
      if (grant !== undefined) grant.uncertain |= mask;
    }
  }

  #noteUse({ resource, allowed }: RecordedDecision, asked: Resource, mask: number): void {
    const key = keyOf(resource, resource.type);
    if (!this.#uses.has(key) && this.#uses.size >= MAX_UNSECURED) {
      this.#complete = false;
      return;
    }
    const use = getOrAdd(this.#uses, key, () => {
      const registered = this.#snapshot.registered(asked) !== undefined;
      return { resource, registered, allowed: 0, refused: 0, mask: 0 };
    });
    use[allowed ? 'allowed' : 'refused'] += 1;
    use.mask |= mask;
  }

  suggest(): UsageSuggestions {
    const { vocabulary } = this.#snapshot;
    const actionsOf = (mask: number): readonly string[] =>
      vocabulary.actions.filter((_, id) => (mask & (1 << id)) !== 0);
    const unusedGrants = [...this.#grants.values()].flatMap(({ permission, used, uncertain }) => {
      const unused = permission.actionMask & ~used;
      if (unused === 0) return [];
      return {
        permission: referToPermission(permission.source),
        actions: actionsOf(unused),
        isWhole: unused === permission.actionMask,
        uncertain: actionsOf(unused & uncertain),
      };
    });
    const unsecuredUses = [...this.#uses.values()]
      .sort((a, b) => b.allowed + b.refused - a.allowed - a.refused)
      .map(({ mask, ...use }) => ({ ...use, actions: actionsOf(mask) }));
    return {
      decisions: this.#decisions,
      refusals: this.#refusals,
      from: this.#from,
      to: this.#to,
      unusedGrants,
      unsecuredUses,
      complete: this.#complete,
    };
  }
}

/** Distinct for distinct references: a name may hold any character. */
function keyOf({ project, name }: PermissionReference, type = ''): string {
  return JSON.stringify([project, type, name]);
}
