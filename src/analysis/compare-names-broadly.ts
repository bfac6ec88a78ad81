import { type CompiledSnapshot, type EffectivePermission, isEffective } from '../engine/index.js';
import { getOrAdd } from '../foundation/get-or-add.js';
import { exploreNames, type NameRow } from '../matchers/index.js';
import { RightsCollector, widening } from './access-change.js';
import type { AccessCondition, Combination } from './access-condition.js';
import type { NameBudget } from './name-budget.js';
import { type NameChange, nameWitness, type UndecidedNames } from './name-change.js';
import {
  allProjects,
  isTaken,
  type PermissionOnNames,
  permissionsOnNames,
  takenNames,
} from './permissions-on-names.js';
import { SnapshotAccess } from './snapshot-access.js';

/** Maximum length of registered names that a search can leave out, in characters together. */
const MAX_TAKEN_LENGTH = 5000;

/**
 * Names that `wide` allows and `narrow` refuses, for every strategy: all ways in which the patterns
 * of both versions can match a name together.
 */
export function compareNamesBroadly(
  narrow: CompiledSnapshot,
  wide: CompiledSnapshot,
  budget: NameBudget,
  undecided: UndecidedNames[],
): readonly NameChange[] {
  const changes = new Map<string, NameChange & { readonly types: string[] }>();
  for (const project of allProjects(narrow, wide)) {
    for (const [typeId, type] of wide.vocabulary.types.entries()) {
      const comparison = new BroadComparison([narrow, wide], project, type, typeId, budget);
      const { found, reason } = comparison.run();
      for (const change of found) {
        const { types: _, ...rest } = change;
        const merged = getOrAdd(changes, JSON.stringify(rest), () => ({ ...change, types: [] }));
        merged.types.push(type);
      }
      if (reason !== undefined) {
        const { actions } = wide.vocabulary;
        undecided.push({ project: project ?? null, types: [type], actions, reason });
      }
    }
  }
  return [...changes.values()];
}

type Pair = readonly [narrow: CompiledSnapshot, wide: CompiledSnapshot];

class BroadComparison {
  readonly #pair: Pair;
  readonly #project: string | undefined;
  readonly #type: string;
  readonly #budget: NameBudget;
  readonly #permissions: readonly (readonly PermissionOnNames[])[];
  readonly #rows: NameRow[] = [];
  readonly #rowIds = new Map<string, number>();
  readonly #namesRow: number;
  readonly #found = new Map<string, RightsCollector>();
  readonly #seen = new Set<string>();
  #reason: string | undefined;

  constructor(
    pair: Pair,
    project: string | undefined,
    type: string,
    typeId: number,
    budget: NameBudget,
  ) {
    this.#pair = pair;
    this.#project = project;
    this.#type = type;
    this.#budget = budget;
    this.#permissions = pair.map((snapshot) =>
      permissionsOnNames(snapshot, project).filter(
        ({ typeMask }) => (typeMask & (1 << typeId)) !== 0,
      ),
    );
    for (const { patterns } of this.#permissions.flat()) {
      if (patterns.length === 0) continue;
      getOrAdd(this.#rowIds, JSON.stringify(patterns), () => this.#rows.push({ patterns }) - 1);
    }
    const names = [...new Set(takenNames(pair, project, type))];
    const isShort = names.reduce((sum, { length }) => sum + length, 0) <= MAX_TAKEN_LENGTH;
    this.#namesRow = this.#rows.push({ names: isShort ? names : [] }) - 1;
  }

  run(): { readonly found: readonly NameChange[]; readonly reason: string | undefined } {
    const { maxStates, maxSteps } = this.#budget;
    const result = exploreNames({
      rows: this.#rows,
      python: this.#pair[0].options.python,
      maxStates,
      maxSteps,
      visit: (matches, name) => {
        if (matches[this.#namesRow] !== true) this.#visit(matches, name);
        return false;
      },
    });
    this.#budget.spend(result.steps);
    const found = Array.from(this.#found, ([name, rights]) =>
      rights
        .finish(nameWitness(...this.#pair, this.#project, [this.#type], name))
        .map((one) => ({ project: this.#project ?? null, types: [this.#type], name, ...one })),
    ).flat();
    return { found, reason: result.result === 'undecided' ? result.reason : this.#reason };
  }

  #visit(matches: readonly boolean[], name: () => string): void {
    const [narrow, wide] = this.#pair.map((snapshot, side) =>
      this.#conditionsOf(snapshot, this.#permissions[side] ?? [], matches),
    ) as [readonly AccessCondition[], readonly AccessCondition[]];
    for (const [id, action] of this.#pair[1].vocabulary.actions.entries()) {
      const { found, complete } = widening(
        narrow[id] as AccessCondition,
        wide[id] as AccessCondition,
      );
      if (!complete) this.#reason ??= 'the combinations of principals are too many';
      for (const combination of found) this.#add(action, combination, name);
    }
  }

  /** Keeps the first name of each right. */
  #add(action: string, combination: Combination, name: () => string): void {
    const key = JSON.stringify([action, combination.atoms.map((atom) => atom.key)]);
    if (this.#seen.has(key)) return;
    const text = name();
    if (isTaken(this.#pair, this.#project, this.#type, text)) {
      this.#reason ??= 'too many registered names match';
      return;
    }
    this.#seen.add(key);
    getOrAdd(this.#found, text, () => new RightsCollector()).add(action, combination);
  }

  /** By action ID. */
  #conditionsOf(
    snapshot: CompiledSnapshot,
    permissions: readonly PermissionOnNames[],
    matches: readonly boolean[],
  ): readonly AccessCondition[] {
    const access = SnapshotAccess.of(snapshot);
    const covering = permissions.filter(({ patterns }) => {
      if (patterns.length === 0) return true;
      return matches[this.#rowIds.get(JSON.stringify(patterns)) ?? -1] === true;
    });
    const project = snapshot.projects.get(this.#project);
    return snapshot.vocabulary.actions.map((_, id) => {
      if (project === undefined) return access.withoutPermissions('unknown-project');
      if (!project.hasPermissions) return access.withoutPermissions('no-permissions');
      if (covering.length === 0 || !snapshot.enforced)
        return access.withoutPermissions('unsecured');
      const applicable: EffectivePermission[] = [];
      let denials = 0;
      for (const { permission, isIndeterminate } of covering) {
        if (!isEffective(permission)) denials += 1;
        else if ((permission.actionMask & (1 << id)) === 0) continue;
        else if (isIndeterminate) denials += 1;
        else applicable.push(permission);
      }
      return access.combine(applicable, denials);
    });
  }
}
