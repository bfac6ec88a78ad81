import type { CompiledNamePattern } from '../matchers/index.js';
import {
  assertResource,
  formatResource,
  frozenTags,
  type PolicyKinds,
  quote,
  type Resource,
  type Subject,
  type Vocabulary,
} from '../model/index.js';
import type { DerivedSubject, SubjectAtoms } from '../policy/index.js';
import type { CompiledPermission } from './compile-permissions.js';
import type { Governance } from './governance.js';
import type { Judge } from './judge.js';
import type { SnapshotOptions } from './options.js';
import type { CompiledProject, RegisteredResource } from './project.js';
import { createStrangerCache } from './stranger-cache.js';
import type { VerdictTable } from './verdict-table.js';

export interface SnapshotContent {
  readonly options: SnapshotOptions<Vocabulary>;
  readonly version: string;
  readonly vocabulary: Vocabulary;
  readonly policyKinds: PolicyKinds;
  readonly judge: Judge;
  readonly verdicts: VerdictTable;
  readonly atoms: SubjectAtoms;
  readonly permissions: readonly CompiledPermission[];
  readonly patterns: readonly CompiledNamePattern[];
  /** By name; the default project under `undefined` too. */
  readonly projects: ReadonlyMap<string | undefined, CompiledProject>;
  readonly unknownProject: Governance;
  readonly warnings: readonly string[];
}

/** Names of at most this length, in UTF-16 code units, are remembered; longer ones are matched anew each time. */
const MAX_REMEMBERED_NAME = 1024;

/** What a `Snapshot` stands for: the tables that answer questions. Immutable. */
export class CompiledSnapshot {
  /** What it was compiled from. */
  readonly options: SnapshotOptions<Vocabulary>;
  readonly version: string;
  readonly vocabulary: Vocabulary;
  readonly policyKinds: PolicyKinds;
  readonly judge: Judge;
  readonly verdicts: VerdictTable;
  readonly permissions: readonly CompiledPermission[];
  /** The distinct name patterns of all permissions. */
  readonly patterns: readonly CompiledNamePattern[];
  readonly projects: ReadonlyMap<string | undefined, CompiledProject>;
  /** What should be known before the snapshot is relied on, one sentence each. */
  readonly warnings: readonly string[];
  /** Whether answers follow the permissions, which they do not under `auth: no_auth`. */
  readonly enforced: boolean;
  readonly #atoms: SubjectAtoms;
  readonly #defaultProject: CompiledProject | undefined;
  readonly #unknownProject: Governance;
  readonly #strangers = createStrangerCache<string>();

  constructor(content: SnapshotContent) {
    this.options = content.options;
    this.version = content.version;
    this.vocabulary = content.vocabulary;
    this.policyKinds = content.policyKinds;
    this.judge = content.judge;
    this.verdicts = content.verdicts;
    this.enforced = content.judge.rules.enforced;
    this.permissions = content.permissions;
    this.patterns = content.patterns;
    this.projects = content.projects;
    this.warnings = content.warnings;
    this.#atoms = content.atoms;
    this.#defaultProject = content.projects.get(undefined);
    this.#unknownProject = content.unknownProject;
  }

  /** The number, in `verdicts`, of what governs a registered resource; undefined for any other. The hot path. */
  governanceIdOf(resource: Resource): number | undefined {
    // Whatever is no resource is found nowhere, and refused when it is looked at more closely.
    const name = resource?.project;
    const project = name === undefined ? this.#defaultProject : this.projects.get(name);
    return project?.governanceIdOf(resource);
  }

  /**
   * What governs a resource.
   *
   * @throws TypeError when the type is not in the vocabulary, the name is no string, or no project is named where one must be
   */
  governanceOf(resource: Resource): Governance {
    const id = this.governanceIdOf(resource);
    return id === undefined ? this.#governanceOfStranger(resource) : this.verdicts.governance(id);
  }

  /** What governs a resource as it is described, whatever the registry knows of it. */
  governanceAsDescribed(resource: Resource): Governance {
    const typeId = this.#checkResource(resource);
    const project = this.projects.get(resource.project);
    return project?.govern(typeId, resource.name, resource.tags) ?? this.#unknownProject;
  }

  /**
   * Does what {@link CompiledSnapshot.governanceOf} spends its time on, with pauses, where the registry does not know a resource.
   *
   * @param asDescribed for {@link CompiledSnapshot.governanceAsDescribed}
   * @returns a function that has a question about the resource, asked right after it, take a few look-ups
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

  /** Whether what governs a resource is known without a look at its name. */
  #isRemembered(resource: Resource): boolean {
    if (this.governanceIdOf(resource) !== undefined) return true;
    const typeId = this.vocabulary.typeIds.get(resource?.type);
    const project = this.projects.get(resource?.project);
    if (typeId === undefined || project === undefined || resource.tags !== undefined) return false;
    return this.#strangers.get(keyOfStranger(typeId, project, resource.name)) !== undefined;
  }

  /** The resource as the registry knows it, if it does. */
  registered(resource: Resource): RegisteredResource | undefined {
    return this.projects.get(resource.project)?.registered.get(resource.type)?.get(resource.name);
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

  /** How many resources that the registry does not know are remembered. Bounded, whatever is asked. */
  get rememberedStrangers(): number {
    return this.#strangers.size;
  }

  /** All registered resources, project by project. */
  *resources(): Generator<Resource> {
    for (const project of new Set(this.projects.values())) {
      for (const byName of project.registered.values()) yield* byName.values();
    }
  }

  /** What can be derived from a frozen subject once, for many questions. */
  derive(subject: Subject | null): DerivedSubject {
    return { subject, atoms: this.#atoms.of(subject) };
  }

  #governanceOfStranger(resource: Resource): Governance {
    const typeId = this.#checkResource(resource);
    const project = this.projects.get(resource.project);
    if (project === undefined) return this.#unknownProject;
    const { name, tags } = resource;
    // With tags, what governs it is not a matter of its name alone.
    if (tags !== undefined || name.length > MAX_REMEMBERED_NAME) {
      return project.govern(typeId, name, tags);
    }
    const key = keyOfStranger(typeId, project, name);
    let governance = this.#strangers.get(key);
    if (governance === undefined) {
      governance = project.govern(typeId, name, tags);
      this.#strangers.set(key, governance);
    }
    return governance;
  }

  #checkResource(resource: Resource): number {
    assertResource(resource);
    const { type, project } = resource;
    const typeId = this.vocabulary.typeIds.get(type);
    if (typeId === undefined) {
      throw new TypeError(
        `resource type ${quote(type)} is not one of ${this.vocabulary.types.join(', ')}`,
      );
    }
    if (project === undefined && !this.projects.has(undefined)) {
      throw new TypeError(
        `${formatResource(resource)} names no project, and there is no default project`,
      );
    }
    return typeId;
  }
}

function keyOfStranger(typeId: number, project: CompiledProject, name: string): string {
  return `${typeId}\n${JSON.stringify(project.name)}\n${name}`;
}
