import {
  type Authorizer,
  type CompiledPermission,
  type CompiledSnapshot,
  compiledOf,
  createAuthorizer,
  isEffective,
  isGranted,
  type PermissionSet,
} from '../../engine/index.js';
import type { Permission, Resource, Subject, Vocabulary } from '../../model/index.js';
import type { PolicyCase } from './policy-test-file.js';

/** What a permission does in one decision. `none`: it covers the resource with other actions. */
type Part = 'grants' | 'denies' | 'none';

/** A case that passes, with what each permission does in it. */
interface Trial {
  readonly subject: Subject | null;
  readonly mask: number;
  /** As decided on: with its project, and its registered tags. */
  readonly resource: Resource;
  readonly allowed: boolean;
  readonly parts: ReadonlyMap<CompiledPermission, Part>;
  readonly grants: number;
  readonly denials: number;
  readonly hasProject: boolean;
}

/**
 * Decides cases anew with one permission changed, without compiling all others: what the others do
 * is known.
 *
 * INVARIANT: it gives the answer of a snapshot in which that permission is changed.
 */
export class MutationTrial {
  readonly #snapshot: CompiledSnapshot;
  readonly #trials: readonly Trial[];
  /** By project: how many permissions are for it. */
  readonly #permissionCounts = new Map<string | undefined, number>();

  constructor(
    snapshot: CompiledSnapshot,
    authorizer: Authorizer<Vocabulary>,
    cases: readonly PolicyCase[],
  ) {
    this.#snapshot = snapshot;
    this.#trials = cases.flatMap((one) => this.#prepare(authorizer, one) ?? []);
    for (const { name } of snapshot.projects.values()) {
      const count = snapshot.permissions.filter(
        ({ source }) => source.project === undefined || source.project === name,
      ).length;
      this.#permissionCounts.set(name, count);
    }
  }

  /** @param changed undefined: the permission is dropped */
  isNoticed(permission: CompiledPermission, changed: Permission<Vocabulary> | undefined): boolean {
    if (!this.#snapshot.enforced) return false;
    const alone = changed === undefined ? undefined : this.#compileAlone(changed);
    return this.#trials.some((trial) => {
      if (alone === undefined && !this.#mayChange(trial, permission)) return false;
      return this.#decide(trial, permission, alone) !== trial.allowed;
    });
  }

  #prepare(authorizer: Authorizer<Vocabulary>, one: PolicyCase): Trial | undefined {
    const snapshot = this.#snapshot;
    const { subject, actions } = one;
    let allowed: boolean;
    try {
      allowed = authorizer.decide(subject, actions, one.resource).allowed;
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
    if (allowed !== (one.expected === 'allowed')) return undefined;
    const mask = actions.reduce(
      (bits, action) => bits | (1 << (snapshot.vocabulary.actionIds.get(action) ?? 0)),
      0,
    );
    const parts = partsOf(snapshot, snapshot.permissionSetOf(one.resource), mask, subject);
    const found = [...parts.values()];
    return {
      subject,
      mask,
      resource: snapshot.registered(one.resource) ?? snapshot.asDescribed(one.resource),
      allowed,
      parts,
      grants: found.filter((part) => part === 'grants').length,
      denials: found.filter((part) => part === 'denies').length,
      hasProject: snapshot.projects.has(one.resource.project),
    };
  }

  /** Whether the decision on a case can change if a permission is dropped. */
  #mayChange({ parts, resource }: Trial, permission: CompiledPermission): boolean {
    return (
      parts.has(permission) ||
      this.#permissionCounts.get(resource.project) === 1 ||
      // It may be all that the project is known by.
      (resource.project !== undefined && permission.source.project === resource.project)
    );
  }

  #decide(
    trial: Trial,
    permission: CompiledPermission,
    alone: CompiledSnapshot | undefined,
  ): boolean {
    const { subject, mask, resource, parts } = trial;
    const { strategy, unsecured, whenNoPermissions } = this.#snapshot.evaluator.rules;
    if (!this.#isKnown(trial, permission, alone)) return false;
    const isDropped = alone === undefined && this.#isFor(permission, resource.project);
    const count = this.#permissionCounts.get(resource.project) ?? 0;
    if (count - (isDropped ? 1 : 0) === 0) {
      return whenNoPermissions === 'allow-named' && subject !== null && subject.username !== '';
    }
    const before = parts.get(permission);
    const after = alone === undefined ? undefined : partAlone(alone, trial, mask);
    const covering = parts.size - (before === undefined ? 0 : 1) + (after === undefined ? 0 : 1);
    if (covering === 0) return unsecured === 'allow';
    const counted = (part: Part, total: number): number =>
      total - (before === part ? 1 : 0) + (after === part ? 1 : 0);
    return isGranted(strategy, counted('grants', trial.grants), counted('denies', trial.denials));
  }

  #isFor({ source }: CompiledPermission, project: string | undefined): boolean {
    return source.project === undefined || source.project === project;
  }

  /** A project may be known by the permission that is dropped alone. */
  #isKnown(
    { hasProject, resource }: Trial,
    permission: CompiledPermission,
    alone: CompiledSnapshot | undefined,
  ): boolean {
    const { project } = resource;
    if (!hasProject || alone !== undefined || permission.source.project === undefined) {
      return hasProject;
    }
    if (permission.source.project !== project) return true;
    const { projects = [], defaultProject } = this.#snapshot.options;
    const registered = this.#snapshot.projects.get(project)?.resources.size ?? 0;
    return (
      defaultProject === project ||
      projects.includes(project) ||
      registered > 0 ||
      this.#snapshot.permissions.some(
        (other) => other !== permission && other.source.project === project,
      )
    );
  }

  #compileAlone(changed: Permission<Vocabulary>): CompiledSnapshot {
    const { defaultProject, policyKinds = [], vocabulary } = this.#snapshot.options;
    const projects = [...this.#snapshot.projects.keys()].filter((name) => name !== undefined);
    const { snapshot } = createAuthorizer<Vocabulary>({
      permissions: [changed],
      projects,
      ...(defaultProject === undefined ? {} : { defaultProject }),
      ...(vocabulary === undefined ? {} : { vocabulary }),
      policyKinds,
    });
    return compiledOf(snapshot);
  }
}

/**
 * What the only permission of a snapshot does in a decision; undefined: it does not cover the
 * resource.
 */
function partAlone(
  alone: CompiledSnapshot,
  { subject, resource }: Trial,
  mask: number,
): Part | undefined {
  const permissionSet = alone.permissionSetAsDescribed(resource);
  return [...partsOf(alone, permissionSet, mask, subject).values()][0];
}

function partsOf(
  snapshot: CompiledSnapshot,
  permissionSet: PermissionSet,
  mask: number,
  subject: Subject | null,
): ReadonlyMap<CompiledPermission, Part> {
  const parts = new Map<CompiledPermission, Part>();
  if (permissionSet.kind !== 'covered') return parts;
  const sorted = snapshot.evaluator.byApplicability(permissionSet, mask);
  for (const permission of sorted.applicable) {
    const grants = isEffective(permission) && permission.test.passes(subject);
    parts.set(permission, grants ? 'grants' : 'denies');
  }
  for (const permission of [...sorted.indeterminate, ...sorted.excluded]) {
    parts.set(permission, 'denies');
  }
  for (const permission of sorted.notApplicable) parts.set(permission, 'none');
  return parts;
}
