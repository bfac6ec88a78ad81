import { type CompiledSnapshot, isEffective } from '../engine/index.js';
import { getOrAdd } from '../foundation/get-or-add.js';
import type { NamePatternSource } from '../model/index.js';
import { RightsCollector } from './access-change.js';
import type { Combination } from './access-condition.js';
import { findName, type NameQuestion } from './find-name.js';
import type { NameBudget } from './name-budget.js';
import type { NameChange, UndecidedNames } from './name-change.js';
import { nameWitness } from './name-change.js';
import { ALL_NAMES, allProjects, permissionsOnNames } from './permissions-on-names.js';
import { type Atom, NAMED_USER } from './principal.js';
import { SnapshotAccess } from './snapshot-access.js';

/** What one permission grants on unregistered names. */
interface Grant {
  readonly key: string;
  readonly typeMask: number;
  readonly actionMask: number;
  readonly patterns: readonly NamePatternSource[];
  /** Each is enough; undefined: everyone. */
  readonly atoms: readonly Atom[] | undefined;
  readonly permissions: Combination['permissions'];
}

/**
 * Names that `wide` allows and `narrow` refuses, where one grant is enough: each grant that
 * `narrow` does not have is compared with all grants of `narrow` for the same principal, action and
 * type.
 */
export function compareNamesByGrant(
  narrow: CompiledSnapshot,
  wide: CompiledSnapshot,
  budget: NameBudget,
  undecided: UndecidedNames[],
): readonly NameChange[] {
  return allProjects(narrow, wide).flatMap((project) =>
    new GrantComparison(narrow, wide, project, budget, undecided).run(),
  );
}

class GrantComparison {
  readonly #narrow: CompiledSnapshot;
  readonly #wide: CompiledSnapshot;
  readonly #project: string | undefined;
  readonly #budget: NameBudget;
  readonly #undecided: UndecidedNames[];
  readonly #byAtom = new Map<string, Grant[]>();
  readonly #open: readonly Grant[];
  readonly #candidates: readonly Grant[];
  readonly #answers = new Map<string, ReturnType<typeof findName>>();
  readonly #found = new Map<
    string,
    { readonly name: string; readonly types: readonly string[]; readonly rights: RightsCollector }
  >();

  constructor(
    narrow: CompiledSnapshot,
    wide: CompiledSnapshot,
    project: string | undefined,
    budget: NameBudget,
    undecided: UndecidedNames[],
  ) {
    this.#narrow = narrow;
    this.#wide = wide;
    this.#project = project;
    this.#budget = budget;
    this.#undecided = undecided;
    const grants = grantsIn(narrow, project);
    const known = new Set(grants.map(({ key }) => key));
    this.#open = grants.filter(({ atoms }) => atoms === undefined);
    for (const grant of grants) {
      for (const { key } of grant.atoms ?? []) {
        getOrAdd(this.#byAtom, key, (): Grant[] => []).push(grant);
      }
    }
    this.#candidates = grantsIn(wide, project).filter(({ key }) => !known.has(key));
  }

  run(): readonly NameChange[] {
    for (const grant of this.#candidates) {
      for (const atom of grant.atoms ?? [undefined]) {
        for (const [id, action] of this.#wide.vocabulary.actions.entries()) {
          if ((grant.actionMask & (1 << id)) !== 0) this.#compare(grant, atom, id, action);
        }
      }
    }
    return Array.from(this.#found.values(), ({ name, types, rights }) =>
      rights
        .finish(nameWitness(this.#narrow, this.#wide, this.#project, types, name))
        .map((one) => ({ project: this.#project ?? null, types, name, ...one })),
    ).flat();
  }

  #compare(grant: Grant, atom: Atom | undefined, actionId: number, action: string): void {
    const byName = new Map<string, string[]>();
    const undecided = new Map<string, string[]>();
    for (const [id, type] of this.#wide.vocabulary.types.entries()) {
      if ((grant.typeMask & (1 << id)) === 0) continue;
      const answer = this.#answer(grant, this.#coveringGrants(atom, actionId, id), type);
      if (answer.kind === 'found') getOrAdd(byName, answer.name, (): string[] => []).push(type);
      if (answer.kind === 'undecided') {
        getOrAdd(undecided, answer.reason, (): string[] => []).push(type);
      }
    }
    for (const [name, types] of byName) {
      const found = getOrAdd(this.#found, JSON.stringify([name, types]), () => ({
        name,
        types,
        rights: new RightsCollector(),
      }));
      const atoms = atom === undefined ? [] : [atom];
      found.rights.add(action, { atoms, permissions: grant.permissions });
    }
    for (const [reason, types] of undecided) {
      this.#undecided.push({ project: this.#project ?? null, types, actions: [action], reason });
    }
  }

  /** The grants of `narrow` that would allow the same to a subject with the atom alone. */
  #coveringGrants(atom: Atom | undefined, actionId: number, typeId: number): readonly Grant[] {
    const own = atom === undefined ? [] : (this.#byAtom.get(atom.key) ?? []);
    const hasName = atom !== undefined && 'name' in atom.principal;
    const named = hasName ? (this.#byAtom.get(NAMED_USER.key) ?? []) : [];
    return [...this.#open, ...own, ...named].filter(
      ({ typeMask, actionMask }) =>
        (typeMask & (1 << typeId)) !== 0 && (actionMask & (1 << actionId)) !== 0,
    );
  }

  #answer(
    { patterns }: Grant,
    covering: readonly Grant[],
    type: string,
  ): ReturnType<typeof findName> {
    const taken = { snapshots: [this.#narrow, this.#wide], project: this.#project, type };
    const others = covering.map((one) => (one.patterns.length === 0 ? ALL_NAMES : one.patterns));
    if (others.includes(ALL_NAMES)) return { kind: 'none' };
    const question: NameQuestion = {
      wanted: patterns.length === 0 ? ALL_NAMES : patterns,
      unwanted: [...new Map(others.flat().map((one) => [JSON.stringify(one), one])).values()],
    };
    return findName(question, taken, this.#budget, this.#answers);
  }
}

/** Kept for the two directions of a comparison. */
const knownGrants = new WeakMap<CompiledSnapshot, Map<string | undefined, readonly Grant[]>>();

function grantsIn(snapshot: CompiledSnapshot, project: string | undefined): readonly Grant[] {
  let known = knownGrants.get(snapshot);
  if (known === undefined) {
    known = new Map();
    knownGrants.set(snapshot, known);
  }
  return getOrAdd(known, project, () => makeGrants(snapshot, project));
}

function makeGrants(snapshot: CompiledSnapshot, project: string | undefined): readonly Grant[] {
  const compiled = snapshot.projects.get(project);
  if (compiled === undefined) return [];
  const access = SnapshotAccess.of(snapshot);
  if (!compiled.hasPermissions) {
    const condition = access.withoutPermissions('no-permissions');
    if (!condition.isSatisfiable) return [];
    return [grantOf(-1, -1, [], [NAMED_USER], [])];
  }
  return permissionsOnNames(snapshot, project).flatMap(
    ({ permission, typeMask, patterns, isIndeterminate }) => {
      if (isIndeterminate || !isEffective(permission)) return [];
      const { everyone, atoms } = access.policyOf(permission);
      const { actionMask } = permission;
      return [grantOf(typeMask, actionMask, patterns, everyone ? undefined : atoms, [permission])];
    },
  );
}

function grantOf(
  typeMask: number,
  actionMask: number,
  patterns: readonly NamePatternSource[],
  atoms: readonly Atom[] | undefined,
  permissions: Combination['permissions'],
): Grant {
  const keys = atoms?.map(({ key }) => key).sort() ?? null;
  const key = JSON.stringify([typeMask, actionMask, patterns, keys]);
  return { key, typeMask, actionMask, patterns, atoms, permissions };
}
