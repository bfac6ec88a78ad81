import type { ExcludedPermission, Permission, ResourceOf, Vocabulary } from '../model/index.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';

/**
 * The permissions and resources of one registry version, compiled. Immutable: every answer comes
 * from one version as a whole.
 *
 * `prepareSnapshot` makes one, and `authorizer.snapshot` is the one in force.
 */
export interface Snapshot<V extends Vocabulary = Vocabulary> {
  /** The name of the registry version: `options.version`, or a number that counts up. */
  readonly version: string;
  /** The actions and resource types. */
  readonly vocabulary: Vocabulary;
  /** All permissions, in the order in which they were given. */
  readonly permissions: readonly (Permission<V> | ExcludedPermission)[];
  /** What should be known before the snapshot is relied on, one sentence each. */
  readonly warnings: readonly string[];
  /** Whether answers follow the permissions. They do not under `auth: no_auth`. */
  readonly enforced: boolean;
  /** All registered resources, project by project. */
  resources(): Iterable<ResourceOf<V>>;
}

/** Marks snapshots, also for other installed copies of the package. */
const SNAPSHOT = Symbol.for('feast-permissions.snapshot');

class OpaqueSnapshot implements Snapshot {
  readonly #compiled: CompiledSnapshot;
  #permissions: Snapshot['permissions'] | undefined;

  constructor(compiled: CompiledSnapshot) {
    this.#compiled = compiled;
    Object.defineProperty(this, SNAPSHOT, { value: true });
    Object.freeze(this);
  }

  static compiledOf(value: Snapshot): CompiledSnapshot | undefined {
    const isObject = typeof value === 'object' && value !== null;
    return isObject && #compiled in value ? value.#compiled : undefined;
  }

  get version(): string {
    return this.#compiled.version;
  }

  get vocabulary(): Vocabulary {
    return this.#compiled.vocabulary;
  }

  get permissions(): Snapshot['permissions'] {
    this.#permissions ??= Object.freeze(this.#compiled.permissions.map(({ source }) => source));
    return this.#permissions;
  }

  get warnings(): readonly string[] {
    return this.#compiled.warnings;
  }

  get enforced(): boolean {
    return this.#compiled.enforced;
  }

  resources(): Iterable<ResourceOf<Vocabulary>> {
    return this.#compiled.resources();
  }
}

/** The snapshot that users of the package see of `compiled`. */
export function createSnapshot<V extends Vocabulary>(compiled: CompiledSnapshot): Snapshot<V> {
  return new OpaqueSnapshot(compiled) as unknown as Snapshot<V>;
}

/** True if `value` is a snapshot, from this or another installed copy of the package. */
export function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === 'object' && value !== null && SNAPSHOT in value;
}

/**
 * The tables behind a snapshot.
 *
 * @throws TypeError if `snapshot` is not a snapshot, or another installed copy of the package
 *   compiled it, as its tables have another layout
 */
export function compiledOf(snapshot: Snapshot): CompiledSnapshot {
  const compiled = OpaqueSnapshot.compiledOf(snapshot);
  if (compiled !== undefined) return compiled;
  throw new TypeError(
    isSnapshot(snapshot)
      ? 'the snapshot was prepared by another installed copy of feast-permissions; call prepareSnapshot of the copy that uses it, or install one version'
      : 'expected a snapshot; take it from prepareSnapshot or authorizer.snapshot',
  );
}
