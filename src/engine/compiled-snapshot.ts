import type { CompiledNamePattern } from '../matchers/index.js';
import {
  assertResource,
  frozenTags,
  type PolicyKinds,
  type Resource,
  type Subject,
  type Vocabulary,
} from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';
import type { CompiledPermission } from './compiled-permission.js';
import { DecisionMemo } from './decision-memo.js';
import type { DecisionTable } from './decision-table.js';
import { Evaluator } from './evaluator.js';
import type { Lineage } from './lineage.js';
import type { SnapshotOptions } from './options.js';
import type { PermissionList } from './permission-list.js';
import type { PermissionSet } from './permission-set.js';
import { type CompiledProject, missingProject } from './project.js';
import type { RegisteredResource } from './registered-resources.js';
import { ResourceHandle } from './resource-handle.js';
import { createUnregisteredCache } from './unregistered-cache.js';
import { typeIdOf } from './vocabulary-ids.js';

/**
 * Names of at most this length, in UTF-16 code units, are remembered; longer ones are matched again
 * on each call.
 */
const MAX_REMEMBERED_NAME = 1024;

let snapshotCount = 0;

/** What a snapshot was compiled from, besides its resources. */
export type CompiledOptions = Omit<SnapshotOptions<Vocabulary>, 'resources'>;

/** The parts that a snapshot is made of. */
export type SnapshotContent = Pick<
  CompiledSnapshot,
  'options' | 'version' | 'policyKinds' | 'lineage' | 'list' | 'projects' | 'warnings'
>;

/** The tables behind a `Snapshot`, which answer questions. Immutable. */
export class CompiledSnapshot {
  readonly options: CompiledOptions;
  readonly version: string;
  readonly vocabulary: Vocabulary;
  /** Those of the vocabulary, at hand for the hot path. */
  readonly actionIds: Vocabulary['actionIds'];
  readonly policyKinds: PolicyKinds;
  /** What it shares with the snapshots that it was made from, and those made from it. */
  readonly lineage: Lineage;
  readonly evaluator: Evaluator;
  readonly decisions: DecisionTable;
  readonly list: PermissionList;
  /** By name. The default project is under `undefined` too. */
  readonly projects: ReadonlyMap<string | undefined, CompiledProject>;
  /** What should be known before the snapshot is relied on, one sentence each. */
  readonly warnings: readonly string[];
  /** Whether answers follow the permissions, which they do not under `auth: no_auth`. */
  readonly enforced: boolean;
  /** Decisions on registered resources that were explained before. */
  readonly memo: DecisionMemo = new DecisionMemo();
  /** Another number for each snapshot of the process. */
  readonly serial: number = ++snapshotCount;
  readonly #defaultProject: CompiledProject | undefined;
  readonly #unknownProject: PermissionSet;
  #derived = 0;
  readonly #unregistered = createUnregisteredCache<string>();

  constructor(content: SnapshotContent) {
    const { lineage, list } = content;
    this.options = content.options;
    this.version = content.version;
    this.vocabulary = lineage.vocabulary;
    this.actionIds = lineage.vocabulary.actionIds;
    this.policyKinds = content.policyKinds;
    this.lineage = lineage;
    this.evaluator = new Evaluator(lineage, list);
    this.decisions = lineage.decisions;
    this.enforced = lineage.rules.enforced;
    this.list = list;
    this.projects = content.projects;
    this.warnings = content.warnings;
    this.#defaultProject = content.projects.get(undefined);
    this.#unknownProject = lineage.permissionSets.without('unknown-project');
    this.decisions.reserve();
  }

  get permissions(): readonly CompiledPermission[] {
    return this.list.permissions;
  }

  /** The distinct name patterns of all permissions. */
  get patterns(): readonly CompiledNamePattern[] {
    const used = new Set<number>();
    for (const target of [...this.list.targets, ...this.list.formerTargets]) {
      for (const pattern of this.lineage.target(target).patterns ?? []) used.add(pattern);
    }
    return Array.from(used)
      .sort((a, b) => a - b)
      .map((pattern) => this.lineage.patterns[pattern] as CompiledNamePattern);
  }

  /**
   * The ID, in `decisions`, of the permission set of a registered resource; undefined for any other
   * resource. The hot path.
   */
  permissionSetIdOf(resource: Resource): number | undefined {
    return resource instanceof ResourceHandle
      ? resource.permissionSetIn(this)
      : this.resolve(resource);
  }

  /** The same, looked up by project, name and type. */
  resolve(resource: Resource): number | undefined {
    // Invalid input misses every index; `#checkResource` rejects it later.
    const name = resource?.project;
    const project = name === undefined ? this.#defaultProject : this.projects.get(name);
    return project?.resources.permissionSetIdOf(resource);
  }

  /**
   * The permission set of a resource.
   *
   * @throws TypeError if the type is outside the vocabulary, the name is not a string, or a
   *   required project is missing
   */
  permissionSetOf(resource: Resource): PermissionSet {
    const id = this.permissionSetIdOf(resource);
    return id === undefined
      ? this.#permissionSetOfUnregistered(resource)
      : this.decisions.permissionSet(id);
  }

  /** The permission set of a resource as it is described; its registered tags do not count. */
  permissionSetAsDescribed(resource: Resource): PermissionSet {
    const typeId = this.#checkResource(resource);
    const project = this.projects.get(resource.project);
    return project?.permissionSetFor(typeId, resource.name, resource.tags) ?? this.#unknownProject;
  }

  /**
   * Does the slow part of {@link CompiledSnapshot.permissionSetOf} for an unregistered resource,
   * with pauses.
   *
   * @param asDescribed for {@link CompiledSnapshot.permissionSetAsDescribed}
   * @returns a function after which the next question about the resource takes a few look-ups
   */
  *prepare(resource: Resource, asDescribed = false): Generator<undefined, () => void> {
    if (!asDescribed && this.#isRemembered(resource)) return () => {};
    // Invalid input is refused when it is asked about.
    const name: unknown = resource?.name;
    const project = this.projects.get(resource?.project);
    if (typeof name !== 'string' || project === undefined) return () => {};
    const ready = yield* project.prepare(name);
    yield;
    return ready;
  }

  /** Whether the permission set of a resource is found without matching its name. */
  #isRemembered(resource: Resource): boolean {
    if (this.permissionSetIdOf(resource) !== undefined) return true;
    const typeId = this.vocabulary.typeIds.get(resource?.type);
    const project = this.projects.get(resource?.project);
    if (typeId === undefined || project === undefined || resource.tags !== undefined) return false;
    return this.#unregistered.get(keyOfUnregistered(typeId, project, resource.name)) !== undefined;
  }

  /** The resource as it is registered; undefined for an unregistered one. */
  registered(resource: Resource): RegisteredResource | undefined {
    return this.projects.get(resource?.project)?.registered(resource?.type, resource?.name);
  }

  /**
   * A handle of a resource.
   *
   * @throws TypeError if the type is outside the vocabulary, the name is not a string, or a
   *   required project is missing
   */
  handleOf(resource: Resource): ResourceHandle {
    this.#checkResource(resource);
    const { type, name, tags, project } = resource;
    return new ResourceHandle({ type, name, tags: tags && frozenTags(tags), project }, this);
  }

  /** A frozen copy of a resource as it is described, with the project that it is taken to be in. */
  asDescribed({ type, name, tags, project }: Resource): Resource {
    return Object.freeze({
      type,
      name,
      tags: tags && frozenTags(tags),
      project: project ?? this.projects.get(undefined)?.name,
    });
  }

  /** Number of unregistered resources that are remembered. Bounded. */
  get rememberedUnregistered(): number {
    return this.#unregistered.size;
  }

  /** All registered resources, project by project. */
  *resources(): Generator<Resource> {
    for (const project of new Set(this.projects.values())) {
      yield* project.resources.all();
    }
  }

  /** The registered resources as they were given, from which another snapshot can be compiled. */
  *resourcesAsGiven(): Generator<Resource> {
    for (const project of new Set(this.projects.values())) yield* project.resources.asGiven();
  }

  /** What can be derived from a frozen subject once, for many questions. */
  derive(subject: Subject | null): DerivedSubject {
    return { subject, attributes: this.lineage.attributes.of(subject), serial: this.#derived++ };
  }

  #permissionSetOfUnregistered(resource: Resource): PermissionSet {
    const typeId = this.#checkResource(resource);
    const project = this.projects.get(resource.project);
    if (project === undefined) return this.#unknownProject;
    const { name, tags } = resource;
    // With tags, the permission set depends on more than the name.
    if (tags !== undefined || name.length > MAX_REMEMBERED_NAME) {
      return project.permissionSetFor(typeId, name, tags);
    }
    const key = keyOfUnregistered(typeId, project, name);
    let permissionSet = this.#unregistered.get(key);
    if (permissionSet === undefined) {
      permissionSet = project.permissionSetFor(typeId, name, tags);
      this.#unregistered.set(key, permissionSet);
    }
    return permissionSet;
  }

  #checkResource(resource: Resource): number {
    assertResource(resource);
    const { type, project } = resource;
    const typeId = typeIdOf(this.vocabulary, type);
    if (project === undefined && !this.projects.has(undefined)) throw missingProject(resource);
    return typeId;
  }
}

function keyOfUnregistered(typeId: number, project: CompiledProject, name: string): string {
  return `${typeId}\n${JSON.stringify(project.name)}\n${name}`;
}
